/**
 * Identity events → changes of rows. Pure: the same in memory, in a database and at every replay.
 *
 * Rules: the first event of an id wins; a rotation counts only when it follows the session's generation; nothing changes a revoked
 * session; an invitation that was taken back is over from then on; an invitation is used by the first who signed up with it; a phone number
 * belongs to the first who registered with it (a second registration can only come from a write that was refused and landed all the same,
 * and is ignored).
 */
import type { IdentityEvent, InviteId, SessionId, UserId } from "@kaelix/model";

import type { InviteRow, SessionRow, UserRow } from "./rows.ts";

/** A change to make; `put` replaces a row or adds it. */
export type IdentityChange =
  | { readonly type: "put-user"; readonly row: UserRow }
  | { readonly type: "put-session"; readonly row: SessionRow }
  | { readonly type: "put-invite"; readonly row: InviteRow }
  | { readonly type: "erase-user"; readonly user: UserId }
  | { readonly type: "use-invite"; readonly invite: InviteId; readonly user: UserId };

/** What the event is about, as it stands before it. */
export interface IdentityBefore {
  readonly user?: UserRow | undefined;
  /** The registered user who has the phone number of a registration. */
  readonly phoneOwner?: UserId | undefined;
  readonly session?: SessionRow | undefined;
  readonly invite?: InviteRow | undefined;
}

/** Which rows `foldIdentity` must be given for an event. */
export function identitySubject(event: IdentityEvent): {
  readonly user?: UserId;
  readonly phone?: string;
  readonly session?: SessionId;
  readonly invite?: InviteId;
} {
  switch (event.type) {
    case "user.registered":
      return {
        user: event.user,
        phone: event.phone,
        ...(event.invite === null ? {} : { invite: event.invite }),
      };
    case "user.password-changed":
    case "user.erased":
      return { user: event.user };
    case "session.started":
    case "session.rotated":
    case "session.revoked":
      return { session: event.session };
    case "invite.created":
    case "invite.revoked":
      return { invite: event.invite };
  }
}

/** The changes an event makes to what stood before it; none when it comes again or too late. */
export function foldIdentity(event: IdentityEvent, before: IdentityBefore): readonly IdentityChange[] {
  switch (event.type) {
    case "user.registered": {
      if (before.user !== undefined || before.phoneOwner !== undefined) return [];
      const { user, tenant, role, phone, password, sealed } = event;
      const row = { user, tenant, role, phone, password, sealed, registeredAtMs: event.at };
      const isOpen = before.invite !== undefined && before.invite.usedBy === null;
      return [
        { type: "put-user", row },
        ...(isOpen && event.invite !== null ? [{ type: "use-invite", invite: event.invite, user } as const] : []),
      ];
    }
    case "user.password-changed": {
      const { user } = before;
      return user === undefined ? [] : [{ type: "put-user", row: { ...user, password: event.password } }];
    }
    case "user.erased":
      // Also of somebody unknown: once a purge has taken the sign-up, sessions may stand there a moment longer.
      return [{ type: "erase-user", user: event.user }];
    case "session.started": {
      if (before.session !== undefined) return [];
      const { session, user, tenant, refresh, client } = event;
      const times = { startedAtMs: event.at, usedAtMs: event.at, expiresAtMs: event.expires_at };
      const row = { session, user, tenant, refresh, generation: 0, client, ...times, revoked: null };
      return [{ type: "put-session", row }];
    }
    case "session.rotated": {
      const { session } = before;
      if (session === undefined || session.revoked !== null || event.generation !== session.generation + 1) return [];
      const { refresh, generation } = event;
      const row = { ...session, refresh, generation, usedAtMs: event.at, expiresAtMs: event.expires_at };
      return [{ type: "put-session", row }];
    }
    case "session.revoked": {
      const { session } = before;
      if (session === undefined || session.revoked !== null) return [];
      return [{ type: "put-session", row: { ...session, revoked: event.reason } }];
    }
    case "invite.created": {
      if (before.invite !== undefined) return [];
      const { invite, tenant, role, code } = event;
      const row = { invite, tenant, role, code, createdBy: event.user, expiresAtMs: event.expires_at, usedBy: null };
      return [{ type: "put-invite", row }];
    }
    case "invite.revoked": {
      const { invite } = before;
      if (invite === undefined || invite.usedBy !== null || invite.expiresAtMs <= event.at) return [];
      return [{ type: "put-invite", row: { ...invite, expiresAtMs: event.at } }];
    }
  }
}
