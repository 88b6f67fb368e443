/**
 * Where named readers go on: the committed offsets of `__consumer_offsets`, the very ones Kafka clients of the same data see.
 *
 * Guarantees: a commit that was answered survives a power cut, and does not expire. Needs no broker: the store is the streamer's.
 * Offsets that earlier versions kept in a topic of their own (`__offsets`) are taken over once, when the log is opened.
 */
import { type Clock, decodeText } from "@kaelix/base";
import { decodeRecords } from "@kaelix/protocol";
import {
  type GroupStore,
  type Leaders,
  NEVER_EXPIRES,
  type OffsetCommit,
  openGroupStore,
  type Storage,
} from "@kaelix/streamer";

/** The topic of earlier versions. Record: key JSON [group, topic, partition], value the next offset; the newest of a key counted. */
const LEGACY_TOPIC = "__offsets";
const READ_BYTES = 1 << 20;
const COMMITS_PER_BATCH = 1000;

/** A reader's place. */
interface ReaderPlace {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** The committed offsets of one log. */
export class ConsumerOffsets {
  readonly store: GroupStore;
  readonly #clock: Clock;

  private constructor(store: GroupStore, clock: Clock) {
    this.store = store;
    this.#clock = clock;
  }

  /** Opens the store, making its topic when needed, and takes over what earlier versions kept. */
  static async open(storage: Storage, leaders: Leaders, clock: Clock): Promise<ConsumerOffsets> {
    const offsets = new ConsumerOffsets(await openGroupStore({ storage, leaders, clock }), clock);
    if (storage.topics().has(LEGACY_TOPIC)) await offsets.#takeOver(storage);
    return offsets;
  }

  /** Where a group goes on; undefined when it never committed. */
  get(place: ReaderPlace): number | undefined {
    return this.store.offsets.get(place)?.offset;
  }

  /** Keeps where a group goes on. Resolves once durable. */
  commit(place: ReaderPlace, nextOffset: number): Promise<void> {
    return this.store.commit([this.#commitOf(place, nextOffset)]);
  }

  #commitOf(place: ReaderPlace, offset: number): OffsetCommit {
    const value = {
      offset,
      leaderEpoch: -1,
      metadata: "",
      commitTimestampMs: this.#clock.nowMs(),
      // A reader that is away for a month must not begin anew.
      expireTimestampMs: NEVER_EXPIRES,
    };
    return { ...place, value };
  }

  /** Places that are known already are newer than what is taken over: doing it again after a crash takes nothing back. */
  async #takeOver(storage: Storage): Promise<void> {
    const commits = [...(await readLegacy(storage))]
      .filter(([, { place }]) => this.get(place) === undefined)
      .map(([, { nextOffset, place }]) => this.#commitOf(place, nextOffset));
    for (let at = 0; at < commits.length; at += COMMITS_PER_BATCH) {
      await this.store.commit(commits.slice(at, at + COMMITS_PER_BATCH));
    }
    await storage.deleteTopic(LEGACY_TOPIC);
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.store.close();
  }
}

interface LegacyOffset {
  readonly place: ReaderPlace;
  readonly nextOffset: number;
}

async function readLegacy(storage: Storage): Promise<Map<string, LegacyOffset>> {
  const offsets = new Map<string, LegacyOffset>();
  const partition = storage.partition(LEGACY_TOPIC, 0);
  const { endOffset, startOffset } = partition.bounds();
  for (let next = startOffset; next < endOffset;) {
    const read = await partition.read(next, READ_BYTES, "accepted");
    for (const { at, bytes, header } of read.batches) {
      const records = decodeRecords(bytes, at, header);
      // A damaged record costs that reader its newest commit, never a false one.
      if (typeof records === "string") continue;
      for (const { key, value } of records) {
        const offset = parseLegacy(key, value);
        if (offset !== undefined && key !== null) offsets.set(decodeText(key), offset);
      }
    }
    next = read.nextOffset;
  }
  return offsets;
}

function parseLegacy(key: Uint8Array | null, value: Uint8Array | null): LegacyOffset | undefined {
  if (key === null || value === null) return undefined;
  const nextOffset = Number(decodeText(value));
  const parts: unknown = JSON.parse(decodeText(key));
  if (!Array.isArray(parts) || !Number.isSafeInteger(nextOffset) || nextOffset < 0) return undefined;
  const [group, topic, partition]: unknown[] = parts;
  if (typeof group !== "string" || typeof topic !== "string" || typeof partition !== "number") return undefined;
  return { place: { group, topic, partition }, nextOffset };
}
