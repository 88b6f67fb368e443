/**
 * What of the log is known to be lost, from the opening on.
 *
 *   opening    what recovery found: a file shorter than its checkpoint, a damage seen before        at once
 *   walk       every batch of every topic is read and its checksum compared, slowly, in the background  within minutes of a start
 *   views      a view that stands behind the log's end has folded what the log no longer holds       once the views are open
 *
 * Guarantees: what is found (the first 100) is told once as a sentence and stays in `list` until the process ends; nothing is changed or
 * repaired.
 * It does not: find a record that was taken out whole together with every trace of it.
 */
import { setTimeout as pause } from "node:timers/promises";

import type { Log, StreamerLog } from "@kaelix/log";
import type { ViewRunner } from "@kaelix/views";

const READ_BYTES = 1 << 20;
/** A walk in the background rests this many times as long as it has read. */
const REST_FACTOR = 4;
/** Losses that are kept and told; a disk that is dying has no end of them. */
const FOUND_MAX = 100;

/** A range of the log that cannot be read. */
interface LostRange {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly reason: string;
}

/** What to do when the log has lost something: the end of every sentence about it. */
export const LOSS_ADVICE =
  "Do not rebuild a view: the views may hold the last copy. kaelix verify counts it; kaelix export saves it, or put back a backup of the log";

/** A lost range in words. */
export function lossOf({ firstOffset, nextOffset, partition, reason, topic }: LostRange): string {
  return `${topic}/${partition} offsets ${firstOffset} to ${nextOffset - 1}: ${reason}`;
}

/** Views that have folded more than the log holds, each in words: the log was cut, replaced or put back from an older backup. */
export async function viewsAhead(log: Log, runner: ViewRunner): Promise<readonly string[]> {
  const ahead: string[] = [];
  const topics = new Set((await log.topics()).map((topic) => topic.name));
  for (const { name, watermarks } of await runner.status()) {
    for (const { nextOffset, partition, topic } of watermarks) {
      const end = topics.has(topic) ? (await log.bounds(topic, partition)).endOffset : 0;
      if (nextOffset <= end) continue;
      ahead.push(
        `${topic}/${partition} ends at offset ${end}, but the view ${name} has folded it up to offset ${nextOffset}`,
      );
    }
  }
  return ahead;
}

/** Keeps what was found; see the top of the file. */
export class LogDamage {
  readonly #log: StreamerLog | undefined;
  readonly #onFound: (sentence: string) => void;
  readonly #found = new Set<string>();
  readonly #stopping = new AbortController();
  #walking: Promise<void> = Promise.resolve();

  /** `log` is undefined when a cluster keeps the log: it repairs itself from its replicas. `onFound` hears each loss once. */
  constructor(log: StreamerLog | undefined, onFound: (sentence: string) => void) {
    this.#log = log;
    this.#onFound = onFound;
  }

  /** The losses that are known, the first 100 of them, in words. */
  list(): readonly string[] {
    return [...this.#found];
  }

  /** Tells what opening the log found; returns how many bytes of unfinished writes it put aside. */
  noteOpening(): number {
    let tornBytes = 0;
    for (const [topic, { partitions }] of this.#log?.storage.topics() ?? []) {
      for (const [partition, { report }] of partitions.entries()) {
        tornBytes += report.tornBytes;
        for (const range of report.damaged) this.note(lossOf({ topic, partition, ...range }));
      }
    }
    return tornBytes;
  }

  /** Notes a loss; tells it when it is new. */
  note(loss: string): void {
    if (this.#found.has(loss) || this.#found.size >= FOUND_MAX) return;
    this.#found.add(loss);
    this.#onFound(`The log has lost records: ${loss}. ${LOSS_ADVICE}`);
  }

  /** Begins to walk through the log in the background. */
  start(): void {
    // A walk that fails is no reason to stop serving: what cannot be read is found again by whoever reads it.
    this.#walking = this.walk(REST_FACTOR).catch(() => undefined);
  }

  /** Ends the walk in the background. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#walking;
  }

  /** Reads everything that is on the log now. `restFactor`: how many times as long as it read it rests between two reads. */
  async walk(restFactor = 0): Promise<void> {
    for (const [topic, { partitions }] of this.#log?.storage.topics() ?? []) {
      for (const [partition, owner] of partitions.entries()) {
        const { durableOffset, startOffset } = owner.bounds();
        let offset = startOffset;
        while (offset < durableOffset && !this.#stopping.signal.aborted && !owner.closed) {
          const beganMs = performance.now();
          const read = await owner.read(offset, READ_BYTES, "durable");
          for (const range of read.damaged) this.note(lossOf({ topic, partition, ...range }));
          if (read.nextOffset <= offset) break;
          offset = read.nextOffset;
          if (restFactor > 0) await this.#rest((performance.now() - beganMs) * restFactor);
        }
      }
    }
  }

  async #rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }
}
