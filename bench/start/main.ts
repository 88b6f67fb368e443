/**
 * How long a log takes to open: after kill -9 in the middle of appending, and after a clean stop.
 *
 *     npm run bench -- start [--gigabytes N] [--quick]
 *
 * 10 GB by default, 0.2 with --quick. Opened is when every partition has its leader, with the state of its producers, and has read its
 * last record. What was written is still in the page cache, as after a crash of the process and unlike after one of the machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { openLeaders, openStorage } from "@kaelix/streamer";

import type { BenchRow } from "../row.ts";
import { START_PARTITIONS, START_TOPIC } from "./topic.ts";

const TARGET_MS = 1000;

interface Opening {
  readonly ms: number;
  readonly bytes: number;
  /** Bytes that were read and checked again. */
  readonly scannedBytes: number;
}

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const { values } = parseArgs({ args: [...options.arguments], options: { gigabytes: { type: "string" } } });
  const gigabytes = Number(values.gigabytes ?? (options.quick ? "0.2" : "10"));
  if (!(gigabytes > 0)) throw new Error("Cannot measure: --gigabytes must be a number above 0");
  const directory = mkdtempSync(join(tmpdir(), "kaelix-start-"));
  try {
    await fillAndKill(directory, gigabytes * 1e9);
    const killed = await open(directory);
    const clean = await open(directory);
    return [
      { name: "log", value: killed.bytes / 1e9, unit: "GB" },
      rowOf("open after kill -9", killed.ms),
      { name: "read again after kill -9", value: killed.scannedBytes / 1e6, unit: "MB" },
      rowOf("open after a clean stop", clean.ms),
      { name: "read again after a clean stop", value: clean.scannedBytes / 1e6, unit: "MB" },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function rowOf(name: string, ms: number): BenchRow {
  return { name, value: ms, unit: "ms", target: TARGET_MS, reached: ms < TARGET_MS };
}

async function fillAndKill(directory: string, bytes: number): Promise<void> {
  const fill = new URL("fill.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [fill, directory, String(bytes)], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "close");
  await Promise.race([once(child.stdout, "data"), gone]);
  // Somewhere between two checkpoints.
  await sleep(100);
  child.kill("SIGKILL");
  await gone;
}

/** Opens everything and stops cleanly. */
async function open(directory: string): Promise<Opening> {
  const startedMs = performance.now();
  const storage = await openStorage({ directory });
  const leaders = openLeaders(storage);
  let bytes = 0;
  let scannedBytes = 0;
  for (let at = 0; at < START_PARTITIONS; at += 1) {
    const leader = await leaders.get(START_TOPIC, at);
    const partition = storage.partition(START_TOPIC, at);
    bytes += partition.sizeBytes();
    scannedBytes += partition.report.scannedBytes;
    if (leader !== undefined) await leader.read(leader.bounds().endOffset - 1, 1, "read_committed");
  }
  const ms = performance.now() - startedMs;
  await leaders.close();
  await storage.close();
  return { ms, bytes, scannedBytes };
}
