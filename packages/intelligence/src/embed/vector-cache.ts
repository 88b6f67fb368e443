import { createHash } from "node:crypto";

/** Vectors by the hash of their text, the least recently used given up first. A vector is plaintext: this lives in memory alone. */
export class VectorCache {
  readonly #vectors = new Map<string, Float32Array>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The vector of a text; undefined when it is not kept. */
  get(text: string): Float32Array | undefined {
    const key = keyOf(text);
    const vector = this.#vectors.get(key);
    if (vector === undefined) return undefined;
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    return vector;
  }

  /** Keeps the vector of a text. */
  put(text: string, vector: Float32Array): void {
    const key = keyOf(text);
    this.#drop(key);
    this.#vectors.set(key, vector);
    this.#bytes += bytesOf(vector);
    for (const oldest of this.#vectors.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const vector = this.#vectors.get(key);
    if (vector === undefined) return;
    this.#bytes -= bytesOf(vector);
    this.#vectors.delete(key);
  }
}

function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** The numbers, and about what a key and its place take. */
function bytesOf(vector: Float32Array): number {
  return vector.byteLength + 200;
}
