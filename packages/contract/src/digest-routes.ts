/** Routes of the day: what came in, what is open, what is ahead. */
import { z } from "zod";

import { notWrittenSchema } from "./answer-schemas.ts";
import type { Route } from "./route.ts";
import { importIdSchema } from "./schemas.ts";
import { foundMemorySchema } from "./search-schemas.ts";

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
    /** Somebody here puts it into sentences: POST …/prose. */
    writes: z.boolean(),
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

/** A day in sentences of an AI provider. */
const dayProseSchema = z
  .object({
    day: daySchema,
    sentences: z.array(
      z.object({
        text: z.string(),
        /** Keys of the lines of the digest that it stands on, and the memories that these do. */
        lines: z.array(z.string()),
        memories: z.array(z.string()),
      }),
    ),
    written_by: z.string().nullable(),
    /** Why nobody wrote though somebody writes here; the lines stand. */
    not_written: notWrittenSchema.nullable(),
  })
  .meta({ id: "DayProse" });

const dayParams = z.strictObject({ day: z.union([z.literal("today"), daySchema]) });
const dayQuery = z.strictObject({
  /** IANA name of the zone that days are in; UTC when absent. */
  zone: zoneSchema.optional(),
  /** Only what this import brought: the first look at it. */
  import: importIdSchema.optional(),
});

/** The routes by name. */
export const digestRoutes = {
  "digests.read": {
    method: "GET",
    path: "/api/v1/digests/{day}",
    action: "digest.read",
    tag: "recall",
    summary: "A day's digest, made when it is asked for; every line stands on memories",
    params: dayParams,
    query: dayQuery,
    success: { status: 200, type: "json", schema: digestSchema },
    waits: true,
  },
  "digests.write": {
    method: "POST",
    path: "/api/v1/digests/{day}/prose",
    action: "digest.read",
    tag: "recall",
    summary: "A day's digest in sentences of the AI provider, each with the lines and memories it stands on",
    params: dayParams,
    query: dayQuery,
    success: { status: 200, type: "json", schema: dayProseSchema },
    waits: true,
  },
} as const satisfies Readonly<Record<string, Route>>;
