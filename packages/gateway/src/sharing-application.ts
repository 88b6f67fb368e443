import type { GrantId, GrantScope, Level, UserId, UserPrincipal } from "@kaelix/model";
import type { CountedSubject, SubjectId, SubjectRequest } from "@kaelix/recall";

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
  readonly what: SharedWhat;
  /** What it is called: of a conversation its title, of somebody their name; null where it has no name. */
  readonly label: string | null;
  /** How many memories it opens now; null where that is not told. */
  readonly covers: number | null;
  readonly ceiling: Level;
  readonly purpose: string | null;
  readonly startsAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: "waiting" | "open" | "expired" | "ended";
}

/** What is shared. Of somebody or something: its id, which is told to who shares it alone. */
export type SharedWhat =
  | Exclude<GrantScope, { readonly type: "about" }>
  | { readonly type: "about"; readonly subject: SubjectId | null };

/** What somebody wants to share. */
export interface ShareRequest {
  readonly to: UserId;
  readonly what:
    | Exclude<GrantScope, { readonly type: "about" }>
    | { readonly type: "about"; readonly subject: SubjectId };
  readonly ceiling: Level;
  readonly purpose: string | null;
  readonly startsAtMs?: number;
  readonly expiresAtMs: number;
}

/** Sharing with others of the organisation. Refusals are KaelixErrors of the security room. */
export interface SharingApplication {
  /** Everybody else with whom something can be shared, by name. */
  neighbours(principal: UserPrincipal): Promise<readonly Neighbour[]>;
  /** Whom and what the principal's memories name, with how much would be shared. */
  subjects(principal: UserPrincipal, request: SubjectRequest): Promise<readonly CountedSubject[]>;
  /** Durable before it answers. */
  share(principal: UserPrincipal, request: ShareRequest): Promise<ShareView>;
  given(principal: UserPrincipal): Promise<readonly ShareView[]>;
  /** Those that are not over. */
  received(principal: UserPrincipal): Promise<readonly ShareView[]>;
  /** By who gave it or who has it. */
  end(principal: UserPrincipal, grant: GrantId): Promise<void>;
}
