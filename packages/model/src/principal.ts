import type { ApiKeyId, SessionId, TenantId, UserId } from "./ids.ts";
import type { Level } from "./level.ts";

/** What a person may do in an installation as a whole. The owner claimed it first. */
export type Role = "owner" | "admin" | "member" | "guest";

/**
 * Whose words a program may read: `own`: what it wrote itself; `person`: that, and what is the person's own word; `all`: also what other
 * programs wrote.
 */
export type KeyReach = "own" | "person" | "all";

/** Every reach, the narrowest first. */
export const KEY_REACHES: readonly KeyReach[] = ["own", "person", "all"];

/** A program that acts for a person, and how far it reads. */
export interface ActingProgram {
  readonly key: ApiKeyId;
  readonly reach: KeyReach;
}

/** Who is asking. Made only by authentication; passed to `decide`. */
export type Principal =
  | { readonly type: "anonymous"; readonly tenantId: TenantId }
  | {
      readonly type: "user";
      readonly tenantId: TenantId;
      readonly userId: UserId;
      readonly role: Role;
      readonly sessionId: SessionId;
      /** The highest level this session may list, count or open now. */
      readonly ceiling: Level;
      /** The program that stands in for the person; absent: it is the person, who sees what every program wrote. */
      readonly program?: ActingProgram;
    };

/** A principal that has signed in. */
export type UserPrincipal = Extract<Principal, { readonly type: "user" }>;
