/** What waits for a person's own word. Nothing above the level that the session is open to is listed or counted. */
import { z } from "zod";

import { mergesSchema } from "./people-schemas.ts";
import { levelNameSchema, memoryIdSchema, memorySchema, timeSchema } from "./schemas.ts";

const kindSchema = z.enum(["level", "person", "write"]);

/** Parameters of one thing that waits. */
export const reviewParams = z.strictObject({
  id: z.string().regex(/^(?:mem_[0-9A-HJKMNP-TV-Z]{26}|(?:who|wri)_[A-Za-z0-9_-]{22})$/),
});

/** Query of the list. */
export const reviewQuerySchema = z.strictObject({
  kind: kindSchema.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** How many things wait, the same words at the same level once; of levels 1,000 are counted at most. */
export const reviewCountsSchema = z
  .object({ level: z.number().int(), person: z.number().int(), write: z.number().int(), total: z.number().int() })
  .meta({ id: "ReviewCounts" });

/** One thing that waits: exactly one of `memory`, `people` and `write` is there, as `kind` says. */
const reviewItemSchema = z
  .object({
    id: z.string(),
    kind: kindSchema,
    /** Which answers can be given. */
    answers: z.array(z.enum(["accept", "up", "down", "refuse"])),
    /** Things with the same value are alike (a level doubted for the same reason): one word may be meant for all. Null: like nothing else. */
    alike: z.string().nullable(),
    /** `level`: a memory whose level nobody is sure of. */
    memory: memorySchema.optional(),
    /** `level`: how often the same words of the same speaker wait at that level, and since when; absent: once. One answer is for all. */
    said: z.object({ times: z.number().int().min(2), since: timeSchema }).optional(),
    /** `person`: two who may be one, or a wording that was taken to mean somebody. */
    people: mergesSchema.shape.proposals.element.optional(),
    /** `write`: what a program wants to have remembered. It stands nowhere else until it is accepted. */
    write: z
      .object({
        text: z.string(),
        level: levelNameSchema,
        client: z.string(),
        reasons: z.array(z.string()),
        occurred_at: timeSchema.nullable(),
        proposed_at: timeSchema,
      })
      .optional(),
  })
  .meta({ id: "ReviewItem" });

/** What waits: what programs propose first, then people, then levels, the least sure first. */
export const reviewSchema = z
  .object({ data: z.array(reviewItemSchema), counts: reviewCountsSchema })
  .meta({ id: "Review" });

/** Body of an answer. */
export const reviewAnswerSchema = z
  .strictObject({
    answer: z.enum(["accept", "up", "down", "refuse"]),
    /** Of a memory: the version that was looked at; refused when it has changed since. */
    version: z.number().int().min(1).optional(),
  })
  .meta({ id: "ReviewAnswer" });

/** What became of it. */
export const reviewDoneSchema = z
  .object({
    kind: kindSchema,
    /** The memory that was judged or kept; null when there is none, or it stands above what is open. */
    memory: memorySchema.nullable(),
    /** The decision about people: `DELETE /people/merges/{id}` takes it back. */
    decision: z.string().nullable(),
    /** The memories whose level was decided by it, as they stand now: `POST /review/undo` takes it back. None stands above what is open. */
    settled: z.array(z.object({ id: memoryIdSchema, version: z.number().int() })),
  })
  .meta({ id: "ReviewDone" });

/** Body of taking back: `settled` of an answer. */
export const reviewUndoSchema = z
  .strictObject({
    settled: z
      .array(z.strictObject({ id: memoryIdSchema, version: z.number().int().min(1) }))
      .min(1)
      .max(1_000),
  })
  .meta({ id: "ReviewUndo" });

/** How many memories stand as before; those that changed since are left as they are. */
export const reviewUndoneSchema = z.object({ undone: z.number().int() }).meta({ id: "ReviewUndone" });
