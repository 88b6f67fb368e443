/** The next state of an account, as an event: what is not changed stays as it stands. */
import { type AccessAccount, EVENT_VERSION, type TenantId, type UserId } from "@kaelix/model";

import type { AccountRow } from "./rows.ts";

/** What of an account can change. */
export type AccountChange = Pick<AccountRow, "role" | "suspendedAtMs" | "resetAtMs" | "held">;

/** An account of which nothing became anything. */
export const AS_REGISTERED: AccountChange = { role: null, suspendedAtMs: null, resetAtMs: null, held: null };

/** The event by which `before` becomes `next`. */
export function accountEvent(
  { tenant, user, atMs }: { readonly tenant: TenantId; readonly user: UserId; readonly atMs: number },
  before: AccountRow | undefined,
  { role, suspendedAtMs, resetAtMs, held }: AccountChange,
): AccessAccount {
  const base = { v: EVENT_VERSION, at: atMs, tenant, user, revision: (before?.revision ?? 0) + 1 };
  const reset = resetAtMs === null ? {} : { reset_at: resetAtMs };
  const kept = held === null ? {} : { held_since: held.sinceMs, held_password: held.password };
  return { type: "access.account", ...base, role, suspended_at: suspendedAtMs, ...reset, ...kept };
}
