/** Routes of organisations: for those who run the house. They learn that an organisation is there and how many people it has, no more. */
import { z } from "zod";

import { erasureSchema } from "./erasure-schemas.ts";
import type { Route } from "./route.ts";
import { timeSchema } from "./schemas.ts";

const tenantIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .meta({ example: "acme", description: "1 to 63 of a-z, 0-9 and hyphen; it never changes" });

/** An organisation. */
const tenantSchema = z
  .object({
    id: tenantIdSchema,
    people: z.number().int(),
    /**
     * `waiting`: its first owner has been invited; `empty`: nobody is there and nobody can come without a new invitation; `suspended`: nobody of
     * it can come in until it goes on; `ended`: it is gone, or going, for good.
     */
    state: z.enum(["used", "waiting", "empty", "suspended", "ended"]),
    /** Until when its first owner can sign up; null when there are people or no open invitation. */
    invited_until: timeSchema.nullable(),
    suspended_at: timeSchema.nullable(),
    ended_at: timeSchema.nullable(),
  })
  .meta({ id: "Tenant" });

/** The invitation of an organisation's first owner. The code is shown once. */
const tenantInviteSchema = z
  .object({ id: tenantIdSchema, code: z.string(), role: z.literal("owner"), expires_at: timeSchema })
  .meta({ id: "TenantInvite" });

const params = z.strictObject({ id: tenantIdSchema });

/** The routes by name. */
export const tenantRoutes = {
  "tenants.list": {
    method: "GET",
    path: "/api/v1/tenants",
    action: "tenant.list",
    tag: "users",
    summary: "Organisations of this server; for owners of the default one",
    success: { status: 200, type: "json", schema: z.object({ data: z.array(tenantSchema) }) },
  },
  "tenants.create": {
    method: "POST",
    path: "/api/v1/tenants",
    action: "tenant.create",
    tag: "users",
    summary: "Make an organisation by inviting its owner; again while nobody has come, the older code is void",
    body: z.strictObject({ id: tenantIdSchema }),
    success: { status: 201, type: "json", schema: tenantInviteSchema },
  },
  "tenants.suspend": {
    method: "POST",
    path: "/api/v1/tenants/{id}/suspend",
    action: "tenant.change",
    tag: "users",
    summary:
      "Keep everybody of an organisation out: sessions end, keys and apps open nothing, imports and sources stop; nothing is lost",
    params,
    success: { status: 204, type: "empty" },
  },
  "tenants.resume": {
    method: "POST",
    path: "/api/v1/tenants/{id}/resume",
    action: "tenant.change",
    tag: "users",
    summary: "Let the people of a suspended organisation in again; stopped imports go on",
    params,
    success: { status: 204, type: "empty" },
  },
  "tenants.end": {
    method: "POST",
    path: "/api/v1/tenants/{id}/end",
    action: "tenant.end",
    tag: "users",
    summary: "Erase an organisation with every account in it, at once and for ever; answers with what shows it",
    params,
    /** `confirm` is its name, typed anew. */
    body: z.strictObject({ confirm: z.string().min(1).max(63) }),
    success: { status: 202, type: "json", schema: erasureSchema },
  },
} as const satisfies Readonly<Record<string, Route>>;
