import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeText, isKaelixError } from "@kaelix/base";
import { expect, test } from "vitest";

import { logConformance } from "./conformance.ts";
import { openStreamerLog } from "./streamer-log.ts";

function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), "kaelix-log-"));
}

logConformance("streamer on the machine's disk", async () => {
  const directory = makeDirectory();
  const settings = { segmentBytesMax: 8000, idleFlushMs: 5 };
  const log = await openStreamerLog({ directory, settings });
  return {
    log,
    end: async () => rmSync(directory, { recursive: true, force: true }),
    reopen: async () => {
      await log.close();
      return openStreamerLog({ directory, settings });
    },
  };
});

const OPENER = `
  import { openStreamerLog } from ${JSON.stringify(new URL("streamer-log.ts", import.meta.url).href)};
  try {
    const log = await openStreamerLog({ directory: process.argv[1] });
    console.log("open");
    process.stdin.on("data", async () => { await log.close(); process.exit(0); });
  } catch (error) { console.log(error.code); }
`;

async function startOpener(directory: string): Promise<{ readonly said: string; readonly kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", OPENER, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const [chunk]: unknown[] = await once(child.stdout, "data");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await closed;
  };
  return { said: String(chunk).trim(), kill };
}

test("a data directory is opened by one process at a time, and is free at once when that process is killed", async () => {
  const directory = makeDirectory();
  const first = await startOpener(directory);
  expect(first.said).toBe("open");
  const second = await startOpener(directory);
  expect(second.said).toBe("log-directory-locked");
  await second.kill();
  const refused = await openStreamerLog({ directory }).catch((error: unknown) => error);
  expect(isKaelixError(refused, "log-directory-locked")).toBe(true);
  await first.kill();
  const log = await openStreamerLog({ directory });
  const again = await openStreamerLog({ directory }).catch((error: unknown) => error);
  expect(isKaelixError(again, "log-directory-locked")).toBe(true);
  await log.close();
  rmSync(directory, { recursive: true, force: true });
});

test("of many processes that open a directory left by a killed one at the same time, one gets it", async () => {
  const directory = makeDirectory();
  await (await startOpener(directory)).kill();
  const openers = await Promise.all(Array.from({ length: 5 }, () => startOpener(directory)));
  expect(openers.filter(({ said }) => said === "open")).toHaveLength(1);
  expect(openers.filter(({ said }) => said === "log-directory-locked")).toHaveLength(4);
  for (const { kill } of openers) await kill();
  rmSync(directory, { recursive: true, force: true });
});

test("segments, indexes and retention leave Kafka's file names and no open descriptors behind", async () => {
  const directory = makeDirectory();
  const log = await openStreamerLog({ directory, settings: { segmentBytesMax: 2000 } });
  await log.createTopic({ name: "t", partitions: 1, retentionBytes: 6000 });
  const before = openDescriptors(directory);
  for (let at = 0; at < 50; at += 1) {
    await log.append("t", 0, [{ key: null, value: encodeText("x".repeat(400)) }], { acknowledge: "durable" });
  }
  await log.storage.applyRetention();
  const names = readdirSync(join(directory, "topics/t/0"));
  expect(names.filter((name) => name.endsWith(".log"))).toHaveLength(4);
  expect(names.every((name) => /^\d{20}\.(log|index|timeindex)$|^(?:checkpoint|chain)$/.test(name))).toBe(true);
  const { startOffset } = await log.bounds("t", 0);
  expect((await log.read("t", 0, startOffset)).records.length).toBeGreaterThan(0);
  expect((await log.verify()).problems).toEqual([]);
  await log.close();
  expect(openDescriptors(directory)).toBeLessThanOrEqual(before);
  rmSync(directory, { recursive: true, force: true });
});

/** Descriptors of this process on files of a directory; 0 where the system does not tell. */
function openDescriptors(directory: string): number {
  if (!existsSync("/proc/self/fd")) return 0;
  let count = 0;
  for (const name of readdirSync("/proc/self/fd")) {
    const target = readLink(`/proc/self/fd/${name}`);
    if (target.startsWith(directory)) count += 1;
  }
  return count;
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
