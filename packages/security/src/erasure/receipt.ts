/**
 * Receipts: what was erased, when, and what shows it, signed by the key of the audit log. Pure.
 *
 *     kaelix/erasure
 *     erasure: era_01JXQ8W0Z0000000000000000K
 *     what: everything from one import
 *     memories: 412
 *     requested: 2026-11-21T21:04:00.000Z
 *     unreadable: 2026-11-21T21:05:01.211Z
 *     records: keys/0 812..1224
 *     records: memories/3 90..502
 *     view: relational at 502, 2026-11-21T21:05:01.300Z
 *     view: search at 502, 2026-11-21T21:05:01.290Z
 *     purged: 2026-11-21T23:00:12.000Z
 *
 * Guarantees: the same erasure in the same state always gives the same bytes under the same key; whoever has the public keys can check it
 * without a server, also when its key was renewed since.
 * It does not: name what was erased, or prove that nobody had made a copy before.
 */
import type { ErasureRange, ErasureScope, ErasureState } from "@kaelix/model";

import type { AuditKey } from "../audit/audit-keys.ts";
import { type NoteSigner, openNote } from "../audit/signed-note.ts";

const ORIGIN = "kaelix/erasure";

/** A receipt whose signature is right: its lines as name and value, in order. */
export type ReceiptLines = readonly { readonly name: string; readonly value: string }[];

/** The receipt of an erasure that is done; undefined before. */
export function signReceipt(signer: NoteSigner, state: ErasureState): string | undefined {
  if (state.unreadable_at === null || (state.state !== "done" && state.state !== "purged")) return undefined;
  const purged =
    state.purged_at === null
      ? `purged: ${state.purge_by === null ? "by the log's own compaction" : `by ${timeText(state.purge_by)}`}`
      : `purged: ${timeText(state.purged_at)}`;
  return signer.sign(ORIGIN, [
    `erasure: ${state.erasure}`,
    `what: ${scopeText(state.what)}`,
    `memories: ${state.erased}`,
    `requested: ${timeText(state.requested_at)}`,
    `unreadable: ${timeText(state.unreadable_at)}`,
    ...state.ranges.map((range) => `records: ${rangeText(range)}`),
    ...state.views.map(({ name, offset, at }) => `view: ${name} at ${offset}, ${timeText(at)}`),
    purged,
  ]);
}

/**
 * Checks a receipt.
 * @param keys the keys of the audit log, from the first on
 * @returns undefined when it is none, was changed, is of none of these keys, or tells of what was after its key's time
 */
export function openReceipt(receipt: string, keys: readonly AuditKey[]): ReceiptLines | undefined {
  const note = receipt.replaceAll("\r\n", "\n");
  for (const { publicKey, untilMs = Number.POSITIVE_INFINITY } of keys) {
    const lines = openNote(note, ORIGIN, publicKey)?.map(readLine);
    if (lines !== undefined) return lines.every((line) => !(doneAtMs(line) > untilMs)) ? lines : undefined;
  }
  return undefined;
}

function readLine(line: string): ReceiptLines[number] {
  const at = line.indexOf(": ");
  return at < 0 ? { name: line, value: "" } : { name: line.slice(0, at), value: line.slice(at + 2) };
}

/** When something was done that a line tells of; not a number for other lines, also for a time that is still to come. */
function doneAtMs({ name, value }: ReceiptLines[number]): number {
  return name === "unreadable" || name === "purged" ? Date.parse(value) : Number.NaN;
}

/** The class of thing that was erased, in words. */
function scopeText(what: ErasureScope): string {
  switch (what.type) {
    case "memories":
      return "chosen memories";
    case "import":
      return "everything from one import";
    case "source":
      return `everything from the source ${what.source}${what.since === null ? "" : ` since ${timeText(what.since)}`}`;
    case "age":
      return "memories that reached the age they are kept to";
    case "account":
      return "an account and everything in it";
    case "tenant":
      return `the organisation ${what.of}, everybody of it and everything of theirs`;
  }
}

function rangeText({ topic, partition, from, to }: ErasureRange): string {
  return `${topic}/${partition} ${from}..${to}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
