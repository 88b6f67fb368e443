/**
 * Reading the audit log from its first record and checking it, with a place for what is wrong.
 *
 * What a checkpoint covers and does not fit lies behind the entries that the checkpoint before covers and fits; what cannot be read lies
 * where it is. Checkpoints kept elsewhere draw the same lines through a log that was written anew with the key of the house. Not found:
 * what was done to entries after the last checkpoint.
 */
import type { AuditFindings } from "@kaelix/gateway";
import type { Log } from "@kaelix/log";
import { decodeEvent, TOPICS } from "@kaelix/model";
import { type AuditKey, AuditVerifier, openCheckpoint } from "@kaelix/security";

type FirstBad = AuditFindings["firstBad"];

/** Reads topic `audit` to its end. `kept`: checkpoints that were kept elsewhere. Throws errors of the log. */
export async function verifyEntries(
  log: Log,
  keys: readonly AuditKey[],
  kept: readonly string[],
): Promise<AuditFindings> {
  const verifier = new AuditVerifier(keys);
  const { name } = TOPICS.audit;
  const { startOffset, endOffset } = await log.bounds(name, 0);
  let firstBad: FirstBad = null;
  const note = (from: number, to = from): void => {
    if (firstBad === null && !verifier.isIntact) firstBad = { from, to: Math.max(from, to) };
  };
  const noteDamage = (range: { readonly firstOffset: number; readonly nextOffset: number } | undefined): void => {
    if (range === undefined) return;
    verifier.problem(`Offsets ${range.firstOffset} to ${range.nextOffset - 1} are damaged`);
    note(verifier.tree.size);
  };
  for (let offset = startOffset; offset < endOffset;) {
    const batch = await log.read(name, 0, offset);
    const damaged = [...batch.damaged];
    for (const record of batch.records) {
      if (record.offset < offset) continue;
      while ((damaged[0]?.firstOffset ?? Number.POSITIVE_INFINITY) < record.offset) noteDamage(damaged.shift());
      const { signed } = verifier;
      const kind = verifier.take(record.value);
      if (kind === "checkpoint") note(signed, sizeOf(record.value, keys) - 1);
      else note(verifier.tree.size);
    }
    for (const range of damaged) noteDamage(range);
    if (batch.nextOffset === offset) break;
    offset = batch.nextOffset;
  }
  const report = verifier.report(kept);
  return {
    ...report,
    firstBad: firstBad ?? (report.problems.length === 0 ? null : againstKept(verifier, keys, kept)),
  };
}

/** How many entries a checkpoint speaks of: more than there are when some before it are gone. */
function sizeOf(value: Uint8Array | null, keys: readonly AuditKey[]): number {
  const decoded = value === null ? undefined : decodeEvent(value);
  if (decoded?.type !== "event" || decoded.event.type !== "audit.checkpoint") return 0;
  return openCheckpoint(decoded.event.note, keys)?.size ?? 0;
}

/** Where a log that fits its own checkpoints parts from those kept elsewhere; null when one is of none of these keys. */
function againstKept({ tree }: AuditVerifier, keys: readonly AuditKey[], kept: readonly string[]): FirstBad {
  const found = kept.map((note) => openCheckpoint(note, keys)).filter((checkpoint) => checkpoint !== undefined);
  const sorted = found.toSorted((left, right) => left.size - right.size);
  let fitting = 0;
  for (const { root, size } of sorted) {
    // Cut off: the first that is missing is the one after the last there is.
    if (size > tree.size) return { from: tree.size, to: tree.size };
    if (!tree.root(size).equals(root)) return { from: fitting, to: size - 1 };
    fitting = size;
  }
  return null;
}
