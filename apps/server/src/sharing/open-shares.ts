/**
 * What of others' memories one request may see: the grants of the asker, compiled for lists, and asked again item by item.
 *
 * Guarantees: what is listed has passed the compiled filter and, each by itself, `decide`; the grants are read anew for every request, so
 * that one that was ended or is over opens nothing from then on. It does not: look at the asker's own memories.
 */
import type { Reach, SharedMark } from "@kaelix/gateway";
import type { ConversationId, Level, MemoryId, SourceKind, UserId, UserPrincipal } from "@kaelix/model";
import type { SharedPart, Subjects } from "@kaelix/recall";
import {
  type Action,
  decide,
  type DecisionContext,
  type FilterClause,
  type FilteredItem,
  filterFor,
  type Identity,
  passesFilter,
} from "@kaelix/security";
import type { RowClause, SealedMemory } from "@kaelix/views";

import { type AboutSets, aboutSets, subjectsOf } from "./about-shares.ts";

/** What of a memory the policy looks at. */
export interface SharedItem {
  readonly memoryId: MemoryId;
  readonly version: number;
  readonly conversationId: ConversationId | null;
  readonly source: SourceKind;
  readonly occurredAtMs: number;
  readonly level: Level;
}

/** One other person and what of theirs is open. */
export interface OpenOwner {
  readonly owner: UserId;
  readonly name: string;
  readonly clauses: readonly FilterClause[];
}

/** Where grants, names and what is about whom come from. */
export interface SharesSource {
  readonly identity: Pick<Identity, "grants" | "profile">;
  readonly subjects: Pick<Subjects, "about">;
}

interface Made {
  readonly principal: UserPrincipal;
  readonly action: Action;
  readonly context: DecisionContext;
  readonly owners: readonly OpenOwner[];
  readonly about: AboutSets;
  readonly isAlone: boolean;
}

/** Looks up what a request may see of others. Without a reach: nothing. */
export async function openShares(
  { identity, subjects }: SharesSource,
  asked: { readonly principal: UserPrincipal; readonly action: Action; readonly reach: Reach | undefined },
): Promise<OpenShares> {
  const { principal, action, reach } = asked;
  const { grants } = identity;
  const context: DecisionContext = {
    nowMs: grants.nowMs(),
    grants: reach === undefined ? [] : grants.openFor(principal),
    purpose: reach?.purpose ?? null,
  };
  const byOwner = new Map<UserId, FilterClause[]>();
  for (const clause of filterFor(principal, action, context).clauses) {
    const { owner } = clause;
    const isMeant = reach?.owner === "all" || reach?.owner === "others" || reach?.owner === owner;
    if (owner === principal.userId || !isMeant) continue;
    const known = byOwner.get(owner);
    if (known === undefined) byOwner.set(owner, [clause]);
    else known.push(clause);
  }
  const owners = await Promise.all(
    [...byOwner].map(async ([owner, clauses]) => ({ owner, clauses, name: await nameOf(identity, owner) })),
  );
  const isAlone = reach !== undefined && reach.owner !== "all";
  const reached = (context.grants ?? []).filter(({ from }) => byOwner.has(from));
  const about = await aboutSets(subjects, reached);
  return new OpenShares({ principal, action, context, owners, about, isAlone });
}

/** What others call somebody; of whoever's profile cannot be opened any more, a word that says so. */
export async function nameOf(source: Pick<Identity, "profile">, user: UserId): Promise<string> {
  const profile = await source.profile(user).catch(() => undefined);
  return profile?.name ?? "Somebody who is gone";
}

/** What of others is open to one request. Made by `openShares`. */
export class OpenShares {
  readonly #made: Made;

  /** Use `openShares`. */
  constructor(made: Made) {
    this.#made = made;
  }

  /** Those who have shared something that this request reaches. */
  get owners(): readonly OpenOwner[] {
    return this.#made.owners;
  }

  /** True when the asker's own memories are not asked for. */
  get isAlone(): boolean {
    return this.#made.isAlone;
  }

  /** Who shared an item, and until when; undefined when nobody has. Of several grants the one that lasts longest is named. */
  markOf({ owner, name }: OpenOwner, item: SharedItem): SharedMark | undefined {
    const { principal, action, context } = this.#made;
    const resource = this.#resourceOf(owner, item);
    const opening = (context.grants ?? []).filter(
      (grant) => decide(principal, action, resource, { ...context, grants: [grant] }).allow,
    );
    const [longest] = opening.toSorted((left, right) => right.expiresAtMs - left.expiresAtMs);
    return longest && { by: { user: owner, name }, grant: longest.grant, untilMs: longest.expiresAtMs };
  }

  /** The same of a row of anybody's: it must be live, and free to be recalled. */
  markOfRow(row: SealedMemory): SharedMark | undefined {
    const open = this.#made.owners.find(({ owner }) => owner === row.userId);
    const isShown = row.state === "live" && row.neverRecalled !== true;
    return open === undefined || !isShown ? undefined : this.markOf(open, row);
  }

  /** The same clauses as a query over rows carries them: what is about somebody is named memory by memory. */
  rowClausesOf({ clauses }: OpenOwner): RowClause[] {
    return clauses.map(({ levelMax, fromMs, untilMs, conversation, source, memories, about }) => {
      const rest = { levelMax, fromMs, untilMs, conversation, source, about: null };
      if (about === null) return { ...rest, memories };
      const named = [...(this.#made.about.get(about)?.memories.keys() ?? [])];
      return { ...rest, memories: memories === null ? named : named.filter((id) => memories.includes(id)) };
    });
  }

  /** What the search index of what an owner has shared is made of. */
  partOf({ owner, name, clauses }: OpenOwner): SharedPart {
    const { tenantId: tenant } = this.#made.principal;
    // What could not be read is another part, which holds nothing of it: its index must not be the one that does.
    const editions = clauses.map(({ about }) => (about === null ? 0 : (this.#made.about.get(about)?.edition ?? null)));
    return {
      owner,
      ownerName: name,
      key: JSON.stringify([tenant, owner, name, clauses, editions.map((edition) => edition === null)]),
      edition: Math.max(0, ...editions.map((edition) => edition ?? 0)),
      passes: (document) => passesFilter({ tenant, clauses }, this.#resourceOf(owner, document)),
    };
  }

  /** Grants are for people, who read what every program wrote: whose words an item is makes no difference. */
  #resourceOf(owner: UserId, item: SharedItem): FilteredItem {
    const { memoryId: memory, conversationId: conversation, source, occurredAtMs, level } = item;
    const { about, principal } = this.#made;
    const { tenantId: tenant } = principal;
    const whom = about.size === 0 ? {} : { about: subjectsOf(about, item) };
    return {
      type: "owned",
      tenant,
      owner,
      level,
      memory,
      conversation,
      source,
      occurredAtMs,
      namespace: null,
      ...whom,
    };
  }
}
