import type { GrantId, GrantScope, Level, UserId, UserPrincipal } from "@kaelix/model";

/** Somebody of the same organisation, as others see them. */
export interface Neighbour {
  readonly user: UserId;
  readonly name: string;
}

/** A share as either side sees it. Times are epoch ms. */
export interface ShareView {
  readonly grant: GrantId;
  readonly from: Neighbour;
  readonly to: Neighbour;
  readonly what: GrantScope;
  /** What it is called: of a conversation its title; null where it has no name. */
  readonly label: string | null;
  readonly ceiling: Level;
  readonly purpose: string | null;
  readonly startsAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: "waiting" | "open" | "expired" | "ended";
}

/** What somebody wants to share. */
export interface ShareRequest {
  readonly to: UserId;
  readonly what: GrantScope;
  readonly ceiling: Level;
  readonly purpose: string | null;
  readonly startsAtMs?: number;
  readonly expiresAtMs: number;
}

/** Sharing with others of the organisation. Refusals are KaelixErrors of the security room. */
export interface SharingApplication {
  /** Everybody else with whom something can be shared, by name. */
  neighbours(principal: UserPrincipal): Promise<readonly Neighbour[]>;
  /** Durable before it answers. */
  share(principal: UserPrincipal, request: ShareRequest): Promise<ShareView>;
  given(principal: UserPrincipal): Promise<readonly ShareView[]>;
  /** Those that are not over. */
  received(principal: UserPrincipal): Promise<readonly ShareView[]>;
  /** By who gave it or who has it. */
  end(principal: UserPrincipal, grant: GrantId): Promise<void>;
}
