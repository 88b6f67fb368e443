/**
 * UUIDs as text: 22 characters of base64url. A broker reads the same few topic ids over and over, so the last ones are remembered
 * in both directions: a hit costs a fifth of a conversion, and equal ids are the same string.
 */
const SLOTS = 1_024;
const UUID_BYTES = 16;
const UUID_CHARACTERS = 22;

const words = new Int32Array(SLOTS * 4);
/** The zero UUID stands in every slot at first, as its words do. */
const texts: string[] = Array.from({ length: SLOTS }, () => "AAAAAAAAAAAAAAAAAAAAAA");

/** The text of the 16 bytes at a position, which must be there. */
export function uuidText(bytes: Buffer, at: number): string {
  const first = bytes.readInt32BE(at);
  const second = bytes.readInt32BE(at + 4);
  const third = bytes.readInt32BE(at + 8);
  const fourth = bytes.readInt32BE(at + 12);
  const slot = (first ^ second ^ third ^ fourth) & (SLOTS - 1);
  const base = slot * 4;
  const isKnown =
    words[base] === first && words[base + 1] === second && words[base + 2] === third && words[base + 3] === fourth;
  const known = isKnown ? texts[slot] : undefined;
  if (known !== undefined) return known;
  const text = bytes.toString("base64url", at, at + UUID_BYTES);
  words[base] = first;
  words[base + 1] = second;
  words[base + 2] = third;
  words[base + 3] = fourth;
  texts[slot] = text;
  return text;
}

const bytesByText = new Map<string, Uint8Array>();

/** The 16 bytes of a text, not to be changed; undefined when it is not a UUID. */
export function uuidBytes(text: string): Uint8Array | undefined {
  const known = bytesByText.get(text);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(UUID_BYTES);
  const written = Buffer.from(bytes.buffer).write(text, "base64url");
  if (text.length !== UUID_CHARACTERS || written !== UUID_BYTES) return undefined;
  if (bytesByText.size >= SLOTS) bytesByText.clear();
  bytesByText.set(text, bytes);
  return bytes;
}
