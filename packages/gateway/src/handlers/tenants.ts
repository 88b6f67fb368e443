import type { TenantRow } from "@kaelix/security";

import type { HandlersOf } from "../http/exchange.ts";
import { type Json, timeText } from "../http/wire.ts";

/** Organisations of the house. */
export const tenantHandlers: HandlersOf<"tenants.list" | "tenants.create"> = {
  "tenants.list": async ({ application, clock }) => ({
    type: "json",
    body: { data: (await application.members.tenants.list()).map((row) => tenantJson(row, clock.nowMs())) },
  }),
  "tenants.create": async ({ application, body }) => {
    const { code, expiresAtMs, tenant } = await application.members.tenants.add(body.id);
    return { type: "json", body: { id: tenant, code, role: "owner", expires_at: timeText(expiresAtMs) } };
  },
};

function tenantJson({ tenant, people, invitedUntilMs }: TenantRow, nowMs: number): Json {
  const until = people === 0 && invitedUntilMs !== null && invitedUntilMs > nowMs ? invitedUntilMs : null;
  const state = people > 0 ? "used" : until === null ? "empty" : "waiting";
  return { id: tenant, people, state, invited_until: until === null ? null : timeText(until) };
}
