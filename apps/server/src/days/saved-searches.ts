/** Searches that people named: sealed on topic `days`, one record each. */
import { type Clock, decodeBase64Url, encodeBase64Url, KeyedLock, type RandomSource } from "@kaelix/base";
import type { KeptSearch, SavedSearchView, Untaken } from "@kaelix/gateway";
import {
  EVENT_VERSION,
  type Level,
  makeId,
  parseId,
  type SavedSearchId,
  type SearchSaved,
  type UserPrincipal,
} from "@kaelix/model";
import type { Keystore } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import type { DayBook } from "./day-book.ts";

/** What is sealed. `level`: how far the session was open that named it. */
interface Sealed {
  readonly name: string;
  readonly search: KeptSearch;
  readonly level: Level;
}

/** What it works with. */
export interface SavedSearchParts {
  readonly book: DayBook;
  readonly keystore: Pick<Keystore, "sealForUser" | "openForUser">;
  readonly clock: Clock;
  readonly random: RandomSource;
}

const SEARCHES_MAX = 200;

/** Lists, names, renames and forgets searches. A search that was named while a session was open up to a level is there for sessions open so far. */
export class SavedSearches {
  readonly #parts: SavedSearchParts;
  readonly #locks = new KeyedLock();

  constructor(parts: SavedSearchParts) {
    this.#parts = parts;
  }

  /** By name. */
  async list(principal: UserPrincipal): Promise<readonly SavedSearchView[]> {
    const shown: SavedSearchView[] = [];
    for (const event of this.#parts.book.searches(principal.userId)) {
      const sealed = await this.#open(event);
      if (sealed === undefined || sealed.level > principal.ceiling) continue;
      shown.push({ ...sealed, id: event.search, savedAtMs: event.at });
    }
    return shown.toSorted((left, right) => left.name.localeCompare(right.name));
  }

  /**
   * Names a search; one of the same name that the session sees is given the new search. `level`: how far a session must be open to see it,
   * else as far as this one is. Durable when it resolves.
   */
  save(
    principal: UserPrincipal,
    {
      level = principal.ceiling,
      name,
      search,
    }: { readonly name: string; readonly search: KeptSearch; readonly level?: Level },
  ): Promise<SavedSearchView | Untaken> {
    const { book, clock, random } = this.#parts;
    const { ceiling, userId: user } = principal;
    return this.#locks.run(user, async () => {
      if (level > ceiling) return untaken("level", "This session is not open so far");
      const known = (await this.list(principal)).find((one) => one.name === name);
      if (known === undefined && book.searches(user).length >= SEARCHES_MAX)
        return untaken("name", `${SEARCHES_MAX} searches are named already: forget one first`);
      const id = parseId("sea", known?.id ?? "") ?? makeId("sea", clock.nowMs(), random);
      return this.#put(principal, id, { name, search, level });
    });
  }

  /** Gives a search another name. Undefined when there is none that the session sees. Durable when it resolves. */
  rename(principal: UserPrincipal, id: string, name: string): Promise<SavedSearchView | Untaken | undefined> {
    return this.#locks.run(principal.userId, async () => {
      const all = await this.list(principal);
      const [known, search] = [all.find((one) => one.id === id), parseId("sea", id)];
      if (known === undefined || search === undefined) return undefined;
      if (all.some((one) => one.name === name && one.id !== id))
        return untaken("name", "Another search is called that");
      return this.#put(principal, search, { name, search: known.search, level: known.level });
    });
  }

  /** False when there is none that the session sees. */
  async remove(principal: UserPrincipal, id: string): Promise<boolean> {
    const isThere = (await this.list(principal)).some((one) => one.id === id);
    if (isThere) await this.#parts.book.take([`search/${principal.userId}/${id}`]);
    return isThere;
  }

  async #put(
    { tenantId: tenant, userId: user }: UserPrincipal,
    id: SavedSearchId,
    what: Sealed,
  ): Promise<SavedSearchView> {
    const { book, clock, keystore } = this.#parts;
    const bytes = new TextEncoder().encode(JSON.stringify(what));
    const revision = (book.search(user, id)?.revision ?? 0) + 1;
    const sealed = encodeBase64Url(await keystore.sealForUser(placeOf({ user, search: id, revision }), bytes));
    const at = clock.nowMs();
    const event = { type: "search.saved", v: EVENT_VERSION, at, tenant, user, revision, search: id, sealed } as const;
    if ((await book.put(event)) === "late") throw serverErrors("day-book-closed");
    return { ...what, id, savedAtMs: at };
  }

  async #open(event: SearchSaved): Promise<Sealed | undefined> {
    const bytes = decodeBase64Url(event.sealed);
    const opened = bytes === undefined ? undefined : await this.#parts.keystore.openForUser(placeOf(event), bytes);
    // Only `save` can have sealed it for this place.
    return opened?.type === "opened" ? (JSON.parse(new TextDecoder().decode(opened.bytes)) as Sealed) : undefined;
  }
}

function untaken(field: string, why: string): Untaken {
  return { type: "untaken", field, why };
}

function placeOf({
  revision,
  search,
  user,
}: Pick<SearchSaved, "user" | "revision"> & { readonly search: SavedSearchId }): {
  user: UserPrincipal["userId"];
  purpose: "profile";
  subject: string;
  version: number;
} {
  return { user, purpose: "profile", subject: `search/${search}`, version: revision };
}
