import type { SessionId, TenantId, UserId } from "./ids.ts";
import type { Level } from "./level.ts";

/** What a person may do in an installation as a whole. The owner claimed it first. */
export type Role = "owner" | "admin" | "member" | "guest";

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
    };

/** A principal that has signed in. */
export type UserPrincipal = Extract<Principal, { readonly type: "user" }>;
