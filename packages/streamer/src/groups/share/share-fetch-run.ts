/**
 * One ShareFetch from its first look at the session's partitions to its answer.
 *
 *     acquire ──something, an error, or no time to wait──► answer
 *       └── park ──records came or were given back, time is up, client gone──► acquire
 *
 * Guarantees: what is acquired is answered with; nothing is acquired for a client that is gone or a session that has ended. As soon as there
 * is a record it is answered with, whatever "minimum bytes" says: it would be locked while it waits for others.
 */
import { isControlBatch, isTransactionalBatch, KAFKA_ERRORS, type KafkaErrorCode } from "@kaelix/protocol";
import type { ShareFetchPartitionData, ShareFetchRequest } from "@kaelix/protocol/messages";

import type { RequestContext } from "../../broker/api.ts";
import { untilRoom } from "../../broker/byte-budget.ts";
import { reportedError } from "../../broker/errors.ts";
import { bytesOf, rangesOf, sizeOf } from "../../broker/fetch-run.ts";
import type { Ground } from "../../broker/ground.ts";
import type { ReadLease } from "../../broker/read-buffers.ts";
import type { LeaderRead } from "../../leader/contract.ts";
import type { FoundBatch } from "../../storage/scan.ts";
import type { ShareSettings } from "../settings.ts";
import type { ShareEntry, ShareSource } from "./share-entry.ts";
import type { AcquiredRange, OfferedBatch } from "./share-partition.ts";
import type { SessionPartition, ShareSession } from "./share-sessions.ts";
import type { OpenShare, Shares } from "./shares.ts";

/** Read at a time: what is read and not acquired was read in vain. */
const READ_BYTES_MAX = 1 << 20;
const STRICT = 1;
const MAX_WAIT_MS = 2 ** 31 - 1;
const NO_BYTES = new Uint8Array(0);

/** What a fetch takes from the broker. */
export type ShareFetchGround = Pick<
  Ground,
  "budget" | "readBuffers" | "metrics" | "interceptors" | "clock" | "configs" | "report"
>;

/** A partition of the session. */
export interface FetchedShare extends SessionPartition {
  readonly topic: string;
}

/** What came of a partition. */
export interface ShareFetched {
  readonly errorCode: KafkaErrorCode;
  readonly records: ShareFetchPartitionData["records"];
  readonly acquired: readonly AcquiredRange[];
}

interface Part {
  readonly share: FetchedShare;
  open: OpenShare | undefined;
  /** Where records are waited for; undefined while others must be done first. */
  wakeOffset: number | undefined;
  fetched: ShareFetched | undefined;
}

interface ShareFetchOptions {
  readonly shares: Shares;
  readonly ground: ShareFetchGround;
  readonly context: RequestContext;
  readonly session: ShareSession;
  readonly request: ShareFetchRequest;
}

/** Serves one request; `run` is called once. */
export class ShareFetchRun {
  readonly #options: ShareFetchOptions;
  readonly #settings: ShareSettings;
  readonly #lease: ReadLease;
  readonly #parts: readonly Part[];
  #recordsLeft: number;
  #bytesLeft: number;

  /** @param partitions in the order in which they are looked at */
  constructor(options: ShareFetchOptions, partitions: readonly FetchedShare[]) {
    this.#options = options;
    this.#settings = options.shares.settingsOf(options.session.groupId);
    this.#lease = options.ground.readBuffers.lease();
    this.#parts = partitions.map((share) => ({ share, open: undefined, wakeOffset: undefined, fetched: undefined }));
    this.#recordsLeft = options.request.maxRecords;
    this.#bytesLeft = options.request.maxBytes;
  }

  /** What there is of each partition; those with nothing are not in it. */
  async run(): Promise<ReadonlyMap<FetchedShare, ShareFetched>> {
    const { context, ground, request } = this.#options;
    const { signal } = context;
    const deadlineMs = ground.clock.monotonicMs() + Math.max(0, request.maxWaitMs);
    for (const part of this.#parts) await this.#open(part);
    for (;;) {
      const news = new News(this.#parts.flatMap(({ open }) => open?.entry ?? []));
      await this.#acquireAll();
      const leftMs = deadlineMs - ground.clock.monotonicMs();
      if (!this.#parts.some(({ fetched }) => fetched !== undefined) && leftMs > 0 && this.#isWanted()) {
        await this.#park(news, Math.min(leftMs, MAX_WAIT_MS), signal);
        news.cancel();
        continue;
      }
      news.cancel();
      break;
    }
    if (ground.interceptors.has("onFetch")) await this.#intercept();
    if (this.#lease.used) context.onSent(this.#lease.release);
    return new Map(this.#parts.flatMap(({ fetched, share }) => (fetched === undefined ? [] : [[share, fetched]])));
  }

  /** True while the client is there, its session goes on, and it can take something. */
  #isWanted(): boolean {
    const { context, session, shares } = this.#options;
    const isOpen = shares.sessions.of(session.groupId, session.memberId) === session;
    return isOpen && !context.signal.aborted && this.#parts.length > 0;
  }

  async #open(part: Part): Promise<void> {
    const { session, shares } = this.#options;
    const { partition, topicId } = part.share;
    try {
      part.open = await shares.open({ groupId: session.groupId, topicId, partition });
      if (part.open === undefined) part.fetched = failed(KAFKA_ERRORS.UNKNOWN_TOPIC_OR_PARTITION);
    } catch (error) {
      part.fetched = failed(reportedError(error, this.#options.ground.report).code);
    }
  }

  async #acquireAll(): Promise<void> {
    const { budget } = this.#options.ground;
    while (budget.spent && this.#isWanted()) await untilRoom(budget, this.#options.context.signal);
    for (const part of this.#parts) {
      const { fetched, open } = part;
      if (fetched !== undefined || open === undefined) continue;
      if (this.#recordsLeft <= 0 || this.#bytesLeft <= 0 || !this.#isWanted()) return;
      try {
        await open.entry.alone(() => this.#acquire(part, open));
      } catch (error) {
        part.fetched = failed(reportedError(error, this.#options.ground.report).code);
        this.#countersOf(part).fetchErrors += 1;
      }
    }
  }

  /** Acquires in one partition, stepping over what nobody is shown. */
  async #acquire(part: Part, { entry, source }: OpenShare): Promise<void> {
    const { isolation, recordLocksMax } = this.#settings;
    const { leader } = source;
    for (let before = -1; ;) {
      entry.follow(source);
      const offset = entry.partition.fetchOffset(recordLocksMax);
      part.wakeOffset = offset;
      const end = isolation === "read_committed" ? leader.lastStableOffset() : leader.bounds().endOffset;
      if (offset === undefined || offset >= end || offset === before) return;
      before = offset;
      const isFirst = this.#parts.every(({ fetched }) => fetched === undefined);
      // What was read before, and stepped over, is needed no more.
      if (isFirst) this.#lease.release();
      const read = await this.#read(source, offset);
      // Only the first batch of a whole response may be larger than asked for.
      const isTooMuch = !isFirst && sizeOf(read.batches).bytes > this.#bytesLeft;
      if (isTooMuch || !this.#isWanted()) return;
      if (this.#offer(part, entry, read, offset)) return;
    }
  }

  /** Reads, and counts what is read as held meanwhile. */
  async #read({ leader }: ShareSource, offset: number): Promise<LeaderRead> {
    const { context, ground } = this.#options;
    const bytesMax = Math.min(this.#bytesLeft, READ_BYTES_MAX);
    const beganMs = ground.clock.monotonicMs();
    ground.budget.take(bytesMax);
    try {
      return await leader.read(offset, bytesMax, this.#settings.isolation, this.#lease.allocate);
    } finally {
      ground.budget.give(bytesMax);
      context.worked(ground.clock.monotonicMs() - beganMs);
    }
  }

  #offer(part: Part, entry: ShareEntry, read: LeaderRead, from: number): boolean {
    const { ground, request, session, shares } = this.#options;
    const { deliveryCountMax, lockMs, recordLocksMax } = this.#settings;
    const acquired = entry.partition.acquire(
      { from, to: read.nextOffset, batches: offered(read) },
      {
        memberId: session.memberId,
        recordsMax: this.#recordsLeft,
        batchSize: request.batchSize,
        isStrict: request.shareAcquireMode === STRICT,
        recordLocksMax,
        deliveryCountMax,
        lockEndsMs: ground.clock.monotonicMs() + lockMs,
      },
    );
    if (entry.partition.isChanged) shares.flushLater(entry);
    const first = acquired[0]?.first;
    const last = acquired.at(-1)?.last;
    if (first === undefined || last === undefined) return false;
    shares.watchLocks(entry);
    const batches = read.batches.filter(
      ({ header }) => header.baseOffset <= last && header.baseOffset + header.lastOffsetDelta >= first,
    );
    for (const range of acquired) this.#recordsLeft -= range.last - range.first + 1;
    part.fetched = { errorCode: KAFKA_ERRORS.NONE, records: rangesOf(batches), acquired };
    this.#count(part, batches);
    return true;
  }

  #count(part: Part, batches: readonly FoundBatch[]): void {
    const { bytes, records } = sizeOf(batches);
    this.#bytesLeft -= bytes;
    const counters = this.#countersOf(part);
    counters.bytesOut += bytes;
    counters.messagesOut += records;
  }

  #countersOf({ share }: Part) {
    return this.#options.ground.metrics.partition(share.topic, share.partition);
  }

  /** Shows the interceptors what is about to be answered. What one of them refuses is given back. */
  async #intercept(): Promise<void> {
    const { ground, session, shares } = this.#options;
    for (const part of this.#parts) {
      const { partition, topic, topicId } = part.share;
      const offset = part.fetched?.acquired[0]?.first;
      if (part.fetched === undefined || offset === undefined) continue;
      const bytes = bytesOf(part.fetched.records);
      const outcome = await ground.interceptors.run("onFetch", { topic, partition, offset, bytes });
      if (outcome === undefined || !("reject" in outcome)) continue;
      shares.giveBack({ groupId: session.groupId, topicId, partition }, session.memberId);
      part.fetched = failed(KAFKA_ERRORS.TOPIC_AUTHORIZATION_FAILED);
    }
  }

  /** Resolves when a partition has something new, time is up or the client is gone. */
  async #park(news: News, waitMs: number, signal: AbortSignal): Promise<void> {
    const { metrics } = this.#options.ground;
    const { isolation } = this.#settings;
    metrics.parkedFetches += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      signal.addEventListener("abort", () => resolve(), { once: true, signal: news.over });
      const cancels = this.#parts.flatMap(({ open, wakeOffset }) =>
        open === undefined || wakeOffset === undefined
          ? []
          : [open.source.leader.onVisible(wakeOffset, isolation, resolve)],
      );
      news.over.addEventListener("abort", () => {
        clearTimeout(timer);
        for (const cancel of cancels) cancel();
      });
      news.tell(resolve);
    });
    metrics.parkedFetches -= 1;
  }
}

/** What is given back in some partitions from a moment on; nothing is missed between looking and waiting. */
class News {
  readonly #over = new AbortController();
  readonly #cancels: readonly (() => void)[];
  #isThere = false;
  #listener: (() => void) | undefined;

  constructor(entries: readonly ShareEntry[]) {
    this.#cancels = entries.map((entry) =>
      entry.onAvailable(() => {
        this.#isThere = true;
        this.#listener?.();
      }),
    );
  }

  /** Aborts with `cancel`. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Calls a function when there are some; at once when there were. */
  tell(listener: () => void): void {
    this.#listener = listener;
    if (this.#isThere) listener();
  }

  cancel(): void {
    for (const cancel of this.#cancels) cancel();
    this.#over.abort();
  }
}

function failed(errorCode: KafkaErrorCode): ShareFetched {
  return { errorCode, records: NO_BYTES, acquired: [] };
}

/** The batches that were read, with those nobody is shown: markers, and, where only what is committed is wanted, what was aborted. */
function offered({ abortedTransactions, batches }: LeaderRead): OfferedBatch[] {
  const waiting = [...(abortedTransactions ?? [])].sort((left, right) => left.firstOffset - right.firstOffset);
  const aborted = new Set<number>();
  return batches.map(({ header }) => {
    const { baseOffset: first, lastOffsetDelta, producerId } = header;
    const last = first + lastOffsetDelta;
    for (let next = waiting[0]; next !== undefined && next.firstOffset <= last; next = waiting[0]) {
      aborted.add(next.producerId);
      waiting.shift();
    }
    const isControl = isControlBatch(header);
    if (isControl) aborted.delete(producerId);
    return { first, last, isShown: !isControl && !(isTransactionalBatch(header) && aborted.has(producerId)) };
  });
}
