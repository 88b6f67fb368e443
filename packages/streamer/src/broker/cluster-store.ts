/**
 * What the cluster is told while it runs and must remember: broker settings, quotas, and whatever else is a small document with a name.
 *
 * Kept in the compacted topic `__cluster_config`: key `kind/id`, value JSON. Made by the first change.
 * Guarantees: a change is visible and `put` resolves only after it is on the disk; changes of one store happen in the order they were asked.
 */
import { type Clock, decodeText, encodeText } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import { storageErrors } from "../storage/errors.ts";
import type { Partition } from "../storage/partition.ts";
import type { Storage } from "../storage/storage.ts";

/** The topic's name. Kafka clients are not shown it. */
export const CLUSTER_TOPIC = "__cluster_config";
const READ_BYTES = 1 << 20;

/** A small set of named documents; made by `openClusterStore`. */
export class ClusterStore {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, Map<string, unknown>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** All documents of a kind by id. */
  entries(kind: string): ReadonlyMap<string, unknown> {
    return this.#kind(kind);
  }

  /** Keeps a document (anything JSON can carry), or forgets it when undefined. Throws storage's errors. */
  put(kind: string, id: string, value: unknown): Promise<void> {
    const done = this.#last.then(() => this.#put(kind, id, value));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Reads everything kept. Called once, by `openClusterStore`. */
  async load(): Promise<void> {
    const partition = this.#storage.topics().get(CLUSTER_TOPIC)?.partitions[0];
    if (partition === undefined) return;
    const { startOffset, endOffset } = partition.bounds();
    for (let offset = startOffset; offset < endOffset;) {
      const read = await partition.read(offset, READ_BYTES, "accepted");
      for (const { at, bytes, header } of read.batches) {
        const records = decodeRecords(bytes, at, header);
        if (typeof records === "string")
          throw storageErrors("log-directory-invalid", { details: { topic: CLUSTER_TOPIC } });
        for (const { key, value } of records) if (key !== null) this.#apply(decodeText(key), value);
      }
      if (read.nextOffset <= offset) return;
      offset = read.nextOffset;
    }
  }

  async #put(kind: string, id: string, value: unknown): Promise<void> {
    const partition = await this.#partition();
    const key = encodeText(`${kind}/${id}`);
    const bytes = value === undefined ? null : encodeText(JSON.stringify(value));
    const batch = encodeRecordBatch([{ key, value: bytes, timestampMs: this.#clock.nowMs() }]);
    const offset = partition.append(batch, { trusted: true });
    await partition.durable(offset + 1);
    this.#apply(`${kind}/${id}`, bytes);
  }

  async #partition(): Promise<Partition> {
    if (!this.#storage.topics().has(CLUSTER_TOPIC)) {
      await this.#storage.createTopic({ name: CLUSTER_TOPIC, partitions: 1, cleanup: "compact" });
    }
    return this.#storage.partition(CLUSTER_TOPIC, 0);
  }

  #apply(key: string, bytes: Uint8Array | null): void {
    const slash = key.indexOf("/");
    const [kind, id] = [key.slice(0, slash), key.slice(slash + 1)];
    if (bytes === null) this.#kind(kind).delete(id);
    else this.#kind(kind).set(id, JSON.parse(decodeText(bytes)));
  }

  #kind(kind: string): Map<string, unknown> {
    let documents = this.#kinds.get(kind);
    if (documents === undefined) {
      documents = new Map();
      this.#kinds.set(kind, documents);
    }
    return documents;
  }
}

/** Opens the documents kept in a storage. Throws storage's errors. */
export async function openClusterStore(storage: Storage, clock: Clock): Promise<ClusterStore> {
  const store = new ClusterStore(storage, clock);
  await store.load();
  return store;
}
