/**
 * Variable-length integers as Kafka's records use them: zigzag, then seven bits per byte, lowest first.
 *
 *     value      0   -1    1   -2    2        zigzag: n ≥ 0 → 2n, n < 0 → -2n - 1
 *     zigzag     0    1    2    3    4
 *
 * Guarantees: readers never look past `end`; a broken number is told by `valid`, not by an exception.
 * Does not: keep values beyond ±2^52 exact (record timestamps and deltas are far below). Source: KIP-98, protobuf encoding.
 */
const VARINT_BYTES_MAX = 10;
const EXACT_MAX = 2 ** 52;

/** A reading position that is handed from number to number, so that reading allocates nothing. */
export interface VarintCursor {
  /** Next byte to read; moved by every read. */
  at: number;
  /** False once a number was cut off, too long or beyond ±2^52. */
  valid: boolean;
}

/** Bytes that `writeVarint` will use for a value. */
export function encodedVarintSize(value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let size = 1;
  while (rest >= 128) {
    rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 128);
    size += 1;
  }
  return size;
}

/** Writes a zigzag number at `at`, which must have room; returns the position after it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let position = at;
  while (rest >= 0x8000_0000) {
    target[position++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    target[position++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[position++] = rest;
  return position;
}

/** Reads a number without zigzag and moves the cursor; 0 and `valid` false when there is none before `end`. */
export function readUnsignedVarint(bytes: Uint8Array, cursor: VarintCursor, end: number): number {
  const first = cursor.at < end ? (bytes[cursor.at] ?? 0) : 255;
  if (first < 128) {
    cursor.at += 1;
    return first;
  }
  let value = 0;
  let scale = 1;
  for (let index = 0; index < VARINT_BYTES_MAX && cursor.at < end; index += 1) {
    const byte = bytes[cursor.at++] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) {
      if (value > EXACT_MAX * 2) break;
      return value;
    }
    scale *= 128;
  }
  cursor.valid = false;
  return 0;
}

/** Reads a zigzag number and moves the cursor; 0 and `valid` false when there is none before `end`. */
export function readVarint(bytes: Uint8Array, cursor: VarintCursor, end: number): number {
  const value = readUnsignedVarint(bytes, cursor, end);
  if (value < 0x8000_0000) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
