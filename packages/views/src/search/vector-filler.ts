/**
 * Gives documents their vectors, behind everybody's back.
 *
 * Guarantees: nothing waits for it: a memory is acknowledged, folded and found by its words whether this works or not; one document after
 * the other is asked for, of levels up to `levelMax` alone and of who is taken alone; a vector that comes for a text that has changed
 * meanwhile is dropped; after a start every user is looked through once, so that nothing is forgotten. It does not: keep a list of what is
 * to be done on a disk.
 */
import { setTimeout as sleepFor } from "node:timers/promises";

import { isKaelixError } from "@kaelix/base";
import { waitMsOf } from "@kaelix/intelligence";
import type { Level, UserId } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { textToEmbed, type UserIndex } from "./user-index.ts";

/** Who makes vectors of texts. */
export interface DocumentEmbedder {
  readonly model: string;
  /** Texts of higher levels are never handed over. */
  readonly levelMax: Level;
  /** False: nothing of this person is handed over. */
  takes(owner: UserId): boolean;
  /** Vectors of one person's texts in order, of length one. Rejects when that is not possible now. */
  embed(
    texts: readonly string[],
    of: { readonly owner: UserId; readonly signal: AbortSignal },
  ): Promise<readonly Float32Array[]>;
}

/** What it works on. */
export interface VectorFillerOptions {
  readonly embedder: DocumentEmbedder;
  readonly users: () => AsyncIterable<UserId>;
  readonly index: (userId: UserId) => Promise<UserIndex>;
  /** Told that so many vectors were set. */
  readonly onFilled: (userId: UserId, vectors: number) => Promise<void>;
}

const TEXTS_AT_ONCE = 128;
const USERS_QUEUED_MAX = 10_000;
const SKIPPED_MAX = 10_000;
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 60_000;

/** One per view. Call `start` once and `close` once. */
export class VectorFiller {
  readonly #options: VectorFillerOptions;
  readonly #closing = new AbortController();
  readonly #queued = new Set<UserId>();
  /** What the provider refuses, by id and version. */
  readonly #skipped = new Set<string>();
  #mustScan = true;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: VectorFillerOptions) {
    this.#options = options;
  }

  /** Begins. */
  start(): void {
    this.#running = this.#run();
  }

  /** Ends, the request in flight included. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake?.();
    await this.#running;
  }

  /** Somebody has new documents. */
  note(userId: UserId): void {
    if (this.#queued.size < USERS_QUEUED_MAX) this.#queued.add(userId);
    else this.#mustScan = true;
    this.#wake?.();
  }

  /** All documents may have lost their vectors. */
  noteAll(): void {
    this.#mustScan = true;
    this.#wake?.();
  }

  /** Documents of an index that wait for a vector. */
  waitingIn(userId: UserId, index: UserIndex): number {
    const { model, levelMax } = this.#options.embedder;
    if (!this.#options.embedder.takes(userId)) return 0;
    if (this.#skipped.size === 0) return index.countWithoutVector(model, levelMax);
    let waiting = 0;
    for (const document of index.withoutVector(model, levelMax))
      if (!this.#skipped.has(stateOf(document))) waiting += 1;
    return waiting;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#fillQueued();
      if (this.#mustScan) await this.#scan();
      if (this.#queued.size === 0 && !this.#mustScan && !signal.aborted)
        await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Every user, one after the other; when they cannot be read now, from the beginning after a pause. */
  async #scan(): Promise<void> {
    const { signal } = this.#closing;
    this.#mustScan = false;
    try {
      for await (const userId of this.#options.users()) {
        if (signal.aborted) return;
        await this.#fill(userId);
        await this.#fillQueued();
      }
    } catch {
      this.#mustScan = true;
      await this.#pause(PAUSE_MS_MIN);
    }
  }

  async #fillQueued(): Promise<void> {
    for (const userId of this.#queued) {
      if (this.#closing.signal.aborted) return;
      this.#queued.delete(userId);
      await this.#fill(userId);
    }
  }

  /** Until every document of a user has a vector. A provider that is down is waited for; a user who cannot be read now is left. */
  async #fill(userId: UserId): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && this.#options.embedder.takes(userId)) {
      const index = await this.#options.index(userId).catch(() => undefined);
      const documents = index === undefined ? [] : this.#next(index);
      if (documents.length === 0) return;
      try {
        await this.#embed(userId, documents);
      } catch (error) {
        if (signal.aborted) return;
        await this.#pause(Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, waitMsOf(error))));
      }
    }
  }

  /** Ends early when everything does. */
  #pause(ms: number): Promise<void> {
    return sleepFor(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }

  #next(index: UserIndex): SearchDocument[] {
    const { model, levelMax } = this.#options.embedder;
    const documents: SearchDocument[] = [];
    for (const document of index.withoutVector(model, levelMax)) {
      if (!this.#skipped.has(stateOf(document))) documents.push(document);
      if (documents.length === TEXTS_AT_ONCE) break;
    }
    return documents;
  }

  async #embed(userId: UserId, documents: readonly SearchDocument[]): Promise<void> {
    const { embedder, index, onFilled } = this.#options;
    let vectors: readonly Float32Array[];
    try {
      vectors = await embedder.embed(documents.map(textToEmbed), { owner: userId, signal: this.#closing.signal });
    } catch (error) {
      if (!isAboutText(error)) throw error;
      // One text that is refused must not hold up the others.
      if (documents.length > 1) for (const document of documents) await this.#embed(userId, [document]);
      else this.#skip(documents);
      return;
    }
    // The user may have been let go and read again meanwhile.
    const now = await index(userId);
    let set = 0;
    for (const [at, { memoryId, version }] of documents.entries()) {
      const vector = vectors[at];
      if (vector !== undefined && now.setVector(memoryId, version, { model: embedder.model, vector })) set += 1;
    }
    await onFilled(userId, set);
  }

  #skip(documents: readonly SearchDocument[]): void {
    if (this.#skipped.size >= SKIPPED_MAX) this.#skipped.clear();
    for (const document of documents) this.#skipped.add(stateOf(document));
  }
}

function stateOf({ memoryId, version }: SearchDocument): string {
  return `${memoryId} ${version}`;
}

/** True when a provider will not take a text, whoever asks. */
function isAboutText(error: unknown): boolean {
  return isKaelixError(error, "embed-refused") && [400, 413, 422].includes(Number(error.details["status"]));
}
