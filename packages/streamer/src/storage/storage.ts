/**
 * A data directory of topics.
 *
 *     <directory>/kaelix.lock                              one process at a time
 *     <directory>/topics/<topic>/topic.json                what it was created with
 *     <directory>/topics/<topic>/<partition>/checkpoint    what need not be read again
 *     <directory>/topics/<topic>/<partition>/<base offset, 20 digits>.log | .index | .timeindex
 *
 * Guarantees: what partition.ts and recovery.ts say, per partition. A topic that cannot be understood stops the opening; nothing
 * is deleted or renamed to make it pass.
 */
import { AssertionFailure, type Clock, isKaelixError, KeyedLock, systemClock } from "@kaelix/base";

import type { DiskHealth, PartitionSettings } from "./contract.ts";
import { type DirectoryLock, type Disk, isDiskFull, readWholeFile, writeFileAtomically } from "./disk.ts";
import { storageErrors } from "./errors.ts";
import { nodeDisk } from "./node-disk.ts";
import { Partition } from "./partition.ts";
import { recoverPartition } from "./recovery.ts";
import { SegmentKeeper } from "./segment-keeper.ts";
import { decodeTopicFile, encodeTopicFile, isPartitionCount, isTopicName, TOPIC_FILE_NAME } from "./topic-file.ts";

const RETENTION_INTERVAL_MS = 30_000;
const SEGMENTS_OPEN_MAX = 64;

/** What a topic is stored with. */
export interface StoredTopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Kept for readers of the settings; segments are not compacted yet. */
  readonly compacted?: boolean;
  readonly retentionMs?: number;
  readonly retentionBytes?: number;
  /** Overrides the storage's own. */
  readonly segmentBytesMax?: number;
}

/** Limits of a storage. */
export interface StorageSettings {
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
}

/** How a storage is opened. */
export interface StorageOptions {
  readonly directory: string;
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly settings?: Partial<StorageSettings>;
}

/** A topic that is open. */
export interface OpenTopic {
  readonly spec: StoredTopicSpec;
  readonly partitions: readonly Partition[];
}

const DEFAULTS: StorageSettings = {
  segmentBytesMax: 64 * 2 ** 20,
  segmentAgeMsMax: 7 * 24 * 3600 * 1000,
  batchBytesMax: 32 * 2 ** 20,
  idleFlushMs: 500,
  checkpointBytes: 16 * 2 ** 20,
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
    const storage = new Storage({ disk, directory, clock: options.clock ?? systemClock, settings, lock });
    await storage.recover();
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
  readonly settings: StorageSettings;
  readonly lock: DirectoryLock;
}

/** An open data directory; made by `openStorage`. */
export class Storage {
  readonly #context: StorageContext;
  readonly #topics = new Map<string, OpenTopic>();
  readonly #creating = new KeyedLock();
  readonly #keeper = new SegmentKeeper(SEGMENTS_OPEN_MAX);
  readonly #retentionTimer: NodeJS.Timeout;
  #closed = false;

  constructor(context: StorageContext) {
    this.#context = context;
    this.#retentionTimer = setInterval(() => void this.applyRetention().catch(() => undefined), RETENTION_INTERVAL_MS);
    this.#retentionTimer.unref();
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
      if (bytes === undefined) continue;
      const spec = decodeTopicFile(bytes);
      if (spec === undefined || spec.name !== name) {
        throw storageErrors("log-directory-invalid", { details: { file: `topics/${name}/${TOPIC_FILE_NAME}` } });
      }
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
  createTopic(spec: StoredTopicSpec): Promise<void> {
    if (this.#closed) return Promise.reject(storageErrors("log-closed"));
    if (!isTopicName(spec.name) || !isPartitionCount(spec.partitions)) {
      return Promise.reject(storageErrors("log-topic-invalid", { details: { partitions: spec.partitions } }));
    }
    return this.#creating.run("topics", () => this.#create(spec));
  }

  async #create(spec: StoredTopicSpec): Promise<void> {
    const existing = this.#topics.get(spec.name);
    if (existing !== undefined) {
      if (existing.spec.partitions === spec.partitions) return;
      throw mismatch(spec.name, `partitions is ${existing.spec.partitions}, must be ${spec.partitions}`);
    }
    for (const name of this.#topics.keys()) {
      // Some file systems do not tell them apart.
      if (name.toLowerCase() === spec.name.toLowerCase()) throw mismatch(spec.name, `"${name}" differs only in case`);
    }
    const { directory, disk } = this.#context;
    const topicDirectory = this.#topicDirectory(spec.name);
    try {
      for (let at = 0; at < spec.partitions; at += 1) disk.makeDirectory(`${topicDirectory}/${at}`);
      await disk.syncDirectory(topicDirectory);
      await disk.syncDirectory(`${directory}/topics`);
      await writeFileAtomically(disk, `${topicDirectory}/${TOPIC_FILE_NAME}`, encodeTopicFile(spec));
    } catch (error) {
      throw storageErrors(isDiskFull(error) ? "log-disk-full" : "log-disk-failed", { cause: error });
    }
    await this.#openTopic(spec);
  }

  async #openTopic(spec: StoredTopicSpec): Promise<void> {
    const { clock, disk } = this.#context;
    const settings = this.#partitionSettings(spec);
    const partitions: Partition[] = [];
    for (let at = 0; at < spec.partitions; at += 1) {
      const directory = `${this.#topicDirectory(spec.name)}/${at}`;
      disk.makeDirectory(directory);
      const recovered = await recoverPartition(disk, directory, settings);
      partitions.push(new Partition({ directory, disk, clock, settings, keeper: this.#keeper }, recovered));
    }
    this.#topics.set(spec.name, { spec, partitions });
  }

  #partitionSettings(spec: StoredTopicSpec): PartitionSettings {
    const { settings } = this.#context;
    return {
      ...settings,
      segmentBytesMax: spec.segmentBytesMax ?? settings.segmentBytesMax,
      retentionMs: spec.retentionMs,
      retentionBytes: spec.retentionBytes,
    };
  }

  #topicDirectory(name: string): string {
    return `${this.#context.directory}/topics/${name}`;
  }

  /** Drops what retention no longer asks to keep. Runs by itself every 30 s. */
  async applyRetention(): Promise<void> {
    for (const topic of this.#topics.values()) {
      if (topic.spec.retentionMs === undefined && topic.spec.retentionBytes === undefined) continue;
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
    clearInterval(this.#retentionTimer);
    try {
      for (const topic of this.#topics.values()) for (const partition of topic.partitions) await partition.close();
    } finally {
      this.#context.lock.release();
    }
  }
}

function mismatch(topic: string, why: string): Error {
  return storageErrors("log-topic-mismatch", { message: `Cannot create topic: ${why}`, details: { topic } });
}
