/** Sharing as the gateway asks for it: grants of the security room, with the names that people know each other by. */
import type { Neighbour, SharedWhat, ShareRequest, ShareView, SharingApplication } from "@kaelix/gateway";
import {
  type ConversationId,
  type GrantScope,
  LEVEL_INDEXED_MAX,
  levelName,
  type UserId,
  type UserPrincipal,
} from "@kaelix/model";
import { type SharedIndexes, Subjects } from "@kaelix/recall";
import { type GrantRow, type Identity, securityErrors } from "@kaelix/security";
import { listConversations, type PeopleStore, type SearchView, type UserIndex } from "@kaelix/views";

import { narrowProgram, type ProgramReach } from "../program-reach.ts";
import { aboutSet, parseSubject, subjectText } from "./about-shares.ts";
import { nameOf, openShares } from "./open-shares.ts";

/** What it is wired from. */
export interface SharingParts {
  readonly identity: Pick<Identity, "grants" | "members" | "profile">;
  readonly people: Pick<PeopleStore, "users">;
  readonly reach: ProgramReach;
  readonly searchView: Pick<SearchView, "index">;
  readonly sharedIndexes: SharedIndexes;
  readonly subjects: Pick<Subjects, "list" | "find" | "about">;
}

/** What a share is called and what it opens, as one of its two sides may know it. */
type Told = Pick<ShareView, "what" | "label" | "covers">;

const NEIGHBOURS_MAX = 1_000;

/** Sharing. */
export function sharingApplication(parts: SharingParts): SharingApplication {
  const { identity, people } = parts;
  const { grants } = identity;
  const viewOf = async (row: GrantRow, told: Told): Promise<ShareView> => {
    const { grant, ceiling, purpose, startsAtMs, expiresAtMs, endedAtMs } = row;
    const [from, to] = await Promise.all([neighbour(identity, row.from), neighbour(identity, row.to)]);
    const state = stateOf(row, grants.nowMs());
    return { grant, from, to, ...told, ceiling, purpose, startsAtMs, expiresAtMs, endedAtMs, state };
  };
  return {
    neighbours: async (principal) => {
      const rows = await people.users(NEIGHBOURS_MAX, undefined, principal.tenantId);
      const others = rows.filter((row) => row.user !== principal.userId && !identity.members.isSuspended(row));
      const named = await Promise.all(others.map(({ user }) => neighbour(identity, user)));
      return named.toSorted((left, right) => left.name.localeCompare(right.name));
    },
    subjects: async (principal, request) => {
      mustSeeWho(principal);
      const isWhole = narrowProgram(principal) === undefined;
      const subjects = isWhole ? parts.subjects : new Subjects(parts.reach.source(principal));
      return subjects.list(principal.userId, request);
    },
    share: async (principal, request) => {
      const row = await grants.give(principal, { ...request, what: await scopeOf(parts, principal, request) });
      return viewOf(row, await toldToGiver(parts, row));
    },
    given: async (principal) => {
      const rows = grants.givenBy(principal);
      // Who is who is known to a session that is open to level confidential alone.
      const isHidden = principal.ceiling < LEVEL_INDEXED_MAX;
      return Promise.all(rows.map(async (row) => viewOf(row, await toldToGiver(parts, row, isHidden))));
    },
    received: async (principal) => {
      const rows = grants.openFor(principal).toReversed();
      return Promise.all(rows.map(async (row) => viewOf(row, await toldToReceiver(parts, principal, row))));
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

/** What is asked for as a grant holds it. @throws `grant-invalid`, `policy-denied` */
async function scopeOf(
  { subjects }: SharingParts,
  principal: UserPrincipal,
  { ceiling, what }: ShareRequest,
): Promise<GrantScope> {
  if (what.type !== "about") return what;
  mustSeeWho(principal);
  if (ceiling > LEVEL_INDEXED_MAX) {
    const message = "Cannot share: who is who is known up to level confidential, and so is what names somebody shared";
    throw securityErrors("grant-invalid", { message });
  }
  const level = ceiling === 1 ? 1 : 2;
  const found = await subjects.find(principal.userId, [what.subject], level);
  if (found === undefined) {
    const message = `Cannot share: no memory of yours up to level ${levelName(level)} names them`;
    throw securityErrors("grant-invalid", { message });
  }
  return { type: "about", subject: subjectText(level, found.ids) };
}

function mustSeeWho({ ceiling }: UserPrincipal): void {
  if (ceiling >= LEVEL_INDEXED_MAX) return;
  const message = "Cannot share about somebody: the session is open to level general, must be open to confidential";
  throw securityErrors("policy-denied", { message });
}

/** As its owner knows it. */
async function toldToGiver({ searchView, subjects }: SharingParts, row: GrantRow, isHidden = false): Promise<Told> {
  const { from, what } = row;
  if (what.type === "conversation") {
    return { what, label: titleOf(await searchView.index(from), what.conversation), covers: null };
  }
  if (what.type !== "about") return { what, label: null, covers: null };
  const isOver = row.endedAtMs !== null;
  const parsed = isHidden ? undefined : parseSubject(what.subject);
  const found = parsed && (await subjects.find(from, parsed.ids, parsed.level));
  if (parsed === undefined || found === undefined)
    return { what: NOBODY, label: null, covers: isHidden || isOver ? null : 0 };
  const { memories } = await subjects.about(from, parsed.ids, parsed.level);
  return { what: { type: "about", subject: found.id }, label: found.name, covers: isOver ? null : memories.size };
}

const NOBODY: SharedWhat = { type: "about", subject: null };

/** The same as the other knows it: from what is open to them now and nothing else. */
async function toldToReceiver(parts: SharingParts, principal: UserPrincipal, row: GrantRow): Promise<Told> {
  const { what, purpose, from } = row;
  if (what.type === "about") {
    const isOpen = row.startsAtMs <= parts.identity.grants.nowMs() && principal.ceiling >= row.ceiling;
    const set = isOpen ? await aboutSet(parts.subjects, from, what.subject) : undefined;
    return { what: NOBODY, label: set?.calledThere ?? null, covers: null };
  }
  const plain = { what, label: null, covers: null };
  if (what.type !== "conversation") return plain;
  const reach = { owner: from, purpose };
  const source = { identity: parts.identity, subjects: parts.subjects };
  const shares = await openShares(source, { principal, action: "memory.list", reach });
  const [open] = shares.owners;
  if (open === undefined) return plain;
  return { ...plain, label: titleOf(await parts.sharedIndexes.index(shares.partOf(open)), what.conversation) };
}

function titleOf(index: UserIndex, conversation: ConversationId): string | null {
  const all = listConversations(index, LEVEL_INDEXED_MAX);
  return all.find(({ conversationId }) => conversationId === conversation)?.title ?? null;
}
