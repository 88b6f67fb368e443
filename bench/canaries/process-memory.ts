/**
 * The memory of a running process of this machine, page by page, as Linux shows it to root below `/proc`: what a core dump would hold, without the
 * gigabytes that were reserved and never touched. The process stands still meanwhile.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

import { scanBytes } from "./scan.ts";

const PAGE_BYTES = 4_096;
const CHUNK_PAGES = 4_096;
const OVERLAP_BYTES = 256;
/** Bits of an entry of `pagemap`: the page is in memory. */
const PRESENT = 1n << 63n;

interface Run {
  readonly from: number;
  readonly bytes: number;
}

/** How much was read, and how often canaries of a level stand in it. */
export interface MemoryHits {
  readonly bytes: number;
  readonly hits: ReadonlyMap<number, number>;
}

/** Counts canaries of each level in all that a process has in memory. Throws where this is not Linux, or the process is somebody else's. */
export function scanProcess(pid: number, levels: readonly number[]): MemoryHits {
  process.kill(pid, "SIGSTOP");
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    const hits = new Map<number, number>(levels.map((level) => [level, 0]));
    let bytes = 0;
    for (const run of presentRuns(pid)) {
      for (let at = 0; at < run.bytes; at += CHUNK_PAGES * PAGE_BYTES) {
        // What lies across two chunks is counted once more at most, never missed.
        const length = Math.min(run.bytes - at, CHUNK_PAGES * PAGE_BYTES + OVERLAP_BYTES);
        const chunk = Buffer.alloc(length);
        const read = readMemory(memory, chunk, run.from + at);
        bytes += Math.min(read, CHUNK_PAGES * PAGE_BYTES);
        for (const level of levels) {
          hits.set(level, (hits.get(level) ?? 0) + scanBytes(chunk.subarray(0, read), level).count);
        }
      }
    }
    return { bytes, hits };
  } finally {
    closeSync(memory);
    process.kill(pid, "SIGCONT");
  }
}

/** Pages of the kernel that every process has cannot be read. */
function readMemory(memory: number, chunk: Buffer, position: number): number {
  try {
    return readSync(memory, chunk, 0, chunk.length, position);
  } catch {
    return 0;
  }
}

function* presentRuns(pid: number): Generator<Run> {
  const pages = openSync(`/proc/${pid}/pagemap`, "r");
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const [, from = "", to = ""] = /^([\da-f]+)-([\da-f]+) r/.exec(line) ?? [];
      if (from === "" || /\[(vvar|vsyscall|vvar_vclock)\]/.test(line)) continue;
      yield* runsOf(pages, Number.parseInt(from, 16), Number.parseInt(to, 16));
    }
  } finally {
    closeSync(pages);
  }
}

function* runsOf(pages: number, from: number, to: number): Generator<Run> {
  const entries = Buffer.alloc(8 * 65_536);
  let begin: number | undefined;
  for (let at = from; at < to; at += (entries.length / 8) * PAGE_BYTES) {
    const count = Math.min(entries.length, ((to - at) / PAGE_BYTES) * 8);
    const read = readSync(pages, entries, 0, count, (at / PAGE_BYTES) * 8);
    for (let entry = 0; entry < read / 8; entry++) {
      const isPresent = (entries.readBigUInt64LE(entry * 8) & PRESENT) !== 0n;
      const address = at + entry * PAGE_BYTES;
      if (isPresent) begin ??= address;
      else if (begin !== undefined) {
        yield { from: begin, bytes: address - begin };
        begin = undefined;
      }
    }
  }
  if (begin !== undefined) yield { from: begin, bytes: to - begin };
}
