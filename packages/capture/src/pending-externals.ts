import type { UserId } from "@kaelix/model";

import type { KnownExternal } from "./register.ts";

/** What was told as one. */
interface Told {
  foldedAtMs: number | undefined;
}

interface Entry {
  readonly known: KnownExternal;
  readonly told: Told;
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

  /** Keeps what was told by external id until some time after `folded` settles. `nowMs` is monotonic and is asked again then. */
  add(
    user: UserId,
    entries: ReadonlyMap<string, KnownExternal>,
    seen: { readonly folded: Promise<void>; readonly nowMs: () => number },
  ): void {
    const own = this.#users.get(user) ?? new Map<string, Entry>();
    this.#users.set(user, own);
    const told: Told = { foldedAtMs: undefined };
    for (const [hash, known] of entries) {
      own.delete(hash);
      own.set(hash, { known, told });
    }
    const mark = (): void => {
      told.foldedAtMs = seen.nowMs();
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
  for (const [hash, { told }] of own) {
    if (told.foldedAtMs === undefined || nowMs - told.foldedAtMs < KEPT_MS) return;
    own.delete(hash);
  }
}
