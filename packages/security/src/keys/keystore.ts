/**
 * The keystore: every key but the KEK, wrapped, on the compacted topic `keys`; folded into memory at start and followed from there.
 *
 * Guarantees:
 * - a key is durable on the log before `ensureUserKey` returns; `prepareMemoryKeys` leaves the append to its caller, who must have the
 *   keys' records durable before the memories sealed with them are acknowledged;
 * - a shredded key is gone from the log's visible state before `shredMemories` returns, and from memory with it;
 * - a bad record is counted and set aside and spoils no other; its memory answers `damaged`, never `absent`;
 * - a KEK that is not the one of this log is refused at start, before anything is written;
 * - a user's key can be renewed at any time: new memory keys are under the new version from then on, those that are there come after it
 *   (`rewrapMemoryKeys`), and meanwhile everything opens.
 * It does not: let two processes make keys for the same user at once (a user belongs to one node), or renew the installation's own key,
 * by which logs are named; what signs is renewed by itself (`signing`). Keys in memory: about 100 bytes per memory, 67 million at most.
 */
import { type Clock, KeyedLock, type RandomSource, systemClock, systemRandom } from "@kaelix/base";
import { type Log, type LogRecord, PartitionFollower, type StoredRecord } from "@kaelix/log";
import { DEFAULT_TENANT, type Level, type MemoryId, type TenantId, TOPICS, type UserId } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { MemoryKey } from "../sealing/content.ts";
import { type Opened, openBytes, sealBytes, sealedKeyVersion } from "../sealing/envelope.ts";
import type { KekProvider } from "./kek.ts";
import {
  type KeystoreOptions,
  type KeystoreStatus,
  type LookupHasher,
  type MemoryKeyAnswer,
  type MemoryKeyQuery,
  type MemoryRewrapOptions,
  type RewrapOptions,
  type ShredRange,
  SYSTEM_USER,
  type UserSealPlace,
} from "./keystore-types.ts";
import { keyRecord, memoryTombstone, parseKeyRecord } from "./key-records.ts";
import { MemoryKeys, MOVES, wrappedAt } from "./memory-keys.ts";
import { MemoryRewrap } from "./memory-rewrap.ts";
import {
  memoryKeyEvent,
  type MemoryKeyRequest,
  openMemoryKey,
  prepareKeys,
  type PreparedKeys,
} from "./prepare-keys.ts";
import { rewrapAll } from "./rewrap.ts";
import { type OpenUserKey, UserKeyring } from "./user-keyring.ts";
import { SigningKeys } from "./signing-keys.ts";
import { UserKeys } from "./user-keys.ts";
import { hashLookup } from "./wrapping.ts";

const TOPIC = TOPICS.keys.name;
const PARTITION = 0;
const CACHE_MS = 300_000;
const CACHED_MAX = 2_000;
const SWEEP_MS = 30_000;
const QUARANTINE_NAMES_MAX = 100_000;
const TOMBSTONES_PER_APPEND = 5_000;
const KEK_PROBES = 5;

/**
 * Folds topic `keys` to its end, makes the system key at the first start, and follows the log from there.
 * @throws `key-mismatch`, `key-version-missing` when the KEK does not belong to this log; errors of the log
 */
export async function openKeystore(options: KeystoreOptions): Promise<Keystore> {
  await options.log.createTopic(TOPICS.keys);
  const keystore = new Keystore(options);
  try {
    await keystore.start();
  } catch (error) {
    await keystore.close();
    throw error;
  }
  return keystore;
}

/** Keys by user and memory. Made by `openKeystore`. */
export class Keystore {
  readonly #log: Log;
  readonly #kek: KekProvider;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #onProblem: (problem: string) => void;
  readonly #users: UserKeyring;
  readonly #memories = new MemoryKeys();
  readonly #quarantined = new Set<string>();
  readonly #locks = new KeyedLock();
  readonly #userKeys: UserKeys;
  readonly #follower: PartitionFollower;
  /** What tokens and the audit log are signed with. */
  readonly signing: SigningKeys;
  #sweeper: NodeJS.Timeout | undefined;
  #system: OpenUserKey | undefined;
  #quarantinedCount = 0;
  #damagedRanges = 0;

  /** Use `openKeystore`. */
  constructor(options: KeystoreOptions) {
    this.#log = options.log;
    this.#kek = options.kek;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#users = new UserKeyring({
      kek: options.kek,
      clock: this.#clock,
      cacheMs: options.cacheMs ?? CACHE_MS,
      cachedMax: options.cachedMax ?? CACHED_MAX,
    });
    const writing = {
      kek: options.kek,
      clock: this.#clock,
      random: this.#random,
      append: (records: readonly LogRecord[]) => this.#append(records),
      reach: (offset: number) => this.#follower.reach(offset),
    };
    this.#userKeys = new UserKeys({ ...writing, users: this.#users });
    this.signing = new SigningKeys({ ...writing, onProblem: this.#onProblem });
    this.#follower = new PartitionFollower({
      log: options.log,
      topic: TOPIC,
      partition: PARTITION,
      fold: (record) => this.#foldRecord(record),
      closed: () => securityErrors("key-closed"),
      onDamage: ({ firstOffset, nextOffset, reason }) => {
        this.#damagedRanges++;
        this.#onProblem(`Offsets ${firstOffset} to ${nextOffset - 1} of topic keys are damaged: ${reason}`);
      },
      onEnded: (failure) => {
        const why = failure instanceof Error ? failure.message : "unknown reason";
        const ended = failure === undefined ? "has ended: the log was closed" : `has failed: ${why}`;
        this.#onProblem(`Following topic keys ${ended}`);
      },
    });
  }

  /** Called once by `openKeystore`. */
  async start(): Promise<void> {
    await this.#follower.readAll();
    await this.#checkKek();
    await this.ensureUserKey(DEFAULT_TENANT, SYSTEM_USER);
    this.#system = await this.#users.open(SYSTEM_USER);
    const isWhole = this.#quarantinedCount === 0 && this.#damagedRanges === 0;
    await this.signing.start((purpose) => (isWhole ? this.systemSecret(purpose) : undefined));
    this.#follower.follow();
    this.#sweeper = setInterval(() => this.#users.sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /**
   * Sees to it that a user has a key, durable on the log before this returns. Safe to call at any time, by many at once.
   * @throws `key-damaged` when the user had a key that was shredded or cannot be read
   */
  async ensureUserKey(tenant: TenantId, user: UserId): Promise<void> {
    if (this.#users.has(user)) return;
    await this.#userKeys.make(tenant, user, () => this.#quarantined.has(user) || this.#users.isOwner(user));
  }

  /** True when the user has a key. */
  hasUserKey(user: UserId): boolean {
    return this.#users.has(user);
  }

  /**
   * Keys to seal memories with, usable and visible at once. The caller appends `records` to topic `keys` partition 0 before the
   * records of the memories, and acknowledges when both are durable; when the append of `records` fails it calls `discard`.
   * A memory that has a key at that level keeps it (no record, unless an earlier one is still on its way); at another level it moves:
   * it gets a new key, and the old one stays until `settleMoves`.
   * @throws `key-user-missing` before `ensureUserKey`; `key-damaged` when an existing key is damaged or another user's
   */
  async prepareMemoryKeys(items: readonly MemoryKeyRequest[]): Promise<PreparedKeys> {
    const users = new Set(items.map(({ user }) => user));
    const userKeys = new Map<UserId, OpenUserKey>();
    // Again where a key was renewed while another was unwrapped: nothing new is wrapped under a former version.
    const isOld = (user: UserId): boolean => userKeys.get(user)?.keyVersion !== this.#users.version(user);
    for (let left = [...users]; left.length > 0; left = [...users].filter(isOld)) {
      for (const user of left) {
        const key = await this.#users.open(user);
        if (key === undefined) throw securityErrors("key-user-missing", { details: { user } });
        userKeys.set(user, key);
      }
    }
    const tools = { memories: this.#memories, users: this.#users, random: this.#random, nowMs: this.#clock.nowMs() };
    return prepareKeys(items, userKeys, tools);
  }

  /** Memories that have a key of a level before beside their own, and the level of their own. */
  moving(): readonly MemoryKeyRequest[] {
    const moving: MemoryKeyRequest[] = [];
    for (const memory of this.#memories.moving) {
      const state = this.#memories.get(memory);
      const owner = state === undefined ? undefined : this.#users.ownerAt(state.owner);
      if (state === undefined || owner === undefined || !this.#users.has(owner.user)) continue;
      moving.push({ ...owner, memory, level: state.level });
    }
    return moving;
  }

  /**
   * Drops the keys of levels that memories have moved away from. Call it once the moved memories are durable on the log.
   * Leaves out a memory that is moving again.
   */
  async settleMoves(memories: readonly MemoryId[]): Promise<void> {
    await this.#locks.run(MOVES, async () => this.#settleMoves(memories));
  }

  async #settleMoves(memories: readonly MemoryId[]): Promise<void> {
    const { durableOffset } = await this.#log.bounds(TOPIC, PARTITION);
    await this.#follower.reach(durableOffset);
    const nowMs = this.#clock.nowMs();
    const records: LogRecord[] = [];
    for (const memory of memories) {
      const state = this.#memories.get(memory);
      const owner = state === undefined ? undefined : this.#users.ownerAt(state.owner);
      if (state === undefined || owner === undefined) continue;
      if (state.formers.length === 0 || this.#memories.pendingOf(memory) !== undefined) continue;
      const settled = { ...state, wrapped: Buffer.from(state.wrapped), formers: [] };
      records.push(keyRecord(memoryKeyEvent({ ...owner, memory, level: state.level }, settled, nowMs)));
    }
    if (records.length > 0) await this.#follower.reach(await this.#append(records));
  }

  /** A memory's key; undefined when it has none or it was shredded. Throws `key-damaged` when its record is damaged. */
  async memoryKey(memory: MemoryId, level?: Level): Promise<MemoryKey | undefined> {
    const [answer] = await this.memoryKeys([level === undefined ? { memory } : { memory, level }]);
    if (answer?.type === "damaged") throw securityErrors("key-damaged", { details: { memory } });
    return answer?.type === "key" ? answer.key : undefined;
  }

  /** Keys of many memories, in the order asked. One damaged key spoils no other. Throws `key-mismatch` for a strange KEK. */
  async memoryKeys(queries: readonly MemoryKeyQuery[]): Promise<readonly MemoryKeyAnswer[]> {
    const answers: MemoryKeyAnswer[] = [];
    for (const query of queries) {
      let answer = this.cachedMemoryKey(query);
      while (answer.type === "locked") {
        const userKey = await this.#users.open(answer.user);
        answer = userKey === undefined ? { type: "absent" } : this.#answer(query, () => userKey);
      }
      answers.push(answer);
    }
    return answers;
  }

  /** A memory's key without waiting; `locked` when the user's key must be unwrapped first (`memoryKeys`). */
  cachedMemoryKey(query: MemoryKeyQuery): MemoryKeyAnswer | { readonly type: "locked"; readonly user: UserId } {
    return this.#answer(query, (user) => this.#users.cachedKey(user));
  }

  /** `locked` also where the user's key was renewed since it was opened. */
  #answer(
    { level: asked, memory }: MemoryKeyQuery,
    openKey: (user: UserId) => OpenUserKey | undefined,
  ): MemoryKeyAnswer | { readonly type: "locked"; readonly user: UserId } {
    const state = this.#memories.get(memory);
    const owner = state === undefined ? undefined : this.#users.ownerAt(state.owner);
    if (state === undefined || owner === undefined) {
      return { type: this.#quarantined.has(memory) ? "damaged" : "absent" };
    }
    const level = asked ?? state.level;
    const found = wrappedAt(state, level);
    if (found === undefined || !this.#users.has(owner.user)) return { type: "absent" };
    const userKey = openKey(owner.user);
    const isCurrent = userKey?.keyVersion === this.#users.version(owner.user);
    if (userKey === undefined || !isCurrent) return { type: "locked", user: owner.user };
    const key = openMemoryKey(userKey, { ...owner, memory, level }, found);
    return key === undefined ? { type: "damaged" } : { type: "key", key };
  }

  /**
   * Makes memories unreadable for ever: tombstones durable on the log, then gone from memory.
   * @returns where on topic `keys` the tombstones stand
   */
  async shredMemories(memories: readonly MemoryId[]): Promise<ShredRange> {
    const nowMs = this.#clock.nowMs();
    let range: ShredRange | undefined;
    for (let at = 0; at < memories.length; at += TOMBSTONES_PER_APPEND) {
      const some = memories.slice(at, at + TOMBSTONES_PER_APPEND);
      this.#memories.beginShred(some);
      try {
        const to = await this.#append(some.map((memory) => memoryTombstone(memory, nowMs)));
        range = { from: range?.from ?? to - some.length, to };
        await this.#follower.reach(to);
      } finally {
        this.#memories.endShred(some);
      }
    }
    return range ?? { from: this.#follower.nextOffset, to: this.#follower.nextOffset };
  }

  /** Makes everything of a user unreadable for ever: with the user's key goes every key under it. */
  async shredUser(user: UserId): Promise<ShredRange> {
    return this.#userKeys.shred(user);
  }

  /** How many keys, users' and what signs, are under a version of the KEK before one. */
  usersBehind(kekVersion: number): number {
    return [...this.#users.behind(kekVersion), ...this.signing.behind(kekVersion)].length;
  }

  /**
   * Wraps users' keys and what signs anew where they are under an older KEK; returns how many. Call it after the KEK was rotated. When it is interrupted, the
   * next call does what is left.
   * @throws `key-mismatch`; whatever the provider or the log throws
   */
  async rewrapUserKeys(options: RewrapOptions = {}): Promise<number> {
    const version = this.#kek.currentVersion();
    const behind = [...this.#users.behind(version), ...this.signing.behind(version)];
    type Behind = (typeof behind)[number];
    const rewrap = async (key: Behind) => ("purpose" in key ? this.signing.rewrap(key) : this.#userKeys.rewrap(key));
    return rewrapAll(behind, rewrap, options);
  }

  /** Everybody who has a key; not the installation itself. */
  users(): readonly UserId[] {
    return [...this.#users.all()].filter((user) => user !== SYSTEM_USER);
  }

  /** A user's key: its version, and whether keys of memories may still be under the one before; undefined when there is none. */
  userKey(user: UserId): { readonly version: number; readonly isRenewing: boolean } | undefined {
    const found = this.#users.wrapped(user);
    return found === undefined ? undefined : { version: found.owner.keyVersion, isRenewing: found.isRenewing };
  }

  /** How many of a user's memories are still under a former version of their key; looks through all that there are while it is renewed. */
  memoriesBehind(user: UserId): number {
    const found = this.#users.wrapped(user);
    if (found?.isRenewing !== true) return 0;
    return this.#memories.countBehind(new Map([[this.#users.ownerNumber(found.owner), found.owner.keyVersion]]));
  }

  /** How many users' keys were renewed while keys of memories may still be under the version before. */
  usersRenewing(): number {
    return [...this.#users.renewing()].length;
  }

  /**
   * Renews a user's key: it stands durably when this returns, and `rewrapMemoryKeys` does the rest. False when that of the last renewal is
   * not finished: nothing was done.
   * @throws `key-user-missing`; `key-mismatch`; whatever the provider or the log throws
   */
  async renewUserKey(user: UserId): Promise<boolean> {
    return this.#userKeys.renew(user);
  }

  /**
   * Wraps memory keys that are under a former version of their owner's key anew, and then destroys what opened that version. When it is
   * interrupted, the next call does what is left. One call at a time.
   * @throws `key-damaged`, `key-busy`: what cannot be done now, and nothing was destroyed; whatever the provider or the log throws
   */
  async rewrapMemoryKeys(options: MemoryRewrapOptions = {}): Promise<void> {
    const rewrap = new MemoryRewrap(
      {
        memories: this.#memories,
        users: this.#users,
        locks: this.#locks,
        clock: this.#clock,
        random: this.#random,
        write: async (records) => this.#follower.reach(await this.#append(records)),
        settle: async (user) => {
          this.#requireWhole();
          await this.#userKeys.settle(user);
        },
      },
      options,
    );
    await rewrap.run();
  }

  /** A hasher for many texts of one owner: waits once, then works without waiting. Throws `key-user-missing`. */
  async lookupHasher(owner: UserId | "system"): Promise<LookupHasher> {
    const key = (await this.#userKey(owner)).lookupKey();
    return (purpose, text) => hashLookup(key, purpose, text);
  }

  /** Keyed hash of an external id, a digest or a phone number under the user's key or the installation's: 16 bytes. */
  async lookupHash(owner: UserId | "system", purpose: string, text: string): Promise<Uint8Array> {
    return (await this.lookupHasher(owner))(purpose, text);
  }

  /** 32 secret bytes of the installation for one purpose, the same after every restart. Throws `key-closed`. */
  systemSecret(purpose: string): Buffer {
    if (this.#system === undefined) throw securityErrors("key-closed");
    return this.#system.subKey(`system-${purpose}`).export();
  }

  /** Seals a profile, an import's header or a snapshot (many MB are fine) under the user's key: AES-256-GCM. */
  async sealForUser(place: UserSealPlace, bytes: Uint8Array): Promise<Buffer> {
    const userKey = await this.#userKey(place.user);
    const key = { key: userKey.subKey(`seal-${place.purpose}`), keyVersion: userKey.keyVersion };
    return sealBytes(key, userKey.scopeOf(place), bytes, { nowMs: this.#clock.nowMs(), random: this.#random });
  }

  /** Opens what `sealForUser` sealed for the same place, also under a former version of the key; a snapshot only while that is renewed. */
  async openForUser(place: UserSealPlace, sealed: Uint8Array): Promise<Opened> {
    const userKey = await this.#userKey(place.user);
    // It says which key to try, no more: the version is bound like all of the header.
    const keyVersion = sealedKeyVersion(sealed) ?? userKey.keyVersion;
    const key = userKey.keyFor(`seal-${place.purpose}`, keyVersion);
    if (key === undefined) return { type: "refused", why: "header" };
    return openBytes({ key, keyVersion }, userKey.scopeOf(place), sealed);
  }

  /** How the keystore is. */
  status(): KeystoreStatus {
    return {
      users: this.#users.size,
      memories: this.#memories.size,
      unwrapped: this.#users.cached,
      moving: this.#memories.moving.size,
      pending: this.#memories.pending,
      tableBytes: this.#memories.bytes,
      quarantined: this.#quarantinedCount,
      damagedRanges: this.#damagedRanges,
      nextOffset: this.#follower.nextOffset,
      following: this.#follower.isFollowing,
    };
  }

  /** Stops following and overwrites unwrapped keys. The log stays open. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#follower.stop();
    this.#users.close();
    this.#system = undefined;
  }

  async #userKey(owner: UserId | "system"): Promise<OpenUserKey> {
    const key = owner === "system" || owner === SYSTEM_USER ? this.#system : await this.#users.open(owner);
    if (key !== undefined) return key;
    throw owner === "system"
      ? securityErrors("key-closed")
      : securityErrors("key-user-missing", { details: { user: owner } });
  }

  /** A record that cannot be read may hold a key that is under what is to be destroyed. */
  #requireWhole(): void {
    if (this.#quarantinedCount === 0 && this.#damagedRanges === 0 && this.#follower.isFollowing) return;
    throw securityErrors("key-damaged", {
      message:
        "Cannot finish the renewal: some records of keys cannot be read, and may be under the former version. What opens it was kept",
    });
  }

  /** A strange KEK must never write: before the first system key is made, one of the first users' keys must open. */
  async #checkKek(): Promise<void> {
    if (this.#users.has(SYSTEM_USER)) return;
    let failure: unknown;
    let tried = 0;
    for (const { user } of this.#users.behind(Number.MAX_SAFE_INTEGER)) {
      if (tried++ === KEK_PROBES) break;
      try {
        await this.#users.open(user);
        return;
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** Appends durably; returns the offset after the last record. */
  async #append(records: readonly LogRecord[]): Promise<number> {
    const { baseOffset } = await this.#log.append(TOPIC, PARTITION, records, { acknowledge: "durable" });
    return baseOffset + records.length;
  }

  #foldRecord(record: StoredRecord): void {
    const fact = parseKeyRecord(record);
    switch (fact.type) {
      case "put":
        if (fact.event.type === "key.user") this.#users.put(fact.event);
        else if (fact.event.type === "key.signing") this.signing.put(fact.event);
        else if (!this.#memories.fold(fact.event, this.#users.ownerNumber(fact.event))) {
          this.#quarantine(record.offset, fact.event.memory, "Wrapped key has a wrong form");
          return;
        } else if (this.#quarantined.size > 0) this.#quarantined.delete(fact.event.memory);
        return;
      case "shred-memory":
        this.#memories.foldTombstone(fact.memory);
        this.#quarantined.delete(fact.memory);
        return;
      case "shred-user":
        this.#users.drop(fact.user);
        return;
      case "forget-signing":
        this.signing.drop(fact.name);
        return;
      case "unreadable":
        if (fact.subject !== undefined) this.signing.miss(fact.subject);
        this.#quarantine(record.offset, fact.subject, fact.problem);
        return;
    }
  }

  #quarantine(offset: number, subject: string | undefined, problem: string): void {
    this.#quarantinedCount++;
    if (subject !== undefined && this.#quarantined.size < QUARANTINE_NAMES_MAX) this.#quarantined.add(subject);
    this.#onProblem(`Record ${offset} of topic keys was set aside: ${problem}`);
  }
}
