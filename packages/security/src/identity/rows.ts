/** What is known of people, sessions and invitations once their events are folded. */
import type { InviteId, Role, SessionId, SessionRevoked, TenantId, UserId } from "@kaelix/model";

/** Somebody who signed up. */
export interface UserRow {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly role: Role;
  /** Keyed hash of the phone number (base64url). */
  readonly phone: string;
  /** argon2id, PHC string format. */
  readonly password: string;
  /** Sealed `{ phone, name }` (base64url). */
  readonly sealed: string;
  readonly registeredAtMs: number;
}

/** A session: one family of refresh tokens. */
export interface SessionRow {
  readonly session: SessionId;
  readonly user: UserId;
  readonly tenant: TenantId;
  /** SHA-256 of the current refresh token (base64url). */
  readonly refresh: string;
  /** 0 at the start; grows by one with every exchange. */
  readonly generation: number;
  readonly client: string;
  readonly startedAtMs: number;
  readonly usedAtMs: number;
  readonly expiresAtMs: number;
  readonly revoked: SessionRevoked["reason"] | null;
}

/** An organisation as those who run the house see it. */
export interface TenantRow {
  readonly tenant: TenantId;
  readonly people: number;
  /** Until when the latest of its open invitations lets somebody in, epoch ms; null when there is none that is not used. */
  readonly invitedUntilMs: number | null;
}

/** An invitation to sign up. */
export interface InviteRow {
  readonly invite: InviteId;
  readonly tenant: TenantId;
  readonly role: Role;
  /** SHA-256 of the normalised code (base64url). */
  readonly code: string;
  readonly createdBy: UserId;
  readonly expiresAtMs: number;
  /** Who signed up with it; null while it is open. */
  readonly usedBy: UserId | null;
}
