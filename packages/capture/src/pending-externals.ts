import type { UserId } from "@kaelix/model";

import type { KnownExternal } from "./register.ts";

interface Entry {
  readonly known: KnownExternal;
  foldedAtMs: number | undefined;
}

/** How long an entry stays after it was folded: longer than anybody uses what they looked up before. */
const KEPT_MS = 15_000;

/**
 * External ids that were appended but that a look-up in the relational view may not have seen.
 * Bounded by what was told in the last seconds: an entry leaves some time after the view has caught up with it.
 */
export class PendingExternals {
  readonly #users = new Map<UserId, Map<string, Entry>>();

  /** What was told under an external id moments ago. */
  get(user: UserId, hash: string): KnownExternal | undefined {
    return this.#users.get(user)?.get(hash)?.known;
  }

  /** Keeps an entry until some time after `folded` settles. `nowMs` is monotonic and is asked again then. */
  add(user: UserId, hash: string, known: KnownExternal, seen: { folded: Promise<void>; nowMs: () => number }): void {
    const own = this.#users.get(user) ?? new Map<string, Entry>();
    this.#users.set(user, own);
    const entry: Entry = { known, foldedAtMs: undefined };
    own.delete(hash);
    own.set(hash, entry);
    const mark = (): void => {
      entry.foldedAtMs = seen.nowMs();
    };
    seen.folded.then(mark, mark);
    sweep(own, seen.nowMs());
  }

  /** Drops everything of a user. */
  clear(user: UserId): void {
    this.#users.delete(user);
  }
}

/** Entries stand in the order they were added, so the old ones come first. */
function sweep(own: Map<string, Entry>, nowMs: number): void {
  for (const [hash, entry] of own) {
    if (entry.foldedAtMs === undefined || nowMs - entry.foldedAtMs < KEPT_MS) return;
    own.delete(hash);
  }
}
