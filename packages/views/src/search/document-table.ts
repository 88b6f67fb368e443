/**
 * The documents of one user as columns: 81 bytes of numbers each beside their strings; what many share is kept once.
 */
import type { ApiKeyId, ConversationId, ImportId, Level, MemoryId, SourceKind } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { grown } from "./postings.ts";

/** Stands where the level of a removed document was: above every ceiling. */
export const LEVEL_REMOVED = 255;

/** Strings that many documents share, as numbers. 0 is "none". */
export class Names<Name extends string> {
  readonly #ids = new Map<Name, number>();
  readonly #names: (Name | null)[] = [null];

  /** The number of a name, given to it now if it is new. */
  intern(name: Name | null | undefined): number {
    if (name === null || name === undefined) return 0;
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#names.length;
      this.#names.push(name);
      this.#ids.set(name, id);
    }
    return id;
  }

  /** The number of a name; undefined when it was never seen. */
  known(name: Name): number | undefined {
    return this.#ids.get(name);
  }

  /** The name of a number; null for 0. */
  name(id: number): Name | null {
    return this.#names[id] ?? null;
  }

  /** Numbers in use, 0 included. */
  get count(): number {
    return this.#names.length;
  }
}

/** Columns by document number. Numbers only grow; a removed one keeps its place with nothing in it. */
export class DocumentTable {
  readonly #numbers = new Map<MemoryId, number>();
  readonly #memoryIds: (MemoryId | null)[] = [];
  readonly #texts: string[] = [];
  readonly #captions = new Map<number, string>();
  /** `LEVEL_REMOVED` once removed. */
  levels = new Uint8Array(0);
  /** Words of the indexed text. */
  lengths = new Int32Array(0);
  /** Of these, words of date and speaker, which stand first. */
  headLengths = new Uint8Array(0);
  occurredAts = new Float64Array(0);
  recordedAts = new Float64Array(0);
  offsets = new Float64Array(0);
  firstOffsets = new Float64Array(0);
  lastOffsets = new Float64Array(0);
  versions = new Int32Array(0);
  speakers = new Int32Array(0);
  namespaces = new Int32Array(0);
  conversations = new Int32Array(0);
  titles = new Int32Array(0);
  imports = new Int32Array(0);
  sources = new Uint8Array(0);
  languages = new Uint8Array(0);
  /** 1 where the text ends in a question mark. */
  asks = new Uint8Array(0);
  /** 1 where files are kept with it. */
  files = new Uint8Array(0);
  /** Months since year 0, UTC. */
  months = new Int32Array(0);
  readonly speakerNames = new Names<string>();
  readonly namespaceNames = new Names<ApiKeyId>();
  readonly conversationNames = new Names<ConversationId>();
  readonly titleNames = new Names<string>();
  readonly importNames = new Names<ImportId>();
  readonly sourceNames = new Names<SourceKind>();
  readonly languageNames = new Names<string>();
  #textBytes = 0;

  /** Documents that are there. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Numbers in use, removed documents included. */
  get count(): number {
    return this.#memoryIds.length;
  }

  /** The number of a memory; undefined when it is not there. */
  numberOf(memoryId: MemoryId): number | undefined {
    return this.#numbers.get(memoryId);
  }

  /** The ids of the memories that are there. */
  memoryIds(): IterableIterator<MemoryId> {
    return this.#numbers.keys();
  }

  /** Adds a document as number `doc`, the next one. */
  add(doc: number, document: SearchDocument, language: string): void {
    this.#reserve(doc + 1);
    this.#numbers.set(document.memoryId, doc);
    this.#memoryIds[doc] = document.memoryId;
    this.#texts[doc] = document.text;
    if (document.caption !== undefined) this.#captions.set(doc, document.caption);
    this.#textBytes += (document.text.length + (document.caption?.length ?? 0)) * bytesPerUnit(document.text) + 24;
    this.levels[doc] = document.level;
    this.occurredAts[doc] = document.occurredAtMs;
    this.recordedAts[doc] = document.recordedAtMs;
    this.offsets[doc] = document.offset;
    this.firstOffsets[doc] = document.firstOffset;
    this.lastOffsets[doc] = document.lastOffset;
    this.versions[doc] = document.version;
    this.speakers[doc] = this.speakerNames.intern(document.speaker);
    this.namespaces[doc] = this.namespaceNames.intern(document.namespace);
    this.conversations[doc] = this.conversationNames.intern(document.conversationId);
    this.titles[doc] = this.titleNames.intern(document.conversationTitle);
    this.imports[doc] = this.importNames.intern(document.importId);
    this.sources[doc] = this.sourceNames.intern(document.source);
    this.languages[doc] = this.languageNames.intern(language);
    this.asks[doc] = /[?？؟]\s*$/.test(document.text) ? 1 : 0;
    this.files[doc] = document.hasFiles === true ? 1 : 0;
    this.months[doc] = monthNumber(document.occurredAtMs);
  }

  /** Removes a document: its strings are dropped at once. */
  remove(doc: number): void {
    const memoryId = this.#memoryIds[doc];
    if (memoryId === null || memoryId === undefined) return;
    this.#numbers.delete(memoryId);
    const text = this.#texts[doc] ?? "";
    this.#textBytes -= (text.length + (this.#captions.get(doc)?.length ?? 0)) * bytesPerUnit(text) + 24;
    this.#memoryIds[doc] = null;
    this.#texts[doc] = "";
    this.#captions.delete(doc);
    this.levels[doc] = LEVEL_REMOVED;
    this.lengths[doc] = 0;
  }

  /** The text of a document; empty once removed. */
  textOf(doc: number): string {
    return this.#texts[doc] ?? "";
  }

  /** The caption of a document. */
  captionOf(doc: number): string | undefined {
    return this.#captions.get(doc);
  }

  /** A document as it was added; undefined once removed. */
  document(doc: number): SearchDocument | undefined {
    const memoryId = this.#memoryIds[doc];
    if (memoryId === null || memoryId === undefined) return undefined;
    const caption = this.#captions.get(doc);
    const speaker = this.speakerNames.name(this.speakers[doc] ?? 0);
    const namespace = this.namespaceNames.name(this.namespaces[doc] ?? 0);
    const title = this.titleNames.name(this.titles[doc] ?? 0);
    return {
      memoryId,
      conversationId: this.conversationNames.name(this.conversations[doc] ?? 0),
      ...(title === null ? {} : { conversationTitle: title }),
      ...(speaker === null ? {} : { speaker }),
      ...(namespace === null ? {} : { namespace }),
      text: this.textOf(doc),
      ...(caption === undefined ? {} : { caption }),
      ...(this.files[doc] === 1 ? { hasFiles: true as const } : {}),
      occurredAtMs: this.occurredAts[doc] ?? 0,
      recordedAtMs: this.recordedAts[doc] ?? 0,
      // Levels are written from documents alone; a removed one has no memory id and was left out above.
      level: (this.levels[doc] ?? 1) as Level,
      source: this.sourceNames.name(this.sources[doc] ?? 0) ?? "rest",
      importId: this.importNames.name(this.imports[doc] ?? 0),
      version: this.versions[doc] ?? 1,
      offset: this.offsets[doc] ?? 0,
      firstOffset: this.firstOffsets[doc] ?? 0,
      lastOffset: this.lastOffsets[doc] ?? 0,
    };
  }

  #reserve(count: number): void {
    if (this.levels.length >= count) return;
    this.levels = grown(this.levels, count);
    this.lengths = grown(this.lengths, count);
    this.headLengths = grown(this.headLengths, count);
    this.occurredAts = grown(this.occurredAts, count);
    this.recordedAts = grown(this.recordedAts, count);
    this.offsets = grown(this.offsets, count);
    this.firstOffsets = grown(this.firstOffsets, count);
    this.lastOffsets = grown(this.lastOffsets, count);
    this.versions = grown(this.versions, count);
    this.speakers = grown(this.speakers, count);
    this.namespaces = grown(this.namespaces, count);
    this.conversations = grown(this.conversations, count);
    this.titles = grown(this.titles, count);
    this.imports = grown(this.imports, count);
    this.sources = grown(this.sources, count);
    this.languages = grown(this.languages, count);
    this.asks = grown(this.asks, count);
    this.files = grown(this.files, count);
    this.months = grown(this.months, count);
  }

  /** Bytes held: columns, texts, and 130 per memory for its id and its place in the map. */
  get bytes(): number {
    return this.levels.length * 86 + this.#textBytes + this.#memoryIds.length * 130;
  }
}

/** Months since year 0, UTC; 0 for a time that no calendar knows. */
function monthNumber(atMs: number): number {
  const date = new Date(atMs);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return Number.isNaN(month) ? 0 : month;
}

/** V8 keeps a string in one byte per unit while all its letters are Latin-1. */
function bytesPerUnit(text: string): number {
  // oxlint-disable-next-line no-control-regex -- the range is the whole of Latin-1 on purpose
  return /^[\u0000-\u00ff]*$/.test(text) ? 1 : 2;
}
