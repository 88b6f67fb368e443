/**
 * Who lets nothing of theirs go to an AI provider, whatever the house lets go.
 *
 *   provider.chosen on topic `days` ─► book of days ─► here ─► everything that asks a provider
 *
 * Guarantees: whatever is to be sent is sent for somebody by name; of who has said no nothing is sent from then on, and what is on its way or
 * waits for its turn is cut short; until the book is open nobody is known to have said yes, so nothing is sent for anybody.
 * It does not: take back what a provider was sent before.
 */
import { type Clock, KeyedLock } from "@kaelix/base";
import { EVENT_VERSION, type TenantId, type UserId } from "@kaelix/model";

import type { DayBook } from "../days/day-book.ts";
import { serverErrors } from "../errors.ts";

const TRIES = 5;

/** What a person chose. `chosenAtMs` null: they never did, and it is as the house says. */
export interface ProviderChoice {
  readonly allowed: boolean;
  readonly chosenAtMs: number | null;
}

/** The choices of a house's people. One per process. */
export class ProviderChoices {
  readonly #cuts = new Map<UserId, AbortController>();
  readonly #locks = new KeyedLock();
  #book: Pick<DayBook, "put" | "providerChosen"> | undefined;

  /** From here on it is known what people chose. `onAllowed` is told of who lets theirs go again. */
  open(book: Pick<DayBook, "put" | "providerChosen" | "follow">, onAllowed: (user: UserId) => void): void {
    this.#book = book;
    book.follow((event) => {
      if (event.type !== "provider.chosen") return;
      if (event.allowed) onAllowed(event.user);
      else this.#cut(event.user);
    });
  }

  /** Whether anything of these people may be sent. */
  allow(...owners: readonly UserId[]): boolean {
    return owners.every((owner) => this.#book !== undefined && this.of(owner).allowed);
  }

  of(user: UserId): ProviderChoice {
    const chosen = this.#book?.providerChosen(user);
    return { allowed: chosen?.allowed ?? true, chosenAtMs: chosen?.at ?? null };
  }

  /** For what is sent for these people: aborted once one of them says no. @throws when one of them has */
  within(owners: readonly UserId[], signal?: AbortSignal): AbortSignal {
    if (!this.allow(...owners))
      throw new Error("Cannot send: somebody whose words they are wants nothing of theirs sent");
    const cuts = owners.map((owner) => this.#cutOf(owner).signal);
    return AbortSignal.any(signal === undefined ? cuts : [signal, ...cuts]);
  }

  /** Keeps what somebody chose; durable, and true of everything, when it resolves. */
  choose(tenant: TenantId, user: UserId, allowed: boolean, clock: Clock): Promise<ProviderChoice> {
    return this.#locks.run(user, async () => {
      for (let count = 0; count < TRIES && this.#book !== undefined; count++) {
        const before = this.#book.providerChosen(user);
        if (before?.allowed === allowed) return this.of(user);
        const base = { v: EVENT_VERSION, at: clock.nowMs(), tenant, user, revision: (before?.revision ?? 0) + 1 };
        if ((await this.#book.put({ type: "provider.chosen", ...base, allowed })) === "done") return this.of(user);
      }
      throw serverErrors("day-book-closed");
    });
  }

  #cutOf(user: UserId): AbortController {
    const cut = this.#cuts.get(user) ?? new AbortController();
    this.#cuts.set(user, cut);
    return cut;
  }

  #cut(user: UserId): void {
    this.#cuts.get(user)?.abort(new Error("Cut short: they want nothing of theirs sent any more"));
    this.#cuts.delete(user);
  }
}
