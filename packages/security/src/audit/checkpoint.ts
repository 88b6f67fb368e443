/**
 * Checkpoints: how many entries there are and what they hash to, signed (C2SP tlog-checkpoint in a signed note).
 *
 *     kaelix/audit                        origin
 *     1042                                entries
 *     Cs9E…=                              root, base64
 *     time 2026-11-23T15:00:00.000Z       when it was signed; those of before 2026-11-23 have none
 *
 * A text that any tool for such logs reads and that a person can copy into a letter.
 */
import { type AuditKey, isTimeOf } from "./audit-keys.ts";
import { type NoteSigner, openNote } from "./signed-note.ts";

/** What a checkpoint states. */
export interface Checkpoint {
  readonly size: number;
  readonly root: Buffer;
}

/** A checkpoint whose signature is right. */
export interface OpenCheckpoint extends Checkpoint {
  /** Number of the key that it is signed by. */
  readonly key: number;
  /** When it was signed, epoch ms; undefined where it does not say. */
  readonly atMs: number | undefined;
}

const ORIGIN = "kaelix/audit";
const SIZE = /^(0|[1-9]\d{0,15})$/;
const ROOT = /^[A-Za-z0-9+/]{43}=$/;
const TIME = /^time (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)$/;

/** The signed note of a checkpoint. `atMs`: epoch ms. */
export function signCheckpoint(
  signer: NoteSigner,
  { atMs, root, size }: Checkpoint & { readonly atMs: number },
): string {
  return signer.sign(ORIGIN, [String(size), root.toString("base64"), `time ${new Date(atMs).toISOString()}`]);
}

/**
 * Reads a checkpoint and checks its signature and its time.
 * @param keys the keys of the log, from the first on
 * @returns undefined when it is none, is of none of these keys, or bears a time that is not its key's
 */
export function openCheckpoint(note: string, keys: readonly AuditKey[]): OpenCheckpoint | undefined {
  for (const key of keys) {
    const [size = "", root = "", time, ...more] = openNote(note, ORIGIN, key.publicKey) ?? [];
    if (!SIZE.test(size) || !ROOT.test(root) || more.length > 0) continue;
    const atMs = time === undefined ? undefined : Date.parse(TIME.exec(time)?.[1] ?? "");
    // The first key has signed without times, before there were others.
    const isTimely = atMs === undefined ? key === keys[0] : isTimeOf(key, atMs);
    return isTimely ? { size: Number(size), root: Buffer.from(root, "base64"), key: key.number, atMs } : undefined;
  }
  return undefined;
}
