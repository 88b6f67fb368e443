/** Routes of organisations: for those who run the house. They learn that an organisation is there and how many people it has, no more. */
import { z } from "zod";

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
    /** `waiting`: its first owner has been invited; `empty`: nobody is there and nobody can come without a new invitation. */
    state: z.enum(["used", "waiting", "empty"]),
    /** Until when its first owner can sign up; null when there are people or no open invitation. */
    invited_until: timeSchema.nullable(),
  })
  .meta({ id: "Tenant" });

/** The invitation of an organisation's first owner. The code is shown once. */
const tenantInviteSchema = z
  .object({ id: tenantIdSchema, code: z.string(), role: z.literal("owner"), expires_at: timeSchema })
  .meta({ id: "TenantInvite" });

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
} as const satisfies Readonly<Record<string, Route>>;
