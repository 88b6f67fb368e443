import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { oneAtATime } from "./one-at-a-time.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-one-"));
const path = join(folder, "lock");
const MODULE = new URL("one-at-a-time.ts", import.meta.url).href;

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("two never overlap, in this process and another, and one that was killed is not waited for", async () => {
  const script = `const { oneAtATime } = await import(${JSON.stringify(MODULE)});
    await oneAtATime(process.argv[1], () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); });`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(other.stdout, "data");
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
  other.kill("SIGKILL");
  await both;
  const [first = ""] = told;
  const second = first.startsWith("a") ? "b" : "a";
  expect(told).toEqual([first, `${first.charAt(0)} ends`, `${second} begins`, `${second} ends`]);
  await expect(oneAtATime(path, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
  expect(await oneAtATime(path, () => Promise.resolve(7))).toBe(7);
});
