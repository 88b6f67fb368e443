/**
 * Kafka's frames out of the chunks of a socket: a length (i32) and as many bytes.
 *
 *     push(chunk) ─► next() … next() ─► settle()      what no frame has taken is copied; the chunk's memory is its owner's again
 *
 * Guarantees: a frame that lies in one chunk is a view of it; a larger one is copied once more, when all of it is there. So a stranger
 * who announces 100 MiB costs what he has sent. Chunks of a few bytes are gathered: a frame sent byte by byte costs no object per byte.
 * Does not: know what a frame means. Whoever takes a frame may write into its bytes, and keeps none of them behind `settle`.
 */
const SIZE_BYTES = 4;
const SMALL_CHUNK_BYTES = 1024;
const GATHER_BYTES = 16 * 1024;
const DROP_CHUNKS_AT = 64;

/** A frame's bytes; "incomplete" when more must arrive; "bad" when a length is no length. */
export type NextFrame =
  | { readonly type: "frame"; readonly bytes: Buffer }
  | { readonly type: "incomplete" }
  | { readonly type: "bad"; readonly frameBytes: number };

const INCOMPLETE: NextFrame = { type: "incomplete" };

/** How a reader judges sizes. */
export interface FrameLimits {
  readonly frameBytesMin: number;
  readonly frameBytesMax: number;
}

/** Cuts one connection's bytes into frames. */
export class FrameReader {
  readonly #limits: FrameLimits;
  #chunks: Buffer[] = [];
  #first = 0;
  /** Where in the first chunk the unread bytes begin. */
  #at = 0;
  #heldBytes = 0;
  /** Bytes of the frame that is being read; -1 between frames. */
  #frameBytes = -1;
  /** A buffer of our own behind the last chunk, and how much of it is filled. */
  #gather: Buffer | undefined;
  #gathered = 0;
  /** The last chunk is another's memory. */
  #borrows = false;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Bytes that arrived and do not belong to a frame taken yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Bytes that the frame being read still needs. */
  get missingBytes(): number {
    return Math.max(0, this.#frameBytes - this.#heldBytes);
  }

  /** Takes the next bytes; they stay the caller's, who leaves them as they are until `settle`. */
  push(chunk: Buffer): void {
    this.settle();
    this.#heldBytes += chunk.length;
    this.#chunks.push(chunk);
    this.#borrows = true;
  }

  /** Keeps a copy of what is not taken yet. */
  settle(): void {
    if (!this.#borrows) return;
    this.#borrows = false;
    const chunk = this.#chunks.pop();
    // It was taken whole, and with it all before it.
    if (chunk === undefined) return;
    if (this.#first < this.#chunks.length) {
      this.#keep(chunk);
      return;
    }
    const rest = chunk.subarray(this.#at);
    this.#clear();
    this.#keep(rest);
  }

  #keep(rest: Buffer): void {
    if (rest.length > SMALL_CHUNK_BYTES || this.#chunks.length === 0) {
      this.#gather = undefined;
      this.#chunks.push(Buffer.from(rest));
      return;
    }
    if (this.#gather === undefined || this.#gathered + rest.length > GATHER_BYTES) {
      this.#gather = Buffer.allocUnsafeSlow(GATHER_BYTES);
      this.#gathered = 0;
      this.#chunks.push(this.#gather.subarray(0, 0));
    }
    rest.copy(this.#gather, this.#gathered);
    const before = this.#chunks[this.#chunks.length - 1]?.length ?? 0;
    const start = this.#gathered - before;
    this.#gathered += rest.length;
    this.#chunks[this.#chunks.length - 1] = this.#gather.subarray(start, this.#gathered);
  }

  next(): NextFrame {
    if (this.#frameBytes < 0) {
      if (this.#heldBytes < SIZE_BYTES) return INCOMPLETE;
      const size = this.#takeSize();
      if (size < this.#limits.frameBytesMin || size > this.#limits.frameBytesMax) {
        return { type: "bad", frameBytes: size };
      }
      this.#frameBytes = size;
    }
    if (this.#heldBytes < this.#frameBytes) return INCOMPLETE;
    const bytes = this.#take(this.#frameBytes);
    this.#frameBytes = -1;
    return { type: "frame", bytes };
  }

  #take(length: number): Buffer {
    const chunk = this.#chunks[this.#first];
    if (chunk !== undefined && chunk.length - this.#at >= length) {
      const bytes = chunk.subarray(this.#at, this.#at + length);
      this.#advance(length);
      return bytes;
    }
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let filled = 0; filled < length;) {
      const part = this.#chunks[this.#first];
      if (part === undefined) break;
      const count = Math.min(part.length - this.#at, length - filled);
      part.copy(bytes, filled, this.#at, this.#at + count);
      filled += count;
      this.#advance(count);
    }
    return bytes;
  }

  #takeSize(): number {
    const chunk = this.#chunks[this.#first];
    if (chunk !== undefined && chunk.length - this.#at >= SIZE_BYTES) {
      const size = chunk.readInt32BE(this.#at);
      this.#advance(SIZE_BYTES);
      return size;
    }
    return this.#take(SIZE_BYTES).readInt32BE(0);
  }

  #advance(count: number): void {
    this.#at += count;
    this.#heldBytes -= count;
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined || this.#at < chunk.length) return;
    this.#at = 0;
    this.#first += 1;
    if (this.#first === this.#chunks.length) this.#clear();
    else if (this.#first > DROP_CHUNKS_AT) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
  }

  /** All was taken, and is another's now. */
  #clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#at = 0;
    this.#gather = undefined;
  }
}
