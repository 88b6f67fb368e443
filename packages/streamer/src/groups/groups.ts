/**
 * The group coordinator: keeps every group, gives the pure state machines their messages and the time, writes what they want written, and
 * answers when it is on the disk.
 *
 * One timer stands on the nearest deadline of all groups. The number of groups, members, offsets and bytes is bounded by settings.
 *
 * Guarantees: what a client is told about its group survives kill -9 and power cuts; a group is of one protocol at a time and changes it
 * only when nobody is in it; a member whose heartbeat has arrived is not thrown out because this process was late to read it.
 * Does not: convert a group with members from one protocol to the other (KIP-848 "online migration").
 */
import { type Clock, encodeBase64Url, isKaelixError, type RandomSource, systemClock, systemRandom } from "@kaelix/base";
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import type { Authorizer } from "../broker/api.ts";
import { Interceptors } from "../interceptors/interceptors.ts";
import type { Leaders } from "../leader/contract.ts";
import type { Storage } from "../storage/storage.ts";
import {
  ClassicGroup,
  type ClassicPersist,
  type ClassicReply,
  type JoinReply,
  refusedJoin,
  refusedSync,
  type SyncReply,
} from "./classic/classic-group.ts";
import { ConsumerGroup } from "./consumer/consumer-group.ts";
import { DeadlineTimer } from "./deadline-timer.ts";
import { type ConsumerEntry, type GroupEntry, isVacant, type ShareGroupEntry } from "./group-entry.ts";
import {
  type ConsumerSettings,
  GROUP_DEFAULTS,
  type GroupSettings,
  SHARE_DEFAULTS,
  type ShareSettings,
} from "./settings.ts";
import { ShareGroup } from "./share/share-group.ts";
import { Shares } from "./share/shares.ts";
import { decodeClassicGroup, encodeClassicGroup } from "./store/classic-value.ts";
import { encodeConsumerChange, type GroupRecord, restoreConsumerGroup } from "./store/consumer-values.ts";
import { type GroupStore, openGroupStore } from "./store/group-store.ts";
import { encodeGroupKey, RECORD_TYPES, textOfKey } from "./store/record-keys.ts";
import { encodeShareChange, restoreShareGroup } from "./store/share-values.ts";
import { sweep } from "./sweep.ts";
import { TopicsSource } from "./topics-source.ts";

/** Asks the transaction coordinator whether offsets may be committed inside a transaction (KIP-890). */
export type VerifyTransaction = (commit: {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topic: string;
  readonly partition: number;
  /** True when committing itself adds the partition to the transaction (TxnOffsetCommit 5). */
  readonly addsImplicitly: boolean;
}) => KafkaErrorCode | Promise<KafkaErrorCode>;

/** What a coordinator works with. */
export interface GroupsOptions {
  readonly storage: Storage;
  readonly leaders: Leaders;
  /** An open store to be shared, as the `Log` adapter has it; else one is opened, and closed with the coordinator. */
  readonly store?: GroupStore;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the platform's. */
  readonly random?: RandomSource;
  /** Default: everything is allowed. */
  readonly authorizer?: Authorizer;
  readonly settings?: GroupSettings;
  /** Times of one consumer group. Default: what the settings say. */
  readonly consumerSettings?: (groupId: string) => ConsumerSettings;
  /** Times and bounds of one share group. Default: Apache Kafka's. */
  readonly shareSettings?: (groupId: string) => ShareSettings;
  /** Default: every transaction is taken as it comes. */
  readonly verifyTransaction?: VerifyTransaction;
  /** Asked before an offset is committed. Default: none. */
  readonly interceptors?: Interceptors;
  /** Bytes of a log of states after which it is written anew. Default 4 MiB. */
  readonly snapshotBytes?: number;
}

const ALLOW_ALL: Authorizer = { allows: () => true };
const SWEEP = "";
const ID_BYTES = 16;
/** Records of which a group has one, whatever its protocol. */
const GROUP_RECORD_TYPES = [
  RECORD_TYPES.classicGroup,
  RECORD_TYPES.consumerEpoch,
  RECORD_TYPES.targetEpoch,
  RECORD_TYPES.shareEpoch,
  RECORD_TYPES.shareTargetEpoch,
];

/**
 * Opens the coordinator. It answers COORDINATOR_LOAD_IN_PROGRESS until `loaded` resolves.
 *
 * @example
 * const groups = openGroups({ storage, leaders });
 * await groups.loaded;
 * const apis = groupApis(groups, { coordinatorOf: () => ({ nodeId: 1, host: "127.0.0.1", port: 9092 }) });
 */
export function openGroups(options: GroupsOptions): Groups {
  return new Groups(options);
}

/** The coordinator; see the top of the file. */
export class Groups {
  readonly settings: GroupSettings;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly topics: TopicsSource;
  readonly leaders: Leaders;
  readonly verifyTransaction: VerifyTransaction;
  readonly interceptors: Interceptors;
  /** What share groups do with their partitions. */
  readonly shares: Shares;
  /** Resolves when everything kept was read; rejects when it cannot be. */
  readonly loaded: Promise<void>;
  readonly #options: GroupsOptions;
  readonly #random: RandomSource;
  readonly #entries = new Map<string, GroupEntry>();
  readonly #deadlines: DeadlineTimer;
  readonly #joins = new Map<number, (reply: JoinReply) => void>();
  readonly #syncs = new Map<number, (reply: SyncReply) => void>();
  #store: GroupStore | undefined;
  #lastCall = 0;
  #closed = false;

  constructor(options: GroupsOptions) {
    this.#options = options;
    this.settings = options.settings ?? GROUP_DEFAULTS;
    this.authorizer = options.authorizer ?? ALLOW_ALL;
    this.clock = options.clock ?? systemClock;
    this.topics = new TopicsSource(options.storage);
    this.leaders = options.leaders;
    this.verifyTransaction = options.verifyTransaction ?? (() => KAFKA_ERRORS.NONE);
    this.interceptors = options.interceptors ?? new Interceptors(this.clock);
    this.#random = options.random ?? systemRandom;
    this.#deadlines = new DeadlineTimer(this.clock, () => this.tick());
    const { leaders, shareSettings, snapshotBytes, storage } = options;
    this.shares = new Shares({
      storage,
      leaders,
      snapshotBytes,
      clock: this.clock,
      settingsOf: shareSettings ?? (() => SHARE_DEFAULTS),
      nameOf: (topicId) => this.topics.image().byId.get(topicId)?.name,
    });
    this.loaded = this.#load();
    // Reported by whoever awaits it; requests are answered that nothing is loaded meanwhile.
    this.loaded.catch(() => undefined);
  }

  async #load(): Promise<void> {
    const { leaders, snapshotBytes, storage } = this.#options;
    const store = this.#options.store ?? (await openGroupStore({ storage, leaders, clock: this.clock, snapshotBytes }));
    for (const groupId of store.groupIds()) {
      const entry = this.#restored(store, groupId);
      if (entry === undefined) continue;
      this.#entries.set(groupId, entry);
      this.#scheduleGroup(entry);
    }
    await this.shares.load((groupId) => this.#entries.get(groupId)?.type === "share");
    this.#store = store;
    this.#deadlines.set(SWEEP, this.clock.monotonicMs() + this.settings.offsetsCheckIntervalMs);
  }

  #restored(store: GroupStore, groupId: string): GroupEntry | undefined {
    const nowMs = this.clock.monotonicMs();
    const records = store.recordsOf(groupId);
    try {
      const classic = records.find(({ recordType }) => recordType === RECORD_TYPES.classicGroup);
      if (classic !== undefined) {
        const group = decodeClassicGroup(groupId, classic.value, { settings: this.settings, nowMs });
        return { type: "classic", group };
      }
      if (records.some(({ recordType }) => recordType === RECORD_TYPES.shareEpoch)) {
        const group = new ShareGroup(groupId, this.shares.settingsOf(groupId));
        restoreShareGroup(group, records);
        group.restored(nowMs);
        return { type: "share", group, written: Promise.resolve(), refused: new Map() };
      }
      const group = this.#newConsumerGroup(groupId);
      restoreConsumerGroup(group, records);
      group.restored(nowMs);
      return { type: "consumer", group, written: Promise.resolve(), refused: new Map() };
    } catch (error) {
      if (!isKaelixError(error, "protocol-frame-invalid")) throw error;
      // What cannot be read has no members: they join again, and their offsets are records of their own.
      store.unreadableBatches += 1;
      return undefined;
    }
  }

  /** The store; undefined while it is loading or when the coordinator is closed. */
  get store(): GroupStore | undefined {
    return this.#closed ? undefined : this.#store;
  }

  get(groupId: string): GroupEntry | undefined {
    return this.#entries.get(groupId);
  }

  /** Every group that has members or ever had, by id. */
  entries(): ReadonlyMap<string, GroupEntry> {
    return this.#entries;
  }

  /** True when a group has members, had some, or has committed. */
  exists(groupId: string): boolean {
    return this.#entries.has(groupId) || this.#store?.offsets.has(groupId) === true;
  }

  /** The classic group of an id, made when there is none or only a vacant one of the other protocol; undefined when that may not be. */
  classic(groupId: string, mayCreate: boolean): ClassicGroup | undefined {
    const entry = this.#entries.get(groupId);
    if (entry?.type === "classic") return entry.group;
    if (!mayCreate || !this.#mayBegin(entry)) return undefined;
    const group = new ClassicGroup(groupId, this.settings);
    this.#begin({ type: "classic", group });
    return group;
  }

  /** As `classic`, for the consumer protocol. */
  consumer(groupId: string, mayCreate: boolean): ConsumerEntry | undefined {
    const entry = this.#entries.get(groupId);
    if (entry?.type === "consumer") return entry;
    if (!mayCreate || !this.#mayBegin(entry)) return undefined;
    const group = this.#newConsumerGroup(groupId);
    const begun: ConsumerEntry = { type: "consumer", group, written: Promise.resolve(), refused: new Map() };
    this.#begin(begun);
    return begun;
  }

  /** The share group of an id, made when there is none of any kind; undefined when that may not be. */
  share(groupId: string, mayCreate: boolean): ShareGroupEntry | undefined {
    const entry = this.#entries.get(groupId);
    if (entry?.type === "share") return entry;
    // Offsets of others would be taken for its own.
    const mayBegin = mayCreate && !this.exists(groupId) && this.#mayBegin(entry);
    if (!mayBegin) return undefined;
    const group = new ShareGroup(groupId, this.shares.settingsOf(groupId));
    const begun: ShareGroupEntry = { type: "share", group, written: Promise.resolve(), refused: new Map() };
    this.#begin(begun);
    return begun;
  }

  #newConsumerGroup(groupId: string): ConsumerGroup {
    return new ConsumerGroup(groupId, this.#options.consumerSettings?.(groupId) ?? this.settings);
  }

  #mayBegin(entry: GroupEntry | undefined): boolean {
    if (entry === undefined) return this.#entries.size < this.settings.groupsMax;
    // What a share group has done in its partitions is nobody else's.
    return entry.type !== "share" && isVacant(entry);
  }

  /** Puts a new group in the place of what was there; records of the other protocol are deleted, offsets stay. */
  #begin(entry: GroupEntry): void {
    const { groupId } = entry.group;
    const isOther = this.#entries.has(groupId);
    this.#entries.set(groupId, entry);
    if (isOther) void this.#store?.writeGroup(this.#deletions(groupId)).catch(() => undefined);
  }

  /** What deletes a group's records: those that are known, and those that may be on their way to the disk. */
  #deletions(groupId: string): GroupRecord[] {
    const keys = new Map((this.#store?.recordsOf(groupId) ?? []).map(({ key }) => [textOfKey(key), key]));
    for (const recordType of GROUP_RECORD_TYPES) {
      const key = encodeGroupKey(recordType, groupId);
      keys.set(textOfKey(key), key);
    }
    return [...keys.values()].map((key) => ({ key, value: null }));
  }

  /** An id that no member has. */
  makeMemberId(prefix: string): string {
    return `${prefix}-${encodeBase64Url(this.#random.bytes(ID_BYTES))}`;
  }

  /** A JoinGroup call that a classic group will answer. */
  parkJoin(): { readonly call: number; readonly reply: Promise<JoinReply> } {
    const call = this.#nextCall();
    return { call, reply: new Promise((resolve) => void this.#joins.set(call, resolve)) };
  }

  /** A SyncGroup call that a classic group will answer. */
  parkSync(): { readonly call: number; readonly reply: Promise<SyncReply> } {
    const call = this.#nextCall();
    return { call, reply: new Promise((resolve) => void this.#syncs.set(call, resolve)) };
  }

  #nextCall(): number {
    this.#lastCall += 1;
    return this.#lastCall;
  }

  /** Sends out what a step of a classic group brought: answers, writes, deadlines. */
  flushClassic(group: ClassicGroup): void {
    if (group.stateChanged) {
      group.stateSinceMs = this.clock.nowMs();
      group.stateChanged = false;
    }
    const { persist, replies } = group.takeOutput();
    for (const reply of replies) this.#answer(reply);
    if (persist !== undefined) void this.#persist(group, persist);
    this.#scheduleGroup({ group });
  }

  async #persist(group: ClassicGroup, persist: ClassicPersist): Promise<void> {
    const key = encodeGroupKey(RECORD_TYPES.classicGroup, group.groupId);
    let errorCode: KafkaErrorCode = KAFKA_ERRORS.NONE;
    try {
      await this.#writeGroup([{ key, value: encodeClassicGroup(group) }]);
    } catch (error) {
      errorCode = coordinatorError(error);
    }
    if (this.#closed) return;
    group.persisted(persist, errorCode, this.clock.monotonicMs());
    this.flushClassic(group);
  }

  async #writeGroup(records: readonly GroupRecord[]): Promise<void> {
    await this.#store?.writeGroup(records);
  }

  #answer(answer: ClassicReply): void {
    if (answer.type === "join") {
      this.#joins.get(answer.call)?.(answer.reply);
      this.#joins.delete(answer.call);
    } else {
      this.#syncs.get(answer.call)?.(answer.reply);
      this.#syncs.delete(answer.call);
    }
  }

  /** Writes what a step of a consumer group changed; resolves when that, and everything before, is on the disk. */
  flushConsumer(entry: ConsumerEntry): Promise<void> {
    const { group } = entry;
    const changes = group.takeChanges();
    if (entry.refused.size > 0) changes.push(...group.allChanges());
    const nowMs = this.clock.nowMs();
    return this.#flush(
      entry,
      changes.map((change) => encodeConsumerChange(group, change, nowMs)),
    );
  }

  /** The same for a share group; what members that are gone hold is given back. */
  flushShare(entry: ShareGroupEntry): Promise<void> {
    const { group } = entry;
    for (const memberId of group.takeGone()) this.shares.memberGone(group.groupId, memberId);
    const changes = group.takeChanges();
    if (entry.refused.size > 0) changes.push(...group.allChanges());
    return this.#flush(
      entry,
      changes.flatMap((change) => encodeShareChange(group, change)),
    );
  }

  #flush(entry: ConsumerEntry | ShareGroupEntry, changed: readonly GroupRecord[]): Promise<void> {
    if (changed.length > 0) {
      const isWhole = entry.refused.size > 0;
      const keyed = new Map(changed.map((record) => [textOfKey(record.key), record]));
      for (const [text, key] of entry.refused) if (!keyed.has(text)) keyed.set(text, { key, value: null });
      entry.refused.clear();
      const write = this.#writeGroup([...keyed.values()]);
      // What builds on a write that is refused holds no more than that one.
      entry.written = isWhole ? write : Promise.all([entry.written, write]).then(() => undefined);
      entry.written.catch(() => {
        for (const [text, { key }] of keyed) entry.refused.set(text, key);
      });
    }
    this.#scheduleGroup(entry);
    return entry.written;
  }

  /** Deletes a group with its offsets, durably. */
  async delete(groupId: string): Promise<void> {
    const store = this.#store;
    const entry = this.#entries.get(groupId);
    this.#entries.delete(groupId);
    this.#deadlines.set(`g${groupId}`, undefined);
    if (entry?.type === "classic") {
      entry.group.die();
      for (const reply of entry.group.takeOutput().replies) this.#answer(reply);
    }
    if (store === undefined) return;
    const records = entry === undefined ? [] : this.#deletions(groupId);
    const places = [...store.offsets.of(groupId)].map(([place]) => place);
    await Promise.all([store.writeGroup(records), store.forget(places)]);
    if (entry?.type === "share") await this.shares.forget((place) => place.groupId === groupId);
  }

  /** Does what has come due. Called by the timer; tests with a clock of their own call it themselves. */
  tick(): void {
    const nowMs = this.clock.monotonicMs();
    for (const key of this.#deadlines.takeDue()) {
      if (key === SWEEP) {
        this.#deadlines.set(SWEEP, nowMs + this.settings.offsetsCheckIntervalMs);
        void this.sweep().catch(() => undefined);
      } else this.#tickGroup(key.slice(1), nowMs);
    }
  }

  #tickGroup(groupId: string, nowMs: number): void {
    const entry = this.#entries.get(groupId);
    if (entry?.type === "classic") {
      entry.group.tick(nowMs);
      this.flushClassic(entry.group);
    } else if (entry !== undefined) {
      entry.group.tick(nowMs);
      const written = entry.type === "share" ? this.flushShare(entry) : this.flushConsumer(entry);
      written.catch(() => undefined);
    }
  }

  /** Deletes offsets that are over and groups that are empty of everything. Runs by itself. */
  async sweep(): Promise<void> {
    await sweep(this, this.clock.nowMs());
  }

  #scheduleGroup({ group }: Pick<GroupEntry, "group">): void {
    this.#deadlines.set(`g${group.groupId}`, group.deadlines.nextMs());
  }

  /** Answers everybody who waits and ends the timer. The storage is its owner's to close. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#deadlines.stop();
    this.topics.close();
    const errorCode = KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE;
    for (const resolve of this.#joins.values()) resolve(refusedJoin("", errorCode));
    for (const resolve of this.#syncs.values()) resolve(refusedSync(errorCode));
    this.#joins.clear();
    this.#syncs.clear();
    await this.loaded.catch(() => undefined);
    await this.shares.close();
    if (this.#options.store === undefined) await this.#store?.close();
  }
}

/** What a client is told when a group could not be written. */
export function coordinatorError(error: unknown): KafkaErrorCode {
  if (isKaelixError(error, "log-record-too-large") || isKaelixError(error, "group-name-invalid")) {
    return KAFKA_ERRORS.INVALID_COMMIT_OFFSET_SIZE;
  }
  return isKaelixError(error) ? KAFKA_ERRORS.COORDINATOR_NOT_AVAILABLE : KAFKA_ERRORS.UNKNOWN_SERVER_ERROR;
}
