import { createHash } from "node:crypto";

/** About what a key and its place take. */
const PLACE_BYTES = 200;

/** What was made of texts, by the hash of each, the least recently used given up first. It is as private as the texts: this lives in memory alone. */
export class TextCache<Value> {
  readonly #values = new Map<string, Value>();
  readonly #bytesMax: number;
  readonly #bytesOf: (value: Value) => number;
  #bytes = 0;

  constructor(bytesMax: number, bytesOf: (value: Value) => number) {
    this.#bytesMax = bytesMax;
    this.#bytesOf = bytesOf;
  }

  /** What was made of a text; undefined when it is not kept. */
  get(text: string): Value | undefined {
    const key = keyOf(text);
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Keeps what was made of a text. */
  put(text: string, value: Value): void {
    const key = keyOf(text);
    this.#drop(key);
    this.#values.set(key, value);
    this.#bytes += this.#bytesOf(value) + PLACE_BYTES;
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#bytes -= this.#bytesOf(value) + PLACE_BYTES;
    this.#values.delete(key);
  }
}

function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
