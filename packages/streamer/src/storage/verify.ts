/**
 * Reads a whole data directory and says what is not as it should be. Changes nothing.
 *
 * Checks: every batch's checksum, length and place; offsets dense within and between segments; every index entry against the log;
 * the hash chain and every sealed segment's bytes against it, so that an edit with a right checksum is found too.
 * Works on a closed directory or beside its running owner; beside it, bytes that are being appended may be reported as a cut-off batch.
 */
import { checksum } from "@kaelix/protocol";

import { CHAIN_NAME, type ChainFacts, hashSegment, SegmentChain } from "./chain.ts";
import { type Checkpoint, CHECKPOINT_NAME, decodeCheckpoint } from "./checkpoint.ts";
import { type Disk, readWholeFile } from "./disk.ts";
import { nodeDisk } from "./node-disk.ts";
import { parseSwapName } from "./partition-files.ts";
import { decodeState, STATE_NAME } from "./partition-state.ts";
import { endOfWritten } from "./room.ts";
import { SegmentWalker } from "./scan.ts";
import { SegmentIndex } from "./segment-index.ts";
import { scanSegment } from "./segment-loading.ts";
import { parseSegmentName, Segment, type SegmentFacts } from "./segment.ts";
import { isMarkedDeleted } from "./topic-removal.ts";
import { decodeTopicFile, TOPIC_FILE_NAME } from "./topic-file.ts";

/** One thing that is wrong. */
export interface VerifyProblem {
  readonly topic: string;
  readonly partition: number;
  /** File within the partition's directory; "" for the topic itself. */
  readonly file: string;
  /** What kind of trouble: records lost, offsets missing between segments, a small file that does not fit, bytes that are not those sealed. */
  readonly kind: "damage" | "gap" | "tail" | "index" | "checkpoint" | "topic" | "state" | "chain";
  readonly detail: string;
  readonly firstOffset?: number;
  readonly nextOffset?: number;
}

/** What a verification counted and found. */
export interface VerifyReport {
  readonly topics: number;
  readonly partitions: number;
  readonly segments: number;
  /** Segments whose bytes were compared with the hash they were sealed with. */
  readonly hashed: number;
  readonly batches: number;
  readonly records: number;
  readonly bytes: number;
  readonly problems: readonly VerifyProblem[];
}

/** How far a verification has come, in bytes of log. */
export interface VerifyProgress {
  readonly bytes: number;
  readonly bytesTotal: number;
}

/** Verifies every topic of a data directory. @param onProgress is told after every segment */
export async function verifyStorage(
  directory: string,
  disk: Disk = nodeDisk,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const bytesTotal = onProgress === undefined ? 0 : logBytes(disk, directory);
  const verification = new Verification(disk, (bytes) => onProgress?.({ bytes, bytesTotal }));
  for (const topic of [...disk.list(`${directory}/topics`)].sort()) {
    await verification.topic(topic, `${directory}/topics/${topic}`);
  }
  return verification.report;
}

/** Bytes of all log files. */
function logBytes(disk: Disk, directory: string): number {
  let bytes = 0;
  for (const topic of disk.list(`${directory}/topics`)) {
    for (const partition of disk.list(`${directory}/topics/${topic}`).filter((name) => /^\d+$/.test(name))) {
      const folder = `${directory}/topics/${topic}/${partition}`;
      for (const name of disk.list(folder)) if (name.endsWith(".log")) bytes += disk.size(`${folder}/${name}`) ?? 0;
    }
  }
  return bytes;
}

class Verification {
  readonly #onBytes: (bytes: number) => void;
  readonly #disk: Disk;
  readonly #problems: VerifyProblem[] = [];
  readonly #counts = { topics: 0, partitions: 0, segments: 0, hashed: 0, batches: 0, records: 0, bytes: 0 };

  constructor(disk: Disk, onBytes: (bytes: number) => void) {
    this.#disk = disk;
    this.#onBytes = onBytes;
  }

  get report(): VerifyReport {
    return { ...this.#counts, problems: this.#problems };
  }

  async topic(topic: string, directory: string): Promise<void> {
    const bytes = readWholeFile(this.#disk, `${directory}/${TOPIC_FILE_NAME}`);
    // Deleted, not yet removed: nothing of it is served.
    if (bytes === undefined && isMarkedDeleted(this.#disk, directory)) return;
    const spec = bytes === undefined ? undefined : decodeTopicFile(bytes);
    if (spec === undefined) {
      const detail = bytes === undefined ? "topic was never finished" : "topic file cannot be understood";
      this.#problems.push({ topic, partition: -1, file: TOPIC_FILE_NAME, kind: "topic", detail });
      return;
    }
    this.#counts.topics += 1;
    for (let partition = 0; partition < spec.partitions; partition += 1) {
      this.#counts.partitions += 1;
      await this.#partition({ topic, partition }, `${directory}/${partition}`);
    }
  }

  async #partition(place: Place, directory: string): Promise<void> {
    const names = this.#disk.list(directory);
    // What a finished compaction will replace at the next opening does not count any more.
    const swaps = names.map((name) => ({ name, range: parseSwapName(name) }));
    const isReplaced = (base: number): boolean =>
      swaps.some(({ range }) => range !== undefined && base >= range.baseOffset && base < range.nextOffset);
    const files = names.map((name) => ({ name, base: parseSegmentName(name, "log") }));
    const segments = [
      ...files.flatMap(({ base, name }) => (base === undefined || isReplaced(base) ? [] : [{ base, name }])),
      ...swaps.flatMap(({ name, range }) => (range === undefined ? [] : [{ base: range.baseOffset, name }])),
    ].sort((left, right) => left.base - right.base);
    this.#state(place, directory);
    const checkpoint = this.#checkpoint(place, directory);
    const chain = this.#chain(place, directory, checkpoint);
    for (const [at, { base, name }] of segments.entries()) {
      const nextBase = segments[at + 1]?.base;
      const isSwap = parseSwapName(name) !== undefined;
      const facts = isSwap ? undefined : checkpoint?.segments.find((row) => row.baseOffset === base);
      const hashed = chain?.of(base);
      await this.#segment({ ...place, directory, file: name, base, nextBase, facts, hashed });
    }
    const first = segments[0]?.base ?? 0;
    for (const { baseOffset, nextOffset } of chain?.rows ?? []) {
      if (nextOffset <= first || isReplaced(baseOffset) || segments.some(({ base }) => base === baseOffset)) continue;
      const detail = "a segment that was sealed is missing";
      this.#problems.push({ ...place, file: CHAIN_NAME, kind: "chain", detail, firstOffset: baseOffset, nextOffset });
    }
  }

  #state(place: Place, directory: string): void {
    const bytes = readWholeFile(this.#disk, `${directory}/${STATE_NAME}`);
    if (bytes === undefined || decodeState(bytes) !== undefined) return;
    this.#problems.push({ ...place, file: STATE_NAME, kind: "state", detail: "checksum is wrong" });
  }

  #checkpoint(place: Place, directory: string): Checkpoint | undefined {
    const bytes = readWholeFile(this.#disk, `${directory}/${CHECKPOINT_NAME}`);
    if (bytes === undefined) return undefined;
    const checkpoint = decodeCheckpoint(bytes);
    if (checkpoint !== undefined) return checkpoint;
    this.#problems.push({ ...place, file: CHECKPOINT_NAME, kind: "checkpoint", detail: "checksum is wrong" });
    return undefined;
  }

  #chain(place: Place, directory: string, checkpoint: Checkpoint | undefined): SegmentChain | undefined {
    const bytes = readWholeFile(this.#disk, `${directory}/${CHAIN_NAME}`);
    const chain = bytes === undefined ? undefined : SegmentChain.decode(bytes);
    const wasThere = new SegmentChain().head !== (checkpoint?.chainHead ?? new SegmentChain().head);
    let detail: string | undefined;
    if (bytes === undefined) detail = wasThere ? "hash chain is missing" : undefined;
    else if (chain === undefined) detail = "checksum is wrong";
    else if (chain.broken) detail = "hashes do not follow from each other";
    if (detail !== undefined) this.#problems.push({ ...place, file: CHAIN_NAME, kind: "chain", detail });
    return chain;
  }

  async #segment(place: SegmentPlace): Promise<void> {
    const { base, directory, facts, file, nextBase, partition, topic } = place;
    const segment = new Segment(directory, base);
    segment.sealed = true;
    segment.adopt(this.#disk.open(`${directory}/${file}`, "read"));
    const fileBytes = this.#disk.size(`${directory}/${file}`) ?? 0;
    const endPosition = facts?.sealed === true ? Math.min(fileBytes, facts.size) : fileBytes;
    const offsetBound = nextBase ?? Number.MAX_SAFE_INTEGER;
    const limits = { endPosition, offsetBound };
    const outcome = await scanSegment(this.#disk, segment, limits);
    const writtenEnd = await endOfWritten(segment.open(this.#disk), outcome.position, endPosition);
    this.#counts.segments += 1;
    this.#counts.batches += outcome.batchCount;
    this.#counts.records += outcome.recordCount;
    this.#counts.bytes += endPosition;
    for (const { firstOffset, nextOffset, reason } of outcome.damages) {
      this.#problems.push({ topic, partition, file, kind: "damage", detail: reason, firstOffset, nextOffset });
    }
    const promised = Math.max(nextBase ?? 0, facts?.nextOffset ?? 0);
    if (outcome.nextOffset < promised) {
      const range = { firstOffset: outcome.nextOffset, nextOffset: promised };
      const kind = outcome.reason === undefined && nextBase !== undefined ? "gap" : "damage";
      this.#problems.push({ topic, partition, file, kind, detail: outcome.reason ?? "no records were kept", ...range });
    } else if (nextBase === undefined && outcome.position < writtenEnd) {
      // Behind the last offset of one that another follows nobody reads: a power cut may leave half of the room there.
      const detail = outcome.reason ?? "bytes behind the last batch";
      this.#problems.push({ topic, partition, file, kind: "tail", detail });
    }
    segment.size = endPosition;
    await this.#hash(place, segment);
    await this.#index(place, segment);
    segment.close();
    this.#onBytes(this.#counts.bytes);
  }

  /** Compares the bytes with those that were sealed. What came behind them since was appended after a crash. */
  async #hash({ file, hashed, partition, topic }: SegmentPlace, segment: Segment): Promise<void> {
    if (hashed === undefined) return;
    this.#counts.hashed += 1;
    const { prefixSha256 } = await hashSegment(this.#disk, segment, hashed.size, nextTurn);
    if (prefixSha256 === hashed.sha256 && segment.size >= hashed.size) return;
    const { baseOffset: firstOffset, nextOffset } = hashed;
    const detail = "bytes are not those that were sealed";
    this.#problems.push({ topic, partition, file, kind: "chain", detail, firstOffset, nextOffset });
  }

  async #index(place: SegmentPlace, segment: Segment): Promise<void> {
    const offsets = readWholeFile(this.#disk, segment.path("index"));
    const times = readWholeFile(this.#disk, segment.path("timeindex"));
    if (offsets === undefined || times === undefined || place.facts?.indexed !== true) return;
    const { base: baseOffset, directory, facts, partition, topic } = place;
    const problem = (file: "index" | "timeindex", detail: string): void => {
      const name = segment.path(file).slice(directory.length + 1);
      this.#problems.push({ topic, partition, file: name, kind: "index", detail });
    };
    if (checksum(offsets) !== facts.indexCrc) problem("index", "checksum is wrong");
    if (checksum(times) !== facts.timeIndexCrc) problem("timeindex", "checksum is wrong");
    const index = SegmentIndex.decode(baseOffset, offsets, times, segment.size);
    if (index === undefined) {
      problem("index", "entries do not grow or lie outside the segment");
      return;
    }
    const limits = { endPosition: segment.size, offsetBound: Number.MAX_SAFE_INTEGER };
    const walker = new SegmentWalker(segment.open(this.#disk), limits);
    for (const { lastOffset, position } of index.entries()) {
      const found = await walker.inspect(position);
      if (typeof found === "string") continue;
      const { header } = found;
      if (header.baseOffset + header.lastOffsetDelta !== lastOffset) {
        problem("index", `entry for offset ${lastOffset} points at another batch`);
        break;
      }
    }
  }
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

interface SegmentPlace extends Place {
  readonly directory: string;
  /** Its file in the directory. */
  readonly file: string;
  readonly base: number;
  readonly nextBase: number | undefined;
  readonly facts: SegmentFacts | undefined;
  /** What it was sealed with. */
  readonly hashed: ChainFacts | undefined;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
