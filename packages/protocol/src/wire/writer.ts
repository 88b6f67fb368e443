/**
 * Writes the primitive types of the Kafka protocol (see reader.ts for the forms).
 *
 * One buffer grows as needed; record batches are not copied into it but cut in between:
 *
 *     own buffer   | size, header, topics … ^ … next partition … ^ … rest |
 *     cuts                                  batches               batches
 *     chunks()       [own 0..a] [batches] [own a..b] [batches] [own b..]
 *
 * Guarantees: bytes appear in the order of the calls; what was handed to `records` is referred to, not copied, and must stay as it
 * is until the chunks were sent.
 * Does not: check the range of integers; 64-bit numbers are written exactly to ±2^53 and clamped to the largest of 64 bits.
 */
import { protocolErrors } from "../errors.ts";
import type { RecordBytes, UnknownTag } from "./message.ts";
import { uuidBytes } from "./uuid-text.ts";

const TWO_TO_32 = 2 ** 32;
const TWO_TO_63 = 2 ** 63;
const SIZE_START = 512;
const FRAME_BYTES_MAX = 2 ** 31 - 1;
const CLASSIC_STRING_BYTES_MAX = 32_767;
/** Below this many characters a loop writes ASCII faster than a call into the runtime. */
const LOOP_CHARACTERS_MAX = 40;

interface Cut {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Appends to a growing frame. Methods with `flexible` write the compact form when it is true. */
export class WireWriter {
  #bytes: Buffer;
  #at = 0;
  #cuts: Cut[] | undefined;
  #cutBytes = 0;

  /** @param sizeStart bytes of the first buffer; it grows by itself */
  constructor(sizeStart = SIZE_START) {
    this.#bytes = Buffer.allocUnsafe(sizeStart);
  }

  /** Bytes written so far, referred ones included. */
  get size(): number {
    return this.#at + this.#cutBytes;
  }

  /** Leaves room for the frame's size; call it first. */
  beginFrame(): void {
    this.int32(0);
  }

  /**
   * Writes the frame's size where `beginFrame` left room.
   * @returns the whole frame: ranges that follow each other
   * @throws `protocol-message-invalid` when it has 2 GiB or more
   */
  endFrame(): Uint8Array[] {
    const size = this.size - 4;
    if (size > FRAME_BYTES_MAX) throw invalid(`it has ${size} bytes, must be less than 2 GiB`);
    this.#putInt32(0, size);
    return this.chunks();
  }

  /** What was written: ranges that follow each other. */
  chunks(): Uint8Array[] {
    const cuts = this.#cuts;
    if (cuts === undefined) return [this.#bytes.subarray(0, this.#at)];
    const chunks: Uint8Array[] = [];
    let from = 0;
    for (const cut of cuts) {
      if (cut.at > from) chunks.push(this.#bytes.subarray(from, cut.at));
      chunks.push(cut.bytes);
      from = cut.at;
    }
    if (this.#at > from) chunks.push(this.#bytes.subarray(from, this.#at));
    return chunks;
  }

  /** What was written as one range; copies when records were referred to. */
  toBytes(): Uint8Array {
    const chunks = this.chunks();
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    this.#putInt16(at, value);
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#putInt32(at, value);
  }

  int64(value: number): void {
    const at = this.#reserve(8);
    if (value >= TWO_TO_63) {
      this.#putInt32(at, 0x7fff_ffff);
      this.#putInt32(at + 4, 0xffff_ffff);
      return;
    }
    this.#putInt32(at, Math.floor(value / TWO_TO_32));
    // Modulo of a negative number is negative; its bits are the low word of the two's complement all the same.
    this.#putInt32(at + 4, value % TWO_TO_32);
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#putInt16(at, value);
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#putInt32(at, value);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleBE(value, at);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  /** An unsigned varint of 32 bits. */
  uvarint(value: number): void {
    const start = this.#reserve(5);
    this.#at = this.#putUvarint(start, value);
  }

  /** A zigzag varint of 32 bits. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /**
   * A UUID given as 22 characters of base64url.
   * @throws `protocol-message-invalid` for anything else
   */
  uuid(value: string): void {
    const bytes = uuidBytes(value);
    if (bytes === undefined) throw invalid(`a UUID has ${value.length} characters, must have 22 of base64url`);
    this.raw(bytes);
  }

  /** @throws `protocol-message-invalid` for null */
  string(value: string | null, flexible: boolean): void {
    if (value === null) throw nullRefused("string");
    if (flexible) this.#compactString(value);
    else this.#classicString(value);
  }

  nullableString(value: string | null, flexible: boolean): void {
    if (value !== null) this.string(value, flexible);
    else if (flexible) this.int8(0);
    else this.int16(-1);
  }

  /** @throws `protocol-message-invalid` for null */
  bytes(value: Uint8Array | null, flexible: boolean): void {
    if (value === null) throw nullRefused("bytes");
    this.nullableBytes(value, flexible);
  }

  nullableBytes(value: Uint8Array | null, flexible: boolean): void {
    this.#bytesLength(value === null ? -1 : value.length, flexible);
    if (value !== null) this.raw(value);
  }

  /** Copies bytes. */
  raw(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  /**
   * Record batches with their length before them; referred to, not copied.
   * @throws `protocol-message-invalid` for null
   */
  records(value: RecordBytes | null, flexible: boolean): void {
    if (value === null) throw nullRefused("records");
    this.nullableRecords(value, flexible);
  }

  /** As `records`; null is allowed. */
  nullableRecords(value: RecordBytes | null, flexible: boolean): void {
    if (value === null) {
      this.#bytesLength(-1, flexible);
    } else if (value instanceof Uint8Array) {
      this.#bytesLength(value.length, flexible);
      this.#cut(value);
    } else {
      let length = 0;
      for (const range of value) length += range.length;
      this.#bytesLength(length, flexible);
      for (const range of value) this.#cut(range);
    }
  }

  /** An array's length; -1 for null. */
  arrayLength(length: number, flexible: boolean): void {
    this.#bytesLength(length, flexible);
  }

  /**
   * The length that stands for null.
   * @throws `protocol-message-invalid` when null is not allowed
   */
  nullLength(isAllowed: boolean): number {
    if (!isAllowed) throw nullRefused("array");
    return -1;
  }

  /** Whether a nullable structure follows. */
  present(isPresent: boolean): void {
    this.int8(isPresent ? 1 : -1);
  }

  int8s(values: readonly number[], flexible: boolean): void {
    this.arrayLength(values.length, flexible);
    for (const value of values) this.int8(value);
  }

  int16s(values: readonly number[], flexible: boolean): void {
    this.arrayLength(values.length, flexible);
    for (const value of values) this.int16(value);
  }

  int32s(values: readonly number[] | null, flexible: boolean): void {
    if (values === null) throw nullRefused("array");
    this.nullableInt32s(values, flexible);
  }

  nullableInt32s(values: readonly number[] | null, flexible: boolean): void {
    this.arrayLength(values === null ? -1 : values.length, flexible);
    if (values !== null) for (const value of values) this.int32(value);
  }

  int64s(values: readonly number[], flexible: boolean): void {
    this.arrayLength(values.length, flexible);
    for (const value of values) this.int64(value);
  }

  strings(values: readonly string[] | null, flexible: boolean): void {
    if (values === null) throw nullRefused("array");
    this.nullableStrings(values, flexible);
  }

  nullableStrings(values: readonly string[] | null, flexible: boolean): void {
    this.arrayLength(values === null ? -1 : values.length, flexible);
    if (values !== null) for (const value of values) this.string(value, flexible);
  }

  uuids(values: readonly string[] | null, flexible: boolean): void {
    if (values === null) throw nullRefused("array");
    this.nullableUuids(values, flexible);
  }

  nullableUuids(values: readonly string[] | null, flexible: boolean): void {
    this.arrayLength(values === null ? -1 : values.length, flexible);
    if (values !== null) for (const value of values) this.uuid(value);
  }

  /** Begins a tagged field; `endTag` must be given what this returns. */
  beginTag(tag: number): number {
    this.uvarint(tag);
    this.int8(0);
    return this.#at;
  }

  /** Ends a tagged field: writes its size before it, moving it along when the size takes more than a byte. */
  endTag(start: number): void {
    const size = this.#at - start;
    if (size < 128) {
      this.#bytes[start - 1] = size;
      return;
    }
    const extra = uvarintSize(size) - 1;
    this.#reserve(extra);
    this.#bytes.copyWithin(start + extra, start, start + size);
    this.#putUvarint(start - 1, size);
  }

  /** Tagged fields that were kept by decoding, with no count before them. */
  appendTags(tags: readonly UnknownTag[] | undefined): void {
    if (tags === undefined) return;
    for (const tag of tags) {
      this.uvarint(tag.tag);
      this.uvarint(tag.bytes.length);
      this.raw(tag.bytes);
    }
  }

  /** The tagged fields of a structure that knows none, with their count. */
  unknownTags(tags: readonly UnknownTag[] | undefined): void {
    this.uvarint(tags === undefined ? 0 : tags.length);
    this.appendTags(tags);
  }

  #bytesLength(length: number, flexible: boolean): void {
    if (flexible) this.uvarint(length + 1);
    else this.int32(length);
  }

  #cut(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    (this.#cuts ??= []).push({ at: this.#at, bytes });
    this.#cutBytes += bytes.length;
  }

  #classicString(value: string): void {
    const start = this.#at;
    this.#reserve(2 + value.length * 3);
    const end = this.#putText(start + 2, value);
    const size = end - start - 2;
    if (size > CLASSIC_STRING_BYTES_MAX) {
      throw invalid(`a string has ${size} bytes, must have ${CLASSIC_STRING_BYTES_MAX} at most`);
    }
    this.#putInt16(start, size);
    this.#at = end;
  }

  #compactString(value: string): void {
    // A string of up to 41 characters has at most 123 bytes, so that its length takes one byte whatever it holds.
    const isShort = value.length < 42;
    const start = this.#at;
    const size = isShort ? 0 : Buffer.byteLength(value);
    this.#reserve(5 + value.length * 3);
    const textAt = isShort ? start + 1 : this.#putUvarint(start, size + 1);
    this.#at = this.#putText(textAt, value);
    if (isShort) this.#bytes[start] = this.#at - textAt + 1;
  }

  /** Writes text where there is room for it; returns the position after it. */
  #putText(at: number, value: string): number {
    const { length } = value;
    if (length > LOOP_CHARACTERS_MAX) return at + this.#bytes.write(value, at, "utf8");
    const bytes = this.#bytes;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return at + bytes.write(value, at, "utf8");
      bytes[at + index] = code;
    }
    return at + length;
  }

  #putInt16(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value >> 8;
    bytes[at + 1] = value;
  }

  #putInt32(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  #putUvarint(start: number, value: number): number {
    const bytes = this.#bytes;
    let at = start;
    let rest = value >>> 0;
    while (rest >= 128) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    return at;
  }

  /** Makes room for bytes and moves past it; returns where it begins. */
  #reserve(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) this.#grow(at + length);
    this.#at = at + length;
    return at;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

function uvarintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}

function invalid(why: string): Error {
  return protocolErrors("protocol-message-invalid", { message: `Cannot write message: ${why}` });
}

function nullRefused(what: string): Error {
  return invalid(`null is given for the ${what}, which this version does not allow`);
}
