import { assert } from "./assert.ts";
import type { RandomSource } from "./random.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TIME_MS_MAX = 2 ** 48 - 1;

/** True for 26 letters of Crockford's base32 that hold 128 bits. */
export function isUlid(text: string): boolean {
  return ULID_PATTERN.test(text);
}

/** A ULID: 48 bits of time in milliseconds, 80 random bits, 26 letters that sort by time (ulid/spec). */
export function makeUlid(nowMs: number, random: RandomSource): string {
  assert(nowMs >= 0 && nowMs <= TIME_MS_MAX, "ULID time must fit 48 bits");
  const bytes = random.bytes(16);
  let time = Math.floor(nowMs);
  for (let index = 5; index >= 0; index--) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  return encodeUlid(bytes);
}

/** The 26 letters of 16 bytes. */
export function encodeUlid(bytes: Uint8Array): string {
  assert(bytes.length === 16, "A ULID is 16 bytes");
  // 128 bits are two leading zero bits and 26 groups of five.
  let text = "";
  let buffered = 0;
  let bits = 2;
  for (const byte of bytes) {
    buffered = (buffered << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += CROCKFORD[(buffered >> bits) & 31] ?? "";
    }
    buffered &= (1 << bits) - 1;
  }
  return text;
}
