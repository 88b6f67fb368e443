/**
 * Takes what nobody can read any more out of the files of the log: sealed contents that were erased or left behind by a move, events of people
 * who have gone, pieces of files of both. `purge-rules.ts` and `departures.ts` say which; the embedded log writes its segments anew without them.
 *
 * Guarantees: a stop at any moment loses nothing, and what is left is done at the next time; nothing that a key opens is touched; offsets, the
 * order of events and what views come to from them stay. It holds one partition's closings in memory, at most 100,000 at a time.
 * It does not: reach a log that keeps its own files (Apache Kafka), backups, or copies in the databases of views.
 */
import type { Clock } from "@kaelix/base";
import type { Log, PurgeReport, PurgeRule } from "@kaelix/log";
import { type MemoryId, TOPICS } from "@kaelix/model";

import { type Closings, readClosings } from "./closings.ts";
import { identityRule, peopleRule, readContested, readDepartures } from "./departures.ts";
import { PurgeRules, type PurgeRulesParts } from "./purge-rules.ts";

/** The files of a partition of the log. */
export interface PurgedFiles {
  readonly purgedTo: number;
  purge(rule: PurgeRule, signal?: AbortSignal): Promise<PurgeReport>;
  notePurged(offset: number): Promise<void>;
}

/** What purging works with. */
export interface PurgeParts {
  readonly log: Pick<Log, "bounds" | "read">;
  readonly filesOf: (topic: string, partition: number) => PurgedFiles;
  readonly keystore: PurgeRulesParts["keystore"];
  /** Memories that are being told with files. */
  readonly telling: () => ReadonlySet<MemoryId>;
  readonly clock: Clock;
  /** Within which time what was closed is gone. */
  readonly withinMs: number;
}

/** What was purged since the start. */
export interface PurgeStatus {
  /** Epoch ms; undefined when there was nothing to purge yet. */
  readonly lastAtMs: number | undefined;
  /** Contents and events of memories and accounts, and pieces of files, that went. */
  readonly contents: number;
  readonly pieces: number;
  /** Room given back to the disk, bytes. */
  readonly bytesFreed: number;
}

const CLOSINGS_MAX = 100_000;
const LOOK_EVERY_MS = 10 * 60_000;
const LOOKS_WITHIN = 8;
/** So many records are looked through again rather than writing down that they were. */
const RECORDS_AGAIN_MAX = 1_000;

/** Purges. One instance per process. */
export class Purge {
  readonly #parts: PurgeParts;
  readonly #stop = new AbortController();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #status: PurgeStatus = { lastAtMs: undefined, contents: 0, pieces: 0, bytesFreed: 0 };

  constructor(parts: PurgeParts) {
    this.#parts = parts;
  }

  get status(): PurgeStatus {
    return this.#status;
  }

  /** Calls off what is under way. */
  stop(): void {
    this.#stop.abort();
  }

  /** True when something was closed so long ago that it must go now. Looks every ten minutes, or more often when little time is given. */
  async isDue(): Promise<boolean> {
    const { clock, filesOf, log, withinMs } = this.#parts;
    if (clock.monotonicMs() - this.#lookedAtMs < Math.min(LOOK_EVERY_MS, withinMs / LOOKS_WITHIN)) return false;
    this.#lookedAtMs = clock.monotonicMs();
    for (let partition = 0; partition < TOPICS.memories.partitions; partition++) {
      const files = filesOf(TOPICS.memories.name, partition);
      if (await this.#isDueIn(files, (range) => readClosings(log, partition, range))) return true;
    }
    return this.#isDueIn(filesOf(TOPICS.identity.name, 0), (range) => readDepartures(log, range));
  }

  async #isDueIn(
    files: PurgedFiles,
    read: (range: {
      readonly from: number;
      readonly most: number;
    }) => Promise<Pick<Closings, "nextOffset" | "oldestAtMs">>,
  ): Promise<boolean> {
    const { clock, withinMs } = this.#parts;
    const { nextOffset, oldestAtMs } = await read({ from: files.purgedTo, most: 1 });
    // Halfway, so that a machine that is off for a night still keeps its word.
    if (oldestAtMs !== undefined && oldestAtMs + withinMs / 2 <= clock.nowMs()) return true;
    // Up to the first closing, which is the last record that was read, there is nothing to purge.
    const clearTo = oldestAtMs === undefined ? nextOffset : nextOffset - 1;
    if (clearTo - files.purgedTo > RECORDS_AGAIN_MAX) await files.notePurged(clearTo);
    return false;
  }

  /** Takes all that is closed out of the files; false when it was called off. @throws what the log throws */
  async run(): Promise<boolean> {
    for (let partition = 0; partition < TOPICS.memories.partitions; partition++) {
      while (await this.#some(partition));
      if (this.#stop.signal.aborted) return false;
    }
    while (await this.#accounts());
    return !this.#stop.signal.aborted;
  }

  /** The next closings of a partition; true when there may be more. */
  async #some(partition: number): Promise<boolean> {
    const { filesOf, keystore, log, telling } = this.#parts;
    const memories = filesOf(TOPICS.memories.name, partition);
    const closings = await readClosings(log, partition, { from: memories.purgedTo, most: CLOSINGS_MAX });
    if (closings.oldestAtMs === undefined) return false;
    // Before anything is looked at: a memory that is told meanwhile has its files behind this, or is among those that are being told.
    const { endOffset: filesEnd } = await log.bounds(TOPICS.files.name, partition);
    const rules = new PurgeRules({ closings, keystore, telling: new Set(telling()), filesEnd });
    const contents = await this.#purge(memories, rules.memories);
    rules.isWhole = contents.isWhole;
    const hasFiles = filesEnd > 0 && (closings.people.size > 0 || isAnyErased(closings.memories.values()));
    const pieces = hasFiles ? await this.#purge(filesOf(TOPICS.files.name, partition), rules.files) : undefined;
    this.#count(contents, pieces);
    if (this.#stop.signal.aborted || rules.isWaiting) return false;
    await memories.notePurged(closings.nextOffset);
    return true;
  }

  /** The next accounts that have ended; true when there may be more. */
  async #accounts(): Promise<boolean> {
    const { filesOf, keystore, log } = this.#parts;
    const identity = filesOf(TOPICS.identity.name, 0);
    const { nextOffset, people } = await readDepartures(log, { from: identity.purgedTo, most: CLOSINGS_MAX });
    if (people.size === 0) return false;
    const parts = { people, contested: await readContested(log, people), keystore };
    this.#count(await this.#purge(identity, identityRule(parts)));
    this.#count(await this.#purge(filesOf(TOPICS.people.name, 0), peopleRule(parts)));
    if (this.#stop.signal.aborted) return false;
    await identity.notePurged(nextOffset);
    return true;
  }

  #purge(files: PurgedFiles, rule: PurgeRule): Promise<PurgeReport> {
    return files.purge(rule, this.#stop.signal);
  }

  #count(contents: PurgeReport, pieces?: PurgeReport): void {
    const { bytesFreed, contents: contentsBefore, pieces: piecesBefore } = this.#status;
    this.#status = {
      lastAtMs: this.#parts.clock.nowMs(),
      contents: contentsBefore + contents.recordsRemoved + contents.recordsShortened,
      pieces: piecesBefore + (pieces?.recordsRemoved ?? 0),
      bytesFreed: bytesFreed + freed(contents) + (pieces === undefined ? 0 : freed(pieces)),
    };
  }
}

function isAnyErased(closings: Iterable<{ readonly isErased: boolean }>): boolean {
  for (const { isErased } of closings) if (isErased) return true;
  return false;
}

function freed({ bytesAfter, bytesBefore }: PurgeReport): number {
  return bytesBefore - bytesAfter;
}
