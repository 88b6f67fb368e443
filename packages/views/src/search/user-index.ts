/**
 * Everything one person may find in words: documents, their terms, their conversations.
 *
 * Guarantees: what it answers is a function of the documents that are there, whatever came and went before; a removed document is
 * found by nothing and its text and words are overwritten at once; nothing above the asked ceiling is listed or counted, nor does
 * it weigh in a score. It does not: know keys, logs or users.
 *
 * The indexed text of a document is "(date) speaker: text caption": the date and the speaker are words too.
 */
import type { ApiKeyId, Level, MemoryId } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { DocumentTable, LEVEL_REMOVED } from "./document-table.ts";
import { type DetectLanguage, type Language, languageOf, monthNamesOf, termOf } from "./languages.ts";
import { Postings } from "./postings.ts";
import { splitWords } from "./tokens.ts";
import { Threads } from "./threads.ts";
import { codesOf, type QueryVector, type VectorCodes, VectorTable } from "./vectors.ts";

/** Removed documents are swept out once they are this share of all. */
const REMOVED_SHARE_MAX = 0.25;
const REMOVED_MIN = 64;

/** What an index is made with. */
export interface UserIndexOptions {
  /** The language of a text; every language it names must be loaded before such a text is added. */
  readonly detectLanguage: DetectLanguage;
}

/** The arrays a query reads. Valid until the next change. */
export interface IndexParts {
  readonly table: DocumentTable;
  readonly postings: Postings;
  readonly threads: Threads;
  readonly generation: number;
  /** Undefined while no document has one. */
  readonly vectors: VectorTable | undefined;
}

/** One user's index. Synchronous. */
export class UserIndex {
  readonly #detect: DetectLanguage;
  #table = new DocumentTable();
  #postings = new Postings();
  #threads = makeThreads(this.#table);
  #generation = 0;
  #vectors: VectorTable | undefined;
  #vectorGeneration = 0;
  /** How many documents stand in the namespace of each program. */
  readonly #namespaceCounts = new Map<ApiKeyId, number>();
  /** How many documents stand at each level. */
  readonly #levelCounts = [0, 0, 0, 0, 0];
  #lower: { readonly ceiling: Level; readonly generation: number; readonly threads: Threads } | undefined;

  constructor(options: UserIndexOptions) {
    this.#detect = options.detectLanguage;
  }

  /** Grows with every change. */
  get generation(): number {
    return this.#generation;
  }

  /** Grows with every vector that comes or goes by itself, not with its document. */
  get vectorGeneration(): number {
    return this.#vectorGeneration;
  }

  /** Documents that are there. */
  get size(): number {
    return this.#table.size;
  }

  /** Programs in whose namespaces documents stand, and how many; the others are the owner's own word. */
  get namespaces(): ReadonlyMap<ApiKeyId, number> {
    return this.#namespaceCounts;
  }

  /**
   * What queries under a ceiling read. Conversations are linked as if nothing above the ceiling had been said: two messages with a
   * hidden one between them are neighbours.
   */
  parts(ceiling: Level): IndexParts {
    const threads = this.#hasAbove(ceiling) ? this.#threadsUnder(ceiling) : this.#threads;
    threads.link();
    return {
      table: this.#table,
      postings: this.#postings,
      threads,
      generation: this.#generation,
      vectors: this.#vectors,
    };
  }

  #hasAbove(ceiling: Level): boolean {
    return this.#levelCounts.some((count, level) => count > 0 && level > ceiling);
  }

  /** Threads of what is visible alone, kept until the index changes. */
  #threadsUnder(ceiling: Level): Threads {
    const memo = this.#lower;
    if (memo !== undefined && memo.ceiling === ceiling && memo.generation === this.#generation) return memo.threads;
    const threads = makeThreads(this.#table);
    const { levels, conversations, count } = this.#table;
    for (let doc = 0; doc < count; doc++) {
      if ((levels[doc] ?? LEVEL_REMOVED) <= ceiling) threads.add(conversations[doc] ?? 0, doc);
    }
    this.#lower = { ceiling, generation: this.#generation, threads };
    return threads;
  }

  /** Adds a document, or puts it in the place of the one with its memory id. `language`: of its text, where the caller has detected it. */
  put(document: SearchDocument, language = languageOf(document.text, this.#detect)): void {
    const codes = this.#vectorThatStays(document);
    this.remove(document.memoryId);
    const { terms, headLength } = indexedTerms(document, language);
    this.#insert(document, { language, terms, headLength });
    this.#setCodes(document.memoryId, codes);
  }

  /** A vector is of one version of a text: the same version, told again, keeps it. */
  #vectorThatStays(document: SearchDocument): VectorCodes | undefined {
    const before = this.document(document.memoryId);
    if (before === undefined || this.#vectors === undefined) return undefined;
    const isSame =
      before.version === document.version &&
      before.level === document.level &&
      textToEmbed(before) === textToEmbed(document);
    return isSame ? this.codes(document.memoryId) : undefined;
  }

  /**
   * Sets what a version of a memory means. A vector of another model or dimension throws all of the former away.
   * @returns false when that version is not there any more, or the vector points nowhere
   */
  setVector(memoryId: MemoryId, version: number, { model, vector }: QueryVector): boolean {
    const doc = this.#table.numberOf(memoryId);
    const codes = codesOf(vector);
    if (doc === undefined || codes === undefined || this.#table.versions[doc] !== version) return false;
    this.takeCodes(memoryId, model, codes);
    return true;
  }

  /** Sets a vector as `codes` gave it. Does nothing when the memory is not there. */
  takeCodes(memoryId: MemoryId, model: string, codes: VectorCodes): void {
    if (this.#vectors?.model !== model || this.#vectors.dimension !== codes.length) {
      this.dropVectors();
      this.#vectors = new VectorTable(model, codes.length);
    }
    this.#setCodes(memoryId, codes);
    this.#vectorGeneration += 1;
  }

  #setCodes(memoryId: MemoryId, codes: VectorCodes | undefined): void {
    const doc = this.#table.numberOf(memoryId);
    if (doc !== undefined && codes !== undefined) this.#vectors?.set(doc, codes);
  }

  /** The vector of a memory; undefined while it has none. */
  codes(memoryId: MemoryId): VectorCodes | undefined {
    const doc = this.#table.numberOf(memoryId);
    return doc === undefined ? undefined : this.#vectors?.codes(doc);
  }

  /** True when a document that may be seen has a vector. */
  hasVectors(ceiling: Level): boolean {
    const { levels, count } = this.#table;
    for (let doc = 0; doc < count; doc++)
      if ((levels[doc] ?? LEVEL_REMOVED) <= ceiling && this.#vectors?.has(doc) === true) return true;
    return false;
  }

  /** Overwrites all vectors. */
  dropVectors(): void {
    if (this.#vectors === undefined) return;
    for (let doc = 0; doc < this.#table.count; doc++) this.#vectors.clear(doc);
    this.#vectors = undefined;
    this.#vectorGeneration += 1;
  }

  /** Documents up to a level that have no vector of a model and have words to make one of, in order of adding. */
  *withoutVector(model: string, levelMax: Level): IterableIterator<SearchDocument> {
    for (const doc of this.#docsWithoutVector(model, levelMax)) {
      const document = this.#table.document(doc);
      if (document !== undefined) yield document;
    }
  }

  /** How many `withoutVector` gives. */
  countWithoutVector(model: string, levelMax: Level): number {
    let count = 0;
    for (const _ of this.#docsWithoutVector(model, levelMax)) count += 1;
    return count;
  }

  *#docsWithoutVector(model: string, levelMax: Level): IterableIterator<number> {
    const vectors = this.#vectors?.model === model ? this.#vectors : undefined;
    const { levels, count } = this.#table;
    for (let doc = 0; doc < count; doc++) {
      if ((levels[doc] ?? LEVEL_REMOVED) > levelMax || vectors?.has(doc) === true) continue;
      if (this.#table.textOf(doc).trim() !== "" || this.#table.captionOf(doc) !== undefined) yield doc;
    }
  }

  #insert(document: SearchDocument, words: IndexedWords): void {
    const doc = this.#postings.add(words.terms);
    this.#table.add(doc, document, words.language);
    this.#countLevel(document.level, 1);
    this.#countNamespace(document.namespace, 1);
    this.#table.lengths[doc] = words.terms.length;
    this.#table.headLengths[doc] = words.headLength;
    this.#threads.add(this.#table.conversations[doc] ?? 0, doc);
    this.#generation += 1;
  }

  #countLevel(level: number, by: number): void {
    this.#levelCounts[level] = (this.#levelCounts[level] ?? 0) + by;
  }

  #countNamespace(namespace: ApiKeyId | null | undefined, by: number): void {
    if (namespace === null || namespace === undefined) return;
    const count = (this.#namespaceCounts.get(namespace) ?? 0) + by;
    if (count === 0) this.#namespaceCounts.delete(namespace);
    else this.#namespaceCounts.set(namespace, count);
  }

  /** Takes a document out; false when it is not there. */
  remove(memoryId: MemoryId): boolean {
    const doc = this.#table.numberOf(memoryId);
    if (doc === undefined) return false;
    this.#threads.remove(this.#table.conversations[doc] ?? 0, doc);
    this.#countLevel(this.#table.levels[doc] ?? 0, -1);
    this.#countNamespace(this.#table.namespaceNames.name(this.#table.namespaces[doc] ?? 0), -1);
    this.#postings.wipe(doc);
    this.#vectors?.clear(doc);
    this.#table.remove(doc);
    this.#generation += 1;
    const removed = this.#table.count - this.#table.size;
    if (removed >= REMOVED_MIN && removed > this.#table.count * REMOVED_SHARE_MAX) this.sweep();
    return true;
  }

  /** The document of a memory; undefined when it is not there. */
  document(memoryId: MemoryId): SearchDocument | undefined {
    const doc = this.#table.numberOf(memoryId);
    return doc === undefined ? undefined : this.#table.document(doc);
  }

  /** Memories that are there, in no order. */
  memoryIds(): IterableIterator<MemoryId> {
    return this.#table.memoryIds();
  }

  /** Every document, in order of adding. */
  *documents(): IterableIterator<SearchDocument> {
    for (let doc = 0; doc < this.#table.count; doc++) {
      const document = this.#table.document(doc);
      if (document !== undefined) yield document;
    }
  }

  *#entries(): IterableIterator<IndexEntry> {
    for (let doc = 0; doc < this.#table.count; doc++) {
      const document = this.#table.document(doc);
      if (document === undefined) continue;
      const terms = Array.from(this.#postings.tokensOf(doc), (id) => this.#postings.word(id));
      const language = this.#table.languageNames.name(this.#table.languages[doc] ?? 0) ?? "en";
      const words = { language, terms, headLength: this.#table.headLengths[doc] ?? 0 };
      yield { document, words, codes: this.#vectors?.codes(doc) };
    }
  }

  /** Forgets every trace of removed documents, names and vocabulary included. */
  sweep(): void {
    if (this.#table.count === this.#table.size) return;
    const entries = [...this.#entries()];
    this.#table = new DocumentTable();
    this.#postings = new Postings();
    this.#threads = makeThreads(this.#table);
    this.#levelCounts.fill(0);
    this.#namespaceCounts.clear();
    this.#lower = undefined;
    const vectors = this.#vectors;
    this.#vectors = vectors && new VectorTable(vectors.model, vectors.dimension);
    for (const { document, words, codes } of entries) {
      this.#insert(document, words);
      this.#setCodes(document.memoryId, codes);
    }
    this.#postings.trim();
  }

  /** Packs what is kept, for a user nobody asks about. */
  pack(): void {
    this.#lower = undefined;
    this.#postings.trim();
  }

  /** Bytes held, estimated from array sizes. */
  get bytes(): number {
    const vectorBytes = this.#vectors?.bytes ?? 0;
    return this.#table.bytes + this.#postings.bytes + vectorBytes + this.#table.count * 24 + 4_096;
  }
}

interface IndexedWords {
  readonly language: Language;
  readonly terms: readonly string[];
  // How many of the terms are date and speaker; they stand first.
  readonly headLength: number;
}

interface IndexEntry {
  readonly document: SearchDocument;
  readonly words: IndexedWords;
  readonly codes: VectorCodes | undefined;
}

function makeThreads(table: DocumentTable): Threads {
  return new Threads({
    occurredAtMs: (doc) => table.occurredAts[doc] ?? 0,
    offset: (doc) => table.firstOffsets[doc] ?? 0,
  });
}

/** What of a document a vector is made of, and what a provider is sent: who said it, the text, the caption. */
export function textToEmbed({ speaker, text, caption }: SearchDocument): string {
  return `${speaker === undefined ? "" : `${speaker}: `}${text}${caption === undefined ? "" : ` ${caption}`}`;
}

/** The words of "(date) speaker: text caption" as terms. */
export function indexedTerms(document: SearchDocument, language: Language): { terms: string[]; headLength: number } {
  const date = new Date(document.occurredAtMs);
  const month = monthNamesOf(language)[date.getUTCMonth()] ?? "";
  const head = `${date.getUTCDate()} ${month} ${date.getUTCFullYear()} ${document.speaker ?? ""}`;
  const terms = splitWords(head).map((word) => termOf(word.text, language));
  const headLength = Math.min(terms.length, 255);
  for (const word of splitWords(document.text)) terms.push(termOf(word.text, language));
  if (document.caption !== undefined) {
    for (const word of splitWords(document.caption)) terms.push(termOf(word.text, language));
  }
  return { terms, headLength };
}
