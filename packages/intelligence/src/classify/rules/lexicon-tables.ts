/** The lexicons of all languages, ready for matching: read from the packed table (training/compile-lexicons.ts) in a few milliseconds. */
import { IntTable } from "./int-table.ts";
import type { WordTables } from "./tokens.ts";

/** Any one word; a number. Ids of known words start above. */
export const ID_ANY = 1;
/** A word of digits. */
export const ID_NUMBER = 2;
/** The id of the first word. */
export const ID_FIRST = 3;
/** Bits of a word's id. */
export const ID_BITS = 15;

/** Where phrases end: those of a node stand from `from[node]` to `from[node + 1]`. Plain numbers, since each word of a text looks here. */
export interface PhraseEnds {
  readonly from: Int32Array;
  /** The concept that a phrase stands for. */
  readonly concepts: Uint8Array;
  /** The languages (bits) that say so. */
  readonly languages: Uint16Array;
}

/** Lexicons ready for matching. */
export interface CompiledLexicon {
  readonly tables: WordTables;
  /** (node, word id) → node; the root is 1. */
  readonly edges: IntTable;
  readonly ends: PhraseEnds;
  readonly languages: readonly string[];
  readonly phraseCount: number;
}

/** The key of an edge of the phrase tree. */
export function edgeKey(node: number, wordId: number): number {
  return (node << ID_BITS) | wordId;
}

/** The sections of a packed table, one behind the other. */
class Sections {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(packed: string) {
    // A copy, since a buffer of Node may begin anywhere and numbers of four bytes may not.
    this.#bytes = new Uint8Array(Buffer.from(packed, "base64"));
  }

  int32(count: number): Int32Array {
    return new Int32Array(this.#bytes.buffer, this.#take(count * 4), count);
  }

  uint16(count: number): Uint16Array {
    return new Uint16Array(this.#bytes.buffer, this.#take(count * 2), count);
  }

  uint8(count: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#take(count), count);
  }

  #take(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

/** Unpacks what training/compile-lexicons.ts has packed. */
export function unpackLexicons(packed: string, languages: readonly string[]): CompiledLexicon {
  const sections = new Sections(packed);
  const [wordCount = 0, nodeCount = 0, endCount = 0, phraseCount = 0] = sections.int32(4);
  const hashes = sections.int32(wordCount);
  const parents = sections.uint16(nodeCount);
  const leading = sections.uint16(nodeCount);
  const endNodes = sections.uint16(endCount);
  const endLanguages = sections.uint16(endCount);
  const endConcepts = sections.uint8(endCount);
  const isStem = sections.uint8(wordCount);
  const [words, stems] = [new IntTable(wordCount), new IntTable(wordCount)];
  for (let at = 0; at < wordCount; at += 1) (isStem[at] === 1 ? stems : words).set(hashes[at] ?? 0, ID_FIRST + at);
  const edges = new IntTable(nodeCount);
  // Nodes 0 and 1 are nothing and the root; each further node was made by one edge.
  for (let at = 0; at < nodeCount; at += 1) edges.set(edgeKey(parents[at] ?? 0, leading[at] ?? 0), at + 2);
  // Packed in the order of the nodes.
  const from = new Int32Array(nodeCount + 3);
  for (const node of endNodes) from[node + 1] = (from[node + 1] ?? 0) + 1;
  for (let node = 1; node < from.length; node += 1) from[node] = (from[node] ?? 0) + (from[node - 1] ?? 0);
  const ends = { from, concepts: endConcepts, languages: endLanguages };
  return { tables: { words, stems }, edges, ends, languages, phraseCount };
}
