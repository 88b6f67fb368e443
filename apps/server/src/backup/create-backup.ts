/**
 * Making a backup of the embedded log while it is written to.
 *
 *     pieces of the database's snapshot ──► of every topic ──► head ──► point ──► older heads and what only they needed are removed
 *
 * Guarantees: a point is there only when everything it needs is; what is cut off leaves earlier points as they were, and the next run
 * uploads what is missing alone; what a segment holds is copied as far as it is on the disk.
 * It does not: copy the key file, or views but for that snapshot; all of them can be made anew from the log.
 */
import type { Clock, RandomSource } from "@kaelix/base";
import type { StreamerLog } from "@kaelix/log";
import { TOPICS } from "@kaelix/model";
import type { PartitionCopy, SegmentCopy } from "@kaelix/streamer";

import { serverErrors } from "../errors.ts";
import {
  copyOrder,
  isLiving,
  nameAt,
  PIECE_BYTES,
  piecesOf,
  readState,
  type SavedPartition,
  type SavedPiece,
  type SavedSegment,
  savedState,
  type SavedState,
  type SavedTopic,
  type SavedView,
  sealObject,
  writeState,
} from "./format.ts";
import { type BackupStore, pointsAt } from "./store.ts";
import type { ViewCopies } from "./view-copies.ts";

/** What a backup is made from. */
export interface BackupOptions {
  readonly store: BackupStore;
  readonly log: StreamerLog;
  readonly views: ViewCopies;
  readonly installation: string;
  readonly version: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** True: the newest head alone, so that what was erased is in no backup any more; no point is made. */
  readonly headOnly?: boolean;
  /** Points older than this are removed, but for the newest. */
  readonly keepMs: number;
  readonly onProgress?: (share: number, words: string) => void;
  readonly signal?: AbortSignal;
}

/** What was made. */
export interface BackupReport {
  readonly name: string;
  readonly atMs: number;
  /** Bytes it holds, of the log and of the database's snapshot, and of them those that were not at the target yet. */
  readonly bytes: number;
  readonly bytesWritten: number;
  readonly piecesWritten: number;
  readonly records: number;
  readonly pointsRemoved: number;
}

/** Makes a backup. Throws errors of the target and of the log; earlier backups are as they were then. */
export async function createBackup(options: BackupOptions): Promise<BackupReport> {
  const run = new BackupRun(options);
  return run.make();
}

class BackupRun {
  readonly #options: BackupOptions;
  readonly #known = new Set<string>();
  readonly #counts = { bytes: 0, bytesWritten: 0, piecesWritten: 0, records: 0 };
  #total = 1;
  #before: SavedState | undefined;

  constructor(options: BackupOptions) {
    this.#options = options;
  }

  async make(): Promise<BackupReport> {
    const { clock, installation, log, random, store, version } = this.#options;
    const { target } = store;
    for (const folder of ["data/", "living/", "views/"])
      for (const name of await target.list(folder)) this.#known.add(name);
    await this.#refuseForeign();
    await this.#readBefore();
    const { headOnly = false } = this.#options;
    const all = copyOrder([...log.storage.topics().keys()]);
    const names = headOnly ? all.filter((name) => isLiving(name)) : all;
    this.#total = Math.max(1, this.#sizeOf(names));
    const atMs = clock.nowMs();
    // Before the topics: what it knows, they have.
    const view = headOnly ? undefined : await this.#saveView();
    const topics: SavedTopic[] = [];
    for (const name of names) topics.push(await this.#saveTopic(name));
    const fields = { installation, version, atMs };
    const suffix = random.bytes(4);
    const head = {
      name: nameAt("heads", atMs, suffix),
      state: savedState({ ...fields, topics: topics.filter(({ name }) => isLiving(name)) }),
    };
    const point = {
      name: nameAt("points", atMs, suffix),
      state: savedState({
        ...fields,
        topics: topics.filter(({ name }) => !isLiving(name)),
        ...(view === undefined ? {} : { view }),
      }),
    };
    this.#options.signal?.throwIfAborted();
    await writeState(target, store.keys, head);
    if (!headOnly) await writeState(target, store.keys, point);
    await this.#removeHeads(head);
    if (!headOnly) await this.#removeBut("views/", view?.pieces ?? []);
    const pointsRemoved = headOnly ? 0 : await this.#removePoints(atMs);
    this.#tell(1, "done");
    return { name: point.name, atMs, ...this.#counts, pointsRemoved };
  }

  /** Two installations at one place would remove each other's backups. */
  async #refuseForeign(): Promise<void> {
    const { installation, store } = this.#options;
    const [head] = await store.target.list("heads/");
    if (head === undefined) return;
    const state = await readState(store.target, store.keys, head);
    if (state.installation !== installation) throw serverErrors("backup-foreign");
  }

  /** The newest point is what most of this one is like. One that cannot be read only costs reading everything. */
  async #readBefore(): Promise<void> {
    const { keys, target } = this.#options.store;
    const [newest] = await pointsAt(target);
    if (newest === undefined) return;
    this.#before = await readState(target, keys, newest.name).catch(() => undefined);
  }

  async #saveView(): Promise<SavedView | undefined> {
    this.#tell(0, "database");
    const partitions = this.#options.log.storage.topics().get(TOPICS.memories.name)?.partitions ?? [];
    const events = partitions.reduce((sum, partition) => sum + partition.bounds().durableOffset, 0);
    const view = await this.#options.views.save(events, {
      has: (piece) => this.#known.has(piece),
      save: (bytes) => this.#savePiece("views", bytes),
    });
    const bytes = (view?.pieces ?? []).reduce((sum, { size }) => sum + size, 0);
    this.#counts.bytes += bytes;
    this.#total += bytes;
    return view;
  }

  #sizeOf(names: readonly string[]): number {
    const topics = this.#options.log.storage.topics();
    const partitions = names.flatMap((name) => topics.get(name)?.partitions ?? []);
    return partitions.reduce((sum, partition) => sum + partition.sizeBytes(), 0);
  }

  async #saveTopic(name: string): Promise<SavedTopic> {
    const { storage } = this.#options.log;
    const topic = storage.topics().get(name);
    const partitions: SavedPartition[] = [];
    const isAppendOnly = topic?.spec.cleanup === "delete";
    const before = this.#before?.topics.find((known) => known.name === name && known.isAppendOnly && isAppendOnly);
    for (const [number, partition] of (topic?.partitions ?? []).entries()) {
      const known = before?.partitions[number]?.segments ?? [];
      // A memory that was copied a moment ago may have reached the disk before its key, which was handed over first. A disk that cannot write
      // any more is no reason to copy nothing.
      await partition.flush().catch(() => undefined);
      partitions.push(await partition.upkeep.copy((copy) => this.#savePartition(name, copy, known)));
    }
    const file = Buffer.from(storage.topicFile(name)).toString("base64");
    return { name, isAppendOnly, file, partitions };
  }

  async #savePartition(topic: string, copy: PartitionCopy, known: readonly SavedSegment[]): Promise<SavedPartition> {
    const segments: SavedSegment[] = [];
    for (const segment of copy.segments) {
      const before = known.find(({ baseOffset, size }) => baseOffset === segment.baseOffset && size <= segment.size);
      segments.push(await this.#saveSegment(topic, segment, before));
    }
    const { nextOffset, startOffset } = copy;
    this.#counts.records += nextOffset - startOffset;
    return { state: Buffer.from(copy.state).toString("base64"), startOffset, nextOffset, segments };
  }

  /** `before`: the same segment as it was at the last point; what was appended since comes behind it. */
  async #saveSegment(topic: string, segment: SegmentCopy, before: SavedSegment | undefined): Promise<SavedSegment> {
    const pieces = before === undefined ? [] : await this.#takeOver(segment, before);
    let position = pieces.reduce((sum, { size }) => sum + size, 0);
    this.#counts.bytes += position;
    const buffer = Buffer.alloc(Math.min(PIECE_BYTES, segment.size - position));
    while (position < segment.size) {
      const size = await segment.read(buffer.subarray(0, Math.min(buffer.length, segment.size - position)), position);
      if (size === 0) break;
      pieces.push(await this.#savePiece(isLiving(topic) ? "living" : "data", buffer.subarray(0, size)));
      position += size;
      this.#counts.bytes += size;
      this.#tell(this.#counts.bytes / this.#total, topic);
    }
    return { baseOffset: segment.baseOffset, size: position, pieces };
  }

  /**
   * The pieces of the last point that hold this segment's bytes. The last of them is read and compared: a log that was restored from an
   * older point went another way since, under the same offsets.
   */
  async #takeOver(segment: SegmentCopy, before: SavedSegment): Promise<SavedPiece[]> {
    const pieces: SavedPiece[] = [];
    let end = 0;
    for (const piece of before.pieces) {
      const isWhole = piece.size === PIECE_BYTES || before.size === segment.size;
      if (!isWhole || !this.#known.has(piece.name)) break;
      pieces.push(piece);
      end += piece.size;
    }
    const last = pieces.at(-1);
    if (last === undefined) return [];
    const bytes = Buffer.alloc(last.size);
    const size = await segment.read(bytes, end - last.size);
    const isSame = size === last.size && last.name.endsWith(`/${this.#options.store.keys.nameOf(bytes)}`);
    return isSame ? pieces : [];
  }

  async #savePiece(folder: "data" | "living" | "views", bytes: Buffer): Promise<SavedPiece> {
    const { keys, target } = this.#options.store;
    this.#options.signal?.throwIfAborted();
    const content = keys.nameOf(bytes);
    const name = `${folder}/${content.slice(0, 2)}/${content}`;
    if (!this.#known.has(name)) {
      await target.write(name, await sealObject(keys, name, bytes));
      this.#known.add(name);
      this.#counts.bytesWritten += bytes.length;
      this.#counts.piecesWritten += 1;
    }
    return { name, size: bytes.length };
  }

  /** Older heads, and the pieces that only they needed: among them the keys that were shredded since. */
  async #removeHeads(newest: { readonly name: string; readonly state: SavedState }): Promise<void> {
    const { target } = this.#options.store;
    for (const name of await target.list("heads/")) if (name !== newest.name) await target.remove(name);
    await this.#removeBut("living/", piecesOf(newest.state));
  }

  async #removeBut(folder: string, pieces: Iterable<SavedPiece>): Promise<void> {
    const { target } = this.#options.store;
    const needed = new Set(Array.from(pieces, ({ name }) => name));
    for (const name of await target.list(folder)) if (!needed.has(name)) await target.remove(name);
  }

  async #removePoints(nowMs: number): Promise<number> {
    const { keys, target } = this.#options.store;
    const [, ...older] = await pointsAt(target);
    const gone = older.filter(({ atMs }) => nowMs - atMs > this.#options.keepMs);
    if (gone.length === 0) return 0;
    const needed: SavedPiece[] = [];
    for (const { name } of await pointsAt(target)) {
      if (gone.some((point) => point.name === name)) continue;
      needed.push(...piecesOf(await readState(target, keys, name)));
    }
    for (const { name } of gone) await target.remove(name);
    await this.#removeBut("data/", needed);
    return gone.length;
  }

  #tell(share: number, words: string): void {
    this.#options.onProgress?.(Math.min(1, share), words);
  }
}
