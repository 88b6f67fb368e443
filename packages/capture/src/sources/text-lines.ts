/**
 * Bytes → lines, streaming.
 *
 * Guarantees: memory is bounded by one chunk and one line of `LINE_BYTES_MAX`; a longer line is reported and dropped, its
 * neighbours are not touched; bytes that are not UTF-8 become U+FFFD and are reported; a byte order mark is dropped; UTF-16
 * with a byte order mark is read as such. Lines end at LF; one CR before it belongs to the end. Does not guess other encodings.
 */
import { isUtf8 } from "node:buffer";

/** Longest line that is read, in bytes. */
export const LINE_BYTES_MAX = 1_048_576;

/** Longest excerpt of a line in a problem, in UTF-16 units. */
const EXCERPT_LENGTH_MAX = 200;

/** One line of a text. */
export interface TextLine {
  /** 1 for the first. */
  readonly number: number;
  readonly text: string;
  /** True when the line ended with CR LF. */
  readonly endsWithCrlf: boolean;
  /** `long`: dropped, the text is its head; `broken`: some bytes were not UTF-8. */
  readonly trouble: "none" | "long" | "broken";
}

/** The lines that ended inside one chunk, and how many bytes were read so far. */
interface LineBatch {
  readonly lines: readonly TextLine[];
  readonly bytesRead: number;
}

const LF = 10;
const CR = 13;

/** The head of a line for a problem, never ending in half a letter. */
export function excerpt(text: string): string {
  return text.slice(0, EXCERPT_LENGTH_MAX).toWellFormed();
}

/** The problem of a line with trouble, in words; undefined when there is none. */
export function lineTrouble(line: TextLine): string | undefined {
  if (line.trouble === "long") return "Cannot read the line: it is longer than 1 MiB";
  if (line.trouble === "broken") return "Some bytes are not UTF-8 and were replaced";
  return undefined;
}

class LineSplitter {
  #parts: Buffer[] = [];
  #size = 0;
  #isLong = false;
  #number = 0;

  /** The lines that end in the chunk. */
  push(chunk: Buffer): TextLine[] {
    const lines: TextLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      lines.push(this.#close(chunk.subarray(from, end), true));
      from = end + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
    return lines;
  }

  /** What stands after the last LF, if anything. */
  finish(): TextLine[] {
    if (this.#size === 0) return [];
    return [this.#close(Buffer.alloc(0), false)];
  }

  #keep(part: Buffer): void {
    if (this.#isLong) return;
    this.#size += part.length;
    // The chunk's memory may be used again by the stream, so what outlives it is copied.
    this.#parts.push(Buffer.from(this.#size > LINE_BYTES_MAX ? part.subarray(0, 256) : part));
    if (this.#size > LINE_BYTES_MAX) {
      this.#isLong = true;
      this.#parts = [Buffer.from((this.#parts[0] ?? part).subarray(0, 1024))];
    }
  }

  #close(last: Buffer, hasLf: boolean): TextLine {
    this.#number++;
    const isLong = this.#isLong || this.#size + last.length > LINE_BYTES_MAX;
    let bytes =
      this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, isLong ? last.subarray(0, 256) : last]);
    this.#parts = [];
    this.#size = 0;
    this.#isLong = false;
    if (isLong) {
      const head = excerpt(bytes.toString("utf8", 0, 1024));
      return { number: this.#number, text: head, endsWithCrlf: false, trouble: "long" };
    }
    const endsWithCrlf = hasLf && bytes[bytes.length - 1] === CR;
    if (bytes[bytes.length - 1] === CR) bytes = bytes.subarray(0, bytes.length - 1);
    let text = bytes.toString("utf8");
    if (this.#number === 1 && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    const isBroken = text.includes("\ufffd") && !isUtf8(bytes);
    return { number: this.#number, text, endsWithCrlf, trouble: isBroken ? "broken" : "none" };
  }
}

function sniffUtf16(chunk: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return "utf-16le";
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return "utf-16be";
  return undefined;
}

/**
 * Reads lines.
 * @param chunks the bytes, in chunks of any size
 * @param signal ends the read with its reason
 * @returns one batch per chunk, also when no line ended in it, so that progress can be told
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncIterable<LineBatch> {
  const splitter = new LineSplitter();
  let bytesRead = 0;
  let utf16: TextDecoder | undefined;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    if (bytesRead === 0) {
      const encoding = sniffUtf16(chunk);
      if (encoding !== undefined) utf16 = new TextDecoder(encoding);
    }
    bytesRead += chunk.length;
    const bytes =
      utf16 === undefined
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.from(utf16.decode(chunk, { stream: true }), "utf8");
    yield { lines: splitter.push(bytes), bytesRead };
  }
  yield { lines: splitter.finish(), bytesRead };
}
