/**
 * The records of one partition as a share group works on them (KIP-932).
 *
 *     start offset              next offset
 *     │ archived │ acquired by a │ available │ acknowledged │ …      never delivered yet
 *     └ everything before is done ┘                         └──────►
 *
 *     available ──acquire (count + 1)──► acquired ──accept──► acknowledged
 *         ▲                                │  │
 *         └──release, lock over, member gone┘  └──reject, gap, released for the last time──► archived
 *
 * Pure: requests and the time come in. Ranges of offsets of which the same is known are one run, so a batch of a million records that
 * nobody acknowledged one by one costs as much as one record.
 *
 * A record that was given back half as often as it may be delivered is given with half of its batch, then a quarter …, and the last time alone,
 * as Apache Kafka does it: one record that nobody can work on does not take the others of its batch along.
 *
 * Guarantees: a record is acquired by at most one member at a time; what is acknowledged or archived is never acquired again; a record is
 * acquired at most as often as the delivery limit says; the start offset only grows, but where the log itself was cut. Records the log has
 * no more are done.
 */
import { assert } from "@kaelix/base";
import { KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";

import { ACKNOWLEDGE_TYPES, type AcknowledgementBatch, rangesOfTypes } from "./acknowledgement.ts";
import type { ShareState, StateBatch } from "./share-state.ts";

/** A batch of the log as it is offered to be acquired. */
export interface OfferedBatch {
  readonly first: number;
  readonly last: number;
  /** False for what nobody is shown: markers, and aborted records where only committed ones are wanted. */
  readonly isShown: boolean;
}

/** What was read of the log, from `from` up to `to`, which is not in it. What no batch covers is gone. */
export interface Offer {
  readonly from: number;
  readonly to: number;
  readonly batches: readonly OfferedBatch[];
}

/** How records are acquired. */
export interface Acquisition {
  readonly memberId: string;
  /** Records wanted; whole batches are given unless `isStrict`. */
  readonly recordsMax: number;
  /** Records above which a range of acquired records ends with its batch. */
  readonly batchSize: number;
  readonly isStrict: boolean;
  /** Most records that are delivered and not done at one time. */
  readonly recordLocksMax: number;
  readonly deliveryCountMax: number;
  readonly lockEndsMs: number;
}

/** Records that somebody got. */
export interface AcquiredRange {
  readonly first: number;
  readonly last: number;
  readonly deliveryCount: number;
}

/** How acknowledgements are taken. */
export interface Acknowledgement {
  readonly memberId: string;
  readonly batches: readonly AcknowledgementBatch[];
  readonly deliveryCountMax: number;
  /** When a lock that is renewed now ends, ms. */
  readonly lockEndsMs: number;
}

interface Run {
  readonly first: number;
  readonly last: number;
  readonly state: "available" | "acquired" | "acknowledged" | "archived";
  readonly deliveryCount: number;
  readonly memberId: string;
  readonly lockEndsMs: number;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

const NOBODY = { memberId: "", lockEndsMs: Infinity };

/** One partition of one share group; see the top of the file. */
export class SharePartition {
  /** Cover the offsets from the start to the next offset without gaps; neighbours differ. */
  #runs: Run[] = [];
  #startOffset: number;
  #writtenStartOffset: number;
  #changed: Range[] = [];

  constructor(state: ShareState) {
    this.#startOffset = state.startOffset;
    this.#writtenStartOffset = state.startOffset;
    for (const { deliveryCount, first, last, state: kept } of state.batches) {
      this.#extend(first);
      this.#runs.push({ first, last, state: kept, deliveryCount, ...NOBODY });
    }
    this.#trim();
  }

  /** Everything before is done. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** The first offset that was never delivered, nor anything after it. */
  get nextOffset(): number {
    return (this.#runs.at(-1)?.last ?? this.#startOffset - 1) + 1;
  }

  /** Records that are delivered and not done. */
  get inFlightCount(): number {
    return this.#count((state) => state === "available" || state === "acquired");
  }

  /** Records that somebody holds. */
  get acquiredCount(): number {
    return this.#count((state) => state === "acquired");
  }

  /** Records at or after the start that are done. */
  get completeCount(): number {
    return this.#count((state) => state === "acknowledged" || state === "archived");
  }

  #count(isCounted: (state: Run["state"]) => boolean): number {
    let count = 0;
    for (const { first, last, state } of this.#runs) if (isCounted(state)) count += last - first + 1;
    return count;
  }

  /** Where to read what may be acquired; undefined when nothing may before something is done. */
  fetchOffset(recordLocksMax: number): number | undefined {
    const released = this.#runs.find(({ state }) => state === "available");
    if (released !== undefined) return released.first;
    return this.inFlightCount < recordLocksMax ? this.nextOffset : undefined;
  }

  /** Acquires what is offered, as far as it is to be had. Ranges in order. */
  acquire(offer: Offer, acquisition: Acquisition): AcquiredRange[] {
    const { deliveryCountMax, isStrict, recordLocksMax, recordsMax } = acquisition;
    const ranges: AcquiredRange[] = [];
    let taken = 0;
    let place = recordLocksMax - this.inFlightCount;
    let at = Math.max(offer.from, this.#startOffset);
    for (const batch of offer.batches) {
      if (taken >= recordsMax) return ranges;
      this.#pass({ first: at, last: batch.first - 1 });
      const first = Math.max(at, batch.first);
      at = Math.max(at, batch.last + 1);
      if (!batch.isShown) {
        this.#pass({ first, last: batch.last });
        continue;
      }
      // Never delivered yet: as much as there is place for, whole batches where that is allowed.
      const fresh = Math.max(first, this.nextOffset);
      const wanted = isStrict ? Math.min(place, recordsMax - taken) : place > 0 ? Infinity : 0;
      const last = Math.min(batch.last, fresh + wanted - 1);
      const before = this.nextOffset;
      this.#extend(last + 1);
      place -= this.nextOffset - before;
      for (const run of this.#within({ first, last: batch.last })) {
        if (run.state !== "available" || (isStrict && taken >= recordsMax)) continue;
        const together = togetherMax(batch.last - batch.first + 1, run.deliveryCount, deliveryCountMax);
        const isParted = together < Infinity;
        if (isParted && taken > 0) return ranges;
        const most = Math.min(together, isStrict ? recordsMax - taken : Infinity);
        const end = Math.min(run.last, run.first + most - 1);
        taken += end - run.first + 1;
        this.#take({ ...run, last: end }, acquisition, ranges);
        if (isParted) return ranges;
      }
      if (this.nextOffset <= batch.last) return ranges;
    }
    if (taken < recordsMax) this.#pass({ first: at, last: offer.to - 1 });
    return ranges;
  }

  #take(run: Run, acquisition: Acquisition, ranges: AcquiredRange[]): void {
    const { batchSize, lockEndsMs, memberId } = acquisition;
    const deliveryCount = run.deliveryCount + 1;
    this.#replace(run, (one) => ({ ...one, state: "acquired", deliveryCount, memberId, lockEndsMs }));
    const { first, last } = run;
    const before = ranges.at(-1);
    const grows =
      before?.last === first - 1 &&
      before.deliveryCount === deliveryCount &&
      last - before.first < Math.max(1, batchSize);
    if (grows) ranges[ranges.length - 1] = { ...before, last };
    else ranges.push({ first, last, deliveryCount });
  }

  /** What is not there, or is shown to nobody, is done. */
  #pass({ first, last }: Range): void {
    // Behind what is known only what follows it at once: otherwise somebody else has read less far.
    if (last < first || first > this.nextOffset) return;
    this.#extend(last + 1);
    for (const run of this.#within({ first, last })) {
      if (run.state === "available") this.#settle(run, "archived", run.deliveryCount);
    }
    this.#trim();
  }

  /** Takes all acknowledgements of a request, or none of them. */
  acknowledge({ batches, deliveryCountMax, lockEndsMs, memberId }: Acknowledgement): KafkaErrorCode {
    for (const batch of batches) {
      if (batch.lastOffset >= this.nextOffset) return KAFKA_ERRORS.INVALID_REQUEST;
      // What is before the start is done: as in Apache Kafka there is nothing more to be said of it.
      const held = this.#within({ first: Math.max(batch.firstOffset, this.#startOffset), last: batch.lastOffset });
      const isHeld = held.every((run) => run.state === "acquired" && run.memberId === memberId);
      if (!isHeld) return KAFKA_ERRORS.INVALID_RECORD_STATE;
    }
    for (const batch of batches) {
      for (const { first, last, type } of rangesOfTypes(batch)) {
        for (const run of this.#within({ first: Math.max(first, this.#startOffset), last })) {
          if (type === ACKNOWLEDGE_TYPES.renew) this.#replace(run, (one) => ({ ...one, lockEndsMs }));
          else if (type === ACKNOWLEDGE_TYPES.accept) this.#settle(run, "acknowledged", run.deliveryCount);
          else if (type === ACKNOWLEDGE_TYPES.release) this.#release(run, deliveryCountMax);
          else this.#settle(run, "archived", run.deliveryCount);
        }
      }
    }
    this.#trim();
    return KAFKA_ERRORS.NONE;
  }

  /** Takes back what a member holds; true when it held something. */
  releaseMember(memberId: string, deliveryCountMax: number): boolean {
    return this.#releaseWhere((run) => run.memberId === memberId, deliveryCountMax);
  }

  /** Takes back what is held longer than its lock lasts; true when there was something. */
  releaseOverdue(nowMs: number, deliveryCountMax: number): boolean {
    return this.#releaseWhere((run) => run.lockEndsMs <= nowMs, deliveryCountMax);
  }

  /** When the next lock ends, ms; undefined when nothing is held. */
  nextLockEndMs(): number | undefined {
    let nextMs = Infinity;
    for (const { lockEndsMs } of this.#runs) nextMs = Math.min(nextMs, lockEndsMs);
    return nextMs === Infinity ? undefined : nextMs;
  }

  #releaseWhere(isMeant: (run: Run) => boolean, deliveryCountMax: number): boolean {
    const held = this.#runs.filter((run) => run.state === "acquired" && isMeant(run));
    for (const run of held) this.#release(run, deliveryCountMax);
    this.#trim();
    return held.length > 0;
  }

  #release(run: Run, deliveryCountMax: number): void {
    this.#settle(run, run.deliveryCount >= deliveryCountMax ? "archived" : "available", run.deliveryCount);
  }

  #settle(run: Range, state: StateBatch["state"], deliveryCount: number): void {
    this.#changed.push({ first: run.first, last: run.last });
    this.#replace(run, ({ first, last }) => ({ first, last, state, deliveryCount, ...NOBODY }));
  }

  /** The log begins later now: what was before is done, whoever holds it. */
  logStartsAt(offset: number): boolean {
    if (offset <= this.#startOffset) return false;
    this.#dropBefore(offset);
    this.#trim();
    return true;
  }

  /** The log ends earlier than it did: what comes in the place of what is gone was never delivered. */
  logEndsAt(offset: number): boolean {
    if (offset >= this.nextOffset && offset >= this.#startOffset) return false;
    this.#runs = this.#runs.flatMap((run) =>
      run.first >= offset ? [] : [run.last >= offset ? { ...run, last: offset - 1 } : run],
    );
    this.#changed = this.#changed.filter(({ first }) => first < offset);
    this.#startOffset = Math.min(this.#startOffset, offset);
    return true;
  }

  /** True when something is not written yet. */
  get isChanged(): boolean {
    return this.#changed.length > 0 || this.#writtenStartOffset !== this.#startOffset;
  }

  /** The offset before which the log must be on the disk before all that changed may be written. */
  get changeEnd(): number {
    return this.#changed.reduce((end, { last }) => Math.max(end, last + 1), this.#startOffset);
  }

  /**
   * What changed since it was last asked, as an update; undefined when nothing did.
   * @param end what is at or after it is left for later: it may yet disappear from the log
   */
  takeChange(end: number): ShareState | undefined {
    const startOffset = Math.min(this.#startOffset, end);
    const now = this.#changed.filter(({ first }) => first < end);
    if (now.length === 0 && startOffset === this.#writtenStartOffset) return undefined;
    this.#writtenStartOffset = startOffset;
    this.#changed = this.#changed
      .filter(({ last }) => last >= end)
      .map(({ first, last }) => ({ first: Math.max(first, end), last }));
    const batches: StateBatch[] = [];
    for (const { first, last } of merged(now)) {
      for (const run of this.#within({ first: Math.max(first, startOffset), last: Math.min(last, end - 1) })) {
        batches.push(keptOf(run));
      }
    }
    return { startOffset, batches };
  }

  /** All that is to be kept, of what is before an offset. */
  state(end: number): ShareState {
    const batches = this.#within({ first: this.#startOffset, last: end - 1 }).map((run) => keptOf(run));
    return {
      startOffset: Math.min(this.#startOffset, end),
      batches: batches.filter(({ deliveryCount, state }) => state !== "available" || deliveryCount > 0),
    };
  }

  /** The runs of a range, cut to it. */
  #within({ first, last }: Range): Run[] {
    const runs: Run[] = [];
    if (last < first) return runs;
    for (let at = this.#indexOf(first); at < this.#runs.length; at += 1) {
      const run = this.#runs[at];
      if (run === undefined || run.first > last) break;
      runs.push({ ...run, first: Math.max(run.first, first), last: Math.min(run.last, last) });
    }
    return runs;
  }

  /** Puts others in the place of runs. */
  #replace({ first, last }: Range, to: (run: Run) => Run): void {
    const begin = Math.max(0, this.#indexOf(first) - 1);
    const runs: Run[] = [];
    const add = (run: Run): void => {
      const before = runs.at(-1);
      if (before !== undefined && isSame(before, run)) runs[runs.length - 1] = { ...before, last: run.last };
      else runs.push(run);
    };
    let end = begin;
    for (; end < this.#runs.length; end += 1) {
      const run = this.#runs[end];
      if (run === undefined) break;
      if (run.last < first || run.first > last) add(run);
      else {
        if (run.first < first) add({ ...run, last: first - 1 });
        add(to({ ...run, first: Math.max(run.first, first), last: Math.min(run.last, last) }));
        if (run.last > last) add({ ...run, first: last + 1 });
      }
      if (run.first > last) {
        end += 1;
        break;
      }
    }
    this.#runs.splice(begin, end - begin, ...runs);
  }

  /** The index of the run that holds an offset, or of the first one behind it. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.last ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes what was never delivered, up to an offset, in as available. */
  #extend(nextOffset: number): void {
    const first = this.nextOffset;
    if (nextOffset <= first) return;
    const run: Run = { first, last: nextOffset - 1, state: "available", deliveryCount: 0, ...NOBODY };
    const before = this.#runs.at(-1);
    if (before !== undefined && isSame(before, run)) this.#runs[this.#runs.length - 1] = { ...before, last: run.last };
    else this.#runs.push(run);
  }

  /** Moves the start over what is done. */
  #trim(): void {
    const first = this.#runs.find(({ state }) => state === "available" || state === "acquired");
    this.#dropBefore(first?.first ?? this.nextOffset);
  }

  #dropBefore(offset: number): void {
    if (offset <= this.#startOffset) return;
    this.#runs = this.#runs.filter(({ last }) => last >= offset);
    const [run] = this.#runs;
    if (run !== undefined && run.first < offset) this.#runs[0] = { ...run, first: offset };
    this.#startOffset = offset;
    assert((this.#runs[0]?.first ?? offset) === offset, "Runs begin at the start offset");
    this.#changed = this.#changed.filter(({ last }) => last >= offset);
  }
}

function isSame(left: Run, right: Run): boolean {
  return (
    left.state === right.state &&
    left.deliveryCount === right.deliveryCount &&
    left.memberId === right.memberId &&
    left.lockEndsMs === right.lockEndsMs
  );
}

/**
 * How many records of a batch are given together.
 * @param deliveryCount how often they were given back
 */
function togetherMax(batchRecords: number, deliveryCount: number, deliveryCountMax: number): number {
  const often = Math.max(2, Math.ceil(deliveryCountMax / 2));
  if (deliveryCountMax <= 2 || deliveryCount < often) return Infinity;
  if (deliveryCount >= deliveryCountMax - 1) return 1;
  return Math.max(1, Math.floor(batchRecords / 2 ** (deliveryCount - often + 1)));
}

/** A run as it is kept: who holds it is not. */
function keptOf({ deliveryCount, first, last, state }: Run): StateBatch {
  if (state === "acquired") return { first, last, state: "available", deliveryCount: deliveryCount - 1 };
  return { first, last, state, deliveryCount };
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((left, right) => left.first - right.first)) {
    const before = result.at(-1);
    if (before === undefined || range.first > before.last + 1) result.push(range);
    else result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return result;
}
