import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { oneAtATime } from "./one-at-a-time.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-one-"));
const path = join(folder, "lock");
const MODULE = new URL("one-at-a-time.ts", import.meta.url).href;

let other: ChildProcess | undefined;

afterEach(() => {
  other?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("two never overlap, in this process and another, and one that was killed is not waited for", async () => {
  // Its promise can be kept: one that nothing can end is collected, and the lock with it.
  const script = `const { oneAtATime } = await import(${JSON.stringify(MODULE)});
    await oneAtATime(process.argv[1], () => { console.log("held"); return new Promise((done) => setTimeout(done, 600_000)); });`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  other = holder;
  await once(holder.stdout, "data");
  const told: string[] = [];
  const work = (name: string): Promise<void> =>
    oneAtATime(path, async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 60));
      told.push(`${name} ends`);
    });
  const both = Promise.all([work("a"), work("b")]);
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(told).toEqual([]);
  holder.kill("SIGKILL");
  await both;
  const [first = ""] = told;
  const second = first.startsWith("a") ? "b" : "a";
  expect(told).toEqual([first, `${first.charAt(0)} ends`, `${second} begins`, `${second} ends`]);
  await expect(oneAtATime(path, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
  expect(await oneAtATime(path, () => Promise.resolve(7))).toBe(7);
});
