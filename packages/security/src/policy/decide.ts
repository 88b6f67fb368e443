/**
 * May this be done? One pure function, asked for every request; default deny.
 *
 * Order: action known → public → tenant wall → signed in → whose it is → level ceiling → role. Whose it is comes before the level, so
 * that another's memory answers the same at every level.
 */
import { type KaelixError } from "@kaelix/base";
import { type Level, LEVEL_INDEXED_MAX, type Principal, type TenantId, type UserId } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { ACTIONS, type Action, parseAction } from "./actions.ts";

/** What it is done to. `level`: the level it stands at; absent for a list or a search, which keep below the ceiling by themselves. */
export type Resource =
  | { readonly type: "installation"; readonly tenant: TenantId }
  | { readonly type: "owned"; readonly tenant: TenantId; readonly owner: UserId; readonly level?: Level };

/** When it is asked. */
export interface DecisionContext {
  /** Epoch ms. */
  readonly nowMs: number;
  /** When the principal's raised ceiling falls back, epoch ms; for connections that outlive it. Null or absent: it is not raised. */
  readonly ceilingUntilMs?: number | null;
}

/** Why something may be done. */
export type AllowReason = "public" | "own" | "role";
/** Why something may not be done. */
export type DenyReason = "action" | "tenant" | "sign-in" | "scope" | "owner" | "level" | "role";

/** The answer. */
export type Decision =
  | { readonly allow: true; readonly reason: AllowReason }
  | { readonly allow: false; readonly reason: DenyReason };

const deny = (reason: DenyReason): Decision => ({ allow: false, reason });

/** Decides whether `subject` may do `action` to `resource` now. */
export function decide(subject: Principal, action: Action, resource: Resource, context: DecisionContext): Decision {
  // A name from outside the type must not reach a rule of Object.prototype.
  const known = parseAction(action);
  if (known === undefined) return deny("action");
  const rule = ACTIONS[known];
  if (rule.scope === "public") return { allow: true, reason: "public" };
  if (subject.tenantId !== resource.tenant) return deny("tenant");
  if (subject.type !== "user") return deny("sign-in");
  if (rule.scope === "installation") {
    if (resource.type !== "installation") return deny("scope");
    return rule.roles.includes(subject.role) ? { allow: true, reason: "role" } : deny("role");
  }
  if (resource.type !== "owned") return deny("scope");
  if (resource.owner !== subject.userId) return deny("owner");
  const isRaised = typeof context.ceilingUntilMs !== "number" || context.nowMs < context.ceilingUntilMs;
  const ceiling = isRaised ? subject.ceiling : Math.min(subject.ceiling, LEVEL_INDEXED_MAX);
  if (rule.reveals && resource.level !== undefined && resource.level > ceiling) return deny("level");
  return rule.roles.includes(subject.role) ? { allow: true, reason: "own" } : deny("role");
}

/** The error of a denial. Another's things and another tenant's answer as if they did not exist. */
export function denialError(reason: DenyReason): KaelixError {
  switch (reason) {
    case "sign-in":
      return securityErrors("policy-sign-in-required");
    case "tenant":
    case "owner":
      return securityErrors("policy-hidden");
    case "level":
      return securityErrors("policy-level-locked");
    case "action":
    case "scope":
    case "role":
      return securityErrors("policy-denied");
  }
}
