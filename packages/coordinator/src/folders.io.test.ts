import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { makeFolder } from "./folders.ts";

const CHILD_MS_MAX = 120_000;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-folders-"));
  folders.push(folder);
  return folder;
}

test("makeFolder makes what is missing for its owner alone, and refuses what is a file", async () => {
  const root = temporary();
  await makeFolder(join(root, "a/b/c"));
  await makeFolder(join(root, "a/b/c"));
  expect(statSync(join(root, "a/b/c")).mode & 0o777).toBe(0o700);
  writeFileSync(join(root, "file"), "");
  await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(root, "file/under"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

/** In a process of its own, which is killed when it does not end: a file call that hangs ends by nothing else. */
function apart(script: string): Promise<{ signal: string | null; out: string }> {
  const module = new URL("./index.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script, module], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: CHILD_MS_MAX,
    killSignal: "SIGKILL",
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once("close", (_code, signal) => resolve({ signal, out: out.trim() })));
}

test.skipIf(!existsSync("/proc/self"))(
  "writeRunFile below a folder in which nothing can be made comes back",
  async () => {
    const script = `
    const { writeRunFile } = await import(process.argv[1]);
    const running = { url: "http://localhost", operatorToken: "x", pid: 1 };
    await writeRunFile("/proc/kaelix/run/server.json", running).catch((failure) => console.log(failure.code));`;
    expect(await apart(script)).toEqual({ signal: null, out: "ENOENT" });
  },
);
