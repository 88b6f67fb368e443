/**
 * What streams were told and how far their readers are: an internal compacted topic beside the streams' own.
 *
 * Record: key the stream's name, value JSON of what differs from the defaults. The newest record of a name counts.
 * Guarantees: a cursor or setting that was answered survives a power cut.
 */
import { decodeText, encodeText } from "@kaelix/base";
import { decodeRecords, encodeRecordBatch } from "@kaelix/protocol";

import type { Partition } from "../storage/partition.ts";

import { nameOfKey } from "./stream-name.ts";

const READ_BYTES = 1 << 20;
const BATCH_RECORDS_MAX = 4096;

/** What is kept of a stream besides its records. Absent: the default. */
export interface StoredStreamSettings {
  readonly cursor?: number;
  readonly priority?: number;
  readonly ttlMs?: number;
  readonly quotaBytesPerSecond?: number;
  /** The stream expired: its records before this offset are gone for readers. */
  readonly expiredBefore?: number;
}

/** Reads all settings, newest per stream, in no order. */
export async function readStreamSettings(
  partition: Partition,
  take: (name: string, settings: StoredStreamSettings) => void,
): Promise<void> {
  const { startOffset, endOffset } = partition.bounds();
  for (let next = startOffset; next < endOffset;) {
    const read = await partition.read(next, READ_BYTES, "accepted");
    for (const { at, bytes, header } of read.batches) {
      const records = decodeRecords(bytes, at, header);
      if (typeof records === "string") continue;
      for (const { key, value } of records) {
        const name = nameOfKey(key);
        if (name !== undefined && value !== null) take(name, parseStored(value));
      }
    }
    next = read.nextOffset;
  }
}

/** A damaged or foreign value is no settings: defaults hold. */
function parseStored(value: Uint8Array): StoredStreamSettings {
  try {
    const parsed: unknown = JSON.parse(decodeText(value));
    if (typeof parsed !== "object" || parsed === null) return {};
    const entries = Object.entries(parsed).filter(([, value]) => typeof value === "number" && value >= 0);
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

/** Collects changes of one turn of the event loop and appends them as one batch. */
export class StreamSettingsWriter {
  readonly #partition: Partition;
  #dirty = new Map<string, () => StoredStreamSettings>();
  #flushing: Promise<void> | undefined;

  constructor(partition: Partition) {
    this.#partition = partition;
  }

  /** Keeps what `current` says when the batch is made. Resolves once durable. */
  keep(name: string, current: () => StoredStreamSettings, nowMs: number): Promise<void> {
    this.#dirty.set(name, current);
    this.#flushing ??= Promise.resolve().then(() => this.#flush(nowMs));
    return this.#flushing;
  }

  async #flush(timestampMs: number): Promise<void> {
    this.#flushing = undefined;
    const dirty = [...this.#dirty];
    this.#dirty = new Map();
    let nextOffset = 0;
    for (let at = 0; at < dirty.length; at += BATCH_RECORDS_MAX) {
      const records = dirty.slice(at, at + BATCH_RECORDS_MAX).map(([name, current]) => ({
        key: encodeText(name),
        value: encodeText(JSON.stringify(current())),
        timestampMs,
      }));
      nextOffset = this.#partition.append(encodeRecordBatch(records), { trusted: true }) + records.length;
    }
    await this.#partition.durable(nextOffset);
  }
}
