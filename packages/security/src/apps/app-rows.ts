import { type AccessApp, EVENT_VERSION } from "@kaelix/model";

import type { AppRow } from "../access/rows.ts";

/** `expired`: its time is over, or it did not come for thirty days. */
export type AppState = "open" | "expired" | "ended";

const IDLE_MS = 30 * 86_400_000;

/** How an app stands at a time of the register's clock, epoch ms. */
export function stateOfApp(row: AppRow, nowMs: number): AppState {
  if (row.endedAtMs !== null) return "ended";
  const isIdle = row.renewedAtMs !== null && row.renewedAtMs + IDLE_MS <= nowMs;
  return isIdle || row.expiresAtMs <= nowMs ? "expired" : "open";
}

/** The next state of an app, as it is written. */
export function appEvent(row: AppRow, atMs: number): AccessApp {
  const { key, tenant, user, sealed, client, resource, scopes, ceiling, reach, code, challenge, redirect } = row;
  const { generation, refresh, jkt } = row;
  const fixed = { key, sealed, client, resource, scopes, ceiling, reach, code, challenge, redirect };
  return {
    type: "access.app",
    v: EVENT_VERSION,
    at: atMs,
    tenant,
    user,
    revision: row.revision + 1,
    ...fixed,
    code_until: row.codeUntilMs,
    generation,
    refresh,
    jkt,
    created_at: row.createdAtMs,
    expires_at: row.expiresAtMs,
    renewed_at: row.renewedAtMs,
    used_at: row.usedAtMs,
    ended_at: row.endedAtMs,
  };
}
