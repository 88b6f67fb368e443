/** Routes of the timeline: how much lies in each month and day of the person's own calendar. */
import { SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import type { Route } from "./route.ts";
import { timeSchema } from "./schemas.ts";

const monthSchema = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/);

const timelineSchema = z
  .object({
    /** Which zone months and days are of. */
    zone: z.string(),
    total: z.number().int(),
    /** Newest first; those that hold nothing are left out. */
    data: z.array(
      z.object({
        /** `2026-03`, or `2026-03-14` where a month was asked for. */
        key: z.string(),
        count: z.number().int(),
        /** The first moment of it, and the first behind it. */
        from: timeSchema,
        to: timeSchema,
      }),
    ),
    /** Where what is counted came from, whichever source was asked for. */
    sources: z.array(z.enum([...SOURCE_KINDS])),
    took_ms: z.number(),
  })
  .meta({ id: "Timeline" });

/** The routes by name. */
export const timelineRoutes = {
  "timeline.read": {
    method: "GET",
    path: "/api/v1/timeline",
    action: "memory.list",
    tag: "memories",
    summary: "How many of one's own memories each month holds, or each day of a month, in a zone",
    query: z.strictObject({
      /** IANA name of the zone that months and days are in; UTC when absent. */
      zone: z.string().min(1).max(64).optional(),
      /** Days of this month instead of months. */
      month: monthSchema.optional(),
      source: z.enum([...SOURCE_KINDS]).optional(),
      /** Said by this person; counts what is General and Confidential. */
      person: z.string().min(1).max(200).optional(),
    }),
    success: { status: 200, type: "json", schema: timelineSchema },
    waits: true,
  },
} as const satisfies Readonly<Record<string, Route>>;
