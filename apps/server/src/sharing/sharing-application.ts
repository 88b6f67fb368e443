/** Sharing as the gateway asks for it: grants of the security room, with the names that people know each other by. */
import type { Neighbour, ShareView, SharingApplication } from "@kaelix/gateway";
import { type ConversationId, LEVEL_INDEXED_MAX, type UserId, type UserPrincipal } from "@kaelix/model";
import type { SharedIndexes } from "@kaelix/recall";
import type { GrantRow, Identity } from "@kaelix/security";
import { listConversations, type PeopleStore, type SearchView, type UserIndex } from "@kaelix/views";

import { nameOf, openShares } from "./open-shares.ts";

/** What it is wired from. */
export interface SharingParts {
  readonly identity: Pick<Identity, "grants" | "members" | "profile">;
  readonly people: Pick<PeopleStore, "users">;
  readonly searchView: Pick<SearchView, "index">;
  readonly sharedIndexes: SharedIndexes;
}

const NEIGHBOURS_MAX = 1_000;

/** Sharing. */
export function sharingApplication(parts: SharingParts): SharingApplication {
  const { identity, people } = parts;
  const { grants } = identity;
  const viewOf = async (row: GrantRow, label: string | null): Promise<ShareView> => {
    const { grant, what, ceiling, purpose, startsAtMs, expiresAtMs, endedAtMs } = row;
    const [from, to] = await Promise.all([neighbour(identity, row.from), neighbour(identity, row.to)]);
    const state = stateOf(row, grants.nowMs());
    return { grant, from, to, what, label, ceiling, purpose, startsAtMs, expiresAtMs, endedAtMs, state };
  };
  return {
    neighbours: async (principal) => {
      const rows = await people.users(NEIGHBOURS_MAX, undefined, principal.tenantId);
      const isThere = (user: UserId): boolean => user !== principal.userId && !identity.members.isSuspended(user);
      const others = rows.filter(({ user }) => isThere(user));
      const named = await Promise.all(others.map(({ user }) => neighbour(identity, user)));
      return named.toSorted((left, right) => left.name.localeCompare(right.name));
    },
    share: async (principal, request) => {
      const row = await grants.give(principal, request);
      return viewOf(row, titleIn(await parts.searchView.index(principal.userId), row));
    },
    given: async (principal) => {
      const rows = grants.givenBy(principal);
      const index = rows.length === 0 ? undefined : await parts.searchView.index(principal.userId);
      return Promise.all(rows.map((row) => viewOf(row, index === undefined ? null : titleIn(index, row))));
    },
    received: async (principal) => {
      const rows = grants.openFor(principal).toReversed();
      return Promise.all(rows.map(async (row) => viewOf(row, await titleShared(parts, principal, row))));
    },
    end: (principal, grant) => grants.end(principal, grant),
  };
}

async function neighbour(identity: SharingParts["identity"], user: UserId): Promise<Neighbour> {
  return { user, name: await nameOf(identity, user) };
}

function stateOf(row: GrantRow, nowMs: number): ShareView["state"] {
  const isOverByClock = row.endedAtMs !== null && row.endedAtMs >= row.expiresAtMs;
  if (isOverByClock || (row.endedAtMs === null && row.expiresAtMs <= nowMs)) return "expired";
  if (row.endedAtMs !== null) return "ended";
  return row.startsAtMs > nowMs ? "waiting" : "open";
}

/** The title of a shared conversation as its owner sees it. */
function titleIn(index: UserIndex, { what }: GrantRow): string | null {
  return what.type === "conversation" ? titleOf(index, what.conversation) : null;
}

/** The same as the other sees it: of what is open to them now and nothing else. */
async function titleShared(parts: SharingParts, principal: UserPrincipal, row: GrantRow): Promise<string | null> {
  const { what, purpose, from } = row;
  if (what.type !== "conversation") return null;
  const reach = { owner: from, purpose };
  const shares = await openShares(parts.identity, { principal, action: "memory.list", reach });
  const [open] = shares.owners;
  if (open === undefined) return null;
  return titleOf(await parts.sharedIndexes.index(shares.partOf(open)), what.conversation);
}

function titleOf(index: UserIndex, conversation: ConversationId): string | null {
  const all = listConversations(index, LEVEL_INDEXED_MAX);
  return all.find(({ conversationId }) => conversationId === conversation)?.title ?? null;
}
