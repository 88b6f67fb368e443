/**
 * A data directory of topics.
 *
 *     <directory>/kaelix.lock                              one process at a time
 *     <directory>/topics/<topic>/topic.json                what it is stored with; gone first when it is deleted
 *     <directory>/topics/<topic>/<partition>/checkpoint    what need not be read again
 *     <directory>/topics/<topic>/<partition>/<base offset, 20 digits>.log | .index | .timeindex
 *
 * Guarantees: what partition.ts and recovery.ts say, per partition. A topic that cannot be understood stops the opening; nothing
 * is deleted or renamed to make it pass.
 */
import {
  AssertionFailure,
  type Clock,
  isKaelixError,
  KeyedLock,
  type RandomSource,
  systemClock,
  systemRandom,
} from "@kaelix/base";

import type { DiskHealth, PartitionSettings } from "./contract.ts";
import { type DirectoryLock, type Disk, isDiskFull, readWholeFile, writeFileAtomically } from "./disk.ts";
import { storageErrors } from "./errors.ts";
import { nodeDisk } from "./node-disk.ts";
import { Partition } from "./partition.ts";
import type { CompactionReport } from "./compaction.ts";
import type { CompactRequest, SegmentProblem } from "./partition-upkeep.ts";
import { recoverPartition } from "./recovery.ts";
import { SegmentKeeper } from "./segment-keeper.ts";
import { StorageUpkeep, type UpkeepCounts, type UpkeepSettings } from "./storage-upkeep.ts";
import { decodeTopicFile, encodeTopicFile, TOPIC_FILE_NAME } from "./topic-file.ts";
import { isMarkedDeleted, markDeleted, removeDeleted } from "./topic-removal.ts";
import {
  changedSpec,
  isPartitionCount,
  isTopicName,
  makeTopicId,
  type NewTopic,
  partitionSettings,
  settingsProblem,
  specOf,
  type StoredTopicSpec,
  type TopicChange,
} from "./topic-spec.ts";

const SEALED_OPEN_MAX = 64;
const ACTIVE_OPEN_MAX = 256;

/** Limits of a storage. */
export interface StorageSettings extends UpkeepSettings {
  /** Default 64 MiB: also the most that is read again after an unclean stop, per partition. */
  readonly segmentBytesMax: number;
  /** Default 7 days. */
  readonly segmentAgeMsMax: number;
  /** Default 32 MiB. */
  readonly batchBytesMax: number;
  /** Default 500 ms. */
  readonly idleFlushMs: number;
  /** Default 16 MiB. */
  readonly checkpointBytes: number;
  /** Default 0. */
  readonly compactionLagMsMin: number;
  /** Default 1 day. */
  readonly deletionsKeptMs: number;
  /** Default 6 hours. */
  readonly compactionLagMsMax: number;
  /** Default 0.5. */
  readonly dirtyRatioMin: number;
}

/** How a storage is opened. */
export interface StorageOptions {
  readonly directory: string;
  readonly clock?: Clock;
  readonly disk?: Disk;
  /** Makes the ids of topics. Default: the machine's generator. */
  readonly random?: RandomSource;
  readonly settings?: Partial<StorageSettings>;
}

/** A topic that is open. */
export interface OpenTopic {
  readonly spec: StoredTopicSpec;
  readonly partitions: readonly Partition[];
}

/** What the background work has done and found. */
export interface StorageReport extends UpkeepCounts {
  readonly health: DiskHealth;
  readonly problems: readonly (SegmentProblem & { readonly topic: string; readonly partition: number })[];
}

/** What happened to a topic. Deleted: its partitions refuse every call by then. */
export type TopicEvent =
  | { readonly type: "created"; readonly topic: OpenTopic }
  | { readonly type: "changed"; readonly topic: OpenTopic; readonly before: OpenTopic }
  | { readonly type: "deleted"; readonly topic: OpenTopic };

const DEFAULTS: StorageSettings = {
  segmentBytesMax: 64 * 2 ** 20,
  segmentAgeMsMax: 7 * 24 * 3600 * 1000,
  batchBytesMax: 32 * 2 ** 20,
  idleFlushMs: 500,
  checkpointBytes: 16 * 2 ** 20,
  compactionLagMsMin: 0,
  compactionLagMsMax: 6 * 3600 * 1000,
  deletionsKeptMs: 24 * 3600 * 1000,
  dirtyRatioMin: 0.5,
  background: true,
  scrubBytesPerSecond: 8 * 2 ** 20,
  scrubEveryMs: 7 * 24 * 3600 * 1000,
};

/**
 * Opens a data directory, making it when it does not exist; recovers what an unclean stop left.
 * @throws `log-directory-locked`, `log-directory-invalid`, `log-disk-full`, `log-disk-failed`
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const disk = options.disk ?? nodeDisk;
  const { directory } = options;
  const lock = takeDirectory(disk, directory);
  try {
    const settings = { ...DEFAULTS, ...options.settings };
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const storage = new Storage({ disk, directory, clock, random, settings, lock });
    await storage.recover();
    storage.startUpkeep();
    return storage;
  } catch (error) {
    lock.release();
    throw openingError(error);
  }
}

/** The data directory's own name, and those above it, may just have been made. Not all of them need be ours to open. */
async function syncAncestors(disk: Disk, directory: string): Promise<void> {
  let path = directory;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/")) {
    path = path.slice(0, end);
    await disk.syncDirectory(path).catch(() => undefined);
  }
}

function takeDirectory(disk: Disk, directory: string): DirectoryLock {
  try {
    disk.makeDirectory(`${directory}/topics`);
    return disk.lock(directory);
  } catch (error) {
    throw openingError(error);
  }
}

function openingError(error: unknown): unknown {
  if (isKaelixError(error) || error instanceof AssertionFailure) return error;
  const message = "Cannot open data directory: the disk answered with an error";
  return storageErrors(isDiskFull(error) ? "log-disk-full" : "log-disk-failed", { message, cause: error });
}

interface StorageContext {
  readonly disk: Disk;
  readonly directory: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly settings: StorageSettings;
  readonly lock: DirectoryLock;
}

/** An open data directory; made by `openStorage`. */
export class Storage {
  readonly #context: StorageContext;
  readonly #topics = new Map<string, OpenTopic>();
  readonly #changing = new KeyedLock();
  readonly #listeners = new Set<(event: TopicEvent) => void>();
  readonly #keeper = new SegmentKeeper(SEALED_OPEN_MAX, ACTIVE_OPEN_MAX);
  readonly #upkeep: StorageUpkeep;
  #closed = false;

  constructor(context: StorageContext) {
    this.#context = context;
    this.#upkeep = new StorageUpkeep(() => this.#allPartitions(), context.clock, context.settings);
  }

  *#allPartitions(): Generator<{ readonly topic: string; readonly number: number; readonly partition: Partition }> {
    // A copy: topics come and go while who asked for them waits.
    const topics = [...this.#topics.entries()];
    for (const [topic, { partitions }] of topics) {
      for (const [number, partition] of partitions.entries()) yield { topic, number, partition };
    }
  }

  get directory(): string {
    return this.#context.directory;
  }

  get disk(): Disk {
    return this.#context.disk;
  }

  /** Opens every topic of the directory. Called once, by `openStorage`. */
  async recover(): Promise<void> {
    const { directory, disk } = this.#context;
    // Names made by a process that was killed may not be durable yet.
    await disk.syncDirectory(directory);
    await disk.syncDirectory(`${directory}/topics`);
    await syncAncestors(disk, directory);
    for (const name of [...disk.list(`${directory}/topics`)].sort()) {
      const bytes = readWholeFile(disk, `${this.#topicDirectory(name)}/${TOPIC_FILE_NAME}`);
      // A crash in the middle of creating it: it was never acknowledged, and creating it again goes on from here.
      // Or in the middle of removing it: what cannot be removed now is tried again at the next opening.
      if (bytes === undefined) {
        if (isMarkedDeleted(disk, this.#topicDirectory(name))) await this.#removeLeftovers(name).catch(() => undefined);
        continue;
      }
      const spec = decodeTopicFile(bytes);
      if (spec === undefined || spec.name !== name) {
        throw storageErrors("log-directory-invalid", { details: { file: `topics/${name}/${TOPIC_FILE_NAME}` } });
      }
      // Its creation may have been cut short, and refused, between the file's name and the sync that makes it stay.
      await disk.syncDirectory(this.#topicDirectory(name));
      await this.#openTopic(spec);
    }
  }

  /** All topics, by name. */
  topics(): ReadonlyMap<string, OpenTopic> {
    return this.#topics;
  }

  /** A partition. Throws `log-topic-missing`, `log-closed`. */
  partition(topic: string, partition: number): Partition {
    const found = this.#topics.get(topic)?.partitions[partition];
    if (found !== undefined) return found;
    if (this.#closed) throw storageErrors("log-closed");
    throw storageErrors("log-topic-missing", { details: { topic, partition } });
  }

  /**
   * Creates a topic, durably; does nothing when it exists with as many partitions.
   * @throws `log-topic-invalid`, `log-topic-mismatch`, `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  createTopic(topic: NewTopic): Promise<void> {
    return this.#change(async () => {
      if (!isTopicName(topic.name) || !isPartitionCount(topic.partitions)) {
        throw storageErrors("log-topic-invalid", { details: { partitions: topic.partitions } });
      }
      checkSettings(topic);
      await this.#create(topic);
    });
  }

  /**
   * Deletes a topic: its name is free and its partitions refuse every call when this resolves; readers that wait end.
   * A crash leaves it whole or gone. Disk space that could not be given back is given back at the next opening.
   * @throws `log-topic-missing`, `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  deleteTopic(name: string): Promise<void> {
    return this.#change(async () => {
      const topic = this.#existing(name);
      await markDeleted(this.#context.disk, this.#topicDirectory(name));
      this.#topics.delete(name);
      for (const partition of topic.partitions) await partition.discard();
      this.#tell({ type: "deleted", topic });
      await this.#removeLeftovers(name).catch(() => undefined);
    });
  }

  /**
   * Gives a topic more partitions, durably; does nothing when it has that many.
   * @param total partitions the topic has afterwards
   * @throws `log-topic-missing`, `log-topic-invalid`, `log-topic-mismatch` (fewer than now), `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  addPartitions(name: string, total: number): Promise<void> {
    return this.#change(async () => {
      const before = this.#existing(name);
      const now = before.spec.partitions;
      if (!isPartitionCount(total)) throw storageErrors("log-topic-invalid", { details: { partitions: total } });
      if (total === now) return;
      if (total < now) {
        const message = `Cannot add partitions: total is ${total}, must be ${now} or more`;
        throw storageErrors("log-topic-mismatch", { message, details: { topic: name } });
      }
      const spec = { ...before.spec, partitions: total };
      await this.#keep(spec, now);
      const added = await this.#openPartitions(spec, now);
      const topic = { spec, partitions: [...before.partitions, ...added] };
      this.#topics.set(name, topic);
      this.#tell({ type: "changed", topic, before });
    });
  }

  /**
   * Changes a topic's settings, durably; they are in effect when this resolves. See `TopicChange`.
   * @throws `log-topic-missing`, `log-topic-invalid`, `log-disk-full`, `log-disk-failed`, `log-closed`
   */
  updateTopic(name: string, change: TopicChange): Promise<void> {
    return this.#change(async () => {
      const before = this.#existing(name);
      checkSettings(change);
      const spec = changedSpec(before.spec, change);
      await this.#keep(spec, spec.partitions);
      const settings = partitionSettings(spec, this.#defaults());
      for (const partition of before.partitions) partition.configure(settings);
      const topic = { spec, partitions: before.partitions };
      this.#topics.set(name, topic);
      this.#tell({ type: "changed", topic, before });
    });
  }

  /** Calls a function after every creation, change and deletion of a topic, on this thread. Returns what ends it. */
  onTopics(listener: (event: TopicEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes of topics run one after the other; whatever the disk answers becomes an error of ours. */
  async #change(work: () => Promise<void>): Promise<void> {
    if (this.#closed) throw storageErrors("log-closed");
    await this.#changing.run("topics", async () => {
      if (this.#closed) throw storageErrors("log-closed");
      try {
        await work();
      } catch (error) {
        if (isKaelixError(error) || error instanceof AssertionFailure) throw error;
        throw storageErrors(isDiskFull(error) ? "log-disk-full" : "log-disk-failed", { cause: error });
      }
    });
  }

  #existing(name: string): OpenTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw storageErrors("log-topic-missing", { details: { topic: name } });
    return topic;
  }

  async #create(wanted: NewTopic): Promise<void> {
    const existing = this.#topics.get(wanted.name);
    if (existing !== undefined) {
      if (existing.spec.partitions === wanted.partitions) return;
      throw mismatch(wanted.name, `partitions is ${existing.spec.partitions}, must be ${wanted.partitions}`);
    }
    for (const name of this.#topics.keys()) {
      // Some file systems do not tell them apart.
      if (name.toLowerCase() === wanted.name.toLowerCase()) {
        throw mismatch(wanted.name, `"${name}" differs only in case`);
      }
    }
    const { disk, random } = this.#context;
    if (isMarkedDeleted(disk, this.#topicDirectory(wanted.name))) await this.#removeLeftovers(wanted.name);
    const spec = specOf(wanted, makeTopicId(random));
    await this.#keep(spec, 0);
    const topic = { spec, partitions: await this.#openPartitions(spec, 0) };
    this.#topics.set(spec.name, topic);
    this.#tell({ type: "created", topic });
  }

  /** Writes a topic's file after the directories of its partitions from a number on were made durable. */
  async #keep(spec: StoredTopicSpec, firstPartition: number): Promise<void> {
    const { directory, disk } = this.#context;
    const topicDirectory = this.#topicDirectory(spec.name);
    for (let at = firstPartition; at < spec.partitions; at += 1) disk.makeDirectory(`${topicDirectory}/${at}`);
    await disk.syncDirectory(topicDirectory);
    if (firstPartition === 0) await disk.syncDirectory(`${directory}/topics`);
    await writeFileAtomically(disk, `${topicDirectory}/${TOPIC_FILE_NAME}`, encodeTopicFile(spec));
  }

  async #removeLeftovers(name: string): Promise<void> {
    const { directory, disk } = this.#context;
    await removeDeleted(disk, this.#topicDirectory(name));
    await disk.syncDirectory(`${directory}/topics`);
  }

  #tell(event: TopicEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  async #openTopic(spec: StoredTopicSpec): Promise<void> {
    this.#topics.set(spec.name, { spec, partitions: await this.#openPartitions(spec, 0) });
  }

  async #openPartitions(spec: StoredTopicSpec, first: number): Promise<readonly Partition[]> {
    const { clock, disk } = this.#context;
    const settings = partitionSettings(spec, this.#defaults());
    const partitions: Partition[] = [];
    for (let at = first; at < spec.partitions; at += 1) {
      const directory = `${this.#topicDirectory(spec.name)}/${at}`;
      disk.makeDirectory(directory);
      const recovered = await recoverPartition(disk, directory);
      partitions.push(new Partition({ directory, disk, clock, settings, keeper: this.#keeper }, recovered));
    }
    return partitions;
  }

  #defaults(): PartitionSettings {
    return { ...this.#context.settings, cleanup: "delete" };
  }

  #topicDirectory(name: string): string {
    return `${this.#context.directory}/topics/${name}`;
  }

  /** The bytes of the file that a topic is stored with, as they stand there. Throws `log-topic-missing`. */
  topicFile(name: string): Uint8Array {
    return encodeTopicFile(this.#existing(name).spec);
  }

  /** Begins the background work. Called once, by `openStorage`. */
  startUpkeep(): void {
    this.#upkeep.start();
  }

  /**
   * Compacts all partitions of a topic now, whatever its settings say, the active segments too.
   * @param options `upTo` and `mapBytesMax` hold for each partition
   * @throws `log-topic-missing`, `log-disk-full`, `log-disk-failed`
   */
  async compact(topic: string, options: CompactRequest = {}): Promise<readonly CompactionReport[]> {
    const reports: CompactionReport[] = [];
    for (const partition of this.#existing(topic).partitions) reports.push(await partition.upkeep.compact(options));
    return reports;
  }

  /** Hashes every sealed segment that has no hash yet. Runs by itself. */
  hashSealed(): Promise<void> {
    return this.#upkeep.hashSealed();
  }

  /** Reads every sealed segment at full speed in search of rot. Runs by itself, slowly. */
  scrub(): Promise<void> {
    return this.#upkeep.scrubAll();
  }

  /** What the background work has done and found since the storage was opened. */
  report(): StorageReport {
    const problems: (SegmentProblem & { readonly topic: string; readonly partition: number })[] = [];
    for (const { number, partition, topic } of this.#allPartitions()) {
      for (const problem of partition.upkeep.problems) problems.push({ topic, partition: number, ...problem });
    }
    return { ...this.#upkeep.counts, health: this.health(), problems };
  }

  /** Drops what retention no longer asks to keep. Runs by itself every 30 s. */
  async applyRetention(): Promise<void> {
    for (const topic of this.#topics.values()) {
      for (const partition of topic.partitions) await partition.applyRetention();
    }
  }

  /** The worst of all partitions. */
  health(): DiskHealth {
    let worst: DiskHealth = "ok";
    for (const topic of this.#topics.values()) {
      for (const { health } of topic.partitions) {
        if (health === "failed") return "failed";
        if (health === "suspect") worst = "suspect";
      }
    }
    return worst;
  }

  /** Answers what is in flight, makes everything durable, and releases the directory. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#allPartitions()].map(({ partition }) => partition.upkeep.cancel()));
    await this.#upkeep.stop();
    try {
      await this.#changing.run("topics", async () => undefined);
      for (const topic of this.#topics.values()) for (const partition of topic.partitions) await partition.close();
    } finally {
      this.#context.lock.release();
    }
  }
}

function checkSettings(settings: TopicChange): void {
  const problem = settingsProblem(settings);
  if (problem !== undefined) throw storageErrors("log-topic-invalid", { message: `Cannot keep topic: ${problem}` });
}

function mismatch(topic: string, why: string): Error {
  return storageErrors("log-topic-mismatch", { message: `Cannot create topic: ${why}`, details: { topic } });
}
