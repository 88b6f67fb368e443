/**
 * Telling: drafts in, acknowledged events out.
 *
 * Guarantees: a result is given only when the key and the event are durable on the log; the same external id with the same content is
 * one memory however often and however concurrently it is told; nothing leaves this file in clear but ids, times and levels.
 * Does not: authorise, parse formats, or lower a level that a person chose.
 */
import { assert, type Clock, encodeText, KeyedLock, type LogPosition, type RandomSource } from "@kaelix/base";
import type { Lessons } from "@kaelix/intelligence";
import { type Log, partitionForKey } from "@kaelix/log";
import {
  type Classification,
  type ConversationId,
  encodeEvent,
  EVENT_VERSION,
  idFromBytes,
  LEVEL_INDEXED_MAX,
  makeId,
  type Memory,
  type MemoryContent,
  type MemoryDraft,
  type MemoryEvent,
  type MemoryHeader,
  type MemoryId,
  type MemoryRemembered,
  parseId,
  type SourceKind,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";
import { type Keystore, type LookupHasher, type PreparedKeys, sealContent } from "@kaelix/security";

import { checkDraft } from "./check-draft.ts";
import type { Files } from "./files/files.ts";
import { judge } from "./judge.ts";
import { PendingExternals } from "./pending-externals.ts";
import type { KnownMemory, MemoryRegister, RegisteredMemory } from "./register.ts";

/** Whose memories are written. */
export interface Owner {
  readonly tenant: TenantId;
  readonly user: UserId;
}

/** What a draft came to. `known`: told before with the same content; `conflict`: told before with another one. */
export type Remembered =
  | { readonly type: "stored"; readonly memory: Memory; readonly position: LogPosition }
  | { readonly type: "known" | "conflict"; readonly memoryId: MemoryId };

/** What remembering needs of the house. */
export interface RememberParts {
  readonly log: Log;
  readonly keystore: Keystore;
  readonly register: MemoryRegister;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly files: Pick<Files, "beginTelling" | "keep">;
  /** What the owner taught by moving memories; never throws. Absent: nobody is taught by anybody. */
  readonly lessonsOf?: LessonsOf;
  /** Told of every acknowledged event, in order per user, with the position of the first. */
  readonly onAppended?: (events: readonly MemoryEvent[], first: LogPosition) => void;
  /** Shown what is about to be appended, so that a view need not open again what was sealed a moment ago. Never above level 2. */
  readonly onSealed?: (memory: MemoryId, version: number, content: MemoryContent) => void;
}

/** What somebody taught their own judge; undefined when nothing. */
export type LessonsOf = (owner: Owner) => Promise<Lessons | undefined>;

/** A draft with everything decided but its key. */
interface Decided {
  readonly draft: MemoryDraft;
  readonly header: MemoryHeader;
  readonly content: MemoryContent;
  readonly external: string | null;
  readonly digest: string;
}

/** What the log was given, in its place; `durable` settles when the disk has it. */
interface Handed {
  readonly durable: Promise<readonly Remembered[]>;
}

/** What is asked of a user while a batch of theirs is decided: keyed hashes, and what they taught. */
interface Hashes {
  readonly hash: LookupHasher;
  readonly conversationOf: (key: string) => ConversationId;
  readonly lessons: Lessons | undefined;
}

/** What the register said of external ids, and when. */
interface LookedUp {
  readonly known: ReadonlyMap<MemoryId, KnownMemory>;
  readonly atMs: number;
  readonly epoch: number;
}

/** Older answers are asked again. Well below the time that what was told stays pending. */
const LOOKED_UP_MS_MAX = 5_000;

/** Sources that a person or an agent tells directly: one space of external ids for all of them. */
const TOLD_SOURCES: ReadonlySet<SourceKind> = new Set(["chat", "rest", "cli", "mcp"]);

/** The partition of `memories` that holds a user's events. */
export function partitionOfUser(user: UserId): number {
  return partitionForKey(encodeText(user), TOPICS.memories.partitions);
}

/** Remembers drafts of one user at a time. One instance per process. */
export class Remember {
  readonly #parts: RememberParts;
  /** One writer per user where order or uniqueness matters. Shared with changes to existing memories. */
  readonly locks = new KeyedLock();
  readonly #pending = new PendingExternals();
  /** Grows whenever a user's memories change by anything but telling: what was looked up before is then void. */
  readonly #epochs = new Map<UserId, number>();
  /** The appends of a user that are not durable yet, as one; where there are none, nothing. */
  readonly #underway = new Map<UserId, Promise<unknown>>();
  /** Last position appended per user that nobody has waited for yet; bounded by users who write without reading. */
  readonly #lastWritten = new Map<UserId, LogPosition>();

  constructor(parts: RememberParts) {
    this.#parts = parts;
  }

  /**
   * Remembers drafts, in order, as one batch.
   * @throws KaelixError `memory-text-too-long`, `memory-text-empty`, `memory-context-too-large`, `memory-files-sealed`, those of `Files.keep`,
   * or those of the log
   */
  async remember(owner: Owner, drafts: readonly MemoryDraft[]): Promise<readonly Remembered[]> {
    for (const draft of drafts) checkDraft(draft);
    await this.#parts.keystore.ensureUserKey(owner.tenant, owner.user);
    const hash = await this.#parts.keystore.lookupHasher(owner.user);
    const lessons = await this.#parts.lessonsOf?.(owner);
    const hashes = { hash, conversationOf: conversationHasher(hash), lessons };
    const decided = drafts.map((draft) => this.#decide(owner, draft, hashes));
    const withFiles = decided.filter(({ draft }) => draft.files !== undefined);
    const told = this.#parts.files.beginTelling(withFiles.map(({ header }) => header.memoryId));
    try {
      return await this.#tell(owner, decided);
    } finally {
      told();
    }
  }

  async #tell(owner: Owner, decided: readonly Decided[]): Promise<readonly Remembered[]> {
    if (decided.every((item) => item.external === null)) return (await this.#hand(owner, decided)).durable;
    const looked = await this.#lookUp(owner.user, decided);
    const ready = await this.#keepAhead(owner, decided, looked);
    // The lock is given back when the log has the batch; the next one is sealed while the disk takes this one.
    return (await this.locks.run(owner.user, () => this.#handOnce(owner, ready, looked))).durable;
  }

  /** Writes the files of what is not known, before the lock is taken: a large one would keep everything else of its owner waiting. */
  async #keepAhead(owner: Owner, decided: readonly Decided[], looked: LookedUp): Promise<readonly Decided[]> {
    if (decided.every(({ draft }) => draft.files === undefined)) return decided;
    const known = await this.#knownNow(owner.user, decided, looked);
    const exported = await this.#exportedBefore(owner.user, decided);
    const ready: Decided[] = [];
    for (const item of decided) {
      const isKnown = this.#isThere(known.get(item.header.memoryId)) || sameOf(exported, item) !== undefined;
      ready.push(isKnown ? item : await this.#keep(owner, item));
    }
    return ready;
  }

  /** A draft whose files are kept has none any more: its content has them. */
  async #keep(owner: Owner, item: Decided): Promise<Decided> {
    const { files: drafts, ...draft } = item.draft;
    if (drafts === undefined) return item;
    const { files, lost } = await this.#parts.files.keep(owner, item.header.memoryId, drafts);
    const attachments = [...(item.content.attachments ?? []), ...lost];
    const content = {
      ...item.content,
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(files.length === 0 ? {} : { files }),
    };
    return { ...item, draft, content };
  }

  /** A memory whose key never became durable was never acknowledged: it is told anew. */
  #isThere(before: KnownMemory | undefined): boolean {
    if (before?.state !== "live") return false;
    return this.#parts.keystore.cachedMemoryKey({ memory: before.memoryId }).type !== "absent";
  }

  /** The id that something told with an external id gets: known beforehand to a browser that binds it into what it seals. */
  async placeOf(owner: Owner, externalId: string): Promise<MemoryId> {
    await this.#parts.keystore.ensureUserKey(owner.tenant, owner.user);
    const hash = await this.#parts.keystore.lookupHasher(owner.user);
    return idFromBytes("mem", hash("external", externalOf("told", externalId)));
  }

  /** Asks the register before the lock is taken, so that the next batch of an import looks up while this one is stored. */
  async #lookUp(user: UserId, decided: readonly Decided[]): Promise<LookedUp> {
    const ids = decided.flatMap((item) => (item.external === null ? [] : [item.header.memoryId]));
    const [atMs, epoch] = [this.#parts.clock.monotonicMs(), this.#epochs.get(user) ?? 0];
    return { known: await this.#parts.register.known(user, ids), atMs, epoch };
  }

  /** What is known under the external ids: looked up, unless that is old or overtaken, and over it what was told since. */
  async #knownNow(user: UserId, decided: readonly Decided[], looked: LookedUp): Promise<Map<MemoryId, KnownMemory>> {
    const isFresh = this.#parts.clock.monotonicMs() - looked.atMs < LOOKED_UP_MS_MAX;
    const isCurrent = isFresh && looked.epoch === (this.#epochs.get(user) ?? 0);
    const known = new Map(isCurrent ? looked.known : (await this.#lookUp(user, decided)).known);
    for (const { external, header } of decided) {
      const pending = external === null ? undefined : this.#pending.get(user, header.memoryId);
      if (pending !== undefined) known.set(header.memoryId, pending);
    }
    return known;
  }

  /** Hands on those that are not known yet; holds the user's lock. */
  async #handOnce(owner: Owner, decided: readonly Decided[], looked: LookedUp): Promise<Handed> {
    const known = await this.#knownNow(owner.user, decided, looked);
    const exported = await this.#exportedBefore(owner.user, decided);
    const results: Remembered[] = [];
    /** External ids that came earlier in this batch; their keys are made further down. */
    const told = new Set<MemoryId>();
    const fresh: { readonly index: number; readonly item: Decided }[] = [];
    for (const [index, item] of decided.entries()) {
      const own = sameOf(exported, item);
      if (own !== undefined) {
        results[index] = { type: "known", memoryId: own.memoryId };
        continue;
      }
      const { memoryId } = item.header;
      const before = item.external === null ? undefined : known.get(memoryId);
      if (before !== undefined && (told.has(memoryId) || this.#isThere(before))) {
        results[index] = { type: before.digest === item.digest ? "known" : "conflict", memoryId: before.memoryId };
        continue;
      }
      // What was forgotten and is told again comes back as a later version of the same memory.
      const version = (before?.version ?? 0) + 1;
      fresh.push({ index, item: { ...item, header: { ...item.header, version } } });
      if (item.external !== null) {
        known.set(memoryId, { memoryId, digest: item.digest, state: "live", version });
        told.add(memoryId);
      }
    }
    const { durable } = await this.#hand(
      owner,
      fresh.map(({ item }) => item),
    );
    return handed(this.#inOrder(owner.user, durable, (stored) => mergeStored(results, fresh, stored)));
  }

  /** Settles when this and all that was handed on before is durable: what is known may be known from those alone. */
  async #inOrder(
    user: UserId,
    durable: Handed["durable"],
    merge: (stored: readonly Remembered[]) => readonly Remembered[],
  ): Promise<readonly Remembered[]> {
    const before = this.#underway.get(user);
    const all = Promise.all([durable, before]);
    this.#underway.set(user, all);
    try {
      const [stored] = await all;
      return merge(stored);
    } finally {
      if (this.#underway.get(user) === all) this.#underway.delete(user);
    }
  }

  /** Live memories whose own ids stand as external ids: an export of Kaelix that comes back to where it was made. */
  async #exportedBefore(user: UserId, decided: readonly Decided[]): Promise<ReadonlyMap<string, RegisteredMemory>> {
    const ids = decided.flatMap((item) => parseId("mem", item.draft.externalId ?? "") ?? []);
    if (ids.length === 0) return new Map();
    const rows = await this.#parts.register.memories(user, ids);
    return new Map(rows.filter((row) => row.state === "live").map((row) => [row.memoryId, row]));
  }

  #decide(owner: Owner, draft: MemoryDraft, { hash, conversationOf, lessons }: Hashes): Decided {
    const { clock, random } = this.#parts;
    const nowMs = clock.nowMs();
    const space = TOLD_SOURCES.has(draft.source) ? "told" : draft.source;
    const external = draft.externalId === undefined ? undefined : hash("external", externalOf(space, draft.externalId));
    const judged = judge(draft, lessons);
    const header: MemoryHeader = {
      memoryId: external === undefined ? makeId("mem", nowMs, random) : idFromBytes("mem", external),
      userId: owner.user,
      version: 1,
      level: judged.level,
      levelDecidedBy: judged.decidedBy,
      confidence: judged.confidence,
      source: draft.source,
      conversationId: draft.conversation === undefined ? null : conversationOf(`${space}\n${draft.conversation.key}`),
      importId: draft.importId ?? null,
      occurredAtMs: draft.occurredAtMs ?? nowMs,
      recordedAtMs: nowMs,
      ...(draft.neverRecalled === undefined ? {} : { neverRecalled: draft.neverRecalled }),
    };
    return {
      draft,
      header,
      content: contentOf(draft, judged),
      external: external === undefined ? null : toBase64Url(external),
      digest: digestOf(draft, hash),
    };
  }

  /** Seals memories and gives them to the log. */
  async #hand(owner: Owner, given: readonly Decided[]): Promise<Handed> {
    if (given.length === 0) return { durable: Promise.resolve([]) };
    const items: Decided[] = [];
    // Mostly kept ahead.
    for (const item of given) items.push(item.draft.files === undefined ? item : await this.#keep(owner, item));
    const { keystore, clock, random } = this.#parts;
    const prepared = await keystore.prepareMemoryKeys(
      items.map(({ header }) => ({ ...owner, memory: header.memoryId, level: header.level })),
    );
    const sources = { nowMs: clock.nowMs(), random };
    const events = items.map((item, index) => {
      const key = prepared.keys[index];
      assert(key !== undefined, "Every memory was given a key");
      const { memoryId, version, level } = item.header;
      if (level <= LEVEL_INDEXED_MAX) this.#parts.onSealed?.(memoryId, version, item.content);
      return rememberedEvent(owner, item, sealContent(key, item.header.version, item.content, sources));
    });
    const appended = this.appendWithKeys(owner, prepared, events);
    this.#keepPending(owner.user, items, appended);
    const results = (base: LogPosition): readonly Remembered[] =>
      items.map((item, index) => {
        const position = { ...base, offset: base.offset + index };
        return { type: "stored", memory: { ...item.header, ...item.content }, position };
      });
    return handed(appended.then(results));
  }

  /**
   * Appends memory events and the keys they need; resolves when both are durable. Keys are handed to the log first. A memory whose key
   * did not become durable is never acknowledged; a key whose memory did not is harmless.
   */
  async appendWithKeys(owner: Owner, prepared: PreparedKeys, events: readonly MemoryEvent[]): Promise<LogPosition> {
    const { records } = prepared;
    const keysStored =
      records.length === 0
        ? undefined
        : this.#parts.log.append(TOPICS.keys.name, 0, records, { acknowledge: "durable" });
    const [keys, memories] = await Promise.allSettled([keysStored, this.append(owner, events)]);
    if (keys.status === "rejected") {
      prepared.discard();
      throw keys.reason;
    }
    if (memories.status === "rejected") throw memories.reason;
    return memories.value;
  }

  /** Appends events of a user, durable; the position of the first. */
  async append(owner: Owner, events: readonly MemoryEvent[]): Promise<LogPosition> {
    const topic = TOPICS.memories.name;
    const partition = partitionOfUser(owner.user);
    const key = encodeText(owner.user);
    const records = events.map((event) => ({ key, value: encodeEvent(event), timestampMs: event.at }));
    const { baseOffset } = await this.#parts.log.append(topic, partition, records, { acknowledge: "durable" });
    const first = { topic, partition, offset: baseOffset };
    this.#lastWritten.set(owner.user, { ...first, offset: baseOffset + events.length - 1 });
    this.#parts.onAppended?.(events, first);
    return first;
  }

  /** Waits until the register shows everything this process has written for a user: their own writes are always read. */
  async written(user: UserId): Promise<void> {
    // What the log refuses is nobody's write; who told it is told so.
    await this.#underway.get(user)?.catch(() => undefined);
    const last = this.#lastWritten.get(user);
    if (last === undefined) return;
    await this.#parts.register.caughtUp(last);
    if (this.#lastWritten.get(user) === last) this.#lastWritten.delete(user);
  }

  /**
   * Keeps what was told until the register shows the last of it: one wait for a batch, not one for each. What the log refuses was never
   * told; who took it for known waits for the same refusal (`#inOrder`).
   */
  #keepPending(user: UserId, items: readonly Decided[], appended: Promise<LogPosition>): void {
    const told = new Map<MemoryId, KnownMemory>();
    for (const { external, digest, header } of items) {
      if (external === null) continue;
      told.set(header.memoryId, { memoryId: header.memoryId, digest, state: "live", version: header.version });
    }
    if (told.size === 0) return;
    const nowMs = (): number => this.#parts.clock.monotonicMs();
    // Patient: with a hurry for each batch of an import the view would fold in small pieces, each a transaction of its own.
    const folded = appended.then((base) => {
      const last = { ...base, offset: base.offset + items.length - 1 };
      return this.#parts.register.caughtUp(last, { isPatient: true });
    });
    appended.catch(this.#pending.add(user, told, { folded, nowMs }));
  }

  /** Forgets what is pending of a user: their state is about to change by other events (an undo, a forgetting). */
  async settle(user: UserId, position: LogPosition): Promise<void> {
    await this.#parts.register.caughtUp(position);
    this.#pending.clear(user);
    this.#epochs.set(user, (this.#epochs.get(user) ?? 0) + 1);
  }
}

/** The memory that an own export brings back where it was made, when it says the same. */
function sameOf(exported: ReadonlyMap<string, RegisteredMemory>, told: Decided): RegisteredMemory | undefined {
  const own = exported.get(told.draft.externalId ?? "");
  return own?.digest === told.digest ? own : undefined;
}

/** Whoever waits sees a failure; until somebody does, it must not be unhandled. */
function handed(durable: Promise<readonly Remembered[]>): Handed {
  durable.catch(() => undefined);
  return { durable };
}

/** What was stored, in the places of its drafts. */
function mergeStored(
  known: readonly Remembered[],
  fresh: readonly { readonly index: number }[],
  stored: readonly Remembered[],
): readonly Remembered[] {
  const results = [...known];
  for (const [at, { index }] of fresh.entries()) {
    const result = stored[at];
    if (result !== undefined) results[index] = result;
  }
  return results;
}

/**
 * Keyed hash of what is said, by whom: equal for a repetition, different for a contradiction. Of what a browser sealed it is a hash of that,
 * never of the words: else whoever has the key of the hash could guess at them.
 */
export function digestOf(
  said: Pick<MemoryContent, "text" | "clientSealed" | "caption" | "speaker">,
  hash: LookupHasher,
): string {
  const told =
    said.clientSealed === undefined ? [said.text, said.caption ?? null, said.speaker ?? null] : [said.clientSealed];
  return toBase64Url(hash("digest", JSON.stringify(told)));
}

/** What an id under which something was told is hashed from. */
function externalOf(space: string, externalId: string): string {
  return `${space}\n${externalId}`;
}

/** Ids of conversations. What is told together mostly stands in one: the last is kept. */
function conversationHasher(hash: LookupHasher): Hashes["conversationOf"] {
  let last: { readonly key: string; readonly id: ConversationId } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, id: idFromBytes("con", hash("conversation", key)) };
    return last.id;
  };
}

/** The part of a draft that is sealed. */
function contentOf(draft: MemoryDraft, judged: Classification): MemoryContent {
  return {
    text: draft.text,
    ...(draft.clientSealed === undefined ? {} : { clientSealed: draft.clientSealed }),
    ...(draft.caption === undefined ? {} : { caption: draft.caption }),
    ...(draft.speaker === undefined ? {} : { speaker: draft.speaker }),
    ...(draft.conversation === undefined ? {} : { conversationTitle: draft.conversation.title }),
    ...(draft.externalId === undefined ? {} : { externalId: draft.externalId }),
    ...(draft.attachments === undefined ? {} : { attachments: draft.attachments }),
    ...(draft.context === undefined ? {} : { context: draft.context }),
    ...(draft.client === undefined ? {} : { client: draft.client }),
    ...(draft.accepted === undefined ? {} : { accepted: draft.accepted }),
    reasons: judged.reasons,
  };
}

function rememberedEvent(owner: Owner, item: Decided, sealed: string): MemoryRemembered {
  const { content, digest, external, header } = item;
  return {
    v: EVENT_VERSION,
    type: "memory.remembered",
    at: header.recordedAtMs,
    tenant: owner.tenant,
    user: owner.user,
    memory: header.memoryId,
    memory_version: header.version,
    level: header.level,
    level_by: header.levelDecidedBy,
    confidence: header.confidence,
    source: header.source,
    conversation: header.conversationId,
    import: header.importId,
    occurred_at: header.occurredAtMs,
    external,
    digest,
    sealed,
    ...(content.clientSealed === undefined ? {} : { client_sealed: true }),
    ...(header.neverRecalled === undefined ? {} : { never_recalled: true }),
  };
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
