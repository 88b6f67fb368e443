/**
 * The words of one user's documents, both ways: term → documents and document → terms.
 *
 *   packed   starts[term] → docs[] and counts[]   (5 bytes per posting, sorted by document)
 *   fresh    heads[term] → node { doc, count, next } → …   (12 bytes; documents added since the last packing)
 *   forward  tokenStarts[doc] → tokens[]   (4 bytes per word, in order of the text)
 *
 * Guarantees: `add` is amortised constant per word (packing runs after a growth by half); a removed document's words are
 * overwritten at once and its postings point at a document that no reader accepts until `rebuild` drops them.
 * It does not: know what a document is; whoever reads postings asks whether the document is still there.
 */
import { assert } from "@kaelix/base";

/** Fresh postings that are kept unpacked whatever the size, so that small users never pack. */
const FRESH_POSTINGS_MIN = 2_048;
const COUNT_MAX = 255;

/** Copies a typed array into one of at least `lengthMin`, doubling. */
export function grown<Column extends Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array>(
  column: Column,
  lengthMin: number,
): Column {
  if (column.length >= lengthMin) return column;
  // Its constructor makes the same kind of array.
  const make = column.constructor as new (length: number) => Column;
  const next = new make(Math.max(lengthMin, Math.ceil(column.length * 1.5), 16));
  next.set(column);
  return next;
}

/** Postings and forward lists of one user. Documents are numbers from 0 that only grow. */
export class Postings {
  readonly #ids = new Map<string, number>();
  readonly #words: string[] = [];
  #packedStarts = new Uint32Array(1);
  #packedDocs = new Uint32Array(0);
  #packedCounts = new Uint8Array(0);
  #packedTerms = 0;
  #heads = new Int32Array(0);
  #nodeDocs = new Int32Array(0);
  #nodeCounts = new Uint8Array(0);
  #nodeNexts = new Int32Array(0);
  #nodes = 0;
  #tokenStarts = new Uint32Array(1);
  #tokens = new Uint32Array(0);
  #documents = 0;

  /** How many different terms were ever added since the last rebuild. */
  get termCount(): number {
    return this.#words.length;
  }

  /** Adds the next document with its terms in order; returns its number. */
  add(terms: readonly string[]): number {
    const doc = this.#documents++;
    const start = this.#tokenStarts[doc] ?? 0;
    this.#tokens = grown(this.#tokens, start + terms.length);
    this.#tokenStarts = grown(this.#tokenStarts, doc + 2);
    let at = start;
    for (const term of terms) {
      const id = this.#intern(term);
      this.#tokens[at++] = id;
      this.#addNode(id, doc);
    }
    this.#tokenStarts[doc + 1] = at;
    if (this.#nodes > FRESH_POSTINGS_MIN && this.#nodes * 2 > this.#packedDocs.length) this.pack();
    return doc;
  }

  #intern(term: string): number {
    const known = this.#ids.get(term);
    if (known !== undefined) return known;
    const id = this.#words.length;
    this.#ids.set(term, id);
    this.#words.push(term);
    this.#heads = grown(this.#heads, id + 1);
    this.#heads[id] = -1;
    return id;
  }

  #addNode(term: number, doc: number): void {
    const head = this.#heads[term] ?? -1;
    if (head >= 0 && this.#nodeDocs[head] === doc) {
      const count = this.#nodeCounts[head] ?? 0;
      if (count < COUNT_MAX) this.#nodeCounts[head] = count + 1;
      return;
    }
    const node = this.#nodes++;
    this.#nodeDocs = grown(this.#nodeDocs, node + 1);
    this.#nodeCounts = grown(this.#nodeCounts, node + 1);
    this.#nodeNexts = grown(this.#nodeNexts, node + 1);
    this.#nodeDocs[node] = doc;
    this.#nodeCounts[node] = 1;
    this.#nodeNexts[node] = head;
    this.#heads[term] = node;
  }

  /** Overwrites a document's words. Its postings stay until the next packing. */
  wipe(doc: number): void {
    this.#tokens.fill(WIPED, this.#tokenStarts[doc] ?? 0, this.#tokenStarts[doc + 1] ?? 0);
  }

  /** The number of a term; undefined when no document ever held it. */
  termId(term: string): number | undefined {
    return this.#ids.get(term);
  }

  /** The term of a number. */
  word(id: number): string {
    return this.#words[id] ?? "";
  }

  /** Terms that begin with `prefix`, at most `limit`, in order of first appearance. */
  termsWithPrefix(prefix: string, limit: number): number[] {
    const found: number[] = [];
    for (let id = 0; id < this.#words.length && found.length < limit; id++) {
      if (this.#words[id]?.startsWith(prefix) === true) found.push(id);
    }
    return found;
  }

  /** A document's terms in order of its text; empty once wiped. */
  tokensOf(doc: number): Uint32Array {
    const start = this.#tokenStarts[doc] ?? 0;
    const end = this.#tokenStarts[doc + 1] ?? 0;
    return this.#tokens[start] === WIPED ? new Uint32Array(0) : this.#tokens.subarray(start, end);
  }

  /** Calls `visit` for each posting of a term, removed documents included, in no order. */
  visit(term: number, visit: (doc: number, count: number) => void): void {
    if (term < this.#packedTerms) {
      const end = this.#packedStarts[term + 1] ?? 0;
      for (let at = this.#packedStarts[term] ?? 0; at < end; at++) {
        visit(this.#packedDocs[at] ?? 0, this.#packedCounts[at] ?? 0);
      }
    }
    for (let node = this.#heads[term] ?? -1; node >= 0; node = this.#nodeNexts[node] ?? -1) {
      visit(this.#nodeDocs[node] ?? 0, this.#nodeCounts[node] ?? 0);
    }
  }

  /** Packs all postings into the dense form: two passes over the forward lists, a counting sort by term. */
  pack(): void {
    const terms = this.#words.length;
    const starts = new Uint32Array(terms + 1);
    this.#eachPosting((term) => {
      starts[term + 1] = (starts[term + 1] ?? 0) + 1;
    });
    for (let term = 0; term < terms; term++) starts[term + 1] = (starts[term + 1] ?? 0) + (starts[term] ?? 0);
    const total = starts[terms] ?? 0;
    const docs = new Uint32Array(total);
    const counts = new Uint8Array(total);
    const cursors = starts.slice(0, terms);
    this.#eachPosting(
      (term, doc) => {
        const at = cursors[term] ?? 0;
        cursors[term] = at + 1;
        docs[at] = doc;
        counts[at] = 1;
      },
      (term) => {
        const at = (cursors[term] ?? 1) - 1;
        const count = counts[at] ?? 0;
        if (count < COUNT_MAX) counts[at] = count + 1;
      },
    );
    assert(
      cursors.every((cursor, term) => cursor === starts[term + 1]),
      "Packing fills every posting it counted",
    );
    this.#packedStarts = starts;
    this.#packedDocs = docs;
    this.#packedCounts = counts;
    this.#packedTerms = terms;
    this.#heads.fill(-1);
    this.#nodes = 0;
    this.#nodeDocs = new Int32Array(0);
    this.#nodeCounts = new Uint8Array(0);
    this.#nodeNexts = new Int32Array(0);
  }

  #eachPosting(first: (term: number, doc: number) => void, again?: (term: number) => void): void {
    const lastDoc = new Int32Array(this.#words.length).fill(-1);
    for (let doc = 0; doc < this.#documents; doc++) {
      const end = this.#tokenStarts[doc + 1] ?? 0;
      for (let at = this.#tokenStarts[doc] ?? 0; at < end; at++) {
        const term = this.#tokens[at] ?? WIPED;
        if (term === WIPED) break;
        if (lastDoc[term] === doc) again?.(term);
        else {
          lastDoc[term] = doc;
          first(term, doc);
        }
      }
    }
  }

  /** Gives unused room back; for a user nobody asks about. */
  trim(): void {
    this.pack();
    const tokens = this.#tokenStarts[this.#documents] ?? 0;
    this.#tokens = this.#tokens.slice(0, tokens);
    this.#tokenStarts = this.#tokenStarts.slice(0, this.#documents + 1);
    this.#heads = this.#heads.slice(0, this.#words.length);
  }

  /** Bytes held, by the sizes of the arrays and 72 per term for the map and the string. */
  get bytes(): number {
    const arrays = [
      this.#packedStarts,
      this.#packedDocs,
      this.#packedCounts,
      this.#heads,
      this.#nodeDocs,
      this.#nodeCounts,
      this.#nodeNexts,
      this.#tokenStarts,
      this.#tokens,
    ];
    return arrays.reduce((sum, array) => sum + array.byteLength, this.#words.length * 72);
  }
}

/** Stands in a forward list where a removed document's terms were. */
const WIPED = 0xffff_ffff;
