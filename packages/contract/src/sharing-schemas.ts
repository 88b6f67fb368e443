/** Shapes of the wire for sharing between people of one installation. */
import { SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import {
  conversationIdSchema,
  grantIdSchema,
  idOf,
  levelInputSchema,
  levelNameSchema,
  memoryIdSchema,
  timeSchema,
  userIdSchema,
} from "./schemas.ts";

/** Somebody or something that memories name. */
const subjectIdSchema = z.union([
  idOf("per", "per_01JD8QYB3M6W5T0ZK1E9V7RXSC"),
  idOf("ent", "ent_01JD8QYB3M6W5T0ZK1E9V7RXSC"),
]);

const personSchema = z.object({ id: userIdSchema, name: z.string() });

/**
 * What a share opens: everything, what names somebody or something, a range of time, a conversation, a source, or memories one by one.
 */
export const shareScopeSchema = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("all") }),
    z.strictObject({ type: z.literal("about"), subject: subjectIdSchema }),
    z.strictObject({ type: z.literal("time"), from: timeSchema, until: timeSchema }),
    z.strictObject({ type: z.literal("conversation"), conversation: conversationIdSchema }),
    z.strictObject({ type: z.literal("source"), source: z.enum([...SOURCE_KINDS]) }),
    z.strictObject({ type: z.literal("memories"), memories: z.array(memoryIdSchema).min(1).max(100) }),
  ])
  .meta({ id: "ShareScope" });

/** Body of `POST /grants`. */
export const shareCreateSchema = z
  .strictObject({
    to: userIdSchema,
    what: shareScopeSchema,
    /** The highest level that is shared: 1 to 3. */
    level: levelInputSchema.default(1),
    /** One word of a-z and hyphens: it opens only for who says it is for that; null: for anything. */
    purpose: z
      .string()
      .regex(/^[a-z][a-z-]{0,63}$/, "Must be one word of a to z")
      .nullable()
      .default(null),
    starts_at: timeSchema.optional(),
    expires_at: timeSchema,
  })
  .meta({ id: "ShareCreate" });

/** A share as either side sees it. */
export const shareSchema = z
  .object({
    id: grantIdSchema,
    from: personSchema,
    to: personSchema,
    what: z.object({
      type: z.enum(["all", "about", "time", "conversation", "source", "memories"]),
      /** Told to who shares it alone; absent when no memory names them any more. */
      subject: z.string().optional(),
      from: timeSchema.optional(),
      until: timeSchema.optional(),
      conversation: conversationIdSchema.optional(),
      source: z.enum([...SOURCE_KINDS]).optional(),
      memories: z.array(memoryIdSchema).optional(),
    }),
    /** The title of a shared conversation, or whom or what it is about; null where it has none. */
    label: z.string().nullable(),
    /** How many memories it opens now: of one about somebody or something, told to who shares it; else null. */
    covers: z.number().int().nullable(),
    level: levelNameSchema,
    purpose: z.string().nullable(),
    starts_at: timeSchema,
    expires_at: timeSchema,
    ended_at: timeSchema.nullable(),
    state: z.enum(["waiting", "open", "expired", "ended"]),
  })
  .meta({ id: "Share" });

/** What a person has shared, newest first, and what was shared with them and is not over. */
export const shareListSchema = z.object({ given: z.array(shareSchema), received: z.array(shareSchema) });

/** Everybody else of the installation, by name. */
export const directorySchema = z.object({ data: z.array(personSchema) });

/** Query of what can be shared by name. */
export const subjectQuerySchema = z.strictObject({
  /** Words that begin a name or what somebody is: "mum", "lee". */
  query: z.string().max(200).default(""),
  only: z.enum(["people", "topics"]).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

/** Whom and what memories name, the most named first, and how many memories a share would open now. */
export const subjectListSchema = z
  .object({
    data: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(["person", "place", "organisation", "event", "thing", "substance"]),
        name: z.string(),
        aliases: z.array(z.string()),
        /** What a person is to you: "mother". */
        relation: z.string().nullable(),
        /** Up to level general, and up to confidential with those of general. */
        memories: z.object({ general: z.number().int(), confidential: z.number().int() }),
      }),
    ),
  })
  .meta({ id: "ShareSubjects" });
