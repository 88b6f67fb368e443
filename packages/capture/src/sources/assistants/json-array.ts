/**
 * Bytes of one JSON array → the texts of its elements, streaming.
 *
 * Guarantees: memory is bounded by one chunk and one element of the size asked for; a longer element is reported and dropped, its
 * neighbours are not touched; so is one whose bytes are not UTF-8, which become U+FFFD; what is cut off at the end is reported. Does not: look at what
 * the elements hold. Every byte below 0x80 is a letter of its own in UTF-8, so marks are found in bytes.
 */
import { isUtf8 } from "node:buffer";

/** One element of the array. */
export interface ArrayElement {
  /** All of it; of one that is too long or cut off, its head. */
  readonly text: string;
  /** `long`: dropped; `cut`: the file ends inside it or behind it; `broken`: some bytes were not UTF-8. */
  readonly trouble: "none" | "long" | "cut" | "broken";
}

/** The elements that ended inside one chunk, and how many bytes were read so far. */
interface ElementBatch {
  readonly elements: readonly ArrayElement[];
  readonly bytesRead: number;
}

const HEAD_BYTES = 1_024;

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const ARRAY_OPEN = 0x5b;
const ARRAY_CLOSE = 0x5d;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, LF]);

class ArraySplitter {
  readonly #bytesMax: number;
  /** Before the first bracket, between it and its partner, or behind that. */
  #place: "before" | "inside" | "behind" = "before";
  /** Brackets that are open inside the element. */
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isOpen = false;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The elements that end in the chunk. */
  push(chunk: Buffer): ArrayElement[] {
    const elements: ArrayElement[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#isInText) {
        this.#readText(byte);
      } else if (this.#place === "before") {
        if (byte === ARRAY_OPEN) this.#place = "inside";
      } else if (this.#place === "inside") {
        if (this.#depth === 0 && (byte === COMMA || byte === ARRAY_CLOSE)) {
          if (this.#isOpen) elements.push(this.#close(chunk.subarray(from, at)));
          if (byte === ARRAY_CLOSE) this.#place = "behind";
        } else if (this.#isOpen || !SPACES.has(byte)) {
          if (!this.#isOpen) {
            from = at;
            this.#open();
          }
          this.#readMark(byte);
        }
      }
    }
    if (this.#isOpen) this.#keep(chunk.subarray(from));
    return elements;
  }

  /** What was left open when the bytes ended. */
  finish(): ArrayElement[] {
    if (this.#place === "behind") return [];
    const text = this.#isOpen ? headOf(this.#parts).toString("utf8") : "";
    return [{ text, trouble: "cut" }];
  }

  #readText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInText = false;
  }

  #readMark(byte: number): void {
    if (byte === QUOTE) this.#isInText = true;
    else if (byte === OBJECT_OPEN || byte === ARRAY_OPEN) this.#depth++;
    else if (byte === OBJECT_CLOSE || byte === ARRAY_CLOSE) this.#depth = Math.max(0, this.#depth - 1);
  }

  #open(): void {
    this.#isOpen = true;
    this.#parts = [];
    this.#size = 0;
  }

  #keep(part: Buffer): void {
    const before = this.#size;
    this.#size += part.length;
    // The chunk's memory may be used again by the stream, so what outlives it is copied.
    if (this.#size <= this.#bytesMax) this.#parts.push(Buffer.from(part));
    else if (before <= this.#bytesMax) this.#parts = [headOf([...this.#parts, part])];
  }

  #close(last: Buffer): ArrayElement {
    this.#keep(last);
    this.#isOpen = false;
    if (this.#size > this.#bytesMax) return { text: headOf(this.#parts).toString("utf8"), trouble: "long" };
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    const text = bytes.toString("utf8");
    return { text, trouble: text.includes("\ufffd") && !isUtf8(bytes) ? "broken" : "none" };
  }
}

/** A copy, so that the whole is let go. */
function headOf(parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat(parts, Math.min(size, HEAD_BYTES));
}

/**
 * Reads the elements of an array.
 * @param chunks the bytes, in chunks of any size
 * @param bytesMax the longest element that is read
 * @param signal ends the read with its reason
 * @returns one batch per chunk, also when no element ended in it, so that progress can be told
 */
export async function* readArray(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number,
  signal?: AbortSignal,
): AsyncIterable<ElementBatch> {
  const splitter = new ArraySplitter(bytesMax);
  let bytesRead = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    bytesRead += chunk.length;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    yield { elements: splitter.push(bytes), bytesRead };
  }
  yield { elements: splitter.finish(), bytesRead };
}
