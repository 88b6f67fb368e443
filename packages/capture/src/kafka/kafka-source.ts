/**
 * A topic as a source of memories: reads as a member of a consumer group, remembers, and only then commits.
 *
 *   fetch ─► draft ─► remember (durable) ─► commit
 *                └─► dead-letters (durable) ┘
 *
 * Guarantees: a record's offset is committed only after its memory, or the note why it became none, is durable; a record that is
 * delivered again (a crash, a rebalance) is the same memory; a record that cannot become one never holds up the others; at most one
 * batch of records is held beside what the client has fetched; when the log or the cluster does not answer, it waits and goes on.
 * A dead letter holds position and reason, never content; after a crash it may stand twice, under the same key.
 */
import { type Clock, encodeText, isKaelixError } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { GroupRecord, joinKafkaGroup, Log } from "@kaelix/log";
import { type MemoryDraft, TOPICS } from "@kaelix/model";

import type { Owner, Remember, Remembered } from "../remember.ts";
import { draftOfRecord, externalIdOf } from "./record-draft.ts";
import type { KafkaSourceSpec } from "./source-spec.ts";

const BATCH_RECORDS_MAX = 256;
const FETCHED_RECORDS_MAX = 1_024;
const RETRY_MS_DEFAULT = 500;
const RETRY_MS_MAX = 30_000;
const PROBLEM_SHOWN_LENGTH_MAX = 300;

/** How a source is. `waiting`: something is not there (see `problem`), it is tried again by itself. */
export interface KafkaSourceStatus {
  readonly name: string;
  readonly topics: readonly string[];
  readonly group: string;
  readonly state: "stopped" | "starting" | "running" | "waiting";
  /** Since this process started. */
  readonly remembered: number;
  readonly known: number;
  readonly deadLetters: number;
  /** Deletions and the like: nothing to remember. */
  readonly skipped: number;
  readonly problem: string | null;
}

/** What a source needs of the house. */
export interface KafkaSourceParts {
  readonly spec: KafkaSourceSpec;
  readonly log: Log;
  readonly remember: Pick<Remember, "remember">;
  /** Whose memories; undefined while nobody is there who may come in. */
  readonly owner: () => Promise<Owner | undefined>;
  /** `joinKafkaGroup`. */
  readonly join: typeof joinKafkaGroup;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
  /** How long it waits before it tries again at first; doubles up to half a minute. Default 500 ms. */
  readonly retryMs?: number;
}

/** A source; see above. */
export class KafkaSource {
  readonly #parts: KafkaSourceParts;
  readonly #counts = { remembered: 0, known: 0, deadLetters: 0, skipped: 0 };
  #state: KafkaSourceStatus["state"] = "stopped";
  #problem: string | null = null;
  #stopping = new AbortController();
  #finished: Promise<void> | undefined;

  constructor(parts: KafkaSourceParts) {
    this.#parts = parts;
  }

  /** How it is now. */
  status(): KafkaSourceStatus {
    const { group, name, topics } = this.#parts.spec;
    return { name, topics, group, state: this.#state, ...this.#counts, problem: this.#problem };
  }

  /** Begins to read; goes on in the background. Does nothing when it runs. */
  start(): void {
    if (this.#finished !== undefined) return;
    this.#stopping = new AbortController();
    this.#state = "starting";
    this.#finished = this.#run(this.#stopping.signal);
  }

  /** Finishes and commits the batch in hand, and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#finished;
    this.#finished = undefined;
    this.#state = "stopped";
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { retryMs = RETRY_MS_DEFAULT } = this.#parts;
    let waitMs = retryMs;
    while (!signal.aborted) {
      const before = this.#counts.remembered + this.#counts.known + this.#counts.skipped + this.#counts.deadLetters;
      try {
        await this.#readOn(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#state = "waiting";
        this.#problem = problemOf(error);
        const { name } = this.#parts.spec;
        this.#parts.logger.warn({ source: name, problem: this.#problem }, "Source waits");
        const after = this.#counts.remembered + this.#counts.known + this.#counts.skipped + this.#counts.deadLetters;
        waitMs = after > before ? retryMs : Math.min(waitMs * 2, RETRY_MS_MAX);
        await pause(waitMs, signal);
      }
    }
  }

  /** Joins the group and reads until the signal aborts. Throws when something does not answer. */
  async #readOn(signal: AbortSignal): Promise<void> {
    const { join, spec } = this.#parts;
    await this.#owner();
    const { from, group, place, topics } = spec;
    const reader = await join(place, { group, topics, from, fetchedRecordsMax: FETCHED_RECORDS_MAX });
    try {
      this.#state = "running";
      this.#problem = null;
      while (!signal.aborted) {
        const records = await reader.next(BATCH_RECORDS_MAX, signal);
        if (records.length === 0) continue;
        // Asked with every batch: whoever may not come in any more is told nothing more.
        await this.#take(await this.#owner(), records);
        await reader.commit(records);
      }
    } finally {
      await reader.close();
    }
  }

  async #owner(): Promise<Owner> {
    const owner = await this.#parts.owner();
    if (owner === undefined) throw new Error("Nobody is here now whose memories these could be");
    return owner;
  }

  /** Remembers a batch, durably; what cannot become a memory is noted, durably. */
  async #take(owner: Owner, records: readonly GroupRecord[]): Promise<void> {
    const { spec } = this.#parts;
    const drafts: { readonly record: GroupRecord; readonly draft: MemoryDraft }[] = [];
    const bad: { readonly record: GroupRecord; readonly why: string }[] = [];
    for (const record of records) {
      const outcome = draftOfRecord(record, spec.mapping, spec);
      if (outcome.type === "draft") drafts.push({ record, draft: outcome.draft });
      else if (outcome.type === "bad") bad.push({ record, why: outcome.why });
      else this.#counts.skipped += 1;
    }
    const results = await this.#remember(
      owner,
      drafts.map(({ draft }) => draft),
    );
    for (const [index, result] of results.entries()) {
      const record = drafts[index]?.record;
      if (record === undefined) continue;
      if (result.type === "stored") this.#counts.remembered += 1;
      else if (result.type === "known") this.#counts.known += 1;
      else
        bad.push({
          record,
          why: result.type === "refused" ? result.why : "told before under the same id with another text",
        });
    }
    await this.#bury(bad);
  }

  /** Remembers drafts; when one of them is refused for what it is, each by itself. */
  async #remember(
    owner: Owner,
    drafts: readonly MemoryDraft[],
  ): Promise<readonly (Remembered | { readonly type: "refused"; readonly why: string })[]> {
    if (drafts.length === 0) return [];
    try {
      return await this.#parts.remember.remember(owner, drafts);
    } catch (error) {
      if (!isKaelixError(error) || error.kind !== "input") throw error;
      const [first] = drafts;
      if (drafts.length === 1 || first === undefined) return [{ type: "refused", why: error.message }];
      const results = [];
      for (const draft of drafts) results.push(...(await this.#remember(owner, [draft])));
      return results;
    }
  }

  async #bury(bad: readonly { readonly record: GroupRecord; readonly why: string }[]): Promise<void> {
    if (bad.length === 0) return;
    const { clock, log, spec } = this.#parts;
    const letters = bad.map(({ record, why }) => ({
      // Not of the shape of the house's own positions: those are of records of its log.
      key: encodeText(`source:${spec.name}:${externalIdOf(record)}`),
      value: encodeText(
        JSON.stringify({
          at: clock.nowMs(),
          source: spec.name,
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
          problem: why.slice(0, PROBLEM_SHOWN_LENGTH_MAX),
        }),
      ),
    }));
    await log.append(TOPICS.deadLetters.name, 0, letters, { acknowledge: "durable" });
    this.#counts.deadLetters += bad.length;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

/** What is shown of an error: never content, which errors of the log and the client do not hold. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "unknown";
  return message.slice(0, PROBLEM_SHOWN_LENGTH_MAX);
}
