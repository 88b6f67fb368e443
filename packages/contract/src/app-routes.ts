/** Routes of programs of others that a person lets in by signing in (OAuth 2.1): part of the one table in `routes.ts`. */
import { z } from "zod";

import { keyIdSchema, keyReachSchema } from "./access-schemas.ts";
import type { Route } from "./route.ts";
import { levelNameSchema, timeSchema } from "./schemas.ts";

/** The query of an authorisation request, as it stood behind the `?`. */
const querySchema = z.string().min(1).max(16_000);
const resourceSchema = z.enum(["mcp", "api"]);

/** What a person is asked; `back` instead when the app asked in a wrong way and is told so at its own address. */
const questionSchema = z
  .object({
    back: z.string().nullable(),
    question: z
      .object({
        name: z.string(),
        /** The host that vouches for the name; null: the app says so itself. */
        host: z.string().nullable(),
        /** Where it is sent back to: a host, or the scheme of an app. */
        redirect: z.string(),
        /** True when that is on the person's own machine. */
        local: z.boolean(),
        resource: resourceSchema,
        scopes: z.array(z.string()),
        /** Where to go when they say no. */
        denied: z.string(),
      })
      .nullable(),
  })
  .meta({ id: "AppQuestion" });

/** An app that a person let in. */
const appSchema = z
  .object({
    id: keyIdSchema,
    name: z.string(),
    host: z.string().nullable(),
    redirect: z.string(),
    resource: resourceSchema,
    scopes: z.array(z.string()),
    /** The highest level it may see. */
    level: levelNameSchema,
    /** Whose words it reads. */
    reach: keyReachSchema,
    created_at: timeSchema,
    expires_at: timeSchema,
    /** Kept within ten minutes. */
    last_used_at: timeSchema.nullable(),
    state: z.enum(["open", "expired", "ended"]),
  })
  .meta({ id: "App" });

const consentSchema = z
  .strictObject({
    query: querySchema,
    /** The highest level it may see; Secret and above are for nobody but the person. */
    level: z.enum(["general", "confidential"]).default("general"),
    reach: keyReachSchema.default("person"),
    days: z.number().int().min(1).max(90).default(7),
  })
  .meta({ id: "AppConsent" });

/** The routes by name. */
export const appRoutes = {
  "apps.list": {
    method: "GET",
    path: "/api/v1/apps",
    action: "app.list",
    tag: "apps",
    summary: "Apps that you let in by signing in, newest first",
    success: { status: 200, type: "json", schema: z.object({ data: z.array(appSchema) }) },
  },
  "apps.ask": {
    method: "POST",
    path: "/api/v1/apps/questions",
    action: "app.list",
    tag: "apps",
    summary: "Who an app is and what it asks for, from the query that it sent you here with; nothing is kept",
    body: z.strictObject({ query: querySchema }),
    success: { status: 200, type: "json", schema: questionSchema },
  },
  "apps.connect": {
    method: "POST",
    path: "/api/v1/apps",
    action: "app.connect",
    tag: "apps",
    summary: "Let an app in; answers where to go on, with a code for one minute",
    body: consentSchema,
    success: { status: 201, type: "json", schema: z.object({ to: z.string() }) },
  },
  "apps.end": {
    method: "DELETE",
    path: "/api/v1/apps/{id}",
    action: "app.end",
    tag: "apps",
    summary: "End an app; it opens nothing from then on",
    params: z.strictObject({ id: keyIdSchema }),
    success: { status: 204, type: "empty" },
  },
} as const satisfies Readonly<Record<string, Route>>;
