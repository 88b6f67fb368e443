/**
 * Reads the primitive types of the Kafka protocol out of one frame.
 *
 *     type            classic                        flexible (KIP-482)
 *     string, bytes   int16 / int32 length, -1 null  unsigned varint length + 1, 0 null
 *     array           int32 length, -1 null          unsigned varint length + 1, 0 null
 *     tagged fields   none                           count, then (tag, size, bytes) each, all unsigned varints
 *
 * Guarantees: nothing is read outside the frame; a length is checked against what is left before anything is allocated for it, an
 * array's against the smallest size of an element; the elements of all arrays and the unknown tags of a frame are bounded together.
 * Structures of the protocol do not refer to themselves, so depth is bounded by the schema. A frame that breaks a rule throws
 * `protocol-frame-invalid` and leaves the reader unusable.
 * Does not: keep 64-bit numbers beyond ±2^53 exact; refuse UTF-8 that is not well-formed (it becomes U+FFFD); copy: bytes are views.
 */
import type { KaelixError } from "@kaelix/base";

import { protocolErrors } from "../errors.ts";
import type { UnknownTag } from "./message.ts";
import { uuidText } from "./uuid-text.ts";

const TWO_TO_32 = 2 ** 32;
const ELEMENTS_MAX = 2 ** 18;
const UUID_BYTES = 16;

/** Bounds of a reader. */
export interface WireReaderOptions {
  /** Array elements and unknown tags in the whole frame; default 262,144. */
  readonly elementsMax?: number;
}

/** A cursor over one frame. Methods with `flexible` read the compact form when it is true. */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at = 0;
  #elementsLeft: number;

  /** @param frame the bytes after the frame's own length field; must not change while views of it are in use */
  constructor(frame: Uint8Array, options: WireReaderOptions = {}) {
    this.#bytes = frame instanceof Buffer ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.length);
    this.#end = frame.length;
    this.#elementsLeft = options.elementsMax ?? ELEMENTS_MAX;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  int64(): number {
    const at = this.#take(8);
    return this.#bytes.readInt32BE(at) * TWO_TO_32 + this.#bytes.readUInt32BE(at + 4);
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  /** An unsigned varint of 32 bits. */
  uvarint(): number {
    const first = this.#bytes.readUInt8(this.#take(1));
    if (first < 128) return first;
    let value = first & 127;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      if (shift === 28 && byte > 15) break;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw this.#invalid("a variable-length number has more than 32 bits");
  }

  /** A zigzag varint of 32 bits. */
  varint(): number {
    const value = this.uvarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A UUID as 22 characters of base64url. */
  uuid(): string {
    return uuidText(this.#bytes, this.#take(UUID_BYTES));
  }

  string(flexible: boolean): string {
    return this.nullableString(flexible) ?? this.#refuseNull("string");
  }

  nullableString(flexible: boolean): string | null {
    const length = flexible ? this.uvarint() - 1 : this.int16();
    if (length < 0) return this.#nullLength(length);
    if (length === 0) return "";
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  bytes(flexible: boolean): Uint8Array {
    return this.nullableBytes(flexible) ?? this.#refuseNull("bytes");
  }

  nullableBytes(flexible: boolean): Uint8Array | null {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    return length < 0 ? this.#nullLength(length) : this.raw(length);
  }

  /** A view of the next bytes. */
  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length);
  }

  /**
   * The length of an array whose elements have at least so many bytes each.
   * Taken out of the frame's budget of elements.
   */
  arrayLength(flexible: boolean, elementBytesMin: number): number {
    const length = this.nullableArrayLength(flexible, elementBytesMin);
    return length < 0 ? this.#refuseNull("array") : length;
  }

  /** As `arrayLength`; -1 for null. */
  nullableArrayLength(flexible: boolean, elementBytesMin: number): number {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    if (length < 0) {
      this.#nullLength(length);
      return -1;
    }
    if (length * elementBytesMin > this.remaining) throw this.#invalid("an array is longer than the frame");
    this.#spend(length);
    return length;
  }

  /** Whether a nullable structure follows (an int8: -1 null, 1 present). */
  isPresent(): boolean {
    return this.int8() >= 0;
  }

  int8s(flexible: boolean): number[] {
    const values: number[] = [];
    for (let left = this.arrayLength(flexible, 1); left > 0; left -= 1) values.push(this.int8());
    return values;
  }

  int16s(flexible: boolean): number[] {
    const values: number[] = [];
    for (let left = this.arrayLength(flexible, 2); left > 0; left -= 1) values.push(this.int16());
    return values;
  }

  int32s(flexible: boolean): number[] {
    return this.nullableInt32s(flexible) ?? this.#refuseNull("array");
  }

  nullableInt32s(flexible: boolean): number[] | null {
    let left = this.nullableArrayLength(flexible, 4);
    if (left < 0) return null;
    const values: number[] = [];
    for (; left > 0; left -= 1) values.push(this.int32());
    return values;
  }

  int64s(flexible: boolean): number[] {
    const values: number[] = [];
    for (let left = this.arrayLength(flexible, 8); left > 0; left -= 1) values.push(this.int64());
    return values;
  }

  strings(flexible: boolean): string[] {
    return this.nullableStrings(flexible) ?? this.#refuseNull("array");
  }

  nullableStrings(flexible: boolean): string[] | null {
    let left = this.nullableArrayLength(flexible, flexible ? 1 : 2);
    if (left < 0) return null;
    const values: string[] = [];
    for (; left > 0; left -= 1) values.push(this.string(flexible));
    return values;
  }

  uuids(flexible: boolean): string[] {
    return this.nullableUuids(flexible) ?? this.#refuseNull("array");
  }

  nullableUuids(flexible: boolean): string[] | null {
    let left = this.nullableArrayLength(flexible, UUID_BYTES);
    if (left < 0) return null;
    const values: string[] = [];
    for (; left > 0; left -= 1) values.push(this.uuid());
    return values;
  }

  /** How many tagged fields follow. */
  tagCount(): number {
    const count = this.uvarint();
    if (count * 2 > this.remaining) throw this.#invalid("there are more tagged fields than bytes");
    return count;
  }

  /** Reads the size of a tagged field; returns the position where it ends. */
  tagEnd(): number {
    const size = this.uvarint();
    if (size > this.remaining) throw this.#invalid("a tagged field is longer than the frame");
    return this.#at + size;
  }

  /** Checks that a known tagged field ended where it said it would. */
  endTag(end: number): void {
    if (this.#at !== end) throw this.#invalid("a tagged field does not have the size it says");
  }

  /** The content of a tagged field that is not known. */
  unknownTag(tag: number, end: number): UnknownTag {
    this.#spend(1);
    return { tag, bytes: this.raw(end - this.#at) };
  }

  /** All tagged fields of a structure that knows none; undefined when there are none. */
  unknownTags(): UnknownTag[] | undefined {
    let left = this.tagCount();
    if (left === 0) return undefined;
    const tags: UnknownTag[] = [];
    for (; left > 0; left -= 1) {
      const tag = this.uvarint();
      tags.push(this.unknownTag(tag, this.tagEnd()));
    }
    return tags;
  }

  /** Moves past bytes and returns where they begin. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.#end - at) throw this.#invalid("it ends too early");
    this.#at = at + length;
    return at;
  }

  #spend(elements: number): void {
    this.#elementsLeft -= elements;
    if (this.#elementsLeft < 0) throw this.#invalid("it has too many elements");
  }

  #nullLength(length: number): null {
    if (length !== -1) throw this.#invalid("a length is negative");
    return null;
  }

  #refuseNull(what: string): never {
    throw this.#invalid(`the ${what} must not be null`);
  }

  #invalid(why: string): KaelixError {
    return protocolErrors("protocol-frame-invalid", {
      message: `Cannot read frame: at byte ${this.#at} of ${this.#end} ${why}`,
      details: { at: this.#at, bytes: this.#end },
    });
  }
}
