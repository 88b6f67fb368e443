/**
 * What scoring works in: room that every query uses again instead of leaving it to the collector, which at 100,000 memories of one
 * person was a good part of a search.
 *
 * It does not: guard against two queries at once. Scoring never yields.
 */

/** Room for dense numbers by document, shared by all queries of the process (scoring never yields) and always left zeroed. */
export class Scratch {
  readonly #arrays = new Map<string, Float32Array>();
  readonly #lists = new Map<string, Int32Array>();

  zeroed(name: string, length: number): Float32Array {
    let array = this.#arrays.get(name);
    if (array === undefined || array.length < length) {
      array = new Float32Array(Math.ceil(length * 1.25));
      this.#arrays.set(name, array);
    }
    return array;
  }

  /** Room for a list of document numbers; what stands in it is of earlier queries. */
  list(name: string, length: number): Int32Array {
    let list = this.#lists.get(name);
    if (list === undefined || list.length < length) {
      list = new Int32Array(Math.ceil(length * 1.25));
      this.#lists.set(name, list);
    }
    return list;
  }
}

/** Longer documents are rare enough for a logarithm each. */
const LENGTHS_KNOWN = 256;

/** How long a document is beside the average, by its words: few lengths are met, and each logarithm is taken once a query. */
export class LengthShares {
  readonly #scale: number;
  readonly #known: number[] = [];

  constructor(averageLength: number) {
    this.#scale = 1 / Math.log(1 + averageLength);
  }

  of(length: number): number {
    if (length >= LENGTHS_KNOWN) return Math.min(2, Math.log(1 + length) * this.#scale);
    while (this.#known.length <= length) this.#known.push(Math.min(2, Math.log(1 + this.#known.length) * this.#scale));
    return this.#known[length] ?? 0;
  }
}

/** Documents that a word reaches, by being in them or beside them. */
export class Reached {
  readonly docs: Int32Array;
  count = 0;

  constructor(docs: Int32Array) {
    this.docs = docs;
  }
}
