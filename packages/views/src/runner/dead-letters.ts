/**
 * The record of records that nobody could read: topic `dead-letters`, one entry per position, ever.
 *
 * Guarantees: an entry holds a position and a problem, never content; a position is written once, also after restarts and rebuilds
 * (what is there is read before the first writing), as long as there are at most 100,000 of them; a failure to write never stops a view.
 */
import { decodeText, encodeText, formatPosition, type LogPosition, parsePosition } from "@kaelix/base";
import type { Clock } from "@kaelix/base";
import type { Log } from "@kaelix/log";
import { TOPICS } from "@kaelix/model";

/** Above so many, new ones are counted and no longer written: something else is wrong then. */
const DEAD_LETTERS_MAX = 100_000;

/** Writes dead letters. */
export interface DeadLetters {
  /** Notes an unreadable record. Never throws. */
  note(position: LogPosition, problem: string): Promise<void>;
}

/** Dead letters on the log. `onProblem` is told when one could not be written. */
export function createDeadLetters(log: Log, clock: Clock, onProblem: (problem: string) => void): DeadLetters {
  let known: Promise<Set<string>> | undefined;
  async function write(position: LogPosition, problem: string): Promise<void> {
    known ??= readKnown(log);
    const positions = await known;
    const key = formatPosition(position);
    if (positions.has(key) || positions.size >= DEAD_LETTERS_MAX) return;
    positions.add(key);
    const value = encodeText(JSON.stringify({ at: clock.nowMs(), position: key, problem }));
    await log.append(TOPICS.deadLetters.name, 0, [{ key: encodeText(key), value }], { acknowledge: "accepted" });
  }
  return {
    async note(position, problem) {
      try {
        await write(position, problem);
      } catch (error) {
        known = undefined;
        onProblem(`Cannot write a dead letter: ${error instanceof Error ? error.message : "unknown"}`);
      }
    },
  };
}

async function readKnown(log: Log): Promise<Set<string>> {
  const { name, partitions } = TOPICS.deadLetters;
  await log.createTopic({ name, partitions });
  const known = new Set<string>();
  const bounds = await log.bounds(name, 0);
  let offset = bounds.startOffset;
  while (known.size < DEAD_LETTERS_MAX) {
    const batch = await log.read(name, 0, offset, { visibility: "accepted" });
    for (const { key } of batch.records) {
      const text = key === null ? "" : decodeText(key);
      if (parsePosition(text) !== undefined) known.add(text);
    }
    if (batch.nextOffset <= offset || batch.nextOffset >= batch.endOffset) break;
    offset = batch.nextOffset;
  }
  return known;
}
