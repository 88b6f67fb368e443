/** Searches and what they find, on the wire. */
import { MEMORY_LABEL_LENGTH_MAX, SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import {
  conversationIdSchema,
  importIdSchema,
  levelInputSchema,
  memorySchema,
  ownerSchema,
  timeSchema,
} from "./schemas.ts";

/** A position of the log that memories are on, as `Kaelix-Position` and `position` of a memory say it. */
const positionSchema = z
  .string()
  .regex(/^memories\/\d{1,6}[/@]\d{1,15}$/)
  .meta({ example: "memories/4@88412" });

/** A day takes in the whole of it, by UTC, as in the words of a question. */
const asOfDaySchema = z.iso
  .date()
  .transform((day) => new Date(Date.parse(day) + 86_400_000).toISOString())
  .meta({ example: "2022-06-01" });

/**
 * How far back is looked: only what occurred before a time or by the end of a day, or only one's own that was first told up to a position of the
 * log. What was corrected since reads as corrected, and what was forgotten since stays forgotten. Parses to a time or a position.
 */
export const asOfSchema = z.union([timeSchema, asOfDaySchema, positionSchema], {
  error:
    "Must be a day such as 2022-06-01, a time such as 2022-06-01T18:00:00Z, or a position such as memories/4@88412",
});

/** What a search may be narrowed to. */
export const searchFilterSchema = z.strictObject({
  person: z.string().max(MEMORY_LABEL_LENGTH_MAX).optional(),
  source: z.enum([...SOURCE_KINDS]).optional(),
  after: timeSchema.optional(),
  before: timeSchema.optional(),
  level: levelInputSchema.optional(),
  conversation: conversationIdSchema.optional(),
  import: importIdSchema.optional(),
  owner: ownerSchema.optional(),
});

/** Body of `POST /searches`. */
export const searchRequestSchema = z
  .strictObject({
    query: z.string().max(10_000),
    filter: searchFilterSchema.optional(),
    as_of: asOfSchema.optional(),
    limit: z.number().int().min(1).max(200).default(20),
    offset: z.number().int().min(0).max(10_000).default(0),
    facets: z.boolean().default(true),
  })
  .meta({ id: "SearchRequest" });

/** One signal that spoke for a hit, in words. */
export const signalSchema = z
  .object({ signal: z.string(), score: z.number(), text: z.string() })
  .meta({ id: "Signal" });

/** A memory as search shows it: what stands in the index. `GET /memories/{id}` has the rest. */
export const foundMemorySchema = memorySchema
  .pick({
    shared: true,
    id: true,
    text: true,
    caption: true,
    speaker: true,
    conversation: true,
    level: true,
    source: true,
    import_id: true,
    occurred_at: true,
    recorded_at: true,
    version: true,
    position: true,
  })
  .meta({ id: "FoundMemory" });

/** A memory found, with what matched. Ranges are [start, end) in UTF-16 units of `memory.text`. */
export const hitSchema = z
  .object({
    memory: foundMemorySchema,
    score: z.number(),
    highlights: z.array(z.tuple([z.number().int(), z.number().int()])),
    why: z.array(signalSchema),
  })
  .meta({ id: "Hit" });

const facetSchema = z.array(z.object({ value: z.string(), label: z.string(), count: z.number().int() }));

/** Answer to `POST /searches`. */
export const searchResultSchema = z
  .object({
    hits: z.array(hitSchema),
    total: z.number().int(),
    facets: z
      .object({
        person: facetSchema,
        source: facetSchema,
        level: facetSchema,
        month: facetSchema,
        conversation: facetSchema,
        /** Whose the matches are; only when something was shared. */
        owner: facetSchema.optional(),
      })
      .nullable(),
    /** Qualifiers of the query that could not be understood, a sentence each. */
    problems: z.array(z.string()).optional(),
    /**
     * Whether meaning was compared beside words; absent: no provider of vectors is set up, or nothing has a vector yet, or whoever searches
     * wants nothing of theirs sent. `late`: it did not answer in time; `down`: it cannot be asked now; `withheld`: the query is too private
     * to be sent to it.
     */
    meaning: z.enum(["used", "late", "down", "withheld"]).optional(),
    took_ms: z.number(),
  })
  .meta({ id: "SearchResult" });
