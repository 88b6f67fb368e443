/**
 * What each person taught their own judge by moving memories: a view in memory over the relational one, made when it is first asked for.
 *
 *   memory.revised (level by the person) ─► rows ─► opened ─► Lessons ─► what is told, imported, edited or asked about next
 *   lessons.forgotten ─► what was corrected up to then counts no more
 *
 * Guarantees: only a person's own word teaches, and only over words that no program wrote since; a correction counts for what is told after
 * it was acknowledged; nothing of it is on any disk, so that an erased memory or person teaches nothing more; when it cannot be made,
 * what is told is judged by the rules alone and nobody waits.
 * It does not: learn of what another process over the same log was told before `PERSONS_MAX` others were asked about here.
 */
import type { LogPosition } from "@kaelix/base";
import type { Owner } from "@kaelix/capture";
import type { Logger } from "@kaelix/coordinator";
import { type Correction, Lessons, LESSONS_MAX } from "@kaelix/intelligence";
import type { LessonsForgotten, MemoryContent, MemoryEvent, UserId } from "@kaelix/model";
import type { CorrectedMemory, MemoryStore, SealedContent } from "@kaelix/views";

/** People whose lessons are kept ready. */
const PERSONS_MAX = 2_000;
/** Memories that tell what is usual for a person. */
const ORDINARY_MAX = 300;

/** What it works with. */
export interface HouseLessonsParts {
  readonly store: Pick<MemoryStore, "corrections" | "leftAsTheyWere" | "caughtUp">;
  readonly openRows: (rows: readonly SealedContent[]) => Promise<readonly (MemoryContent | undefined)[]>;
  /** Up to when what somebody taught counts no more. */
  readonly forgotten: (user: UserId) => LessonsForgotten | undefined;
  readonly logger: Logger;
}

interface Kept {
  readonly sinceMs: number;
  readonly lessons: Promise<Lessons | undefined>;
}

/** Keeps the lessons of people. One instance per process. */
export class HouseLessons {
  readonly #parts: HouseLessonsParts;
  /** The one asked for longest ago first. */
  readonly #kept = new Map<UserId, Kept>();
  /** Where the newest change stands that the rows must show before lessons are made. */
  readonly #changed = new Map<UserId, LogPosition>();

  constructor(parts: HouseLessonsParts) {
    this.#parts = parts;
  }

  /** What somebody taught; undefined when nothing. Never throws. */
  of({ user }: Owner): Promise<Lessons | undefined> {
    const sinceMs = this.#sinceMs(user);
    const before = this.#kept.get(user);
    this.#kept.delete(user);
    const kept = before?.sinceMs === sinceMs ? before : { sinceMs, lessons: this.#made(user, sinceMs) };
    this.#kept.set(user, kept);
    if (this.#kept.size > PERSONS_MAX) for (const oldest of this.#kept.keys()) return this.#without(oldest, kept);
    return kept.lessons;
  }

  /** Told of events once they are on the log. */
  note(events: readonly MemoryEvent[], first: LogPosition): void {
    for (const [at, event] of events.entries()) {
      if (event.type === "memory.remembered" || event.type === "import.started" || event.type === "import.finished")
        continue;
      this.#kept.delete(event.user);
      this.#changed.set(event.user, { ...first, offset: first.offset + at });
    }
  }

  /** What counts of what somebody corrected, as it stands in the rows. */
  async corrections(user: UserId): Promise<readonly CorrectedMemory[]> {
    const changed = this.#changed.get(user);
    if (changed !== undefined) await this.#parts.store.caughtUp(changed);
    if (this.#changed.get(user) === changed) this.#changed.delete(user);
    const sinceMs = this.#sinceMs(user);
    const found = await this.#parts.store.corrections(user, LESSONS_MAX);
    return found.filter(({ atMs }) => atMs > sinceMs);
  }

  #sinceMs(user: UserId): number {
    return this.#parts.forgotten(user)?.at ?? 0;
  }

  #without(oldest: UserId, { lessons }: Kept): Promise<Lessons | undefined> {
    this.#kept.delete(oldest);
    return lessons;
  }

  #made(user: UserId, sinceMs: number): Promise<Lessons | undefined> {
    return this.#make(user).catch((error: unknown) => {
      // What failed is tried again with the next text.
      if (this.#kept.get(user)?.sinceMs === sinceMs) this.#kept.delete(user);
      this.#parts.logger.warn({ err: error }, "What a person taught could not be read");
      return undefined;
    });
  }

  async #make(user: UserId): Promise<Lessons | undefined> {
    const { openRows, store } = this.#parts;
    const corrected = await this.corrections(user);
    if (corrected.length === 0) return undefined;
    const ordinary = await store.leftAsTheyWere(user, ORDINARY_MAX);
    const [moved, left] = await Promise.all([openRows(corrected.map(({ memory }) => memory)), openRows(ordinary)]);
    const corrections = corrected.flatMap(({ memory, version }, at): Correction[] => {
      const content = moved[at];
      // What a program wrote over it is no word of the person's.
      const isOverwritten = memory.version > version && content?.client !== undefined;
      return content === undefined || isOverwritten ? [] : [{ text: saidIn(content), level: memory.level }];
    });
    if (corrections.length === 0) return undefined;
    return new Lessons({ corrections, ordinary: left.flatMap((content) => (content ? [saidIn(content)] : [])) });
  }
}

function saidIn({ caption = "", text }: MemoryContent): string {
  return caption === "" ? text : `${text}\n${caption}`;
}
