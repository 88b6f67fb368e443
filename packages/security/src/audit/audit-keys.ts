/**
 * The keys of the audit log, each vouched for by the one before: a chain that whoever has one of them can follow to all later ones.
 *
 *     kaelix/audit-key
 *     number: 2
 *     key: 8fQ2…                          32 bytes of Ed25519, base64url
 *     from: 2026-11-23T15:00:00.000Z      the key before signs nothing from here on
 *
 *     — kaelix/audit-key …                signed by the key before; the first by itself
 *
 * Guarantees: no key gets into the chain without the one before it, and their times follow each other. It does not: show that the first key
 * is of this house; that is for whoever wrote it down.
 */
import { NoteSigner, openNote } from "./signed-note.ts";

/** A key of the audit log, and when it signs. */
export interface AuditKey {
  readonly number: number;
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  readonly fromMs: number;
  /** When the next one came; undefined for the newest. */
  readonly untilMs: number | undefined;
}

const ORIGIN = "kaelix/audit-key";
const NUMBER = /^number: ([1-9]\d{0,8})$/;
const KEY = /^key: ([A-Za-z0-9_-]{43})$/;
const FROM = /^from: (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)$/;

/** The note by which the key of `signing` (32 bytes) vouches for the next one. */
export function vouchFor(
  signing: Uint8Array,
  next: { readonly secret: Uint8Array; readonly number: number; readonly fromMs: number },
): string {
  const { publicKey } = new NoteSigner(next.secret);
  const from = new Date(next.fromMs).toISOString();
  return new NoteSigner(signing).sign(ORIGIN, [`number: ${next.number}`, `key: ${publicKey}`, `from: ${from}`]);
}

/** A key alone, for checking what it has signed at any time. */
export function soleAuditKey(publicKey: string): readonly AuditKey[] {
  return [{ number: 1, publicKey, fromMs: 0, untilMs: undefined }];
}

/** True when a key was the one that signed at a time (epoch ms; not a number: never). */
export function isTimeOf({ fromMs, untilMs }: AuditKey, atMs: number): boolean {
  return atMs >= fromMs && atMs <= (untilMs ?? Number.POSITIVE_INFINITY);
}

/** The keys of a chain, from the first on; undefined when a note in it was changed, is missing, or is not signed by the key before. */
export function openAuditKeys(vouched: readonly string[]): readonly AuditKey[] | undefined {
  const keys: AuditKey[] = [];
  for (const note of vouched) {
    const before = keys.at(-1);
    const own = note.split("\n").map((line) => KEY.exec(line)?.[1]);
    const signedBy = before?.publicKey ?? own.find((key) => key !== undefined) ?? "";
    const [numberLine = "", keyLine = "", fromLine = "", ...more] = openNote(note, ORIGIN, signedBy) ?? [];
    const number = Number(NUMBER.exec(numberLine)?.[1]);
    const publicKey = KEY.exec(keyLine)?.[1];
    const fromMs = Date.parse(FROM.exec(fromLine)?.[1] ?? "");
    if (more.length > 0 || publicKey === undefined || Number.isNaN(fromMs) || Number.isNaN(number)) return undefined;
    if (before !== undefined && (number !== before.number + 1 || fromMs < before.fromMs)) return undefined;
    if (before !== undefined) keys.splice(-1, 1, { ...before, untilMs: fromMs });
    keys.push({ number, publicKey, fromMs, untilMs: undefined });
  }
  return keys.length === 0 ? undefined : keys;
}

/** The notes of a file that holds a chain, one after the other; line ends of any kind. */
export function splitAuditKeys(text: string): readonly string[] {
  const plain = text.replaceAll("\r\n", "\n");
  return plain.split(/(?<=\n)(?=kaelix\/audit-key\n)/).map((note) => `${note.trimEnd()}\n`);
}
