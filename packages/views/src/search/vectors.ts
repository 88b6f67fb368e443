/**
 * What the documents of one user mean, as vectors: one row of signed bytes per document, beside the document table.
 *
 *   codes   d0: [dimension bytes] d1: [dimension bytes] …      scales   d0: 1 / length of the bytes as a vector, 0 where there is none
 *
 * A cosine is the dot product of the query with a row, times the row's scale: a row stands for the direction of its bytes, so rounding
 * costs an angle and no length. Bytes instead of floats take a quarter of the memory and change cosines by a thousandth (ADR 20).
 *
 * Guarantees: a vector is plaintext, so a row that is cleared is overwritten at once. It does not: know levels, or what a vector is of.
 */
import { grown } from "./postings.ts";

/** Largest value of a byte. */
const CODE_MAX = 127;
const DIMENSION_MAX = 4_096;

/** A vector as bytes. */
export type VectorCodes = Int8Array;

/** What a query means, by the model whose vectors it can be compared with. */
export interface QueryVector {
  readonly model: string;
  /** Of length one. */
  readonly vector: Float32Array;
}

/** Rounds a vector to bytes, the largest part to ±127; undefined for one that points nowhere. */
export function codesOf(vector: Float32Array): VectorCodes | undefined {
  let largest = 0;
  for (const part of vector) largest = Math.max(largest, Math.abs(part));
  if (largest === 0 || !Number.isFinite(largest)) return undefined;
  return Int8Array.from(vector, (part) => Math.round((part / largest) * CODE_MAX));
}

/** Rows by document number, of one model and dimension. */
export class VectorTable {
  readonly model: string;
  readonly dimension: number;
  #codes = new Int8Array(0);
  #scales = new Float32Array(0);
  #size = 0;

  constructor(model: string, dimension: number) {
    if (!Number.isSafeInteger(dimension) || dimension < 1 || dimension > DIMENSION_MAX)
      throw new RangeError(`Cannot keep vectors: their dimension is ${dimension}, must be 1 to ${DIMENSION_MAX}`);
    this.model = model;
    this.dimension = dimension;
  }

  /** Documents that have a vector. */
  get size(): number {
    return this.#size;
  }

  /** True where a document has a vector. */
  has(doc: number): boolean {
    return (this.#scales[doc] ?? 0) > 0;
  }

  /** Sets the row of a document; `codes` has the table's dimension. */
  set(doc: number, codes: VectorCodes): void {
    if (this.#scales.length <= doc) {
      const rows = grown(this.#scales, doc + 1);
      const bytes = new Int8Array(rows.length * this.dimension);
      bytes.set(this.#codes);
      this.#codes.fill(0);
      this.#codes = bytes;
      this.#scales = rows;
    }
    const norm = Math.sqrt(codes.reduce((sum, code) => sum + code * code, 0));
    if (norm === 0) return;
    if (!this.has(doc)) this.#size += 1;
    this.#codes.set(codes, doc * this.dimension);
    this.#scales[doc] = 1 / norm;
  }

  /** Overwrites the row of a document. */
  clear(doc: number): void {
    if (!this.has(doc)) return;
    this.#codes.fill(0, doc * this.dimension, (doc + 1) * this.dimension);
    this.#scales[doc] = 0;
    this.#size -= 1;
  }

  /** The row of a document, a copy; undefined where there is none. */
  codes(doc: number): VectorCodes | undefined {
    return this.has(doc) ? this.#codes.slice(doc * this.dimension, (doc + 1) * this.dimension) : undefined;
  }

  /**
   * Writes the cosine of a query with each row into `cosines`, by document; what has no row or is not seen stays as it is there.
   * @param query of length one and the table's dimension
   */
  cosines(query: Float32Array, sees: (doc: number) => boolean, cosines: Float32Array): void {
    const codes = this.#codes;
    const { dimension } = this;
    const rows = Math.min(cosines.length, this.#scales.length);
    for (let doc = 0; doc < rows; doc++) {
      const scale = this.#scales[doc] ?? 0;
      if (scale > 0 && sees(doc)) cosines[doc] = scale * dot(query, codes, doc * dimension);
    }
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#codes.length + this.#scales.length * 4;
  }
}

/** Dot product of a query with the bytes that begin at `from`; four sums at once, since one waits for itself. */
function dot(query: Float32Array, codes: VectorCodes, from: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const length = query.length;
  const even = length - (length % 4);
  for (let at = 0, place = from; at < even; at += 4, place += 4) {
    first += (query[at] ?? 0) * (codes[place] ?? 0);
    second += (query[at + 1] ?? 0) * (codes[place + 1] ?? 0);
    third += (query[at + 2] ?? 0) * (codes[place + 2] ?? 0);
    fourth += (query[at + 3] ?? 0) * (codes[place + 3] ?? 0);
  }
  for (let at = even; at < length; at++) first += (query[at] ?? 0) * (codes[from + at] ?? 0);
  return first + second + (third + fourth);
}
