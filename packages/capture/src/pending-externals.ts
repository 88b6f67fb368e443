import type { UserId } from "@kaelix/model";

import type { KnownExternal } from "./register.ts";

/**
 * External ids that were appended but that the relational view may not have folded yet.
 * Bounded by what is in flight: an entry leaves as soon as the view has caught up with it.
 */
export class PendingExternals {
  readonly #users = new Map<UserId, Map<string, KnownExternal>>();

  /** What was told under an external id moments ago. */
  get(user: UserId, hash: string): KnownExternal | undefined {
    return this.#users.get(user)?.get(hash);
  }

  /** Keeps an entry until `folded` settles. */
  add(user: UserId, hash: string, known: KnownExternal, folded: Promise<void>): void {
    const own = this.#users.get(user) ?? new Map<string, KnownExternal>();
    this.#users.set(user, own);
    own.set(hash, known);
    const remove = (): void => {
      if (own.get(hash) === known) own.delete(hash);
      if (own.size === 0 && this.#users.get(user) === own) this.#users.delete(user);
    };
    folded.then(remove, remove);
  }

  /** Drops everything of a user. */
  clear(user: UserId): void {
    this.#users.delete(user);
  }
}
