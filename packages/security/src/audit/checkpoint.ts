/**
 * Checkpoints: how many entries there are and what they hash to, signed (C2SP tlog-checkpoint in a signed note).
 *
 *     kaelix/audit              origin
 *     1042                      entries
 *     Cs9E…=                    root, base64
 *
 * A text that any tool for such logs reads and that a person can copy into a letter.
 */
import { type NoteSigner, openNote } from "./signed-note.ts";

/** What a checkpoint states. */
export interface Checkpoint {
  readonly size: number;
  readonly root: Buffer;
}

const ORIGIN = "kaelix/audit";
const SIZE = /^(0|[1-9]\d{0,15})$/;
const ROOT = /^[A-Za-z0-9+/]{43}=$/;

/** The signed note of a checkpoint. */
export function signCheckpoint(signer: NoteSigner, { size, root }: Checkpoint): string {
  return signer.sign(ORIGIN, [String(size), root.toString("base64")]);
}

/**
 * Reads a checkpoint and checks its signature.
 * @param publicKey 32 bytes, base64url
 * @returns undefined when it is none, or not of this key
 */
export function openCheckpoint(note: string, publicKey: string): Checkpoint | undefined {
  const [size = "", root = "", ...more] = openNote(note, ORIGIN, publicKey) ?? [];
  if (!SIZE.test(size) || !ROOT.test(root) || more.length > 0) return undefined;
  return { size: Number(size), root: Buffer.from(root, "base64") };
}
