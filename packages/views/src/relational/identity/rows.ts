/** Rows of the database ↔ the rows of the identity rules. What the database holds was parsed on its way in. */
import type { InviteId, Role, SessionId, SessionRevoked, TenantId, UserId } from "@kaelix/model";
import type { InviteRow, SessionRow, UserRow } from "@kaelix/security";
import type { Selectable } from "kysely";

import { base64OfSealed, type RecordColumn, type RecordRow } from "../recordset.ts";
import type { InvitesTable, SessionsTable, UsersTable } from "../schema.ts";
import { storableText } from "../text.ts";

/** Columns of `users`, the primary key first. */
export const USER_COLUMNS: readonly RecordColumn[] = [
  ["user_id", "text"],
  ["tenant", "text"],
  ["role", "text"],
  ["phone_hash", "text"],
  ["password_hash", "text"],
  ["sealed_profile", "bytea"],
  ["registered_at_ms", "bigint"],
];

/** Columns of `sessions`, the primary key first. */
export const SESSION_COLUMNS: readonly RecordColumn[] = [
  ["session_id", "text"],
  ["tenant", "text"],
  ["user_id", "text"],
  ["generation", "bigint"],
  ["refresh_hash", "text"],
  ["client", "text"],
  ["started_at_ms", "bigint"],
  ["used_at_ms", "bigint"],
  ["expires_at_ms", "bigint"],
  ["revoked_reason", "text"],
];

/** Columns of `invites`, the primary key first. */
export const INVITE_COLUMNS: readonly RecordColumn[] = [
  ["invite_id", "text"],
  ["tenant", "text"],
  ["created_by", "text"],
  ["role", "text"],
  ["code_hash", "text"],
  ["expires_at_ms", "bigint"],
  ["used_by", "text"],
];

/** Columns of `phone_claims`, the primary key first. */
export const CLAIM_COLUMNS: readonly RecordColumn[] = [
  ["phone_hash", "text"],
  ["user_id", "text"],
  ["claimed_at_ms", "bigint"],
];

/** `claimed_at_ms` of a number whose owner is on the log: a claim that never grows old. */
export const CLAIM_REGISTERED = Number.MAX_SAFE_INTEGER;

/** The person of a stored row. */
export function userOf(stored: Selectable<UsersTable>): UserRow {
  return {
    user: stored.user_id as UserId,
    tenant: stored.tenant as TenantId,
    role: stored.role as Role,
    phone: stored.phone_hash,
    password: stored.password_hash,
    sealed: Buffer.from(stored.sealed_profile).toString("base64url"),
    registeredAtMs: stored.registered_at_ms,
  };
}

/** The row to store of a person. */
export function storedUser(row: UserRow): RecordRow {
  return {
    user_id: row.user,
    tenant: row.tenant,
    role: row.role,
    phone_hash: storableText(row.phone),
    password_hash: storableText(row.password),
    sealed_profile: base64OfSealed(row.sealed),
    registered_at_ms: row.registeredAtMs,
  };
}

/** The session of a stored row. */
export function sessionOf(stored: Selectable<SessionsTable>): SessionRow {
  return {
    session: stored.session_id as SessionId,
    tenant: stored.tenant as TenantId,
    user: stored.user_id as UserId,
    generation: stored.generation,
    refresh: stored.refresh_hash,
    client: stored.client,
    startedAtMs: stored.started_at_ms,
    usedAtMs: stored.used_at_ms,
    expiresAtMs: stored.expires_at_ms,
    revoked: stored.revoked_reason as SessionRevoked["reason"] | null,
  };
}

/** The row to store of a session. */
export function storedSession(row: SessionRow): RecordRow {
  return {
    session_id: row.session,
    tenant: row.tenant,
    user_id: row.user,
    generation: row.generation,
    refresh_hash: storableText(row.refresh),
    client: storableText(row.client),
    started_at_ms: row.startedAtMs,
    used_at_ms: row.usedAtMs,
    expires_at_ms: row.expiresAtMs,
    revoked_reason: row.revoked,
  };
}

/** The invitation of a stored row. */
export function inviteOf(stored: Selectable<InvitesTable>): InviteRow {
  return {
    invite: stored.invite_id as InviteId,
    tenant: stored.tenant as TenantId,
    createdBy: stored.created_by as UserId,
    role: stored.role as Role,
    code: stored.code_hash,
    expiresAtMs: stored.expires_at_ms,
    usedBy: stored.used_by as UserId | null,
  };
}

/** The row to store of an invitation. */
export function storedInvite(row: InviteRow): RecordRow {
  return {
    invite_id: row.invite,
    tenant: row.tenant,
    created_by: row.createdBy,
    role: row.role,
    code_hash: storableText(row.code),
    expires_at_ms: row.expiresAtMs,
    used_by: row.usedBy,
  };
}
