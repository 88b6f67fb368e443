import type { TenantInfo } from "@kaelix/security";

import type { HandlersOf } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";
import { erasureJson } from "./erasures.ts";

type TenantRoutes = "tenants.list" | "tenants.create" | "tenants.suspend" | "tenants.resume" | "tenants.end";

/** Organisations of the house. */
export const tenantHandlers: HandlersOf<TenantRoutes> = {
  "tenants.list": async ({ application, clock }) => ({
    type: "json",
    body: { data: (await application.tenants.list()).map((row) => tenantJson(row, clock.nowMs())) },
  }),
  "tenants.create": async ({ application, body }) => {
    const { code, expiresAtMs, tenant } = await application.tenants.add(body.id);
    return { type: "json", body: { id: tenant, code, role: "owner", expires_at: timeText(expiresAtMs) } };
  },
  "tenants.suspend": async ({ application, params }) => {
    await application.tenants.suspend(params.id);
    return { type: "empty" };
  },
  "tenants.resume": async ({ application, params }) => {
    await application.tenants.resume(params.id);
    return { type: "empty" };
  },
  "tenants.end": async ({ application, body, params, principal }) => ({
    type: "json",
    body: erasureJson(await application.tenants.end(principal, params.id, body.confirm)),
  }),
};

function tenantJson(row: TenantInfo, nowMs: number): Json {
  const { endedAtMs, invitedUntilMs, people, suspendedAtMs, tenant } = row;
  const isWaiting = people === 0 && endedAtMs === null && invitedUntilMs !== null && invitedUntilMs > nowMs;
  const timeOrNull = (ms: number | null): string | null => (ms === null ? null : timeText(ms));
  return {
    id: tenant,
    people,
    state: stateOf(row, isWaiting),
    invited_until: isWaiting ? timeText(invitedUntilMs) : null,
    suspended_at: timeOrNull(suspendedAtMs),
    ended_at: timeOrNull(endedAtMs),
  };
}

function stateOf({ endedAtMs, people, suspendedAtMs }: TenantInfo, isWaiting: boolean): string {
  if (endedAtMs !== null) return "ended";
  if (suspendedAtMs !== null) return "suspended";
  if (people > 0) return "used";
  return isWaiting ? "waiting" : "empty";
}
