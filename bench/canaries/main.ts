/**
 * Canaries: words that stand nowhere else are told at levels 2, 3 and 4 by every way in; then everything that the product leaves behind is
 * searched for them in every writing.
 *
 *     npm run bench -- canaries [--quick] [dump]
 *
 * It fails when one stands in a line of the log, in metrics, in the status, in the body of a refusal, or in a file of the data directory or of a backup. What
 * is kept as it was sent on purpose — topics that people make at the Kafka door — is looked at by itself. The memory of the process is
 * searched when the word dump is given (Linux, as root), and its hits are a figure, not a promise.
 */
import type { BenchRow } from "../row.ts";
import { scanProcess } from "./process-memory.ts";
import { canaryHead, canaryOf, formsOf, scanBytes } from "./scan.ts";
import { sweepCanaries } from "./sweep.ts";

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  checkScanner();
  const found = await sweepCanaries({
    memories: options.quick ? 20 : 150,
    whileLocked: options.arguments.includes("dump") ? lingering : () => [],
  });
  for (const fault of found.faults) console.error(fault);
  if (found.faults.length > 0) throw new Error(`Canaries stand in ${found.faults.length} places`);
  return [
    { name: "canaries told", value: found.canaries, unit: "canaries" },
    { name: "writings looked for", value: formsOf(3).length * 3, unit: "writings" },
    { name: "files of the data directory searched", value: found.files, unit: "files" },
    { name: "files of a backup searched", value: found.backupFiles, unit: "files" },
    {
      name: "hits in files, backups, log lines, metrics, status, refusals",
      value: found.faults.length,
      unit: "hits",
      target: 0,
      reached: true,
    },
    { name: "canaries in topics that people made", value: found.inTopics, unit: "hits" },
    ...found.rows,
    { name: "95 % bound", value: 300 / found.canaries, unit: "%" },
  ];
}

/** A scanner that finds nothing proves nothing. */
function checkScanner(): void {
  for (const level of [2, 3, 4]) {
    const text = `some words ${canaryOf(level, 7)} and more`;
    for (const { bytes, name } of formsOf(level)) {
      if (scanBytes(Buffer.concat([Buffer.from("before"), bytes]), level).count === 0)
        throw new Error(`${name} is not found`);
    }
    for (let shift = 0; shift < 3; shift++) {
      const encoded = Buffer.from(Buffer.from("x".repeat(shift) + text).toString("base64"));
      if (scanBytes(encoded, level).count === 0)
        throw new Error(`base64 of ${canaryHead(level)} at ${shift} is not found`);
    }
  }
}

/** Canaries of levels 3 and 4 in the memory of the process. */
function lingering(pid: number): BenchRow[] {
  const { bytes, hits } = scanProcess(pid, [3, 4]);
  // A reader that finds nothing in a process that just held it proves nothing.
  if (bytes < 50_000_000) throw new Error(`Only ${bytes} bytes of the process could be read`);
  return [
    { name: "memory of the locked process", value: bytes / 1e6, unit: "MB" },
    ...[...hits].map(([level, value]) => ({ name: `level ${level} in it`, value, unit: "hits" })),
  ];
}
