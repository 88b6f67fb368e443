/**
 * Making a backup of the embedded log while it is written to.
 *
 *     pieces of every topic ──► head ──► point ──► older heads and what only they needed are removed
 *
 * Guarantees: a point is there only when everything it needs is; what is cut off leaves earlier points as they were, and the next run
 * uploads what is missing alone; what a segment holds is copied as far as it is on the disk.
 * It does not: copy the key file, or views, which are made anew from the log.
 */
import type { Clock, RandomSource } from "@kaelix/base";
import type { StreamerLog } from "@kaelix/log";
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
  sealObject,
  writeState,
} from "./format.ts";
import { type BackupStore, pointsAt } from "./store.ts";

/** What a backup is made from. */
export interface BackupOptions {
  readonly store: BackupStore;
  readonly log: StreamerLog;
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
  /** Bytes of the log it holds, and of them those that were not at the target yet. */
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
    for (const name of [...(await target.list("data/")), ...(await target.list("living/"))]) this.#known.add(name);
    await this.#refuseForeign();
    await this.#readBefore();
    const { headOnly = false } = this.#options;
    const all = copyOrder([...log.storage.topics().keys()]);
    const names = headOnly ? all.filter((name) => isLiving(name)) : all;
    this.#total = Math.max(1, this.#sizeOf(names));
    const atMs = clock.nowMs();
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
      state: savedState({ ...fields, topics: topics.filter(({ name }) => !isLiving(name)) }),
    };
    this.#options.signal?.throwIfAborted();
    await writeState(target, store.keys, head);
    if (!headOnly) await writeState(target, store.keys, point);
    await this.#removeHeads(head);
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
    const pieces: SavedPiece[] = [];
    let position = 0;
    for (const piece of before?.pieces ?? []) {
      const isWhole = piece.size === PIECE_BYTES || before?.size === segment.size;
      if (!isWhole || !this.#known.has(piece.name)) break;
      pieces.push(piece);
      position += piece.size;
    }
    this.#counts.bytes += position;
    const buffer = Buffer.alloc(Math.min(PIECE_BYTES, segment.size - position));
    while (position < segment.size) {
      this.#options.signal?.throwIfAborted();
      const size = await segment.read(buffer.subarray(0, Math.min(buffer.length, segment.size - position)), position);
      if (size === 0) break;
      pieces.push(await this.#savePiece(topic, buffer.subarray(0, size)));
      position += size;
      this.#tell(this.#counts.bytes / this.#total, topic);
    }
    return { baseOffset: segment.baseOffset, size: position, pieces };
  }

  async #savePiece(topic: string, bytes: Buffer): Promise<SavedPiece> {
    const { keys, target } = this.#options.store;
    const content = keys.nameOf(bytes);
    const name = `${isLiving(topic) ? "living" : "data"}/${content.slice(0, 2)}/${content}`;
    this.#counts.bytes += bytes.length;
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
    const needed = new Set([...piecesOf(newest.state)].map(({ name }) => name));
    for (const name of await target.list("living/")) if (!needed.has(name)) await target.remove(name);
  }

  async #removePoints(nowMs: number): Promise<number> {
    const { keys, target } = this.#options.store;
    const [, ...older] = await pointsAt(target);
    const gone = older.filter(({ atMs }) => nowMs - atMs > this.#options.keepMs);
    if (gone.length === 0) return 0;
    const needed = new Set<string>();
    for (const { name } of await pointsAt(target)) {
      if (gone.some((point) => point.name === name)) continue;
      for (const piece of piecesOf(await readState(target, keys, name))) needed.add(piece.name);
    }
    for (const { name } of gone) await target.remove(name);
    for (const name of await target.list("data/")) if (!needed.has(name)) await target.remove(name);
    return gone.length;
  }

  #tell(share: number, words: string): void {
    this.#options.onProgress?.(Math.min(1, share), words);
  }
}
