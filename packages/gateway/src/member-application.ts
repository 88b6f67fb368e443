import type { InviteId, Role, UserId, UserPrincipal } from "@kaelix/model";
import type { InviteInfo, Member } from "@kaelix/security";

/** Who belongs to the installation: the security room's `Members` fits it as it is. Refusals are KaelixErrors of that room. */
export interface MemberApplication {
  list(principal: UserPrincipal): Promise<readonly Member[]>;
  setRole(principal: UserPrincipal, user: UserId, role: Role): Promise<void>;
  suspend(principal: UserPrincipal, user: UserId): Promise<void>;
  restore(principal: UserPrincipal, user: UserId): Promise<void>;
  invites(principal: UserPrincipal): Promise<readonly InviteInfo[]>;
  endInvite(principal: UserPrincipal, invite: InviteId): Promise<void>;
}
