import type { LogPosition } from "@kaelix/base";
import type { SessionId, TenantId, UserId } from "@kaelix/model";

import type { InviteRow, SessionRow, TenantRow, UserRow } from "./rows.ts";

/**
 * What the identity service asks of the view that folds topic `identity` (with `foldIdentity`).
 *
 * Every adapter guarantees: rows are exactly what the events up to the view's position fold to; `claimPhone` is unique inside the
 * store itself, in the same operation, however many ask at once. Rows may be behind the log; `caughtUp` is how a caller waits.
 */
export interface IdentityStore {
  /**
   * Reserves a phone number for somebody about to sign up. `taken` when a registered user has it or another reservation is younger
   * than ten minutes; an older one whose user never came onto the log is void.
   */
  claimPhone(phoneHash: string, user: UserId): Promise<"claimed" | "taken">;
  /** Gives a reservation back; does nothing when the user has registered. */
  releasePhone(phoneHash: string, user: UserId): Promise<void>;
  userByPhone(phoneHash: string): Promise<UserRow | undefined>;
  user(id: UserId): Promise<UserRow | undefined>;
  /** Registered users, without reservations. */
  userCount(): Promise<number>;
  session(id: SessionId): Promise<SessionRow | undefined>;
  /** By the SHA-256 of the normalised code (base64url). */
  invite(codeHash: string): Promise<InviteRow | undefined>;
  /** Sessions of a user that are not revoked, newest use first; expired ones may be among them. */
  activeSessions(user: UserId): Promise<readonly SessionRow[]>;
  /** Users by time of registration, at most `limit`, those after a user when one is given; of one organisation when one is named. */
  users(limit: number, after?: UserRow, tenant?: TenantId): Promise<readonly UserRow[]>;
  /** Every organisation that has people or has had invitations, by name. */
  tenants(): Promise<readonly TenantRow[]>;
  /** Invitations of an organisation, newest first, at most a thousand. */
  invites(tenant: TenantId): Promise<readonly InviteRow[]>;
  /** Resolves when the event at that position is folded. */
  caughtUp(position: LogPosition): Promise<void>;
}
