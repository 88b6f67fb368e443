/**
 * One loaded user: the index of what may be found, and beside it what is known but not indexed (above level 2, never to be
 * recalled, forgotten, erased, or not to be opened). Together they answer for every memory that the log ever told of this user.
 *
 * Guarantees: `apply` takes all of a batch or, when content cannot be opened because the opener fails, throws having changed nothing
 * that a reader could see half of; whoever owns it then drops it.
 */
import {
  type ImportId,
  isIndexed as mayBeIndexed,
  type MemoryContent,
  type MemoryEvent,
  type MemoryId,
  namespaceOf,
  type UserId,
} from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { foldEvent, type Standing, standingOfDocument, standingOfRow, type Standings } from "./fold.ts";
import { type DetectLanguage, type Language, languageOf, loadLanguage } from "./languages.ts";
import type { MemoryRow, OpenRows } from "./rows.ts";
import { UserIndex } from "./user-index.ts";
import type { VectorCodes } from "./vectors.ts";

/** A memory that is known and not indexed. */
export interface AsideMemory {
  readonly standing: Standing;
  /** True when it should be in the index and its content could not be opened. */
  readonly isUnreadable: boolean;
}

/** Vectors of documents, in their order; null for one that has none. */
export interface KeptVectors {
  readonly model: string;
  readonly rows: readonly (VectorCodes | null)[];
}

/** What a snapshot holds of a user. */
export interface SnapshotContent {
  readonly documents: readonly SearchDocument[];
  readonly aside: readonly AsideMemory[];
  readonly vectors?: KeptVectors;
}

/** What a user's memories need from outside. */
export interface UserMemoriesOptions {
  readonly userId: UserId;
  readonly open: OpenRows;
  readonly detectLanguage: DetectLanguage;
}

/** How many memories of a user there are, by state. */
export interface MemoryCounts {
  /** Live memories that can be opened: indexed, above the level that is indexed, or never to be recalled. */
  live: number;
  forgotten: number;
  erased: number;
}

/** What the index takes of a content. */
export type IndexedContent = Pick<MemoryContent, "text" | "caption" | "speaker" | "conversationTitle"> &
  Pick<SearchDocument, "hasFiles" | "namespace">;

interface Pending {
  standing: Standing;
  sealed: Uint8Array | undefined;
}

/** One user's index and what stands aside. */
export class UserMemories {
  readonly #options: UserMemoriesOptions;
  readonly #index: UserIndex;
  readonly #aside = new Map<MemoryId, AsideMemory>();

  constructor(options: UserMemoriesOptions) {
    this.#options = options;
    this.#index = new UserIndex({ detectLanguage: options.detectLanguage });
  }

  /** What searches read. */
  get index(): UserIndex {
    return this.#index;
  }

  /** What is known and not indexed. */
  aside(): IterableIterator<AsideMemory> {
    return this.#aside.values();
  }

  /** Bytes held, estimated. */
  get bytes(): number {
    return this.#index.bytes + this.#aside.size * ASIDE_BYTES;
  }

  /** Where a memory stands; undefined when it was never told. */
  standing(memoryId: MemoryId): Standing | undefined {
    const document = this.#index.document(memoryId);
    return document === undefined ? this.#aside.get(memoryId)?.standing : standingOfDocument(document);
  }

  /** Counts by state. */
  counts(): MemoryCounts {
    const counts: MemoryCounts = { live: this.#index.size, forgotten: 0, erased: 0 };
    for (const { standing, isUnreadable } of this.#aside.values()) {
      if (!isUnreadable) counts[standing.state] += 1;
    }
    return counts;
  }

  /** Ids of the live memories that can be opened. */
  *liveIds(): IterableIterator<MemoryId> {
    yield* this.#index.memoryIds();
    yield* this.besideIndex();
  }

  /** Ids of those of them that are not in the index. */
  *besideIndex(): IterableIterator<MemoryId> {
    for (const { standing, isUnreadable } of this.#aside.values()) {
      if (standing.state === "live" && !isUnreadable) yield standing.memoryId;
    }
  }

  /**
   * Folds events of this user, in order of offset.
   * @returns `incomplete` when a memory came back whose content is not at hand (a restored one, or one that may be recalled
   * again: nothing of them is kept here); nothing was changed then and the user must be loaded anew.
   */
  async applyEvents(
    events: readonly { readonly offset: number; readonly event: MemoryEvent }[],
  ): Promise<"applied" | "incomplete"> {
    const pending = new Map<MemoryId, Pending>();
    const standings = this.#standingsWith(pending);
    for (const { offset, event } of events) {
      for (const change of foldEvent(this.#options.userId, event, offset, standings)) {
        const { memoryId } = change.standing;
        const sealed = change.sealed ?? pending.get(memoryId)?.sealed;
        pending.set(memoryId, { standing: change.standing, sealed });
      }
    }
    for (const { standing, sealed } of pending.values()) {
      const isMissing = isIndexed(standing) && sealed === undefined;
      if (isMissing && this.#index.document(standing.memoryId) === undefined) return "incomplete";
    }
    await this.#settle(pending);
    return "applied";
  }

  /** Takes over where rows say that memories stand, unless something newer is known. */
  async applyRows(rows: readonly MemoryRow[]): Promise<void> {
    const pending = new Map<MemoryId, Pending>();
    for (const row of rows) {
      const known = this.standing(row.memoryId);
      if (known !== undefined && known.lastOffset > row.offset) continue;
      pending.set(row.memoryId, { standing: standingOfRow(row), sealed: row.sealed });
    }
    await this.#settle(pending);
  }

  /** Puts back what a snapshot held; its vectors when they are of `model`. */
  async restore({ documents, aside, vectors }: SnapshotContent, model?: string): Promise<void> {
    for (const document of documents) await this.#put(document);
    if (vectors !== undefined && vectors.model === model) {
      for (const [at, { memoryId }] of documents.entries()) {
        const codes = vectors.rows[at];
        if (codes !== undefined && codes !== null) this.#index.takeCodes(memoryId, model, codes);
      }
    }
    for (const memory of aside) this.#aside.set(memory.standing.memoryId, memory);
  }

  #standingsWith(pending: ReadonlyMap<MemoryId, Pending>): Standings {
    return {
      get: (memoryId) => pending.get(memoryId)?.standing ?? this.standing(memoryId),
      liveOfImport: (importId) => this.#liveOfImport(importId, pending),
    };
  }

  *#liveOfImport(importId: ImportId, pending: ReadonlyMap<MemoryId, Pending>): IterableIterator<Standing> {
    const isLive = (standing: Standing): boolean => standing.state === "live" && standing.importId === importId;
    for (const { standing } of pending.values()) if (isLive(standing)) yield standing;
    for (const memoryId of [...this.#index.memoryIds(), ...this.#aside.keys()]) {
      const standing = pending.has(memoryId) ? undefined : this.standing(memoryId);
      if (standing !== undefined && isLive(standing)) yield standing;
    }
  }

  /** Brings index and aside to where the pending memories stand. Opens what must be opened first, so that a failure changes nothing. */
  async #settle(pending: ReadonlyMap<MemoryId, Pending>): Promise<void> {
    const toOpen = [...pending.values()].filter(({ standing, sealed }) => isIndexed(standing) && sealed !== undefined);
    const opened = await this.#options.open(
      toOpen.map(({ standing, sealed }) => ({
        userId: this.#options.userId,
        memoryId: standing.memoryId,
        version: standing.version,
        level: standing.level,
        sealed: sealed ?? new Uint8Array(0),
      })),
    );
    const contents = new Map(toOpen.map(({ standing }, at) => [standing.memoryId, indexedOf(opened[at])]));
    const languages = new Map<MemoryId, Language>();
    for (const [memoryId, content] of contents) {
      if (content !== undefined) languages.set(memoryId, languageOf(content.text, this.#options.detectLanguage));
    }
    for (const language of new Set(languages.values())) await loadLanguage(language);
    for (const [memoryId, { standing, sealed }] of pending) {
      // Hidden and brought back within one batch: the index still has its content.
      const content = sealed === undefined ? this.#index.document(memoryId) : contents.get(memoryId);
      this.#place(standing, content, languages.get(memoryId));
    }
    // Erasing promises that no trace is left, words that nothing else holds included.
    if ([...pending.values()].some(({ standing }) => standing.state === "erased")) this.#index.sweep();
  }

  #place(standing: Standing, content: IndexedContent | undefined, language: Language | undefined): void {
    const { memoryId } = standing;
    if (isIndexed(standing) && content !== undefined) {
      this.#aside.delete(memoryId);
      this.#index.put(documentOf(standing, content), language);
      return;
    }
    this.#index.remove(memoryId);
    this.#aside.set(memoryId, { standing, isUnreadable: isIndexed(standing) });
  }

  async #put(document: SearchDocument): Promise<void> {
    const language = languageOf(document.text, this.#options.detectLanguage);
    await loadLanguage(language);
    this.#index.put(document, language);
  }
}

/** About what one entry beside the index takes. */
const ASIDE_BYTES = 400;

/** True when a memory belongs into the index as it stands. */
function isIndexed(standing: Standing): boolean {
  return standing.state === "live" && mayBeIndexed(standing);
}

/** What the index takes of what a memory says. */
function indexedOf(content: MemoryContent | undefined): IndexedContent | undefined {
  if (content === undefined) return undefined;
  const namespace = namespaceOf(content);
  return {
    ...content,
    ...(namespace === null ? {} : { namespace }),
    ...(content.files === undefined ? {} : { hasFiles: true }),
  };
}

/** The document of a memory: where it stands and what it says. */
export function documentOf(standing: Standing, content: IndexedContent): SearchDocument {
  return {
    memoryId: standing.memoryId,
    conversationId: standing.conversationId,
    ...(content.conversationTitle === undefined ? {} : { conversationTitle: content.conversationTitle }),
    ...(content.speaker === undefined ? {} : { speaker: content.speaker }),
    ...(content.namespace === undefined ? {} : { namespace: content.namespace }),
    text: content.text,
    ...(content.caption === undefined ? {} : { caption: content.caption }),
    ...(content.hasFiles === undefined ? {} : { hasFiles: content.hasFiles }),
    occurredAtMs: standing.occurredAtMs,
    recordedAtMs: standing.recordedAtMs,
    level: standing.level,
    source: standing.source,
    importId: standing.importId,
    version: standing.version,
    offset: standing.versionOffset,
    firstOffset: standing.firstOffset,
    lastOffset: standing.lastOffset,
  };
}
