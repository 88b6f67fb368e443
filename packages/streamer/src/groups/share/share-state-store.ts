/**
 * The topic `__share_group_state`: where every share group stands in every partition it works on, in Apache Kafka's own record formats.
 *
 * One partition, so that all acknowledgements share a sync. What is alive is in memory with its owner; when enough has been written, the
 * state of everybody is written once more into a new segment and the older ones are dropped.
 *
 * Guarantees: what was written survives kill -9 and power cuts once `write` has resolved. A damaged record costs what it held.
 * Does not: know what is right; that is `SharePartition`'s.
 */
import { type Clock, isKaelixError } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { PartitionLeader } from "../../leader/contract.ts";
import { storageErrors } from "../../storage/errors.ts";
import type { Partition } from "../../storage/partition.ts";
import { openStateTopic, Rewriter, type StateTopicGround } from "../store/state-topic.ts";
import {
  decodeShareKey,
  encodeShareKey,
  encodeShareSnapshot,
  encodeShareUpdate,
  foldShareValue,
  type SharePlace,
  type ShareState,
} from "./share-state.ts";

/** Kafka's name for the topic of share groups' states. */
export const SHARE_STATE_TOPIC = "__share_group_state";
const READ_BYTES = 1 << 20;
const CHUNK = 100;

/** A state with its place. */
export interface PlacedState {
  readonly place: SharePlace;
  readonly state: ShareState;
}

/** What a store is opened over. */
export interface ShareStoreOptions extends StateTopicGround {
  readonly clock: Clock;
  /** Every state as it is now, to be written anew. Asked when the log has grown enough. */
  readonly states: () => Iterable<PlacedState>;
  /** Bytes after which every state is written anew. Default 4 MiB. */
  readonly snapshotBytes?: number | undefined;
}

/** Opens the store, making its topic when needed, and reads it. Throws storage's errors. */
export async function openShareStore(
  options: ShareStoreOptions,
): Promise<{ readonly store: ShareStateStore; readonly states: readonly PlacedState[] }> {
  const { leader, partition } = await openStateTopic(options, SHARE_STATE_TOPIC);
  const store = new ShareStateStore(leader, partition, options);
  return { store, states: await store.load() };
}

/** An open store; made by `openShareStore`. */
export class ShareStateStore {
  readonly #leader: PartitionLeader;
  readonly #partition: Partition;
  readonly #options: ShareStoreOptions;
  readonly #rewriter: Rewriter;
  /** Batches whose records could not be understood when loading. */
  unreadableBatches = 0;

  constructor(leader: PartitionLeader, partition: Partition, options: ShareStoreOptions) {
    this.#leader = leader;
    this.#partition = partition;
    this.#options = options;
    this.#rewriter = new Rewriter({
      partition,
      write: (begin) => this.#writeAll(begin),
      bytesMin: options.snapshotBytes,
    });
  }

  /** Reads everything. Called once, by `openShareStore`. */
  async load(): Promise<readonly PlacedState[]> {
    const states = new Map<string, PlacedState>();
    let next = this.#partition.bounds().startOffset;
    while (next < this.#partition.bounds().endOffset) {
      const read = await this.#partition.read(next, READ_BYTES, "accepted");
      for (const { at, bytes, header } of read.batches) {
        const records = decodeRecords(bytes, at, header);
        if (typeof records === "string") this.unreadableBatches += 1;
        else for (const { key, value } of records) this.#fold(states, key, value);
      }
      next = Math.max(read.nextOffset, next + 1);
    }
    this.#rewriter.written(this.#partition.sizeBytes());
    return [...states.values()];
  }

  #fold(states: Map<string, PlacedState>, key: Uint8Array | null, value: Uint8Array | null): void {
    if (key === null) return;
    try {
      const place = decodeShareKey(key);
      if (place === undefined) return;
      const name = textOfPlace(place);
      // Deleted by a snapshot without a value, as Kafka does it.
      if (value !== null)
        states.set(name, { place, state: foldShareValue(states.get(name)?.state, place.type, value) });
      else if (place.type === "snapshot") states.delete(name);
    } catch (error) {
      if (!isKaelixError(error, "protocol-frame-invalid")) throw error;
      this.unreadableBatches += 1;
    }
  }

  /** Writes all of a state, durably. Throws storage's errors. */
  snapshot(place: SharePlace, state: ShareState): Promise<void> {
    return this.#write(encodeShareKey("snapshot", place), encodeShareSnapshot(state, this.#options.clock.nowMs()));
  }

  /** Writes what changed of a state, durably. Throws storage's errors. */
  update(place: SharePlace, change: ShareState): Promise<void> {
    return this.#write(encodeShareKey("update", place), encodeShareUpdate(change));
  }

  /** Deletes a state, durably. Throws storage's errors. */
  delete(place: SharePlace): Promise<void> {
    return this.#write(encodeShareKey("snapshot", place), null);
  }

  async #write(key: Uint8Array, value: Uint8Array | null): Promise<void> {
    const nextOffset = this.#append([{ key, value }]);
    await this.#leader.durable(nextOffset);
    this.#rewriter.startWhenDue();
  }

  #append(records: readonly { readonly key: Uint8Array; readonly value: Uint8Array | null }[]): number {
    const timestampMs = this.#options.clock.nowMs();
    const bytes = encodeRecordBatch(records.map((record) => ({ ...record, timestampMs })));
    const outcome = this.#leader.append(bytes, { trusted: true });
    // Without a producer only a disk that is being looked at is a reason.
    if (outcome.type === "refused") throw storageErrors("log-disk-failed");
    this.#rewriter.written(bytes.length);
    return outcome.nextOffset;
  }

  /** Every state goes behind the beginning as it is when its turn comes, so an update that comes meanwhile is before it or builds on it. */
  async #writeAll(begin: number): Promise<number> {
    const { clock, states } = this.#options;
    let count = 0;
    for (const { place, state } of states()) {
      this.#append([{ key: encodeShareKey("snapshot", place), value: encodeShareSnapshot(state, clock.nowMs()) }]);
      count += 1;
      if (count % CHUNK === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    await this.#leader.durable(this.#partition.bounds().endOffset);
    return begin;
  }

  /** Waits for a snapshot that is under way; nothing is written afterwards. */
  async close(): Promise<void> {
    await this.#rewriter.close();
  }
}

/** A place as text, to be looked up. */
export function textOfPlace({ groupId, partition, topicId }: SharePlace): string {
  return `${topicId}/${partition}/${groupId}`;
}
