import type { MemoryId, UserId } from "@kaelix/model";

import type { KnownMemory } from "./register.ts";

/** What was told as one. */
interface Told {
  foldedAtMs: number | undefined;
}

interface Entry {
  readonly known: KnownMemory;
  readonly told: Told;
}

/** How long an entry stays after it was folded: longer than anybody uses what they looked up before. */
const KEPT_MS = 15_000;

/**
 * Memories with external ids that were appended but that a look-up in the relational view may not have seen.
 * Bounded by what was told in the last seconds: an entry leaves some time after the view has caught up with it.
 */
export class PendingExternals {
  readonly #users = new Map<UserId, Map<MemoryId, Entry>>();

  /** What was told moments ago. */
  get(user: UserId, memory: MemoryId): KnownMemory | undefined {
    return this.#users.get(user)?.get(memory)?.known;
  }

  /**
   * Keeps what was told by external id until some time after `folded` settles. `nowMs` is monotonic and is asked again then.
   * @returns takes back what of it was not told again since
   */
  add(
    user: UserId,
    entries: ReadonlyMap<MemoryId, KnownMemory>,
    seen: { readonly folded: Promise<void>; readonly nowMs: () => number },
  ): () => void {
    const own = this.#users.get(user) ?? new Map<MemoryId, Entry>();
    this.#users.set(user, own);
    const told: Told = { foldedAtMs: undefined };
    for (const [memory, known] of entries) {
      own.delete(memory);
      own.set(memory, { known, told });
    }
    const mark = (): void => {
      told.foldedAtMs = seen.nowMs();
    };
    seen.folded.then(mark, mark);
    sweep(own, seen.nowMs());
    return () => {
      for (const memory of entries.keys()) if (own.get(memory)?.told === told) own.delete(memory);
    };
  }

  /** Drops everything of a user. */
  clear(user: UserId): void {
    this.#users.delete(user);
  }
}

/** Entries stand in the order they were added, so the old ones come first. */
function sweep(own: Map<MemoryId, Entry>, nowMs: number): void {
  for (const [memory, { told }] of own) {
    if (told.foldedAtMs === undefined || nowMs - told.foldedAtMs < KEPT_MS) return;
    own.delete(memory);
  }
}
