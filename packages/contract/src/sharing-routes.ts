/** Routes of sharing: part of the one table in `routes.ts`. */
import { z } from "zod";

import type { Route } from "./route.ts";
import { grantIdSchema } from "./schemas.ts";
import {
  directorySchema,
  shareCreateSchema,
  shareListSchema,
  shareSchema,
  subjectListSchema,
  subjectQuerySchema,
} from "./sharing-schemas.ts";

/** The routes by name. */
export const sharingRoutes = {
  "grants.create": {
    method: "POST",
    path: "/api/v1/grants",
    action: "grant.give",
    tag: "sharing",
    summary: "Share some of your memories with somebody of this installation, up to a level and until a time",
    body: shareCreateSchema,
    success: { status: 201, type: "json", schema: shareSchema },
    idempotencyKey: true,
  },
  "grants.list": {
    method: "GET",
    path: "/api/v1/grants",
    action: "grant.list",
    tag: "sharing",
    summary: "What you have shared, and what was shared with you and is not over",
    success: { status: 200, type: "json", schema: shareListSchema },
  },
  "grants.subjects": {
    method: "GET",
    path: "/api/v1/grants/subjects",
    action: "people.read",
    tag: "sharing",
    summary:
      "Whom and what your memories name, for sharing what names them; with how many memories that would open now",
    query: subjectQuerySchema,
    success: { status: 200, type: "json", schema: subjectListSchema },
    waits: true,
  },
  "grants.end": {
    method: "DELETE",
    path: "/api/v1/grants/{id}",
    action: "grant.end",
    tag: "sharing",
    summary: "End a share, as who gave it or as who has it; it opens nothing from the next request on",
    params: z.strictObject({ id: grantIdSchema }),
    success: { status: 204, type: "empty" },
  },
  "directory.list": {
    method: "GET",
    path: "/api/v1/directory",
    action: "directory.read",
    tag: "sharing",
    summary: "Names and ids of the others of this installation, for sharing",
    success: { status: 200, type: "json", schema: directorySchema },
  },
} as const satisfies Readonly<Record<string, Route>>;
