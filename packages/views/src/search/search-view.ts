/**
 * The search view: which of a person's memories hold which words.
 *
 * Guarantees: a user's index answers for everything below `nextOffset` of their partition, whether the user was there all along, came
 * back from a snapshot or was read from rows; a snapshot that is damaged, of somebody else, of another log or ahead of what this
 * view was given is thrown away. In clear the text is in memory alone; what touches the disk is sealed.
 * It does not: keep users whom nobody asks about (they are read again on demand), or fail a fold because one user's content cannot be
 * opened now (that user is dropped and read again).
 *
 *   not loaded ──ask──► loading (events wait) ──► loaded (events applied) ──least recently used──► not loaded
 */
import { isKaelixError, KeyedLock } from "@kaelix/base";
import { LEVEL_INDEXED_MAX, type MemoryEvent, type MemoryId, type UserId } from "@kaelix/model";

import type { FoldBatch, View, ViewCensus } from "../runner/view.ts";
import { searchErrors } from "./errors.ts";
import type { DetectLanguage } from "./languages.ts";
import type { MemoryRows, OpenRows } from "./rows.ts";
import { SnapshotFiles } from "./snapshot-files.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "./snapshot.ts";
import type { UserIndex } from "./user-index.ts";
import { UserMemories } from "./user-memories.ts";
import { type DocumentEmbedder, VectorFiller } from "./vector-filler.ts";

/** What the view is wired with. */
export interface SearchViewOptions {
  /** Where sealed snapshots are kept. */
  readonly folder: string;
  /** Names the log that is folded; a snapshot of another is foreign. */
  readonly logId: string;
  readonly rows: MemoryRows;
  readonly openRows: OpenRows;
  readonly detectLanguage: DetectLanguage;
  /** The partition of topic `memories` that holds a user. */
  readonly partitionOf: (userId: UserId) => number;
  /** Every user there is, for counting. */
  readonly users: () => AsyncIterable<UserId>;
  readonly sealSnapshot: (userId: UserId, bytes: Uint8Array) => Promise<Uint8Array>;
  /** The bytes that were sealed; undefined (or a rejection) when they do not hold. */
  readonly openSnapshot: (userId: UserId, sealed: Uint8Array) => Promise<Uint8Array | undefined>;
  /** Bytes of indexes above which the least recently used users are let go; default 256 MiB. */
  readonly bytesMax?: number;
  /** Who makes vectors of documents; absent: words alone, and no vector is kept. */
  readonly embedder?: DocumentEmbedder | undefined;
}

interface PositionedMemoryEvent {
  readonly offset: number;
  readonly event: MemoryEvent;
}

interface LoadedUser {
  readonly memories: UserMemories;
  hasChanged: boolean;
  lastBytes: number;
  /** Vectors that stand in no snapshot yet. */
  vectorsUnsaved: number;
}

/** Vectors cost money or hours: a snapshot is written when so many are new, whether it is time for one or not. */
const VECTORS_UNSAVED_MAX = 1_024;
const BYTES_MAX_DEFAULT = 256 * 1024 * 1024;
/** A load that meets restored memories too new for its rows begins again, at most so often. */
const LOAD_ATTEMPTS_MAX = 5;
const TOPIC = "memories";

/** The view. One per process; a node holds the users of its partitions. */
export class SearchView implements View {
  readonly name = "search";
  readonly topics: readonly string[] = [TOPIC];
  readonly #options: SearchViewOptions;
  readonly #files: SnapshotFiles;
  /** In order of use, the least recently used first. */
  readonly #loaded = new Map<UserId, LoadedUser>();
  /** Events that came while a user was being loaded. */
  readonly #waiting = new Map<UserId, PositionedMemoryEvent[]>();
  readonly #locks = new KeyedLock();
  readonly #filler: VectorFiller | undefined;
  /** Next offset by partition: everything below is folded. */
  #offsets: Map<number, number> | undefined;
  /** Next offset by partition that a fold has begun with: a user loaded now must be read at least up to there. */
  readonly #given = new Map<number, number>();
  #bytes = 0;
  #epoch = 0;
  #isClosed = false;

  constructor(options: SearchViewOptions) {
    this.#options = options;
    this.#files = new SnapshotFiles(options.folder);
    const { embedder, users } = options;
    this.#filler =
      embedder &&
      new VectorFiller({
        embedder,
        users,
        index: (userId) => this.index(userId),
        onFilled: (userId, vectors) => this.#noteVectors(userId, vectors),
      });
  }

  /** Begins to give documents their vectors, in the background. Without an embedder nothing happens. */
  startEmbedding(): void {
    this.#filler?.start();
  }

  /** Somebody's documents may have their vectors made from now on. */
  embedFor(userId: UserId): void {
    this.#filler?.note(userId);
  }

  /** Documents of loaded users that wait for a vector; undefined without an embedder. */
  vectorsWaiting(): number | undefined {
    const filler = this.#filler;
    if (filler === undefined) return undefined;
    return [...this.#loaded].reduce((sum, [userId, { memories }]) => sum + filler.waitingIn(userId, memories.index), 0);
  }

  async #noteVectors(userId: UserId, vectors: number): Promise<void> {
    const loaded = this.#loaded.get(userId);
    if (loaded === undefined) return;
    this.#measure(loaded, vectors > 0);
    loaded.vectorsUnsaved += vectors;
    if (loaded.vectorsUnsaved < VECTORS_UNSAVED_MAX) return;
    await this.#locks.run(userId, async () => {
      if (this.#loaded.get(userId) === loaded) await this.#writeSnapshot(userId, loaded);
    });
    await this.#files.writeOffsets(this.#options.logId, await this.#knownOffsets());
  }

  async nextOffset(topic: string, partition: number): Promise<number> {
    return topic === TOPIC ? ((await this.#knownOffsets()).get(partition) ?? 0) : 0;
  }

  async #knownOffsets(): Promise<Map<number, number>> {
    const read = this.#offsets ?? (await this.#files.readOffsets(this.#options.logId));
    this.#offsets ??= read;
    return this.#offsets;
  }

  /** Bytes of all loaded indexes, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many users are loaded. */
  get usersLoaded(): number {
    return this.#loaded.size;
  }

  async fold(batch: FoldBatch): Promise<void> {
    if (batch.topic !== TOPIC) return;
    const offsets = await this.#knownOffsets();
    const from = offsets.get(batch.partition) ?? 0;
    if (batch.nextOffset <= from) return;
    // No waiting from here until every user has been given their events: a load that begins later reads up to `#given`.
    this.#given.set(batch.partition, batch.nextOffset);
    const byUser = new Map<UserId, PositionedMemoryEvent[]>();
    for (const { offset, event } of batch.events) {
      if (offset < from || !isMemoryEvent(event.type)) continue;
      // Every event of this topic is about memories; the check above says so.
      const positioned = { offset, event: event as MemoryEvent };
      const events = byUser.get(event.user);
      if (events === undefined) byUser.set(event.user, [positioned]);
      else events.push(positioned);
    }
    const applied = [...byUser].map(([userId, events]) => this.#foldUser(userId, events));
    await Promise.all(applied);
    offsets.set(batch.partition, batch.nextOffset);
    this.#evict(undefined);
    for (const userId of byUser.keys()) this.#filler?.note(userId);
  }

  /** Gives events to a user, and takes their snapshot away when it may hold what must not be kept any longer. */
  async #foldUser(userId: UserId, events: readonly PositionedMemoryEvent[]): Promise<void> {
    const last = events.findLastIndex(({ event }) => event.type === "memory.all-erased");
    if (last >= 0) await this.#letGo(userId);
    else await this.#give(userId, events);
    if (events.some(({ event }) => endsKeeping(event))) await this.#files.remove(userId);
  }

  /** Forgets a user whose account was erased. Who asks again finds what the rows say: nothing. */
  async #letGo(userId: UserId): Promise<void> {
    await this.#locks.run(userId, async () => this.#drop(userId));
  }

  /** Hands events to a user: applied when loaded, kept when loading, dropped when neither (rows will tell). */
  async #give(userId: UserId, events: readonly PositionedMemoryEvent[]): Promise<void> {
    const waiting = this.#waiting.get(userId);
    if (waiting !== undefined) {
      waiting.push(...events);
      return;
    }
    const loaded = this.#loaded.get(userId);
    if (loaded === undefined) return;
    await this.#locks.run(userId, async () => {
      if (this.#loaded.get(userId) !== loaded) return;
      try {
        const outcome = await loaded.memories.applyEvents(events);
        if (outcome === "incomplete") this.#drop(userId);
        else this.#measure(loaded, true);
      } catch {
        // The content cannot be opened now. Half a user is worse than none: the next question reads them anew.
        this.#drop(userId);
      }
    });
  }

  /**
   * The index of a user, loaded when it is not. Answers for everything that was folded before the call.
   * @throws `search-closed`, `search-user-not-loaded` when rows or content cannot be read now
   */
  async index(userId: UserId): Promise<UserIndex> {
    return (await this.#memories(userId)).index;
  }

  /**
   * Ids of a user's live memories that are not in the index, being above its levels or never to be recalled.
   * @throws as `index`
   */
  async besideIndex(userId: UserId): Promise<readonly MemoryId[]> {
    return [...(await this.#memories(userId)).besideIndex()];
  }

  async #memories(userId: UserId): Promise<UserMemories> {
    if (this.#isClosed) throw searchErrors("search-closed");
    const loaded = this.#loaded.get(userId);
    if (loaded !== undefined && !this.#waiting.has(userId)) {
      this.#loaded.delete(userId);
      this.#loaded.set(userId, loaded);
      return loaded.memories;
    }
    return await this.#locks.run(userId, async () => {
      const there = this.#loaded.get(userId);
      if (there !== undefined) return there.memories;
      return await this.#load(userId);
    });
  }

  async #load(userId: UserId): Promise<UserMemories> {
    const epoch = this.#epoch;
    try {
      for (let attempt = 0; attempt < LOAD_ATTEMPTS_MAX; attempt++) {
        const memories = await this.#loadOnce(userId, epoch);
        if (memories !== undefined) return memories;
      }
    } catch (cause) {
      throw isKaelixError(cause, "search-closed") ? cause : searchErrors("search-user-not-loaded", { cause });
    } finally {
      this.#waiting.delete(userId);
    }
    throw searchErrors("search-user-not-loaded");
  }

  /** Reads a user from snapshot and rows and applies what came meanwhile; undefined when that was more than the rows knew. */
  async #loadOnce(userId: UserId, epoch: number): Promise<UserMemories | undefined> {
    const offsets = await this.#knownOffsets();
    // From here on events wait; everything before is below `upTo` and will be in the rows.
    const waiting: PositionedMemoryEvent[] = [];
    this.#waiting.set(userId, waiting);
    const partition = this.#options.partitionOf(userId);
    const upTo = Math.max(offsets.get(partition) ?? 0, this.#given.get(partition) ?? 0);
    const snapshot = await this.#readSnapshot(userId, upTo);
    await this.#options.rows.caughtUp(partition, upTo);
    const { openRows, detectLanguage } = this.#options;
    const memories = new UserMemories({ userId, open: openRows, detectLanguage });
    if (snapshot !== undefined) await memories.restore(snapshot, this.#options.embedder?.model);
    const after = snapshot === undefined ? -1 : snapshot.nextOffset - 1;
    for await (const rows of this.#options.rows.rowsOf(userId, after)) await memories.applyRows(rows);
    // New events may come during each application; the last look and the switch happen without waiting in between.
    while (waiting.length > 0) {
      const outcome = await memories.applyEvents(waiting.splice(0));
      if (outcome === "incomplete") return undefined;
    }
    if (this.#isClosed || epoch !== this.#epoch) throw searchErrors("search-closed");
    memories.index.pack();
    const loaded = { memories, hasChanged: true, lastBytes: 0, vectorsUnsaved: 0 };
    this.#loaded.set(userId, loaded);
    this.#waiting.delete(userId);
    this.#measure(loaded, true);
    this.#evict(userId);
    return memories;
  }

  async #readSnapshot(userId: UserId, upTo: number): Promise<Snapshot | undefined> {
    const sealed = await this.#files.read(userId);
    if (sealed === undefined) return undefined;
    try {
      const bytes = await this.#options.openSnapshot(userId, sealed);
      const snapshot = bytes === undefined ? undefined : decodeSnapshot(bytes, userId, this.#options.logId);
      if (snapshot !== undefined && snapshot.nextOffset <= upTo) return snapshot;
    } catch {
      // Sealed by another key or damaged: the rows know everything it knew.
    }
    await this.#files.remove(userId);
    return undefined;
  }

  #measure(loaded: LoadedUser, hasChanged: boolean): void {
    const { bytes } = loaded.memories;
    this.#bytes += bytes - loaded.lastBytes;
    loaded.lastBytes = bytes;
    loaded.hasChanged ||= hasChanged;
  }

  #drop(userId: UserId): void {
    const loaded = this.#loaded.get(userId);
    if (loaded === undefined) return;
    this.#bytes -= loaded.lastBytes;
    this.#loaded.delete(userId);
  }

  /** Lets the least recently used go until what is loaded fits; never `kept`, who is being asked about. */
  #evict(kept: UserId | undefined): void {
    const bytesMax = this.#options.bytesMax ?? BYTES_MAX_DEFAULT;
    for (const userId of this.#loaded.keys()) {
      if (this.#bytes <= bytesMax || this.#loaded.size === 1) return;
      if (userId !== kept) this.#drop(userId);
    }
  }

  async reset(): Promise<void> {
    this.#epoch += 1;
    for (const userId of this.#loaded.keys()) this.#drop(userId);
    this.#offsets = new Map();
    this.#given.clear();
    await this.#files.clear();
    this.#filler?.noteAll();
  }

  async snapshot(): Promise<void> {
    for (const [userId, loaded] of Array.from(this.#loaded)) {
      if (!loaded.hasChanged) continue;
      await this.#locks.run(userId, async () => {
        if (this.#loaded.get(userId) === loaded) await this.#writeSnapshot(userId, loaded);
      });
    }
    await this.#files.writeOffsets(this.#options.logId, await this.#knownOffsets());
  }

  async #writeSnapshot(userId: UserId, loaded: LoadedUser): Promise<void> {
    const { logId, partitionOf, sealSnapshot } = this.#options;
    const epoch = this.#epoch;
    // Events of a batch that is being folded may be in it already; they are read again from the rows and change nothing.
    const nextOffset = (await this.#knownOffsets()).get(partitionOf(userId)) ?? 0;
    loaded.hasChanged = false;
    loaded.vectorsUnsaved = 0;
    const sealed = await sealSnapshot(userId, encodeSnapshot({ userId, logId, nextOffset }, loaded.memories));
    if (epoch === this.#epoch) await this.#files.write(userId, sealed);
  }

  async census(): Promise<ViewCensus> {
    const census = { memoriesLive: 0, memoriesForgotten: 0, memoriesErased: 0, users: 0 };
    for await (const userId of this.#options.users()) {
      const counts = (await this.#memories(userId)).counts();
      census.memoriesLive += counts.live;
      census.memoriesForgotten += counts.forgotten;
      census.memoriesErased += counts.erased;
      census.users += 1;
    }
    return census;
  }

  async *memoryIds(): AsyncIterable<MemoryId> {
    for await (const userId of this.#options.users()) {
      const ids = Array.from((await this.#memories(userId)).liveIds());
      yield* ids;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#filler?.close();
    for (const userId of this.#loaded.keys()) this.#drop(userId);
  }
}

/** True for an event after which a text may not lie in a snapshot, sealed as it is: erased, or moved above what is indexed. */
function endsKeeping(event: MemoryEvent): boolean {
  return (
    event.type === "memory.erased" ||
    event.type === "memory.all-erased" ||
    (event.type === "memory.revised" && event.level > LEVEL_INDEXED_MAX)
  );
}

function isMemoryEvent(type: string): boolean {
  return type.startsWith("memory.") || type.startsWith("import.");
}
