/** Routes of the day: what came in, what is open, what is ahead. */
import { z } from "zod";

import type { Route } from "./route.ts";
import { foundMemorySchema, importIdSchema } from "./schemas.ts";

const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const zoneSchema = z.string().min(1).max(64);

/** A memory that a line stands on. The range is [start, end) in UTF-16 units of `memory.text`. */
const evidenceSchema = z
  .object({ memory: foundMemorySchema, range: z.tuple([z.number().int(), z.number().int()]) })
  .meta({ id: "DigestEvidence" });

/** One line of a digest: what it says, the day it is about, and the memories it stands on. */
const digestLineSchema = z
  .object({
    key: z.string(),
    text: z.string(),
    day: daySchema.nullable(),
    count: z.number().int().nullable(),
    evidence: z.array(evidenceSchema),
  })
  .meta({ id: "DigestLine" });

/** A digest: sections without lines are left out. */
const digestSchema = z
  .object({
    day: daySchema,
    zone: z.string(),
    /** Memories that were there to be looked at, under the session's level. */
    memories: z.number().int(),
    sections: z.array(
      z.object({
        kind: z.enum(["people", "came-in", "dates-ahead", "promises", "quiet", "rhythm", "on-this-day"]),
        lines: z.array(digestLineSchema),
        /** Lines left out for length. */
        more: z.number().int(),
      }),
    ),
    took_ms: z.number(),
    as_of: z.string(),
  })
  .meta({ id: "Digest" });

/** The routes by name. */
export const digestRoutes = {
  "digests.read": {
    method: "GET",
    path: "/api/v1/digests/{day}",
    action: "digest.read",
    tag: "recall",
    summary: "A day's digest, made when it is asked for; every line stands on memories",
    params: z.strictObject({ day: z.union([z.literal("today"), daySchema]) }),
    query: z.strictObject({
      /** IANA name of the zone that days are in; UTC when absent. */
      zone: zoneSchema.optional(),
      /** Only what this import brought: the first look at it. */
      import: importIdSchema.optional(),
    }),
    success: { status: 200, type: "json", schema: digestSchema },
    waits: true,
  },
} as const satisfies Readonly<Record<string, Route>>;
