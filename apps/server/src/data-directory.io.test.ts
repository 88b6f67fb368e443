import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isKaelixError } from "@kaelix/base";
import { afterEach, expect, test } from "vitest";

import { dataPaths, prepareDataDirectory } from "./data-directory.ts";
import { readSettings } from "./settings.ts";

const CHILD_MS_MAX = 120_000;
const isRoot = process.getuid?.() === 0;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaelix-test-"));
  folders.push(folder);
  return folder;
}

function prepare(root: string, keyFile?: string): Promise<void> {
  const environment = { KAELIX_DATA: root, ...(keyFile === undefined ? {} : { KAELIX_KEY_FILE: keyFile }) };
  return prepareDataDirectory(dataPaths(readSettings(environment)));
}

async function refusal(work: Promise<void>): Promise<{ readonly code: string; readonly reason: unknown }> {
  try {
    await work;
    return { code: "none", reason: undefined };
  } catch (failure) {
    if (!isKaelixError(failure)) throw failure;
    return { code: failure.code, reason: failure.details["reason"] };
  }
}

/**
 * Prepares a directory in a process of its own, which is killed when it does not end: a file call that hangs ends by nothing else, so
 * this process must not make it.
 */
function prepareApart(environment: Readonly<Record<string, string>>): Promise<{ signal: string | null; out: string }> {
  const modules = ["./data-directory.ts", "./settings.ts"].map((name) => new URL(name, import.meta.url).href);
  const script = `
    const [{ dataPaths, prepareDataDirectory }, { readSettings }] = await Promise.all(process.argv.slice(1).map((name) => import(name)));
    await prepareDataDirectory(dataPaths(readSettings(process.env))).catch((failure) => console.log(failure.code, failure.message));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script, ...modules], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: CHILD_MS_MAX,
    killSignal: "SIGKILL",
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once("close", (_code, signal) => resolve({ signal, out })));
}

test("prepareDataDirectory makes what is missing, for its owner alone, and again changes nothing", async () => {
  const root = join(temporary(), "a/b/c");
  const keyFile = join(temporary(), "elsewhere/keys/kek.json");
  await prepare(root, keyFile);
  await prepare(root, keyFile);
  for (const folder of [root, join(root, "run"), join(keyFile, "..")])
    expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("prepareDataDirectory refuses a path that is a file, under a file, or a link to nothing", async () => {
  const folder = temporary();
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "link"));
  const code = "data-directory-unusable";
  expect(await refusal(prepare(join(folder, "file")))).toEqual({ code, reason: "EEXIST" });
  expect(await refusal(prepare(join(folder, "file/under")))).toEqual({ code, reason: "ENOTDIR" });
  expect(await refusal(prepare(join(folder, "link")))).toEqual({ code, reason: "ENOENT" });
  expect(await refusal(prepare(join(folder, "data"), join(folder, "file/kek.json")))).toEqual({
    code,
    reason: "EEXIST",
  });
});

test.skipIf(isRoot)("prepareDataDirectory refuses a folder that cannot be written", async () => {
  const folder = temporary();
  mkdirSync(join(folder, "locked"), { mode: 0o500 });
  const code = "data-directory-unusable";
  expect(await refusal(prepare(join(folder, "locked")))).toEqual({ code, reason: "EACCES" });
  expect(await refusal(prepare(join(folder, "locked/data")))).toEqual({ code, reason: "EACCES" });
});

test.skipIf(!existsSync("/proc/self"))(
  "prepareDataDirectory refuses a folder in which nothing can be made, and comes back",
  async () => {
    const data = await prepareApart({ KAELIX_DATA: "/proc/kaelix/data" });
    expect(data).toEqual({ signal: null, out: expect.stringMatching(/^data-directory-unusable .*\(ENOENT\)/) });
    const key = await prepareApart({ KAELIX_DATA: temporary(), KAELIX_KEY_FILE: "/proc/kaelix/kek.json" });
    expect(key).toEqual({ signal: null, out: expect.stringMatching(/^data-directory-unusable .*key file \(ENOENT\)/) });
  },
);
