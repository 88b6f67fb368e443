/**
 * The world view: who and what a person's memories speak of, and how it hangs together.
 *
 * Guarantees: a user's world is a function of what they go by and of their memories that the search index holds (levels 1 and 2, live), in
 * order of when they happened: followed live, read from a snapshot or made anew it is the same. A memory that is forgotten, changed, moved
 * above level 2, never to be recalled or whose import was undone makes the world be made anew without it, and its snapshot is removed with the very fold. Level 3
 * and above never enters a world. A session that is open to level 1 alone, and a program that may not read everything, get a world made of
 * what they may read alone, which is never written down. On disk everything is sealed. It does not: make a world before somebody asks (what
 * follows is taken in while nothing else is told, or on asking), or hold up remembering: folding marks, the work is done in pieces of some
 * milliseconds.
 *
 * What a person decided about who is who is folded from topic `people`, which is small and read from its beginning at every start.
 *
 *   not loaded ──ask──► snapshot, then what it lacks ──► loaded ──more told──► taken in ──least recently used──► not loaded
 *                                                           └──something withdrawn──► not loaded, snapshot removed
 */
import { setImmediate as aPause } from "node:timers/promises";

import { decodeText, encodeText, isKaelixError, KeyedLock } from "@kaelix/base";
import {
  type DecisionId,
  type KaelixEvent,
  type Level,
  LEVEL_INDEXED_MAX,
  type MemoryEvent,
  type MemoryId,
  type PeopleEvent,
  type UserId,
} from "@kaelix/model";

import type { FoldBatch, View } from "../runner/view.ts";
import type { SearchDocument } from "../search/document.ts";
import { SnapshotFiles } from "../search/snapshot-files.ts";
import type { UserIndex } from "../search/user-index.ts";
import { worldErrors } from "./errors.ts";
import { type Decisions, foldDecision, foldMemoryEvents } from "./fold.ts";
import { orderOf, UserWorld, type WorldOwner } from "./user-world.ts";
import { decisionsOf, type ReadDecision, type WorldReading } from "./world-reading.ts";
import { cappedAt, keyOf, userOf, wholeKey, wholeWorldOf, type WorldPart, type WorldScope } from "./world-scope.ts";

/** What the view is wired with. */
export interface WorldViewOptions {
  /** Where sealed snapshots are kept. */
  readonly folder: string;
  /** Names the log that is folded; a snapshot of another is foreign. */
  readonly logId: string;
  /** A user's documents of levels 1 and 2, as the search view holds them. */
  readonly index: (userId: UserId) => Promise<UserIndex>;
  /** Ids of a user's live memories that have no document, being above the indexed levels or never to be recalled. */
  readonly besideIndex: (userId: UserId) => Promise<readonly MemoryId[]>;
  /** Resolves when the search view has folded partition `partition` of topic `memories` up to `nextOffset` (exclusive). */
  readonly caughtUp: (partition: number, nextOffset: number) => Promise<void>;
  /** How far the search view has folded a partition. */
  readonly searchedTo: (partition: number) => Promise<number>;
  /** The partition of topic `memories` that holds a user. */
  readonly partitionOf: (userId: UserId) => number;
  /** Every user there is, for counting. */
  readonly users: () => AsyncIterable<UserId>;
  /** What is known of a user, from all that stands below `nextOffset` in their partition of topic `memories`. */
  readonly owner: (userId: UserId, nextOffset: number) => Promise<WorldOwner>;
  /** 16 bytes for a text, by a key of the user. */
  readonly hashMention: (userId: UserId, text: string) => Uint8Array;
  /** The name that a decision gives; undefined when it cannot be opened. */
  readonly openName: (userId: UserId, decision: DecisionId, sealed: string) => Promise<string | undefined>;
  readonly sealSnapshot: (userId: UserId, bytes: Uint8Array) => Promise<Uint8Array>;
  /** The bytes that were sealed; undefined (or a rejection) when they do not hold. */
  readonly openSnapshot: (userId: UserId, sealed: Uint8Array) => Promise<Uint8Array | undefined>;
  /** Bytes of worlds above which the least recently used are let go; default 128 MiB. */
  readonly bytesMax?: number;
  /** How long nothing may be told before a loaded world takes in what came, ms; default 1,500. 0: on asking alone. */
  readonly idleMs?: number;
}

interface Loaded {
  world: UserWorld;
  /** The index as it was when the world was last brought up to it. */
  index: WeakRef<UserIndex> | undefined;
  generation: number;
  reading: WorldReading | undefined;
  /** What the reading was made with. */
  decisions: Decisions;
  hasChanged: boolean;
  bytes: number;
}

const BYTES_MAX_DEFAULT = 128 * 1024 * 1024;
const IDLE_MS_DEFAULT = 1_500;
/** Memories that whoever cannot wait for a world waits for: about a second of work. */
const SOON_MAX = 400;
/** Longest piece of work without letting others have their turn. */
const PIECE_MS_MAX = 6;
const ATTEMPTS_MAX = 6;
const MEMORIES = "memories";
const PEOPLE = "people";

/** The view. One per process. */
export class WorldView implements View {
  readonly name = "world";
  readonly topics: readonly string[] = [MEMORIES, PEOPLE];
  readonly #options: WorldViewOptions;
  readonly #files: SnapshotFiles;
  /** `user/ceiling`, or `user/ceiling/part` → world, the least recently used first. */
  readonly #loaded = new Map<string, Loaded>();
  /** Worlds that memories are taken into now, by the same keys, and how many they will hold. */
  readonly #takingIn = new Map<string, { readonly loaded: Loaded; readonly total: number }>();
  /** Who waits for worlds that are had soon or not at all: told when it is not soon. */
  readonly #hasty = new Map<string, Set<() => void>>();
  readonly #locks = new KeyedLock();
  readonly #decisions = new Map<UserId, Decisions>();
  /** What was read of users; gone with the event that may have changed it, and with their world. */
  readonly #owners = new Map<UserId, Promise<WorldOwner>>();
  /** Names that decisions give, opened; gone with whatever else of a user is withdrawn, and with their world. */
  readonly #names = new Map<UserId, Map<DecisionId, string | undefined>>();
  /** Grows when something of a user is withdrawn: what was being made from before is thrown away. */
  readonly #withdrawals = new Map<UserId, number>();
  readonly #timers = new Map<UserId, NodeJS.Timeout>();
  #offsets: Map<number, number> | undefined;
  #peopleOffset = 0;
  #bytes = 0;
  #epoch = 0;
  #isClosed = false;

  constructor(options: WorldViewOptions) {
    this.#options = options;
    this.#files = new SnapshotFiles(options.folder);
  }

  /** Bytes of all loaded worlds, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many worlds are loaded. */
  get loaded(): number {
    return this.#loaded.size;
  }

  async nextOffset(topic: string, partition: number): Promise<number> {
    if (topic === PEOPLE) return this.#peopleOffset;
    return topic === MEMORIES ? ((await this.#knownOffsets()).get(partition) ?? 0) : 0;
  }

  async #knownOffsets(): Promise<Map<number, number>> {
    const read = this.#offsets ?? (await this.#files.readOffsets(this.#options.logId));
    this.#offsets ??= read;
    return this.#offsets;
  }

  async fold(batch: FoldBatch): Promise<void> {
    if (batch.topic === PEOPLE) this.#foldPeople(batch);
    if (batch.topic !== MEMORIES) return;
    const offsets = await this.#knownOffsets();
    const from = offsets.get(batch.partition) ?? 0;
    if (batch.nextOffset <= from) return;
    const told = batch.events.filter(({ event, offset }) => offset >= from && /^(?:memory|import)\./.test(event.type));
    // Every event of this topic is about memories; the filter says so.
    const changes = foldMemoryEvents(told.map(({ event }) => event as MemoryEvent));
    for (const [userId, change] of changes) {
      if (change === "anew") await this.#withdraw(userId);
      else this.#takeInLater(userId);
    }
    offsets.set(batch.partition, batch.nextOffset);
    // Whoever reads it now waits for these events; what is being read from before is not kept.
    for (const { event } of told) if (tellsOfOwner(event)) this.#owners.delete(event.user);
  }

  #foldPeople(batch: FoldBatch): void {
    for (const { event, offset } of batch.events) {
      if (offset < this.#peopleOffset || !event.type.startsWith("person.")) continue;
      // Every event of this topic is about people; the check above says so.
      const decided = event as PeopleEvent;
      this.#decisions.set(decided.user, foldDecision(this.#decisions.get(decided.user) ?? [], decided));
    }
    this.#peopleOffset = Math.max(this.#peopleOffset, batch.nextOffset);
  }

  /** What a user withdrew must be gone: from memory now, and from the disk before the fold counts as done. */
  async #withdraw(userId: UserId): Promise<void> {
    this.#withdrawals.set(userId, (this.#withdrawals.get(userId) ?? 0) + 1);
    for (const key of this.#loaded.keys()) if (key.startsWith(`${userId}/`)) this.#drop(key);
    this.#names.delete(userId);
    await this.#files.remove(userId);
  }

  /** Brings a loaded world up to date once nothing was told for a while. */
  #takeInLater(userId: UserId): void {
    const idleMs = this.#options.idleMs ?? IDLE_MS_DEFAULT;
    if (idleMs === 0 || !this.#loaded.has(wholeKey(userId))) return;
    clearTimeout(this.#timers.get(userId));
    const timer = setTimeout(() => {
      this.#timers.delete(userId);
      // Whoever asks next gets the failure.
      this.read(userId, LEVEL_INDEXED_MAX).catch(() => undefined);
    }, idleMs);
    this.#timers.set(userId, timer.unref());
  }

  /**
   * A user's world as a session that is open to `ceiling` may see it, up to date with everything that was folded before the call. The same
   * object until something changes. `part`: of these memories alone; what the person decided about people holds there too.
   * @throws `world-closed`, `world-busy`; what the search view throws when the user cannot be read
   */
  async read(userId: UserId, ceiling: Level, part?: WorldPart): Promise<WorldReading> {
    const capped = cappedAt(ceiling);
    const scope: WorldScope = { userId, ceiling: capped, part };
    return await this.#locks.run(keyOf(scope), async () => {
      const loaded = await this.#bringUp(scope);
      // What somebody decided says as much as level 2 does.
      const decisions = capped < LEVEL_INDEXED_MAX ? NOTHING : (this.#decisions.get(userId) ?? NOTHING);
      if (loaded.reading !== undefined && loaded.decisions === decisions) return loaded.reading;
      const reading = await this.#readingOf(userId, decisions, loaded);
      Object.assign(loaded, { reading, decisions });
      return reading;
    });
  }

  /**
   * A world for whoever cannot wait, as `read` gives it; undefined while more than some hundred memories have still to be taken in, as after
   * an import, which goes on by itself.
   * @throws what `read` throws
   */
  async readSoon(userId: UserId, ceiling: Level, part?: WorldPart): Promise<WorldReading | undefined> {
    const key = keyOf({ userId, ceiling: cappedAt(ceiling), part });
    const taking = this.#takingIn.get(key);
    if (taking !== undefined && isFar(taking.loaded.world, taking.total)) return undefined;
    const far = Promise.withResolvers<undefined>();
    const giveUp = (): void => far.resolve(undefined);
    const hasty = this.#hasty.get(key) ?? new Set();
    this.#hasty.set(key, hasty.add(giveUp));
    const reading = this.read(userId, ceiling, part);
    // Whoever asks next gets the failure.
    reading.catch(() => undefined);
    try {
      return await Promise.race([reading, far.promise]);
    } finally {
      hasty.delete(giveUp);
      if (hasty.size === 0 && this.#hasty.get(key) === hasty) this.#hasty.delete(key);
    }
  }

  /** How far the memories of a user that are open to `ceiling` are taken in; undefined while none are. */
  reading(userId: UserId, ceiling: Level): { readonly done: number; readonly total: number } | undefined {
    const taking = this.#takingIn.get(keyOf({ userId, ceiling: cappedAt(ceiling), part: undefined }));
    return taking === undefined ? undefined : { done: taking.loaded.world.taken.length, total: taking.total };
  }

  async #bringUp(scope: WorldScope): Promise<Loaded> {
    const { ceiling, part, userId } = scope;
    const { caughtUp, partitionOf } = this.#options;
    const indexOf = part?.index ?? ((): Promise<UserIndex> => this.#options.index(userId));
    const partition = partitionOf(userId);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (this.#isClosed) throw worldErrors("world-closed");
      const epoch = this.#epoch;
      const withdrawals = this.#withdrawals.get(userId);
      await caughtUp(partition, (await this.#knownOffsets()).get(partition) ?? 0);
      const owner = await this.#ownerOf(userId, partition);
      const index = await indexOf();
      const loaded = this.#loaded.get(keyOf(scope)) ?? (await this.#begin(scope, owner));
      const generation = index.generation;
      const isAsRead = loaded.index?.deref() === index && loaded.generation === generation && loaded.world.isOf(owner);
      if (!isAsRead) {
        await this.#takeIn(loaded, index, { ...scope, owner }).finally(() => this.#takingIn.delete(keyOf(scope)));
      }
      if (epoch !== this.#epoch || withdrawals !== this.#withdrawals.get(userId)) continue;
      this.#keep(keyOf(scope), loaded);
      // What came meanwhile is taken in by the next who asks; what went meanwhile must not be shown.
      if (index.generation !== generation && !isBeginning(loaded.world, documentsOf(index, ceiling))) continue;
      loaded.index = new WeakRef(index);
      loaded.generation = generation;
      return loaded;
    }
    throw worldErrors("world-busy");
  }

  /** A snapshot, or nothing yet. */
  async #begin({ ceiling, part, userId }: WorldScope, owner: WorldOwner): Promise<Loaded> {
    const isWhole = part === undefined && ceiling === LEVEL_INDEXED_MAX;
    const restored = isWhole ? await this.#readSnapshot(userId) : undefined;
    const world = restored ?? this.#emptyWorld(userId, owner);
    return {
      world,
      index: undefined,
      generation: -1,
      reading: undefined,
      decisions: NOTHING,
      hasChanged: restored === undefined,
      bytes: 0,
    };
  }

  #emptyWorld(userId: UserId, owner: WorldOwner): UserWorld {
    return new UserWorld((text) => this.#options.hashMention(userId, text), owner);
  }

  async #ownerOf(userId: UserId, partition: number): Promise<WorldOwner> {
    const nextOffset = (await this.#knownOffsets()).get(partition) ?? 0;
    const reading = this.#owners.get(userId) ?? this.#options.owner(userId, nextOffset);
    this.#owners.set(userId, reading);
    try {
      return await reading;
    } catch (failure) {
      if (this.#owners.get(userId) === reading) this.#owners.delete(userId);
      throw failure;
    }
  }

  /** Adds what the index has and the world lacks; makes the world anew when it holds what the index has not, or not there. */
  async #takeIn(
    loaded: Loaded,
    index: UserIndex,
    { owner, ...scope }: WorldScope & { readonly owner: WorldOwner },
  ): Promise<void> {
    const { ceiling, userId } = scope;
    const documents = documentsOf(index, ceiling);
    const isKept = loaded.world.isOf(owner) && isBeginning(loaded.world, documents);
    if (!isKept) loaded.world = this.#emptyWorld(userId, owner);
    if (isKept && loaded.world.taken.length === documents.length) return;
    loaded.reading = undefined;
    loaded.hasChanged = true;
    this.#takingIn.set(keyOf(scope), { loaded, total: documents.length });
    if (isFar(loaded.world, documents.length)) for (const giveUp of this.#hasty.get(keyOf(scope)) ?? []) giveUp();
    let begunMs = performance.now();
    while (loaded.world.taken.length < documents.length) {
      const document = documents[loaded.world.taken.length];
      if (document === undefined) return;
      loaded.world.add(document);
      if (performance.now() - begunMs < PIECE_MS_MAX) continue;
      await aPause();
      begunMs = performance.now();
    }
  }

  async #readingOf(userId: UserId, decided: Decisions, { world }: Loaded): Promise<WorldReading> {
    const decisions: ReadDecision[] = await decisionsOf(decided, async (decision, sealed) => {
      const names = this.#names.get(userId) ?? new Map<DecisionId, string | undefined>();
      this.#names.set(userId, names);
      if (!names.has(decision)) {
        names.set(decision, await this.#options.openName(userId, decision, sealed).catch(() => undefined));
      }
      return names.get(decision);
    });
    const { mentions, taken } = world;
    return { world: world.world, mentions, taken, decisions };
  }

  #keep(key: string, loaded: Loaded): void {
    this.#drop(key);
    const { bytes } = loaded.world;
    loaded.bytes = bytes;
    this.#bytes += bytes;
    this.#loaded.set(key, loaded);
    for (const other of this.#loaded.keys()) {
      if (this.#bytes <= (this.#options.bytesMax ?? BYTES_MAX_DEFAULT)) return;
      if (other === key) continue;
      this.#drop(other);
      this.#owners.delete(userOf(other));
      this.#names.delete(userOf(other));
    }
  }

  #drop(key: string): void {
    const loaded = this.#loaded.get(key);
    if (loaded === undefined) return;
    this.#bytes -= loaded.bytes;
    this.#loaded.delete(key);
  }

  async #readSnapshot(userId: UserId): Promise<UserWorld | undefined> {
    const sealed = await this.#files.read(userId);
    if (sealed === undefined) return undefined;
    try {
      const bytes = await this.#options.openSnapshot(userId, sealed);
      const [head, text] = splitOnce(bytes === undefined ? "" : decodeText(bytes));
      if (head === this.#options.logId)
        return UserWorld.decode(text, (mention) => this.#options.hashMention(userId, mention));
    } catch (cause) {
      // Sealed by another key or damaged: the search view's documents know everything it knew.
      if (isKaelixError(cause, "world-closed")) throw cause;
    }
    await this.#files.remove(userId);
    return undefined;
  }

  async snapshot(): Promise<void> {
    const offsets = await this.#knownOffsets();
    for (const [key, loaded] of Array.from(this.#loaded)) {
      const userId = wholeWorldOf(key);
      if (!loaded.hasChanged || userId === undefined) continue;
      const partition = this.#options.partitionOf(userId);
      // Only what is known to hold nothing that was withdrawn: the search view may be behind.
      const isBehind = (await this.#options.searchedTo(partition)) < (offsets.get(partition) ?? 0);
      const isAsRead = loaded.index?.deref()?.generation === loaded.generation;
      if (isBehind || !isAsRead || this.#loaded.get(key) !== loaded) continue;
      await this.#writeSnapshot(userId, loaded);
    }
    await this.#files.writeOffsets(this.#options.logId, offsets);
  }

  async #writeSnapshot(userId: UserId, loaded: Loaded): Promise<void> {
    const before = `${this.#epoch} ${this.#withdrawals.get(userId)}`;
    loaded.hasChanged = false;
    const text = `${this.#options.logId}\n${loaded.world.encode()}`;
    const sealed = await this.#options.sealSnapshot(userId, encodeText(text));
    await this.#files.write(userId, sealed);
    // Withdrawn while it was written: the fold has removed the file before it was there.
    if (before !== `${this.#epoch} ${this.#withdrawals.get(userId)}`) await this.#files.remove(userId);
  }

  async reset(): Promise<void> {
    this.#epoch += 1;
    for (const key of this.#loaded.keys()) this.#drop(key);
    this.#offsets = new Map();
    this.#peopleOffset = 0;
    this.#decisions.clear();
    this.#names.clear();
    this.#owners.clear();
    await this.#files.clear();
  }

  /** It counts no states of its own: what stands in it can be recalled, and `memoryIds` names it. */
  census(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Of a loaded user what is in their world; of others what it would be made of. And what stands above the levels of a world. */
  async *memoryIds(): AsyncIterable<MemoryId> {
    for await (const userId of this.#options.users()) {
      if (this.#loaded.has(wholeKey(userId))) {
        const { taken } = await this.read(userId, LEVEL_INDEXED_MAX);
        yield* taken.map((memory) => memory.memoryId);
      } else yield* (await this.#options.index(userId)).memoryIds();
      yield* await this.#options.besideIndex(userId);
    }
  }

  /** Makes every user's world, for whoever rebuilds it. */
  async readAll(): Promise<void> {
    for await (const userId of this.#options.users()) await this.read(userId, LEVEL_INDEXED_MAX);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const key of this.#loaded.keys()) this.#drop(key);
    return Promise.resolve();
  }
}

const NOTHING: Decisions = [];

/** An import says who its person is, and no longer when it was undone. */
function tellsOfOwner({ type }: KaelixEvent): boolean {
  return type === "import.started" || type === "import.undone" || type === "memory.all-erased";
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf("\n");
  return at < 0 ? ["", ""] : [text.slice(0, at), text.slice(at + 1)];
}

function documentsOf(index: UserIndex, ceiling: number): SearchDocument[] {
  return [...index.documents()].filter((document) => document.level <= ceiling).toSorted(orderOf);
}

function isFar({ taken }: UserWorld, total: number): boolean {
  return total - taken.length > SOON_MAX;
}

function isBeginning(world: UserWorld, documents: readonly SearchDocument[]): boolean {
  return world.taken.every((taken, at) => {
    const document = documents[at];
    return (
      document !== undefined &&
      document.memoryId === taken.memoryId &&
      document.version === taken.version &&
      document.occurredAtMs === taken.atMs
    );
  });
}
