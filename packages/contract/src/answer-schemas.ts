/** Questions and their answers on the wire. */
import { z } from "zod";

import { memorySchema, sayable, timeSchema } from "./schemas.ts";
import { asOfSchema, searchFilterSchema, signalSchema } from "./search-schemas.ts";

/** Body of `POST /answers`. */
export const answerRequestSchema = z
  .strictObject({
    question: sayable,
    filter: searchFilterSchema.optional(),
    as_of: asOfSchema.optional(),
    /**
     * What was asked before in the same conversation, the last one last, as it was understood (`understood_as`, else its own words): what
     * "when was that?" leans on. Nothing of it is kept; what was answered is looked up anew, under what is open now.
     */
    after: z.array(sayable.max(2_000)).max(10).optional(),
    /** Whether to say what may be asked next. */
    follow_ups: z.boolean().optional(),
  })
  .meta({ id: "AnswerRequest" });

/** A time that quoted words name, resolved against the memory's own time. `range` is [start, end) in the memory's text. */
const quotedTimeSchema = z.object({
  text: z.string(),
  range: z.tuple([z.number().int(), z.number().int()]),
  label: z.string(),
  from: timeSchema,
  to: timeSchema,
  precision: z.enum(["day", "weekend", "week", "month", "season", "year"]),
});

/** Where a sentence of an answer comes from. `range` is [start, end) in the memory's text. */
export const citationSchema = z
  .object({
    number: z.number().int().min(1),
    memory: memorySchema,
    quote: z.string(),
    range: z.tuple([z.number().int(), z.number().int()]),
    /** The sentence in it that answers best. */
    best: z.tuple([z.number().int(), z.number().int()]).optional(),
    times: z.array(quotedTimeSchema).optional(),
    why: z.array(signalSchema),
  })
  .meta({ id: "Citation" });

/** Why nobody wrote something though somebody writes here. */
export const notWrittenSchema = z.enum(["withheld", "late", "down", "spent", "unsupported", "conflict", "kept"]);

/**
 * An answer: `quoted` from memories, `written` from quoted ones by an AI provider, every sentence with its citations, or `nothing` when there
 * is nothing on it.
 */
export const answerSchema = z
  .object({
    kind: z.enum(["quoted", "written", "nothing"]),
    text: z.string(),
    sentences: z.array(z.object({ text: z.string(), citations: z.array(z.number().int()) })),
    citations: z.array(citationSchema),
    /** True when cited memories tell different things. */
    conflict: z.boolean().optional(),
    /** Who wrote it. */
    written_by: z.string().optional(),
    /**
     * Why nobody wrote it though somebody writes here. `withheld`: too private to be sent; `late`, `down`, `spent`: it did not answer, cannot be
     * asked now, or may cost no more today; `unsupported`: nothing it wrote stood on the memories; `conflict`: they tell different things;
     * `kept`: whoever asks wants nothing of theirs sent.
     */
    not_written: notWrittenSchema.optional(),
    /** The question in words of its own, where it leaned on what was asked before. */
    understood_as: z.string().optional(),
    /** Questions that may be asked next and have an answer, where they were asked for. */
    follow_ups: z.array(z.string()).optional(),
    /** How sure the answer is; of `nothing`, how sure it is that there is nothing. */
    confidence: z.number().min(0).max(1),
    took_ms: z.number(),
  })
  .meta({ id: "Answer" });
