/**
 * Committed offsets in memory: by group, topic and partition; and those of transactions that have not ended.
 *
 * Guarantees: of two commits for one partition the one that is later in the log wins, whatever order they are told in. A commit of a
 * transaction counts from the transaction's marker on, and loses against a plain commit that is later than itself.
 */
import type { OffsetValue } from "./offset-value.ts";

/** A committed offset and where its record is. */
export interface CommittedOffset extends OffsetValue {
  readonly recordOffset: number;
}

/** Names a partition for a group. */
export interface OffsetPlace {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** A commit inside a transaction. */
export interface PendingOffset extends OffsetPlace {
  readonly value: CommittedOffset;
}

type ByTopic<Value> = Map<string, Map<number, Value>>;

/** All committed offsets. */
export class OffsetTable {
  readonly #committed = new Map<string, ByTopic<CommittedOffset>>();
  /** How many open transactions have committed an offset. */
  readonly #pendingCounts = new Map<string, ByTopic<number>>();
  readonly #byProducer = new Map<number, PendingOffset[]>();
  #count = 0;

  /** How many offsets are kept, those of open transactions included. */
  get count(): number {
    return this.#count;
  }

  get({ group, partition, topic }: OffsetPlace): CommittedOffset | undefined {
    return this.#committed.get(group)?.get(topic)?.get(partition);
  }

  isPending({ group, partition, topic }: OffsetPlace): boolean {
    return (this.#pendingCounts.get(group)?.get(topic)?.get(partition) ?? 0) > 0;
  }

  hasPending(group: string): boolean {
    return this.#pendingCounts.has(group);
  }

  groups(): IterableIterator<string> {
    return this.#committed.keys();
  }

  has(group: string): boolean {
    return this.#committed.has(group);
  }

  /** All offsets of a group. */
  *of(group: string): Generator<readonly [place: OffsetPlace, value: CommittedOffset]> {
    for (const [topic, partitions] of this.#committed.get(group) ?? []) {
      for (const [partition, value] of partitions) yield [{ group, topic, partition }, value];
    }
  }

  /** Takes a commit in unless a later one is known. */
  put(place: OffsetPlace, value: CommittedOffset): void {
    const before = this.get(place);
    if (before !== undefined && before.recordOffset > value.recordOffset) return;
    if (before === undefined) this.#count += 1;
    putIn(this.#committed, place, value);
  }

  /** Takes a deletion in unless a later commit is known. */
  remove(place: OffsetPlace, recordOffset: number): void {
    const before = this.get(place);
    if (before === undefined || before.recordOffset > recordOffset) return;
    this.#count -= 1;
    removeFrom(this.#committed, place);
  }

  /** Takes a commit of a transaction in; it counts when the transaction is committed. */
  putPending(producerId: number, place: OffsetPlace, value: CommittedOffset): void {
    const pending = this.#byProducer.get(producerId);
    if (pending === undefined) this.#byProducer.set(producerId, [{ ...place, value }]);
    else pending.push({ ...place, value });
    this.#count += 1;
    const counts = this.#pendingCounts.get(place.group)?.get(place.topic);
    putIn(this.#pendingCounts, place, (counts?.get(place.partition) ?? 0) + 1);
  }

  /** Takes a commit of a transaction back: its record was refused by the disk. */
  dropPending(producerId: number, place: OffsetPlace, recordOffset: number): void {
    const pending = this.#byProducer.get(producerId) ?? [];
    const at = pending.findIndex(({ value }) => value.recordOffset === recordOffset);
    if (at < 0) return;
    pending.splice(at, 1);
    if (pending.length === 0) this.#byProducer.delete(producerId);
    this.#uncount(place);
  }

  #uncount(place: OffsetPlace): void {
    this.#count -= 1;
    const count = this.#pendingCounts.get(place.group)?.get(place.topic)?.get(place.partition) ?? 0;
    if (count > 1) putIn(this.#pendingCounts, place, count - 1);
    else removeFrom(this.#pendingCounts, place);
  }

  /**
   * Ends a producer's transaction.
   * @param markerOffset where its end is in the log: what is behind it belongs to the producer's next transaction
   */
  complete(producerId: number, committed: boolean, markerOffset: number): void {
    const pending = this.#byProducer.get(producerId) ?? [];
    const next = pending.filter(({ value }) => value.recordOffset > markerOffset);
    if (next.length === 0) this.#byProducer.delete(producerId);
    else this.#byProducer.set(producerId, next);
    for (const place of pending) {
      if (place.value.recordOffset > markerOffset) continue;
      this.#uncount(place);
      if (committed) this.put(place, place.value);
    }
  }

  /** Everything that open transactions have committed. */
  *pending(): Generator<PendingOffset> {
    for (const pending of this.#byProducer.values()) yield* pending;
  }

  /** The first record that must be kept: of open transactions, of what they would replace, and of the places given. */
  firstNeededOffset(places: Iterable<OffsetPlace>): number {
    let first = Infinity;
    for (const place of places) first = Math.min(first, this.get(place)?.recordOffset ?? Infinity);
    for (const place of this.pending()) {
      first = Math.min(first, place.value.recordOffset, this.get(place)?.recordOffset ?? Infinity);
    }
    return first;
  }
}

function putIn<Value>(
  table: Map<string, ByTopic<Value>>,
  { group, partition, topic }: OffsetPlace,
  value: Value,
): void {
  let topics = table.get(group);
  if (topics === undefined) {
    topics = new Map();
    table.set(group, topics);
  }
  const partitions = topics.get(topic);
  if (partitions === undefined) topics.set(topic, new Map([[partition, value]]));
  else partitions.set(partition, value);
}

function removeFrom<Value>(table: Map<string, ByTopic<Value>>, { group, partition, topic }: OffsetPlace): void {
  const topics = table.get(group);
  const partitions = topics?.get(topic);
  partitions?.delete(partition);
  if (partitions?.size === 0) topics?.delete(topic);
  if (topics?.size === 0) table.delete(group);
}
