/**
 * Making the producers' state of a partition from its log: the newest snapshot that fits the log, and the headers behind it.
 *
 * Guarantees: a snapshot is believed only when its own checksum is right and the batch before its offset is the one it names; else
 * an older one, else the whole log is read. Batches appended meanwhile are included: `finish` runs in the moment nothing is missing.
 */
import type { Clock } from "@kaelix/base";
import { type BatchHeader, isControlBatch } from "@kaelix/protocol";

import type { Partition } from "../storage/partition.ts";
import { decodeMarkerBatch } from "./control-batch.ts";
import { type ProducerLimits, ProducerStates } from "./producer-state.ts";
import type { SnapshotFiles } from "./snapshot-files.ts";

const READ_BYTES = 4 * 2 ** 20;

/** The last batch that went into a state; offsets alone do not tell one log from another. */
export interface LastBatch {
  readonly baseOffset: number;
  readonly crc: number;
}

/** What was loaded. */
export interface LoadedProducers {
  readonly states: ProducerStates;
  /** Everything before this offset is in it. */
  readonly nextOffset: number;
  /** Undefined when there is none. */
  readonly last: LastBatch | undefined;
  /** Bytes of log that were read for it. */
  readonly readBytes: number;
}

/** What loading works with. */
export interface LoadingContext {
  readonly log: Partition;
  readonly clock: Clock;
  readonly limits: ProducerLimits;
  readonly snapshots: SnapshotFiles;
}

/** Takes note of a batch that stands in the log. */
export function applyBatch(
  states: ProducerStates,
  batch: { readonly bytes: Uint8Array; readonly at: number; readonly header: BatchHeader },
  nowMs: number,
): void {
  const { at, bytes, header } = batch;
  if (header.producerId < 0) return;
  if (!isControlBatch(header)) states.apply(header, header.baseOffset, nowMs);
  else {
    const marker = decodeMarkerBatch(bytes, at, header);
    if (marker !== undefined) states.applyMarker(marker, header.baseOffset + header.lastOffsetDelta, nowMs);
  }
}

/**
 * Loads a partition's producers.
 * @param finish called in the same turn in which the state is found to be complete
 * @throws `log-disk-failed`, `log-closed`, `log-topic-missing`
 */
export async function loadProducers(context: LoadingContext, finish: (loaded: LoadedProducers) => void): Promise<void> {
  const { clock, log } = context;
  const start = await loadSnapshot(context);
  const { states } = start;
  let { last, nextOffset } = start;
  let readBytes = 0;
  for (;;) {
    const { endOffset, startOffset } = log.bounds();
    if (nextOffset < startOffset) nextOffset = startOffset;
    if (nextOffset >= endOffset) break;
    const read = await log.read(nextOffset, READ_BYTES, "accepted");
    for (const batch of read.batches) {
      // A read begins with the whole batch that holds its offset.
      if (batch.header.baseOffset < nextOffset) continue;
      applyBatch(states, batch, clock.monotonicMs());
      last = batch.header;
      readBytes += batch.header.sizeBytes;
    }
    nextOffset = Math.max(read.nextOffset, nextOffset + 1);
  }
  const lastBatch = last === undefined ? undefined : { baseOffset: last.baseOffset, crc: last.crc };
  finish({ states, nextOffset, last: lastBatch, readBytes });
}

async function loadSnapshot(
  context: LoadingContext,
): Promise<{ states: ProducerStates; nextOffset: number; last: LastBatch | undefined }> {
  const { clock, limits, log, snapshots } = context;
  for (const offset of snapshots.offsets()) {
    const snapshot = snapshots.read(offset);
    if (snapshot === undefined || !(await fits(log, offset, snapshot.last))) {
      snapshots.remove(offset);
      continue;
    }
    const states = new ProducerStates(limits);
    const nowMs = clock.monotonicMs();
    states.restore(snapshot.producers.map(({ ageMs, ...row }) => ({ ...row, lastSeenMs: nowMs - ageMs })));
    for (const row of snapshot.aborted) states.aborted.add(row);
    return { states, nextOffset: offset, last: snapshot.last };
  }
  return { states: new ProducerStates(limits), nextOffset: log.bounds().startOffset, last: undefined };
}

/** True when the batch that ends at an offset is the one a snapshot was made behind, or is no longer kept. Beyond the end there is none. */
async function fits(log: Partition, offset: number, last: LastBatch | undefined): Promise<boolean> {
  if (log.bounds().startOffset >= offset) return true;
  if (last === undefined) return false;
  const read = await log.read(offset - 1, 1, "accepted").catch(() => undefined);
  const header = read?.batches[0]?.header;
  return header !== undefined && header.baseOffset === last.baseOffset && header.crc === last.crc;
}
