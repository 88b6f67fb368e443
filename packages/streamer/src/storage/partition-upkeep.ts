/**
 * What is done for a partition when nobody waits: hashing sealed segments, compacting, looking for rot. One partition, one thing at a time.
 *
 * Guarantees: nothing here makes an append or a read wait longer than a slice of work (2 ms, or one batch or 32 KiB of hashing).
 * What is found is kept in `problems`; damaged ranges are set aside, so that readers are told of them and step over.
 */
import { type Clock, KeyedLock } from "@kaelix/base";
import { readBatchHeader } from "@kaelix/protocol";

import { hashSegment } from "./chain.ts";
import type { DurableEnd } from "./checkpointing.ts";
import {
  compactableSegments,
  compactPartition,
  type CompactionOptions,
  type CompactionReport,
  type CompactionSource,
} from "./compaction.ts";
import type { PartitionSettings } from "./contract.ts";
import { copyPartition, type PartitionCopy } from "./copying.ts";
import { refusal } from "./errors.ts";
import { Pacer } from "./pacer.ts";
import type { PartitionFiles } from "./partition-files.ts";
import { purgePartition, type PurgeReport, type PurgeRule } from "./purging.ts";
import { mergeDamages, scanSegment } from "./segment-loading.ts";
import type { Segment } from "./segment.ts";

const PROBLEMS_MAX = 1000;
const HEADER_BYTES = 61;

/** Something that is wrong with a segment. */
export interface SegmentProblem {
  /** File within the partition's directory. */
  readonly file: string;
  /** Records that cannot be read, or bytes that are not those that were sealed. */
  readonly kind: "damage" | "chain";
  readonly detail: string;
  readonly firstOffset?: number;
  readonly nextOffset?: number;
}

/** The partition, as its upkeep needs it. */
interface UpkeepHost {
  readonly files: PartitionFiles;
  readonly clock: Clock;
  settings(): PartitionSettings;
  durableEnd(): DurableEnd;
  ended(): boolean;
  /** Seals the active segment when it holds anything. */
  beginAnew(): Promise<void>;
  /** Asks for a checkpoint. */
  checkpoint(): void;
  /** Tells that segments were compacted: copies in memory are out of date. */
  compacted(): void;
}

/** How a compaction is asked for by hand. */
export interface CompactRequest extends CompactionOptions {
  /** True seals the active segment first, so that it is compacted too. Default true. */
  readonly includeActive?: boolean;
}

/** See the top of the file. */
export class PartitionUpkeep {
  readonly #host: UpkeepHost;
  readonly #problems: SegmentProblem[] = [];
  readonly #lock = new KeyedLock();
  #cancelled = false;
  /** True when the chain knows more than its file. */
  #chainUnsaved = false;
  /** Timestamp of the oldest record that is not compacted, and what it was looked up for. */
  #oldest: { readonly cleanedTo: number; readonly timestampMs: number } | undefined;

  constructor(host: UpkeepHost) {
    this.#host = host;
  }

  /** What hashing and scrubbing have found since the partition was opened. */
  get problems(): readonly SegmentProblem[] {
    return this.#problems;
  }

  /** Calls off what is under way, and everything after. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    await this.#lock.run("compact", async () => undefined);
  }

  /**
   * Compacts by key; see compaction.ts. One at a time: who asks while one runs waits for it first.
   * @throws `log-disk-full`, `log-disk-failed`
   */
  compact(request: CompactRequest = {}): Promise<CompactionReport> {
    return this.#lock.run("compact", () => this.#compact(request));
  }

  /**
   * Purges by a rule, the active segment too; see purging.ts. One at a time with compacting.
   * @param signal calls it off: what is done by then stays done
   * @throws `log-disk-full`, `log-disk-failed`
   */
  purge(rule: PurgeRule, signal?: AbortSignal): Promise<PurgeReport> {
    return this.#lock.run("compact", () => {
      const durableTo = this.#host.durableEnd().offset;
      const work = (source: CompactionSource): Promise<PurgeReport> => purgePartition(source, rule, durableTo);
      return this.#rewrite(work, { signal });
    });
  }

  /** Before this offset nothing asks for a purge any more; 0 when nobody has said so. */
  get purgedTo(): number {
    return this.#host.files.state.purgedTo;
  }

  /** Keeps how far whoever purges has come, durably. It never goes back. */
  notePurged(offset: number): Promise<void> {
    return this.#host.files.saveState((state) => ({ purgedTo: Math.max(state.purgedTo, offset) }));
  }

  /** Hands the durable files to `work`; nothing is compacted meanwhile. See copying.ts. */
  copy<Result>(work: (copy: PartitionCopy) => Promise<Result>): Promise<Result> {
    return this.#lock.run("compact", () => copyPartition(this.#host.files, this.#host.durableEnd(), work));
  }

  get #isOver(): boolean {
    return this.#cancelled || this.#host.ended();
  }

  async #compact(request: CompactRequest): Promise<CompactionReport> {
    const { includeActive } = request;
    const report = await this.#rewrite((source) => compactPartition(source, request), { includeActive });
    if (report.passes > 0) this.#host.checkpoint();
    return report;
  }

  async #rewrite<Report>(
    work: (source: CompactionSource) => Promise<Report>,
    {
      includeActive,
      signal,
    }: { readonly includeActive?: boolean | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<Report> {
    const { clock, files } = this.#host;
    try {
      if (includeActive !== false && !this.#isOver) await this.#host.beginAnew();
      const settings = this.#host.settings();
      const pacer = new Pacer(clock, () => this.#isOver || signal?.aborted === true);
      const durableEnd = (): DurableEnd => this.#host.durableEnd();
      const report = await work({ files, clock, settings, durableEnd, pacer });
      // Records that were never acknowledged have no place in a topic that forgets.
      for (const name of files.disk.list(files.directory)) {
        if (name.endsWith(".torn")) files.disk.remove(`${files.directory}/${name}`);
      }
      return report;
    } catch (error) {
      throw refusal(error);
    } finally {
      this.#host.compacted();
    }
  }

  /** True when the background should compact: enough is new, something waits for too long, or a kept deletion may go. */
  async compactionDue(): Promise<boolean> {
    const { clock, files } = this.#host;
    const settings = this.#host.settings();
    if (settings.cleanup === "delete" || this.#isOver) return false;
    const { cleanedTo, deletionsDueMs } = files.state;
    if (deletionsDueMs !== null && clock.nowMs() >= deletionsDueMs) return true;
    if (files.segments.at(-1)?.nextOffset === cleanedTo) return false;
    const source = { clock, files, settings, durableEnd: (): DurableEnd => this.#host.durableEnd() };
    let dirty = 0;
    let bytes = 0;
    for (const segment of compactableSegments(source)) {
      bytes += segment.size;
      if (segment.nextOffset > cleanedTo) dirty += segment.size;
    }
    if (dirty > 0 && dirty >= bytes * settings.dirtyRatioMin) return true;
    return clock.nowMs() - (await this.#oldestDirtyMs()) > settings.compactionLagMsMax;
  }

  /** Timestamp of the first batch that is not compacted, as the producer gave it; now when there is none or it cannot be read. */
  async #oldestDirtyMs(): Promise<number> {
    const { clock, files } = this.#host;
    const { cleanedTo } = files.state;
    if (this.#oldest?.cleanedTo === cleanedTo) return this.#oldest.timestampMs;
    const segment = files.segments.find(({ nextOffset }) => nextOffset > cleanedTo);
    if (segment === undefined || segment.nextOffset > this.#host.durableEnd().offset) return clock.nowMs();
    const bytes = new Uint8Array(HEADER_BYTES);
    segment.pin();
    try {
      await segment.open(files.disk).read(bytes, 0);
    } finally {
      segment.unpin();
      files.keeper.touch(segment);
    }
    const header = readBatchHeader(bytes);
    const timestampMs = Math.min(header?.maxTimestampMs ?? clock.nowMs(), clock.nowMs());
    this.#oldest = { cleanedTo, timestampMs };
    return timestampMs;
  }

  /** True when a sealed segment has no hash yet. */
  get hashesPending(): boolean {
    const { chain, segments } = this.#host.files;
    const sealed = segments.at(-2);
    if (sealed === undefined || sealed.size === 0) return this.#chainUnsaved;
    const row = chain.rows.at(-1);
    return this.#chainUnsaved || row?.baseOffset !== sealed.baseOffset || row.size !== sealed.size;
  }

  /** Hashes sealed segments that have no hash yet. Calls `pause` after each slice. */
  async hashSealed(pause: (bytes: number) => Promise<void>): Promise<void> {
    const { files } = this.#host;
    for (const segment of files.segments.slice(0, -1)) {
      if (this.#isOver) return;
      if (!segment.sealed || segment.size === 0 || segment.nextOffset > this.#host.durableEnd().offset) continue;
      const { baseOffset, nextOffset, size } = segment;
      const known = files.chain.of(baseOffset);
      if (known?.size === size && known.nextOffset === nextOffset) continue;
      const { prefixSha256, sha256 } = await hashSegment(files.disk, segment, known?.size ?? 0, pause);
      if (!files.segments.includes(segment)) continue;
      // It was sealed before and then went on after a crash: what was sealed must still be there.
      if (known !== undefined && prefixSha256 !== known.sha256) this.#tell(segment, CHANGED);
      files.chain.put({ baseOffset, nextOffset, size, sha256 });
      this.#chainUnsaved = true;
    }
    if (!this.#chainUnsaved || this.#isOver) return;
    await files.saveChain();
    this.#chainUnsaved = false;
  }

  /**
   * Looks for rot in the first sealed segment at or after an offset. Calls `pause` after each slice.
   * @returns where to go on; undefined when there is no further segment
   */
  async scrub(offset: number, pause: (bytes: number) => Promise<void>): Promise<number | undefined> {
    const { files } = this.#host;
    // One in which nothing stayed, after a failed sync, ends where it begins.
    const segment = files.segments.find(({ baseOffset, sealed, size }) => sealed && size > 0 && baseOffset >= offset);
    if (segment === undefined || this.#isOver) return undefined;
    const row = files.chain.of(segment.baseOffset);
    const { prefixSha256 } = await hashSegment(files.disk, segment, row?.size ?? 0, pause);
    if (row === undefined || prefixSha256 !== row.sha256) await this.#inspect(segment, row !== undefined);
    files.keeper.touch(segment);
    return segment.baseOffset + 1;
  }

  /** Checks every batch of a segment whose bytes are not known to be right. */
  async #inspect(segment: Segment, isChanged: boolean): Promise<void> {
    const { files } = this.#host;
    const before = segment.damages;
    segment.pin();
    try {
      const limits = { endPosition: segment.size, offsetBound: segment.nextOffset };
      const outcome = await scanSegment(files.disk, segment, limits);
      const rest = { firstOffset: outcome.nextOffset, nextOffset: segment.nextOffset };
      const missing =
        outcome.nextOffset < segment.nextOffset
          ? [
              {
                ...rest,
                position: outcome.position,
                endPosition: segment.size,
                reason: outcome.reason ?? "file ends early",
              },
            ]
          : [];
      const found = [...outcome.damages, ...missing];
      if (!files.segments.includes(segment)) return;
      segment.damages = mergeDamages(before, found);
      for (const { firstOffset, nextOffset, reason } of found) {
        this.#tell(segment, { kind: "damage", detail: reason, firstOffset, nextOffset });
      }
      if (found.length === 0 && isChanged) this.#tell(segment, CHANGED);
      if (segment.damages !== before) this.#host.checkpoint();
    } finally {
      segment.unpin();
    }
  }

  #tell(segment: Segment, problem: Omit<SegmentProblem, "file">): void {
    const file = segment.path("log").slice(segment.directory.length + 1);
    const isKnown = this.#problems.some(
      (known) => known.file === file && known.kind === problem.kind && known.firstOffset === problem.firstOffset,
    );
    if (!isKnown && this.#problems.length < PROBLEMS_MAX) this.#problems.push({ file, ...problem });
  }
}

const CHANGED: Omit<SegmentProblem, "file"> = {
  kind: "chain",
  detail: "bytes are not those that were sealed, though every checksum fits",
};
