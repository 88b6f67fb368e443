/**
 * Buffers that records are read into on their way from the disk to a socket, used again once the socket has taken them.
 *
 * A fresh buffer for every fetch is zeroed memory the system must find, and a megabyte the collector must be told of: at full speed
 * it ran for a quarter of the broker's time.
 *
 * Guarantees: a buffer is handed out again only after its answer has left the process whole. One whose answer was never sent, or
 * whose connection broke, is left to the collector. What is kept for later is bounded.
 */
const SIZE_MIN = 1 << 16;
const SIZE_MAX = 1 << 22;
const IDLE_BYTES_MAX = 16 << 20;

/** The buffers of one broker. */
export class ReadBuffers {
  /** By size, a power of two. */
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #idleBytes = 0;

  /** Bytes that nobody uses. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** What one answer reads into. */
  lease(): ReadLease {
    return new ReadLease(this);
  }

  /** A buffer of a size that is a power of two; with what was in it before. */
  take(size: number): ArrayBuffer {
    const found = this.#idle.get(size)?.pop();
    if (found === undefined) return Buffer.allocUnsafeSlow(size).buffer;
    this.#idleBytes -= size;
    return found;
  }

  give(buffer: ArrayBuffer): void {
    const size = buffer.byteLength;
    if (this.#idleBytes + size > IDLE_BYTES_MAX) return;
    const idle = this.#idle.get(size);
    if (idle === undefined) this.#idle.set(size, [buffer]);
    else idle.push(buffer);
    this.#idleBytes += size;
  }
}

/** The buffers one answer is read into. */
export class ReadLease {
  readonly #buffers: ReadBuffers;
  #taken: ArrayBuffer[] = [];

  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
  }

  /** True when there is something to release. */
  get used(): boolean {
    return this.#taken.length > 0;
  }

  /** Room for so many bytes; what is in it is not zeroed. */
  readonly allocate = (bytes: number): Uint8Array => {
    if (bytes < SIZE_MIN || bytes > SIZE_MAX) return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer, 0, bytes);
    const buffer = this.#buffers.take(2 ** Math.ceil(Math.log2(bytes)));
    this.#taken.push(buffer);
    return new Uint8Array(buffer, 0, bytes);
  };

  /** Nobody looks at what was read any more. */
  readonly release = (): void => {
    const taken = this.#taken;
    this.#taken = [];
    for (const buffer of taken) this.#buffers.give(buffer);
  };
}
