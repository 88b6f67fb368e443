/** Routes of users and invitations: part of the one table in `routes.ts`. Administrators see who there is, never what they keep. */
import { z } from "zod";

import type { Route } from "./route.ts";
import { idOf, timeSchema, userIdSchema } from "./schemas.ts";

const roleSchema = z.enum(["owner", "admin", "member", "guest"]);
const params = z.strictObject({ id: userIdSchema });
const empty = { status: 204, type: "empty" } as const;
const inviteIdSchema = idOf("inv", "inv_01JD8QYB3M6W5T0ZK1E9V7RXSC");

/** Somebody of the installation. */
const memberSchema = z
  .object({
    id: userIdSchema,
    name: z.string(),
    phone: z.string(),
    role: roleSchema,
    registered_at: timeSchema,
    /** When one of their devices was used last; null when none is signed in. */
    last_seen_at: timeSchema.nullable(),
    /** Since when they may not come in; null: they may. */
    suspended_at: timeSchema.nullable(),
  })
  .meta({ id: "Member" });

/** An invitation without its code, which was shown once. */
const inviteInfoSchema = z
  .object({
    id: inviteIdSchema,
    role: roleSchema,
    created_by: userIdSchema,
    expires_at: timeSchema,
    used_by: userIdSchema.nullable(),
    state: z.enum(["open", "used", "over"]),
  })
  .meta({ id: "InviteInfo" });

/** The routes by name. */
export const memberRoutes = {
  "users.list": {
    method: "GET",
    path: "/api/v1/users",
    action: "user.list",
    tag: "users",
    summary: "Everybody of this installation; nothing of what they keep",
    success: { status: 200, type: "json", schema: z.object({ data: z.array(memberSchema) }) },
  },
  "users.setRole": {
    method: "PUT",
    path: "/api/v1/users/{id}/role",
    action: "user.change",
    tag: "users",
    summary: "Give somebody another role, from their next request on; the last owner stays one",
    params,
    body: z.strictObject({ role: roleSchema }),
    success: empty,
  },
  "users.suspend": {
    method: "POST",
    path: "/api/v1/users/{id}/suspend",
    action: "user.change",
    tag: "users",
    summary: "Keep somebody out until they are let in again: their sessions end and their keys open nothing",
    params,
    success: empty,
  },
  "users.restore": {
    method: "POST",
    path: "/api/v1/users/{id}/restore",
    action: "user.change",
    tag: "users",
    summary: "Let somebody in again; they sign in anew",
    params,
    success: empty,
  },
  "invites.list": {
    method: "GET",
    path: "/api/v1/invites",
    action: "invite.list",
    tag: "users",
    summary: "Invitations, newest first, without their codes",
    success: { status: 200, type: "json", schema: z.object({ data: z.array(inviteInfoSchema) }) },
  },
  "invites.end": {
    method: "DELETE",
    path: "/api/v1/invites/{id}",
    action: "invite.end",
    tag: "users",
    summary: "Take an invitation back; its code lets nobody in from then on",
    params: z.strictObject({ id: inviteIdSchema }),
    success: empty,
  },
} as const satisfies Readonly<Record<string, Route>>;
