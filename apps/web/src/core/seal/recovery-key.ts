/**
 * The recovery key as a person keeps it: nine groups of four letters, of which the last tells a slip of the pen.
 * 160 random bits; Crockford's letters, so that O and 0, I and 1 are read as the same.
 */
import { type Bytes, concat, randomBytes, utf8 } from "./bytes.ts";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const KEY_BYTES = 20;
const CHECK_BYTES = 3;
const CHECK_LETTERS = 4;
const KEY_LETTERS = 32;
const GROUP = 4;

/** What was typed: the bytes, or what is wrong with it. `slip`: it is as long as a key, and a letter is not as it was. */
export type TypedKey = { readonly type: "key"; readonly bytes: Bytes } | { readonly type: "length" | "slip" };

/** A fresh key and how it is written. */
export async function makeRecoveryKey(): Promise<{ readonly bytes: Bytes; readonly text: string }> {
  const bytes = randomBytes(KEY_BYTES);
  return { bytes, text: await writeRecoveryKey(bytes) };
}

/** How a key is written. */
export async function writeRecoveryKey(bytes: Bytes): Promise<string> {
  const letters = lettersOf(bytes) + (await checkOf(bytes));
  return (letters.match(/.{1,4}/g) ?? []).join("-");
}

/** Reads a key as people type it: small letters, blanks and hyphens do not matter. */
export async function readRecoveryKey(text: string): Promise<TypedKey> {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  if (letters.length !== KEY_LETTERS + CHECK_LETTERS) return { type: "length" };
  const bytes = bytesOf(letters.slice(0, KEY_LETTERS));
  if (bytes === undefined || (await checkOf(bytes)) !== letters.slice(KEY_LETTERS)) return { type: "slip" };
  return { type: "key", bytes };
}

/** The groups of a written key, for asking whether one was written down. */
export function groupsOf(text: string): readonly string[] {
  return text.split("-").filter((group) => group.length === GROUP);
}

async function checkOf(bytes: Bytes): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", concat(utf8("kaelix/recovery-key/1"), bytes));
  return lettersOf(new Uint8Array(hash, 0, CHECK_BYTES)).slice(0, CHECK_LETTERS);
}

function lettersOf(bytes: Uint8Array): string {
  let letters = "";
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) letters += LETTERS[(held >> (bits - 5)) & 31] ?? "";
  }
  return bits === 0 ? letters : letters + (LETTERS[(held << (5 - bits)) & 31] ?? "");
}

function bytesOf(letters: string): Bytes | undefined {
  const bytes = new Uint8Array(KEY_BYTES);
  let [held, bits, at] = [0, 0, 0];
  for (const letter of letters) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 255;
  }
  return bytes;
}
