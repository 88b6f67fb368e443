/**
 * The work of share groups on their partitions (KIP-932): gives the pure state machines their records, acknowledgements and the time, and
 * writes what becomes of them.
 *
 * Guarantees: an acknowledgement that was answered without an error survives kill -9 and power cuts; what was acquired and not acknowledged
 * comes back when its lock is over, when its member leaves, is put out or loses its connection, and when the broker starts again. Nothing is
 * kept of records that are not on the disk themselves.
 * Does not: know who is a member; that is the coordinator's.
 */
import { assert, type Clock, isKaelixError } from "@kaelix/base";
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import { codeOf } from "../../broker/errors.ts";
import type { Leaders } from "../../leader/contract.ts";
import type { Storage } from "../../storage/storage.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import type { ShareSettings } from "../settings.ts";
import type { AcknowledgementBatch } from "./acknowledgement.ts";
import { beginningOf } from "./offset-reset.ts";
import { ShareEntry, type ShareSource } from "./share-entry.ts";
import { type SessionPartition, type ShareSession, ShareSessions } from "./share-sessions.ts";
import type { SharePlace } from "./share-state.ts";
import { openShareStore, SHARE_STATE_TOPIC, type ShareStateStore, textOfPlace } from "./share-state-store.ts";

const UPDATES_PER_SNAPSHOT = 500;

/** What the work is done with. */
export interface SharesOptions {
  readonly storage: Storage;
  readonly leaders: Leaders;
  readonly clock: Clock;
  readonly settingsOf: (groupId: string) => ShareSettings;
  /** The name of a topic; undefined when there is none. */
  readonly nameOf: (topicId: string) => string | undefined;
  /** Bytes of the state's log after which it is written anew. Default 4 MiB. */
  readonly snapshotBytes?: number | undefined;
}

/** What a member says of records of a partition. */
export interface SaidOfPartition extends SessionPartition {
  readonly batches: readonly AcknowledgementBatch[];
}

/** A partition that can be worked on. */
export interface OpenShare {
  readonly entry: ShareEntry;
  readonly source: ShareSource;
}

/** The work of all share groups; see the top of the file. */
export class Shares {
  readonly sessions = new ShareSessions();
  readonly #options: SharesOptions;
  readonly #entries = new Map<string, ShareEntry>();
  readonly #opening = new Map<string, Promise<ShareEntry>>();
  readonly #locks: DeadlineTimer;
  readonly #flushing = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  #store: Promise<ShareStateStore> | undefined;
  #closed = false;

  constructor(options: SharesOptions) {
    this.#options = options;
    this.#locks = new DeadlineTimer(options.clock, () => this.tick());
    this.#stopListening = options.storage.onTopics(({ topic, type }) => {
      if (type === "deleted") void this.forget(({ topicId }) => topicId === topic.spec.id).catch(() => undefined);
    });
  }

  /** Reads what is kept. Called once. Throws storage's errors. */
  async load(isGroup: (groupId: string) => boolean): Promise<void> {
    const { storage } = this.#options;
    if (!storage.topics().has(SHARE_STATE_TOPIC)) return;
    await this.#storeOf();
    // A crash may have come between the deletion of a topic or group and that of its states.
    const topicIds = new Set([...storage.topics().values()].map(({ spec }) => spec.id));
    await this.forget(({ groupId, topicId }) => !topicIds.has(topicId) || !isGroup(groupId));
  }

  #storeOf(): Promise<ShareStateStore> {
    this.#store ??= this.#openStore();
    return this.#store;
  }

  async #openStore(): Promise<ShareStateStore> {
    try {
      const states = (): Iterable<ReturnType<ShareEntry["placed"]>> => this.#placed();
      const { store, states: kept } = await openShareStore({ ...this.#options, states });
      for (const { place, state } of kept) this.#entries.set(textOfPlace(place), new ShareEntry(place, state));
      return store;
    } catch (error) {
      this.#store = undefined;
      throw error;
    }
  }

  *#placed(): Generator<ReturnType<ShareEntry["placed"]>> {
    for (const entry of this.#entries.values()) yield entry.placed();
  }

  /** A group's work on a partition, if there is any. */
  get(place: SharePlace): ShareEntry | undefined {
    return this.#entries.get(textOfPlace(place));
  }

  /** Every partition a group works on, or all of them. */
  *entries(groupId?: string): Generator<ShareEntry> {
    for (const entry of this.#entries.values()) {
      if (groupId === undefined || entry.place.groupId === groupId) yield entry;
    }
  }

  /** The name of a topic; undefined when it is gone. */
  topicName(topicId: string): string | undefined {
    return this.#options.nameOf(topicId);
  }

  settingsOf(groupId: string): ShareSettings {
    return this.#options.settingsOf(groupId);
  }

  /** The partition a group works on, begun where its configuration says when it is the first time. Throws storage's errors. */
  async open(place: SharePlace): Promise<OpenShare | undefined> {
    const source = await this.source(place);
    if (source === undefined) return undefined;
    const entry = this.get(place) ?? (await this.#begin(place, source));
    if (entry.follow(source)) entry.wake();
    return { entry, source };
  }

  /** What there is of a topic's partition; undefined when there is none. */
  async source({ partition, topicId }: SessionPartition): Promise<ShareSource | undefined> {
    const { leaders, nameOf, storage } = this.#options;
    const name = nameOf(topicId);
    const log = name === undefined ? undefined : storage.topics().get(name)?.partitions[partition];
    if (name === undefined || log === undefined) return undefined;
    const leader = leaders.loaded(name, partition) ?? (await leaders.get(name, partition));
    return leader === undefined ? undefined : { leader, log };
  }

  #begin(place: SharePlace, source: ShareSource): Promise<ShareEntry> {
    const name = textOfPlace(place);
    let opening = this.#opening.get(name);
    if (opening === undefined) {
      opening = this.#beginNew(place, source).finally(() => this.#opening.delete(name));
      this.#opening.set(name, opening);
    }
    return opening;
  }

  async #beginNew(place: SharePlace, source: ShareSource): Promise<ShareEntry> {
    const { isolation, offsetReset: rule } = this.settingsOf(place.groupId);
    const startOffset = await beginningOf(source, { rule, isolation, nowMs: this.#options.clock.nowMs() });
    return this.put(place, startOffset, source);
  }

  /** Begins the work on a partition anew at an offset, durably. Throws storage's errors. */
  async put(place: SharePlace, startOffset: number, { leader }: ShareSource): Promise<ShareEntry> {
    // Were the end of the log to disappear, the group would wait behind it.
    await leader.durable(startOffset);
    const state = { startOffset, batches: [] };
    await Promise.all(this.#flushing);
    await (await this.#storeOf()).snapshot(place, state);
    const entry = new ShareEntry(place, state);
    this.#entries.set(textOfPlace(place), entry);
    return entry;
  }

  /** Takes a member's acknowledgements of a partition in; resolves when they are on the disk. */
  async acknowledge(groupId: string, memberId: string, said: SaidOfPartition): Promise<KafkaErrorCode> {
    const { batches, partition, topicId } = said;
    const source = await this.source(said);
    const entry = this.get({ groupId, topicId, partition });
    if (source === undefined || entry === undefined) return KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION;
    if (entry.follow(source)) entry.wake();
    const { deliveryCountMax, lockMs } = this.settingsOf(groupId);
    const lockEndsMs = this.#options.clock.monotonicMs() + lockMs;
    const errorCode = entry.partition.acknowledge({ memberId, batches, deliveryCountMax, lockEndsMs });
    if (errorCode !== KAFKA_ERRORS.NONE) return errorCode;
    this.#settled(entry);
    return codeOf(this.flush(entry, source));
  }

  /** Something of a partition was acquired: other locks are the next to end. */
  watchLocks(entry: ShareEntry): void {
    this.#locks.set(textOfPlace(entry.place), entry.partition.nextLockEndMs());
  }

  /** Something of a partition was given back or done: others may get it, or what is behind it. */
  #settled(entry: ShareEntry): void {
    this.watchLocks(entry);
    entry.wake();
  }

  /** Writes what changed of a partition; resolves when that, and everything before, is on the disk. Throws storage's errors. */
  async flush(entry: ShareEntry, source: Pick<ShareSource, "leader">): Promise<void> {
    const { partition, place } = entry;
    if (partition.changeEnd > entry.durableOffset(source)) await source.leader.durable(partition.changeEnd);
    const store = await this.#storeOf();
    const end = entry.durableOffset(source);
    const change = this.get(place) === entry ? partition.takeChange(end) : undefined;
    if (change !== undefined) {
      const isWhole = entry.isUnwritten || entry.updates >= UPDATES_PER_SNAPSHOT;
      entry.isUnwritten = false;
      entry.updates = isWhole ? 0 : entry.updates + 1;
      entry.written = isWhole ? store.snapshot(place, partition.state(end)) : store.update(place, change);
      entry.written.catch(() => (entry.isUnwritten = true));
    }
    await entry.written;
  }

  /** Writes what changed when nobody waits for it. What the disk refuses is written with the next change. */
  flushLater(entry: ShareEntry): void {
    const flush = async (): Promise<void> => {
      try {
        const source = await this.source(entry.place);
        if (source !== undefined) await this.flush(entry, source);
      } catch (error) {
        if (!isKaelixError(error)) throw error;
      }
    };
    const flushing = flush().finally(() => this.#flushing.delete(flushing));
    this.#flushing.add(flushing);
  }

  /** Takes back all that a member holds, and ends its session. */
  memberGone(groupId: string, memberId: string): void {
    this.sessions.end(groupId, memberId);
    for (const entry of this.entries(groupId)) this.#takeBack(entry, memberId);
  }

  /** Ends a session whose connection is gone, and takes back what its member holds. */
  sessionGone(session: ShareSession): void {
    const { groupId, memberId } = session;
    // Another one may be in its place by now.
    if (!this.#closed && this.sessions.of(groupId, memberId) === session) this.memberGone(groupId, memberId);
  }

  /** Takes back what a member holds of a partition. */
  giveBack(place: SharePlace, memberId: string): void {
    const entry = this.get(place);
    if (entry !== undefined) this.#takeBack(entry, memberId);
  }

  #takeBack(entry: ShareEntry, memberId: string): void {
    const { deliveryCountMax } = this.settingsOf(entry.place.groupId);
    if (!entry.partition.releaseMember(memberId, deliveryCountMax)) return;
    this.#settled(entry);
    this.flushLater(entry);
  }

  /** Takes back what is held for too long. Called by the timer; tests with a clock of their own call it themselves. */
  tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const name of this.#locks.takeDue()) {
      const entry = this.#entries.get(name);
      if (entry === undefined) continue;
      const isChanged = entry.partition.releaseOverdue(nowMs, this.settingsOf(entry.place.groupId).deliveryCountMax);
      this.#settled(entry);
      if (isChanged) this.flushLater(entry);
    }
  }

  /** Deletes the states that a test names, durably. Throws storage's errors. */
  async forget(isOver: (place: SharePlace) => boolean): Promise<void> {
    const over = [...this.#entries.values()].filter(({ place }) => isOver(place));
    for (const entry of over) {
      this.#entries.delete(textOfPlace(entry.place));
      this.#locks.set(textOfPlace(entry.place), undefined);
      entry.wake();
    }
    if (over.length === 0) return;
    const store = await this.#storeOf();
    await Promise.all(over.map(({ place }) => store.delete(place)));
  }

  /** Nothing is taken back any more; waits for what is being written. */
  async close(): Promise<void> {
    assert(!this.#closed, "Closed once");
    this.#closed = true;
    this.#locks.stop();
    this.#stopListening();
    for (const entry of this.#entries.values()) entry.wake();
    await Promise.all(this.#flushing);
    await (await this.#store?.catch(() => undefined))?.close();
  }
}
