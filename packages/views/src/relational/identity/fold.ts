/**
 * A batch of identity events → rows as they stand at its end. Pure. The rules of one event are the security room's (`foldIdentity`);
 * here they meet what the tables hold together: a number belongs to the first who registered with it, a code to its first invitation.
 */
import type { IdentityEvent, InviteId, SessionId, UserId } from "@kaelix/model";
import {
  foldIdentity,
  type IdentityChange,
  identitySubject,
  type InviteRow,
  type SessionRow,
  type UserRow,
} from "@kaelix/security";

import { storableText } from "../text.ts";

/** Longest hash that is taken into an index, in letters; Kaelix writes at most 64. */
const KEY_LENGTH_MAX = 256;

/** The rows that a batch may touch, as they stand before it. The fold changes the maps in place. */
export interface IdentityState {
  readonly users: Map<UserId, UserRow>;
  readonly sessions: Map<SessionId, SessionRow>;
  readonly invites: Map<InviteId, InviteRow>;
}

/** What to read before folding: ids, and the hashes that must be unique. */
interface IdentityNames {
  readonly users: readonly UserId[];
  readonly phones: readonly string[];
  readonly sessions: readonly SessionId[];
  readonly invites: readonly InviteId[];
  readonly codes: readonly string[];
}

/** Why an identity event is left out. Each is counted under this name. */
export type IdentityLeftOut = "identity-repeated-or-late" | "phone-taken" | "invite-code-taken" | "key-too-long";

/** What a batch changed: rows as they stand at its end, and what was left out. */
interface IdentityChanges {
  readonly users: readonly UserRow[];
  readonly sessions: readonly SessionRow[];
  readonly invites: readonly InviteRow[];
  /** Whose rows go, before those above are written. */
  readonly erased: readonly UserId[];
  readonly leftOut: ReadonlyMap<IdentityLeftOut, number>;
}

/** The rows that events name, by id or by a unique hash. */
export function namedIdentities(events: readonly IdentityEvent[]): IdentityNames {
  const users = new Set<UserId>();
  const phones = new Set<string>();
  const sessions = new Set<SessionId>();
  const invites = new Set<InviteId>();
  const codes = new Set<string>();
  for (const event of events) {
    const { user, session, invite } = identitySubject(event);
    if (user !== undefined) users.add(user);
    if (session !== undefined) sessions.add(session);
    if (invite !== undefined) invites.add(invite);
    if (event.type === "user.registered") phones.add(storableText(event.phone));
    if (event.type === "invite.created") codes.add(storableText(event.code));
  }
  return { users: [...users], phones: [...phones], sessions: [...sessions], invites: [...invites], codes: [...codes] };
}

/** Folds a batch over the rows that stood before it. */
export function foldIdentities(state: IdentityState, events: readonly IdentityEvent[]): IdentityChanges {
  const phones = new Map([...state.users.values()].map((row) => [row.phone, row.user]));
  const codes = new Map([...state.invites.values()].map((row) => [row.code, row.invite]));
  const users = new Map<UserId, UserRow>();
  const sessions = new Map<SessionId, SessionRow>();
  const invites = new Map<InviteId, InviteRow>();
  const erased = new Set<UserId>();
  const leftOut = new Map<IdentityLeftOut, number>();

  for (const event of events) {
    const reason = refusal(event, phones, codes);
    const changes = reason === undefined ? changesOf(state, event) : [];
    if (changes.length === 0) {
      const name = reason ?? "identity-repeated-or-late";
      leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
    }
    for (const change of changes) {
      switch (change.type) {
        case "put-user":
          users.set(change.row.user, change.row);
          state.users.set(change.row.user, change.row);
          phones.set(storableText(change.row.phone), change.row.user);
          break;
        case "put-session":
          sessions.set(change.row.session, change.row);
          state.sessions.set(change.row.session, change.row);
          break;
        case "put-invite":
          invites.set(change.row.invite, change.row);
          state.invites.set(change.row.invite, change.row);
          codes.set(storableText(change.row.code), change.row.invite);
          break;
        case "erase-user":
          erased.add(change.user);
          for (const [id, row] of sessions) if (row.user === change.user) sessions.delete(id);
          for (const [id, row] of state.sessions) if (row.user === change.user) state.sessions.delete(id);
          for (const [id, row] of invites) if (row.createdBy === change.user) invites.delete(id);
          for (const [id, row] of state.invites) if (row.createdBy === change.user) state.invites.delete(id);
          phones.delete(storableText(state.users.get(change.user)?.phone ?? ""));
          users.delete(change.user);
          state.users.delete(change.user);
          break;
        case "use-invite": {
          const invite = state.invites.get(change.invite);
          if (invite === undefined) break;
          const used = { ...invite, usedBy: change.user };
          invites.set(change.invite, used);
          state.invites.set(change.invite, used);
          break;
        }
      }
    }
  }
  return {
    users: [...users.values()],
    sessions: [...sessions.values()],
    invites: [...invites.values()],
    erased: [...erased],
    leftOut,
  };
}

function changesOf(state: IdentityState, event: IdentityEvent): readonly IdentityChange[] {
  const { user, session, invite } = identitySubject(event);
  return foldIdentity(event, {
    user: user === undefined ? undefined : state.users.get(user),
    session: session === undefined ? undefined : state.sessions.get(session),
    invite: invite === undefined ? undefined : state.invites.get(invite),
  });
}

/** Why the tables cannot take an event, whatever the rules say. */
function refusal(
  event: IdentityEvent,
  phones: ReadonlyMap<string, UserId>,
  codes: ReadonlyMap<string, InviteId>,
): IdentityLeftOut | undefined {
  if (event.type === "user.registered") {
    if (event.phone.length > KEY_LENGTH_MAX) return "key-too-long";
    const owner = phones.get(storableText(event.phone));
    return owner === undefined || owner === event.user ? undefined : "phone-taken";
  }
  if (event.type === "invite.created") {
    if (event.code.length > KEY_LENGTH_MAX) return "key-too-long";
    const owner = codes.get(storableText(event.code));
    return owner === undefined || owner === event.invite ? undefined : "invite-code-taken";
  }
  return undefined;
}
