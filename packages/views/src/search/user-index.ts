/**
 * Everything one person may find in words: documents, their terms, their conversations.
 *
 * Guarantees: what it answers is a function of the documents that are there, whatever came and went before; a removed document is
 * found by nothing and its text and words are overwritten at once; nothing above the asked ceiling is listed or counted, nor does
 * it weigh in a score. It does not: know keys, logs or users.
 *
 * The indexed text of a document is "(date) speaker: text caption": the date and the speaker are words too.
 */
import type { Level, MemoryId } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { DocumentTable, LEVEL_REMOVED } from "./document-table.ts";
import { type DetectLanguage, type Language, languageOf, monthNamesOf, termOf } from "./languages.ts";
import { Postings } from "./postings.ts";
import { splitWords } from "./tokens.ts";
import { Threads } from "./threads.ts";

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
}

/** One user's index. Synchronous. */
export class UserIndex {
  readonly #detect: DetectLanguage;
  #table = new DocumentTable();
  #postings = new Postings();
  #threads = makeThreads(this.#table);
  #generation = 0;
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

  /** Documents that are there. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * What queries under a ceiling read. Conversations are linked as if nothing above the ceiling had been said: two messages with a
   * hidden one between them are neighbours.
   */
  parts(ceiling: Level): IndexParts {
    const threads = this.#hasAbove(ceiling) ? this.#threadsUnder(ceiling) : this.#threads;
    threads.link();
    return { table: this.#table, postings: this.#postings, threads, generation: this.#generation };
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

  /** Adds a document, or puts it in the place of the one with its memory id. */
  put(document: SearchDocument): void {
    this.remove(document.memoryId);
    const language = languageOf(document.text, this.#detect);
    const { terms, headLength } = indexedTerms(document, language);
    this.#insert(document, { language, terms, headLength });
  }

  #insert(document: SearchDocument, words: IndexedWords): void {
    const doc = this.#postings.add(words.terms);
    this.#table.add(doc, document, words.language);
    this.#countLevel(document.level, 1);
    this.#table.lengths[doc] = words.terms.length;
    this.#table.headLengths[doc] = words.headLength;
    this.#threads.add(this.#table.conversations[doc] ?? 0, doc);
    this.#generation += 1;
  }

  #countLevel(level: number, by: number): void {
    this.#levelCounts[level] = (this.#levelCounts[level] ?? 0) + by;
  }

  /** Takes a document out; false when it is not there. */
  remove(memoryId: MemoryId): boolean {
    const doc = this.#table.numberOf(memoryId);
    if (doc === undefined) return false;
    this.#threads.remove(this.#table.conversations[doc] ?? 0, doc);
    this.#countLevel(this.#table.levels[doc] ?? 0, -1);
    this.#postings.wipe(doc);
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
      yield { document, words: { language, terms, headLength: this.#table.headLengths[doc] ?? 0 } };
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
    this.#lower = undefined;
    for (const entry of entries) this.#insert(entry.document, entry.words);
    this.#postings.trim();
  }

  /** Packs what is kept, for a user nobody asks about. */
  pack(): void {
    this.#lower = undefined;
    this.#postings.trim();
  }

  /** Bytes held, estimated from array sizes. */
  get bytes(): number {
    return this.#table.bytes + this.#postings.bytes + this.#table.count * 24 + 4_096;
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
}

function makeThreads(table: DocumentTable): Threads {
  return new Threads({
    occurredAtMs: (doc) => table.occurredAts[doc] ?? 0,
    offset: (doc) => table.firstOffsets[doc] ?? 0,
  });
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
