import { parseId, type UserId } from "@kaelix/model";
import type { InviteInfo, Member } from "@kaelix/security";

import { gatewayErrors } from "../errors.ts";
import type { HandlersOf } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";

type MemberRoutes = "users.list" | "users.setRole" | "users.suspend" | "users.restore" | "invites.list" | "invites.end";

/** Users and invitations. */
export const memberHandlers: HandlersOf<MemberRoutes> = {
  "users.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.members.list(principal)).map(memberJson) },
  }),
  "users.setRole": async ({ application, principal, params, body }) => {
    await application.members.setRole(principal, userOf(params.id), body.role);
    return { type: "empty" };
  },
  "users.suspend": async ({ application, principal, params }) => {
    await application.members.suspend(principal, userOf(params.id));
    return { type: "empty" };
  },
  "users.restore": async ({ application, principal, params }) => {
    await application.members.restore(principal, userOf(params.id));
    return { type: "empty" };
  },
  "invites.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.members.invites(principal)).map(inviteJson) },
  }),
  "invites.end": async ({ application, principal, params }) => {
    const invite = parseId("inv", params.id);
    if (invite === undefined) throw gatewayErrors("not-found");
    await application.members.endInvite(principal, invite);
    return { type: "empty" };
  },
};

function userOf(text: string): UserId {
  const user = parseId("usr", text);
  if (user === undefined) throw gatewayErrors("not-found");
  return user;
}

function memberJson({ user, name, phone, role, registeredAtMs, seenAtMs, suspendedAtMs }: Member): Json {
  return {
    id: user,
    name,
    phone,
    role,
    registered_at: timeText(registeredAtMs),
    last_seen_at: seenAtMs === null ? null : timeText(seenAtMs),
    suspended_at: suspendedAtMs === null ? null : timeText(suspendedAtMs),
  };
}

function inviteJson({ invite, role, createdBy, expiresAtMs, usedBy, state }: InviteInfo): Json {
  return { id: invite, role, created_by: createdBy, expires_at: timeText(expiresAtMs), used_by: usedBy, state };
}
