/** Bytes and texts, with what every browser has. */

/** Bytes in memory of their own, as the browser's cryptography takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const PATTERN = /^[A-Za-z0-9_-]*$/;
const CHUNK = 8_192;

/** base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads base64url in its one canonical spelling; undefined for anything else. */
export function fromBase64Url(text: string): Bytes | undefined {
  if (!PATTERN.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  // Bits that no byte takes must be zero, or one body would have several spellings.
  const spare = (binary.length * 8) % 6 === 0 ? 0 : 6 - ((binary.length * 8) % 6);
  const last = ALPHABET.indexOf(text.at(-1) ?? "A");
  return (last & ((1 << spare) - 1)) === 0 ? bytes : undefined;
}

/** All of them, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** UTF-8. */
export function utf8(text: string): Bytes {
  return concat(new TextEncoder().encode(text));
}

/** A number as four bytes, big endian. */
export function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Each text in UTF-8 behind its length, so that no two lists share an encoding. */
export function lengthPrefixed(...texts: readonly string[]): Bytes {
  return concat(
    ...texts.flatMap((text) => {
      const bytes = utf8(text);
      return [uint32(bytes.length), bytes];
    }),
  );
}

/** Compares in a time that says nothing of where they differ. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [at, byte] of one.entries()) difference |= byte ^ (other[at] ?? 0);
  return difference === 0;
}

/** Fresh bytes of the browser's generator. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
