/**
 * Of somebody's memories those that the asker may read, as indexes of their own: what another person shares, or what a program reaches.
 *
 * Guarantees: such an index holds what passes and nothing else, so that no hit, count, facet, weight or near word of it can tell of what
 * is not shared; it follows the owner's index whenever it is asked for, and is thrown away a minute after nobody asks, so that what was
 * ended or erased does not stay in memory. It does not: know grants; the caller names the leave by a key, and by an edition that grows when
 * the same leave opens something else of the same memories. Memory is bounded; what does not fit is made anew when asked for.
 */
import { setImmediate } from "node:timers/promises";

import { KeyedLock } from "@kaelix/base";
import { LEVEL_INDEXED_MAX, type MemoryId, type UserId } from "@kaelix/model";
import { languageOf, loadLanguage, type SearchDocument, UserIndex } from "@kaelix/views";

import type { RecallSource } from "./source.ts";

/** What of somebody's memories may be searched by another. */
export interface SharedPart {
  readonly owner: UserId;
  /** Names asker and leave: the same key always stands for the same `passes` in one edition. */
  readonly key: string;
  /** Grows when `passes` answers otherwise of the same document. */
  readonly edition: number;
  readonly passes: (document: SearchDocument) => boolean;
  /** Who said what nobody is named for: the owner; absent where the asker stands in for them. */
  readonly ownerName?: string;
}

interface Kept {
  readonly index: UserIndex;
  /** Memory → the state of it that was put. */
  readonly states: Map<MemoryId, string>;
  from: UserIndex | undefined;
  generation: number;
  edition: number;
  /** Monotonic ms. */
  usedMs: number;
  vectorGeneration: number;
}

const IDLE_MS_MAX = 60_000;
const KEPT_MAX = 64;
const BYTES_MAX = 128 * 1_024 * 1_024;
/** Documents that are put before others get their turn. */
const TURN = 200;
/** Turns are given up once an owner's index has changed so often in between. */
const TURNS_TRIED_MAX = 3;

/** Indexes of what is shared, the least recently asked for given up first. */
export class SharedIndexes {
  readonly #source: RecallSource;
  readonly #kept = new Map<string, Kept>();
  readonly #locks = new KeyedLock();
  #sweep: NodeJS.Timeout | undefined;

  constructor(source: RecallSource) {
    this.#source = source;
  }

  /** The index of a part, as new as the owner's. */
  async index(part: SharedPart): Promise<UserIndex> {
    return this.#locks.run(part.key, async () => {
      const { detectLanguage } = this.#source;
      const fresh: Kept = {
        index: new UserIndex({ detectLanguage }),
        states: new Map(),
        from: undefined,
        generation: -1,
        edition: -1,
        usedMs: 0,
        vectorGeneration: -1,
      };
      const kept = this.#kept.get(part.key) ?? fresh;
      for (let tried = 1; !(await this.#follow(kept, part, tried < TURNS_TRIED_MAX)); tried++);
      kept.usedMs = this.#source.monotonicMs();
      this.#kept.delete(part.key);
      this.#kept.set(part.key, kept);
      this.#giveUp();
      this.#sweepLater();
      return kept.index;
    });
  }

  /** Makes an index what the owner's is now; false when that changed meanwhile. Without turns it cannot. */
  async #follow(kept: Kept, part: SharedPart, takesTurns: boolean): Promise<boolean> {
    const from = await this.#source.index(part.owner);
    const { generation, vectorGeneration } = from;
    const isKept = kept.from === from && kept.generation === generation && kept.edition >= part.edition;
    if (isKept && kept.vectorGeneration === vectorGeneration) return true;
    const wanted = [...from.documents()].filter((document) => part.passes(document));
    const ids = new Set(wanted.map(({ memoryId }) => memoryId));
    for (const id of kept.states.keys()) {
      if (ids.has(id)) continue;
      kept.index.remove(id);
      kept.states.delete(id);
    }
    const changed = wanted.filter((document) => kept.states.get(document.memoryId) !== stateOf(document));
    await this.#loadLanguages(changed);
    for (const [at, document] of changed.entries()) {
      if (takesTurns && at % TURN === TURN - 1) await setImmediate();
      const speaker = document.speaker ?? part.ownerName;
      kept.index.put(speaker === undefined ? document : { ...document, speaker });
      kept.states.set(document.memoryId, stateOf(document));
    }
    takeVectors(kept.index, from, wanted);
    kept.from = from;
    kept.generation = generation;
    kept.edition = part.edition;
    kept.vectorGeneration = vectorGeneration;
    return !takesTurns || from.generation === generation;
  }

  async #loadLanguages(documents: readonly SearchDocument[]): Promise<void> {
    const languages = new Set(documents.map(({ text }) => languageOf(text, this.#source.detectLanguage)));
    for (const language of languages) await loadLanguage(language);
  }

  /** Indexes kept now. */
  get size(): number {
    return this.#kept.size;
  }

  #sweepLater(): void {
    if (this.#sweep !== undefined) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      const idleMs = this.#source.monotonicMs() - IDLE_MS_MAX;
      for (const [key, { usedMs }] of this.#kept) if (usedMs <= idleMs) this.#kept.delete(key);
      if (this.#kept.size > 0) this.#sweepLater();
    }, IDLE_MS_MAX);
    this.#sweep.unref();
  }

  #giveUp(): void {
    let bytes = [...this.#kept.values()].reduce((sum, { index }) => sum + index.bytes, 0);
    for (const [key, { index }] of this.#kept) {
      if (this.#kept.size <= KEPT_MAX && (bytes <= BYTES_MAX || this.#kept.size === 1)) return;
      bytes -= index.bytes;
      this.#kept.delete(key);
    }
  }
}

/** Gives what is shared the vectors it has at its owner's, and no others. */
function takeVectors(to: UserIndex, from: UserIndex, wanted: readonly SearchDocument[]): void {
  const { vectors } = from.parts(LEVEL_INDEXED_MAX);
  if (vectors === undefined) {
    to.dropVectors();
    return;
  }
  const isOther = to.parts(LEVEL_INDEXED_MAX).vectors?.model !== vectors.model;
  for (const { memoryId } of wanted) {
    const codes = isOther || to.codes(memoryId) === undefined ? from.codes(memoryId) : undefined;
    if (codes !== undefined) to.takeCodes(memoryId, vectors.model, codes);
  }
}

function stateOf({ version, lastOffset, level }: SearchDocument): string {
  return `${version} ${lastOffset} ${level}`;
}
