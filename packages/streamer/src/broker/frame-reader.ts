/**
 * Kafka's frames out of the chunks of a socket: a length (i32) and as many bytes.
 *
 * Guarantees: a frame that lies in one chunk is a view of it; a larger one is copied once, into a buffer of its own. Memory is taken for
 * a large frame only after `reserve` has granted it, so that a stranger who announces 100 MiB costs nothing but a place in a queue.
 * Does not: know what a frame means. Whoever takes a frame owns its bytes and may write into them.
 */
const SIZE_BYTES = 4;

/** A frame's bytes; "incomplete" when more must arrive; "blocked" when its memory is not granted yet; else why the bytes are no frame. */
export type NextFrame =
  /** `reserved`: its memory was asked for with `reserve`. */
  | { readonly type: "frame"; readonly bytes: Buffer; readonly reserved: boolean }
  | { readonly type: "incomplete" }
  | { readonly type: "blocked"; readonly frameBytes: number }
  | { readonly type: "bad"; readonly frameBytes: number };

const INCOMPLETE: NextFrame = { type: "incomplete" };

/** How a reader judges sizes. */
export interface FrameLimits {
  readonly frameBytesMin: number;
  readonly frameBytesMax: number;
  /** Frames above this ask before memory is taken for them. */
  readonly freeFrameBytes: number;
}

/** Cuts one connection's bytes into frames. */
export class FrameReader {
  readonly #limits: FrameLimits;
  /** Asks once per large frame whether it may be held in memory now. */
  readonly #reserve: (frameBytes: number) => boolean;
  #chunks: Buffer[] = [];
  #first = 0;
  /** Where in the first chunk the unread bytes begin. */
  #at = 0;
  #available = 0;
  /** Bytes of the frame that is being read; -1 between frames. */
  #frameBytes = -1;
  #target: Buffer | undefined;
  #filled = 0;

  constructor(limits: FrameLimits, reserve: (frameBytes: number) => boolean) {
    this.#limits = limits;
    this.#reserve = reserve;
  }

  /** Bytes that arrived and do not belong to a frame taken yet. */
  get heldBytes(): number {
    return this.#available + this.#filled;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  next(): NextFrame {
    if (this.#frameBytes < 0) {
      if (this.#available < SIZE_BYTES) return INCOMPLETE;
      const size = this.#takeSize();
      if (size < this.#limits.frameBytesMin || size > this.#limits.frameBytesMax)
        return { type: "bad", frameBytes: size };
      this.#frameBytes = size;
    }
    if (this.#target === undefined) {
      const chunk = this.#chunks[this.#first];
      if (chunk !== undefined && chunk.length - this.#at >= this.#frameBytes) return this.#takeView(chunk);
      if (this.#frameBytes > this.#limits.freeFrameBytes && !this.#reserve(this.#frameBytes)) {
        return { type: "blocked", frameBytes: this.#frameBytes };
      }
      this.#target = Buffer.allocUnsafeSlow(this.#frameBytes);
      this.#filled = 0;
    }
    return this.#fill(this.#target);
  }

  #takeView(chunk: Buffer): NextFrame {
    const bytes = chunk.subarray(this.#at, this.#at + this.#frameBytes);
    this.#advance(this.#frameBytes);
    this.#frameBytes = -1;
    return { type: "frame", bytes, reserved: false };
  }

  #fill(target: Buffer): NextFrame {
    while (this.#available > 0 && this.#filled < target.length) {
      const chunk = this.#chunks[this.#first];
      if (chunk === undefined) break;
      const count = Math.min(chunk.length - this.#at, target.length - this.#filled);
      chunk.copy(target, this.#filled, this.#at, this.#at + count);
      this.#filled += count;
      this.#advance(count);
    }
    if (this.#filled < target.length) return INCOMPLETE;
    this.#target = undefined;
    this.#filled = 0;
    this.#frameBytes = -1;
    return { type: "frame", bytes: target, reserved: target.length > this.#limits.freeFrameBytes };
  }

  #takeSize(): number {
    const chunk = this.#chunks[this.#first];
    if (chunk !== undefined && chunk.length - this.#at >= SIZE_BYTES) {
      const size = chunk.readInt32BE(this.#at);
      this.#advance(SIZE_BYTES);
      return size;
    }
    let size = 0;
    for (let count = 0; count < SIZE_BYTES; count += 1) {
      size = (size << 8) | (this.#chunks[this.#first]?.[this.#at] ?? 0);
      this.#advance(1);
    }
    return size;
  }

  #advance(count: number): void {
    this.#at += count;
    this.#available -= count;
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined || this.#at < chunk.length) return;
    this.#at = 0;
    this.#first += 1;
    if (this.#first === this.#chunks.length) {
      this.#chunks = [];
      this.#first = 0;
    } else if (this.#first > 64) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
  }
}
