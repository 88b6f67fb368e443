/**
 * Opening a partition's directory.
 *
 *     checkpoint knows the segment, its file is long enough     → believed without reading (bit rot is found when it is read)
 *     last segment after a clean stop                           → believed, index loaded
 *     anything else                                             → every batch is checked
 *
 *     a finished but not yet installed compaction (.swap)       → checked and installed
 *     an unfinished one (.cleaned)                              → removed
 *
 *     bytes behind the last valid batch of the last segment     → torn tail: kept aside in a `.torn` file, cut
 *     room written ahead behind them (room.ts)                  → cut
 *     bytes between valid batches, or where durable data was    → damage: left as they are, named, stepped over
 *     … in the last segment, with untouched room among them     → a write that never came to the disk: torn tail from there on
 *
 * Guarantees: nothing that was ever durable is truncated; an offset that was ever durable is never given again; after it returns, all
 * that will be served as durable is on the disk. A checkpoint that cannot be believed costs time, never records.
 */
import type { DamagedRange, RecoveryReport } from "./contract.ts";
import { CHAIN_NAME, SegmentChain } from "./chain.ts";
import { CHECKPOINT_NAME, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { type Disk, readWholeFile, writeFileAtomically } from "./disk.ts";
import { decodeState, FRESH_STATE, type PartitionState, STATE_NAME } from "./partition-state.ts";
import { endOfWritten, unwrittenDamage } from "./room.ts";
import { type Damage, SegmentWalker } from "./scan.ts";
import { loadIndex, mergeDamages, type ScanOutcome, type ScanStart, scanSegment } from "./segment-loading.ts";
import { finishSwaps, listSwaps } from "./swap.ts";
import { parseSegmentName, Segment, type SegmentFacts } from "./segment.ts";

const TORN_BYTES_KEPT_MAX = 64 * 2 ** 20;
const TORN_FILES_MAX = 16;

/** An opened partition directory. */
export interface Recovered {
  readonly segments: Segment[];
  readonly state: PartitionState;
  readonly chain: SegmentChain;
  readonly endOffset: number;
  /** True when the last segment may not be written to any more. */
  readonly mustRoll: boolean;
  readonly report: RecoveryReport;
}

/** Opens the segments of a partition; see the top of the file. */
export async function recoverPartition(disk: Disk, directory: string): Promise<Recovered> {
  // Names that a process left behind may not be durable, nor their removal: a file that came back later would stand in the way of
  // what was appended meanwhile.
  await disk.syncDirectory(directory);
  const checkpoint = readDecoded(disk, `${directory}/${CHECKPOINT_NAME}`, decodeCheckpoint);
  const known = new Map((checkpoint?.segments ?? []).map((row) => [row.baseOffset, row]));
  const endOffset = checkpoint?.endOffset ?? 0;
  const chain =
    readDecoded(disk, `${directory}/${CHAIN_NAME}`, (bytes) => SegmentChain.decode(bytes)) ?? new SegmentChain();
  const swaps = listSwaps(disk, directory);
  if (swaps.length > 0) {
    for (const { baseOffset, nextOffset } of swaps) {
      for (const base of known.keys()) if (base >= baseOffset && base < nextOffset) known.delete(base);
      chain.remove(baseOffset, nextOffset);
    }
    // What was known is known of the segments that are replaced: it must be forgotten before they are, also by the next opening.
    const { startOffset = 0 } = checkpoint ?? {};
    const facts = { segments: [...known.values()], endOffset, startOffset, chainHead: chain.head };
    await writeFileAtomically(disk, `${directory}/${CHECKPOINT_NAME}`, encodeCheckpoint(facts));
    await writeFileAtomically(disk, `${directory}/${CHAIN_NAME}`, chain.encode());
    await finishSwaps(disk, directory, swaps);
  }
  const names = disk.list(directory);
  const bases = await segmentBases(disk, directory, names, known);
  removeOrphans(disk, directory, names, bases);
  const opening = new PartitionOpening(disk, directory, known);
  for (const [at, base] of bases.entries()) await opening.open(base, bases[at + 1]);
  const state = readDecoded(disk, `${directory}/${STATE_NAME}`, decodeState) ?? FRESH_STATE;
  const startOffset = Math.max(state.startOffset, checkpoint?.startOffset ?? 0);
  return opening.finish({ ...state, startOffset }, chain, endOffset);
}

function readDecoded<Value>(
  disk: Disk,
  path: string,
  decode: (bytes: Uint8Array) => Value | undefined,
): Value | undefined {
  const bytes = readWholeFile(disk, path);
  return bytes === undefined ? undefined : decode(bytes);
}

/** Base offsets in order. A last file without a single batch was made just before a crash: the segment before it is then the last. */
async function segmentBases(
  disk: Disk,
  directory: string,
  names: readonly string[],
  known: ReadonlyMap<number, SegmentFacts>,
): Promise<number[]> {
  const bases = names.map((name) => parseSegmentName(name, "log")).filter((base) => base !== undefined);
  bases.sort((left, right) => left - right);
  for (let last = bases.at(-1); last !== undefined && bases.length > 1; last = bases.at(-1)) {
    const segment = new Segment(directory, last);
    const path = segment.path("log");
    if (known.has(last) || !(await isHollow(disk, segment))) break;
    if (await isUnwritten(disk, segment)) disk.remove(path);
    else disk.rename(path, tornPath(segment, 0));
    bases.pop();
  }
  return bases;
}

/** True when no batch stands anywhere in a segment that is not known to be durable. */
async function isHollow(disk: Disk, segment: Segment): Promise<boolean> {
  const endPosition = disk.size(segment.path("log")) ?? 0;
  if (endPosition === 0) return true;
  const walker = new SegmentWalker(segment.open(disk, "read"), { endPosition, offsetBound: Number.MAX_SAFE_INTEGER });
  try {
    return (await walker.step(0, segment.baseOffset)).type === "end";
  } finally {
    segment.close();
  }
}

/** True when a segment's file holds nothing but room. */
async function isUnwritten(disk: Disk, segment: Segment): Promise<boolean> {
  try {
    return (await endOfWritten(segment.open(disk, "read"), 0, disk.size(segment.path("log")) ?? 0)) === 0;
  } finally {
    segment.close();
  }
}

function tornPath(segment: Segment, position: number): string {
  return `${segment.directory}/${String(segment.baseOffset).padStart(20, "0")}-${position}.torn`;
}

function removeOrphans(disk: Disk, directory: string, names: readonly string[], bases: readonly number[]): void {
  for (const name of names) {
    const base = parseSegmentName(name, "index") ?? parseSegmentName(name, "timeindex");
    if (name.endsWith(".tmp") || name.endsWith(".cleaned") || (base !== undefined && !bases.includes(base)))
      disk.remove(`${directory}/${name}`);
  }
}

class PartitionOpening {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #known: ReadonlyMap<number, SegmentFacts>;
  readonly #segments: Segment[] = [];
  readonly #scanned: Segment[] = [];
  #scannedBytes = 0;
  #tornBytes = 0;
  #mustRoll = false;

  constructor(disk: Disk, directory: string, known: ReadonlyMap<number, SegmentFacts>) {
    this.#disk = disk;
    this.#directory = directory;
    this.#known = known;
  }

  /** Opens the segment at a base offset; `nextBase` is that of the one after it. */
  async open(base: number, nextBase: number | undefined): Promise<void> {
    const segment = new Segment(this.#directory, base);
    this.#segments.push(segment);
    const facts = this.#known.get(base);
    // What a checkpoint says of a sealed segment is believed whatever follows in its file, which was refused: it never goes on, though
    // what was begun after it is gone.
    const isSealed = facts?.sealed === true;
    if (isSealed && nextBase === undefined) this.#mustRoll = true;
    const fileBytes = Math.min(this.#disk.size(segment.path("log")) ?? 0, isSealed ? facts.size : Infinity);
    if (facts !== undefined && fileBytes >= facts.size && this.#believe(segment, facts, fileBytes, nextBase)) return;
    const start = facts === undefined || fileBytes < facts.size ? undefined : this.#startFrom(facts, segment);
    segment.open(this.#disk, "write");
    const limits = { endPosition: fileBytes, offsetBound: nextBase ?? Number.MAX_SAFE_INTEGER };
    let outcome = await scanSegment(this.#disk, segment, limits, start);
    const unwritten = nextBase === undefined ? await this.#unwritten(segment, outcome, facts) : undefined;
    if (unwritten !== undefined) {
      const again = facts === undefined || start === undefined ? undefined : this.#startFrom(facts, segment);
      const before = { ...limits, endPosition: unwritten.position };
      outcome = { ...(await scanSegment(this.#disk, segment, before, again)), reason: unwritten.reason };
    }
    const writtenEnd = await endOfWritten(segment.open(this.#disk), outcome.position, fileBytes);
    this.#scannedBytes += writtenEnd - (start?.position ?? 0);
    this.#scanned.push(segment);
    segment.index = outcome.index;
    segment.maxTimestampMs = outcome.index.maxTimestampMs;
    segment.size = outcome.position;
    segment.nextOffset = outcome.nextOffset;
    segment.damages = mergeDamages(start === undefined ? [] : (facts?.damages ?? []), outcome.damages);
    segment.sealed = nextBase !== undefined;
    await this.#settleTail(segment, { outcome, facts, fileBytes, writtenEnd, nextBase });
  }

  #believe(segment: Segment, facts: SegmentFacts, fileBytes: number, nextBase: number | undefined): boolean {
    const complete = nextBase !== undefined && (facts.sealed || facts.nextOffset === nextBase);
    if (!complete && fileBytes !== facts.size) return false;
    if (facts.maxTimestampMs === null && facts.size > 0) return false;
    if (nextBase === undefined) {
      const index = loadIndex(this.#disk, segment.baseOffset, facts, segment);
      if (index === undefined) return false;
      segment.index = index;
    }
    segment.size = facts.size;
    segment.nextOffset = facts.nextOffset;
    segment.maxTimestampMs = facts.maxTimestampMs ?? Number.NEGATIVE_INFINITY;
    segment.damages = facts.damages;
    segment.indexFacts = facts;
    segment.sealed = nextBase !== undefined;
    return true;
  }

  #startFrom(facts: SegmentFacts, segment: Segment): ScanStart | undefined {
    const index = loadIndex(this.#disk, facts.baseOffset, facts, segment);
    return index === undefined ? undefined : { index, position: facts.size, nextOffset: facts.nextOffset };
  }

  #unwritten(segment: Segment, { damages }: ScanOutcome, facts: SegmentFacts | undefined): Promise<Damage | undefined> {
    return unwrittenDamage(segment.open(this.#disk), damages, facts?.size ?? 0);
  }

  async #settleTail(
    segment: Segment,
    tail: {
      readonly outcome: ScanOutcome;
      readonly facts: SegmentFacts | undefined;
      readonly fileBytes: number;
      readonly writtenEnd: number;
      readonly nextBase: number | undefined;
    },
  ): Promise<void> {
    const { outcome, facts, fileBytes, nextBase, writtenEnd } = tail;
    const promised = Math.min(facts?.nextOffset ?? 0, nextBase ?? Number.MAX_SAFE_INTEGER);
    const lostDurable = outcome.nextOffset < promised;
    if (lostDurable || (nextBase !== undefined && outcome.nextOffset < nextBase && writtenEnd > outcome.position)) {
      const nextOffset = nextBase ?? promised;
      const reason = outcome.reason ?? "file is shorter than it was";
      const damage: Damage = {
        firstOffset: outcome.nextOffset,
        nextOffset,
        position: outcome.position,
        endPosition: writtenEnd,
        reason,
      };
      segment.damages = mergeDamages(segment.damages, [damage]);
      segment.size = writtenEnd;
      segment.nextOffset = nextOffset;
      segment.sealed = true;
      if (nextBase === undefined) this.#mustRoll = true;
    } else if (nextBase === undefined && fileBytes > outcome.position) {
      await this.#cutTornTail(segment, outcome.position, writtenEnd - outcome.position);
    }
  }

  async #cutTornTail(segment: Segment, position: number, tornBytes: number): Promise<void> {
    const file = segment.open(this.#disk);
    const tail = new Uint8Array(Math.min(tornBytes, TORN_BYTES_KEPT_MAX));
    await file.read(tail, position);
    try {
      await this.#keepAside(segment, position, tail);
      file.truncate(position);
    } catch {
      // No room to keep it: it stays where it is, and writing goes on in a new segment.
      this.#mustRoll = true;
    }
    this.#tornBytes += tornBytes;
  }

  async #keepAside(segment: Segment, position: number, tail: Uint8Array): Promise<void> {
    if (tail.some((byte) => byte !== 0)) {
      const path = tornPath(segment, position);
      this.#disk.remove(path);
      const aside = this.#disk.open(path, "create");
      try {
        aside.write(tail, 0);
        await aside.sync();
      } finally {
        aside.close();
      }
      await this.#disk.syncDirectory(this.#directory);
      this.#pruneTorn(path);
    }
  }

  #pruneTorn(keep: string): void {
    const torn = this.#disk.list(this.#directory).filter((name) => name.endsWith(".torn"));
    torn.sort();
    for (const name of torn.slice(0, Math.max(0, torn.length - TORN_FILES_MAX))) {
      const path = `${this.#directory}/${name}`;
      if (path !== keep) this.#disk.remove(path);
    }
  }

  /** Makes what was found durable and says where the partition ends: not before `endMin`. */
  async finish(state: PartitionState, chain: SegmentChain, endMin: number): Promise<Recovered> {
    // Batches that survived a killed process may still be in the page cache alone.
    for (const segment of this.#scanned) await segment.open(this.#disk).sync();
    if (this.#scanned.length > 0) await this.#disk.syncDirectory(this.#directory);
    const last = this.#segments.at(-1);
    const endOffset = Math.max(last?.nextOffset ?? 0, endMin, state.startOffset);
    const mustRoll = this.#mustRoll || endOffset > (last?.nextOffset ?? 0);
    if (mustRoll && last !== undefined) last.sealed = true;
    // Opened again when they are used: there may be thousands of partitions.
    for (const segment of this.#segments) segment.close();
    return {
      segments: this.#segments,
      state,
      chain,
      endOffset,
      mustRoll,
      report: { scannedBytes: this.#scannedBytes, tornBytes: this.#tornBytes, damaged: this.#damaged(endOffset) },
    };
  }

  #damaged(endOffset: number): readonly DamagedRange[] {
    const damaged: DamagedRange[] = [];
    for (const [at, segment] of this.#segments.entries()) {
      for (const { firstOffset, nextOffset, reason } of segment.damages)
        damaged.push({ firstOffset, nextOffset, reason });
      const nextBase = this.#segments[at + 1]?.baseOffset ?? endOffset;
      if (segment.nextOffset < nextBase) {
        damaged.push({ firstOffset: segment.nextOffset, nextOffset: nextBase, reason: "no records were kept here" });
      }
    }
    return damaged;
  }
}
