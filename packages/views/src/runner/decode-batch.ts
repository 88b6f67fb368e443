/** Records of the log → batches for a view. Pure. */
import type { LogBatch } from "@kaelix/log";

import type { DecodedOnce } from "./decoded-once.ts";
import type { FoldBatch, PositionedEvent } from "./view.ts";

/** A record that no event could be read from. The problem never quotes it. */
interface UnreadableRecord {
  readonly offset: number;
  readonly problem: string;
}

/** A batch to fold, what was left out of it, and the time of its last record (undefined: it has none). */
export interface DecodedBatch {
  readonly batch: FoldBatch;
  readonly unreadable: readonly UnreadableRecord[];
  readonly lastTimestampMs: number | undefined;
}

/**
 * Cuts a batch of the log into batches of at most `eventsMax` records and decodes them one by one, as they are asked for.
 * The last one passes what the log's batch passes, damage included. A record without a value is a deletion on a compacted topic:
 * no event and no fault.
 */
export function* decodeBatches(
  logBatch: LogBatch,
  firstOffset: number,
  { eventsMax, events: decoding }: { readonly eventsMax: number; readonly events: DecodedOnce },
): Generator<DecodedBatch, void, undefined> {
  const { topic, partition, records } = logBatch;
  let from = firstOffset;
  let at = 0;
  do {
    const slice = records.slice(at, at + eventsMax);
    at += eventsMax;
    const events: PositionedEvent[] = [];
    const unreadable: UnreadableRecord[] = [];
    for (const { offset, value } of slice) {
      if (value === null) continue;
      const decoded = decoding.decode({ topic, partition, offset, value });
      if (decoded.type === "event") events.push({ offset, event: decoded.event });
      else unreadable.push({ offset, problem: decoded.problem });
    }
    const last = slice.at(-1);
    const nextOffset = at >= records.length ? logBatch.nextOffset : (last?.offset ?? from) + 1;
    yield {
      batch: { topic, partition, events, firstOffset: from, nextOffset },
      unreadable,
      lastTimestampMs: last?.timestampMs,
    };
    from = nextOffset;
  } while (at < records.length);
}
