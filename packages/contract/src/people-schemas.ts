/** Who somebody's memories speak of, and what speaks for it. Nothing above the level that the session is open to. */
import { z } from "zod";

import { idOf, levelNameSchema, memoryIdSchema, timeSchema } from "./schemas.ts";

const personIdSchema = idOf("per", "per_01JD8QYB3M6W5T0ZK1E9V7RXSC");
const decisionIdSchema = idOf("dec", "dec_01JD8QYB3M6W5T0ZK1E9V7RXSC");
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .refine((text) => text.isWellFormed(), { message: "Must be well-formed Unicode" });
const daySchema = z.string().meta({ example: "2026-03-14" });

/** Parameters of a person. */
export const personParams = z.strictObject({ id: personIdSchema });
/** Parameters of a decision. */
export const decisionParams = z.strictObject({ id: decisionIdSchema });
/** Parameters of a memory's links. */
export const memoryLinksParams = z.strictObject({ id: memoryIdSchema });

const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/** Query of the list of people. */
export const peopleQuerySchema = z.strictObject({
  /** Words that begin a name or what somebody is: "mum", "bro". */
  query: z.string().max(200).optional(),
  /** Also names that may be no person's. */
  unsure: flag,
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

/** Query of a graph: how many steps, and the most nodes that are wanted. */
export const graphQuerySchema = z.strictObject({
  hops: z.coerce.number().int().min(1).max(2).default(1),
  nodes: z.coerce.number().int().min(2).max(200).default(60),
});

const personFields = {
  id: z.string(),
  name: z.string(),
  aliases: z.array(z.string()),
  /** What they are to the person whose memories these are: "mother". */
  relation: z.string().nullable(),
  memories: z.number().int(),
  first_at: timeSchema,
  last_at: timeSchema,
  confidence: z.number(),
  /** False: the name may be no person's. */
  sure: z.boolean(),
};

/** A person of somebody's memories. */
const personSchema = z.object(personFields).meta({ id: "Person" });

/** People; `unsure` names were left out unless they were asked for. */
export const peopleListSchema = z
  .object({ data: z.array(personSchema), unsure: z.number().int() })
  .meta({ id: "PeopleList" });

/** How far memories are read for people; `reading` is null while nothing is. */
export const peopleReadingSchema = z
  .object({ reading: z.object({ done: z.number().int(), total: z.number().int() }).nullable() })
  .meta({ id: "PeopleReading" });

/** A piece of a memory, word for word, and where it stands in the text: [start, end) in UTF-16 units. */
const evidenceSchema = z
  .object({
    memory_id: z.string(),
    at: timeSchema,
    level: levelNameSchema,
    speaker: z.string().nullable(),
    quote: z.string(),
    range: z.tuple([z.number().int(), z.number().int()]),
  })
  .meta({ id: "Evidence" });

/** Something that is named; `id` is null for the person whose memories these are. */
const namedSchema = z
  .object({
    id: z.string().nullable(),
    kind: z.enum(["me", "person", "place", "organisation", "event", "thing", "substance"]),
    name: z.string(),
  })
  .meta({ id: "Named" });

const relationTypeSchema = z.enum([
  "family",
  "colleague",
  "friend",
  "neighbour",
  "attends",
  "scheduled_for",
  "owes",
  "owns",
  "works_at",
  "studies_at",
  "lives_in",
  "member_of",
  "allergic_to",
]);

const factSchema = z
  .object({
    type: relationTypeSchema,
    /** In words, without the person: "lives in Leeds". */
    text: z.string(),
    other: namedSchema,
    confidence: z.number(),
    since: daySchema,
    /** Null: nothing says that it ended. */
    until: daySchema.nullable(),
    evidence: z.array(evidenceSchema),
  })
  .meta({ id: "PersonFact" });

/** A person's page. */
export const personPageSchema = z
  .object({
    ...personFields,
    facts: z.array(factSchema),
    /** What was told differently at different times, side by side. Never resolved. */
    told_differently: z.array(
      z.object({
        type: relationTypeSchema,
        statements: z.array(z.object({ value: z.string(), evidence: evidenceSchema })),
      }),
    ),
    /** People and places that are named together with them. */
    near: z.array(
      z.object({
        id: z.string(),
        kind: namedSchema.shape.kind,
        name: z.string(),
        together: z.number().int(),
        evidence: z.array(evidenceSchema),
      }),
    ),
    /** The newest memories that speak of them, newest first. */
    mentions: z.array(evidenceSchema),
    last_contact: evidenceSchema.nullable(),
  })
  .meta({ id: "PersonPage" });

/** A graph around somebody; the person whose memories these are has the id `me`. */
export const peopleGraphSchema = z
  .object({
    nodes: z.array(
      z.object({ id: z.string(), kind: namedSchema.shape.kind, name: z.string(), hops: z.number().int() }),
    ),
    edges: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        /** `together`: named in the same memories. */
        type: z.enum([...relationTypeSchema.options, "together"]),
        confidence: z.number(),
        since: daySchema,
        until: daySchema.nullable(),
        memory_ids: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: "PeopleGraph" });

const decidedSchema = z.enum(["merge", "apart", "split", "rename", "self"]);

/** Who may be the same as whom, and what was decided. */
export const mergesSchema = z
  .object({
    proposals: z.array(
      z.object({
        /** `may-be-one`: two who may be the same. `was-taken`: `wording` was taken to mean the person. */
        type: z.enum(["may-be-one", "was-taken"]),
        person: personSchema,
        other: personSchema.nullable(),
        wording: z.string().nullable(),
        reason: z.string(),
        evidence: z.array(evidenceSchema),
      }),
    ),
    decisions: z.array(
      z.object({
        id: z.string(),
        what: decidedSchema,
        at: timeSchema,
        /** Null when no memory names them any more. */
        person: personSchema.nullable(),
        /** How the other was called, or the name that was given; null of `self`. */
        other: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "PeopleMerges" });

/** Body of a decision. `confirm` says that a wording was rightly taken to mean somebody, `self` that somebody is the one who decides. */
export const decideSchema = z
  .discriminatedUnion("what", [
    z.strictObject({ what: z.literal("merge"), person: personIdSchema, other: personIdSchema }),
    z.strictObject({ what: z.literal("apart"), person: personIdSchema, other: personIdSchema }),
    z.strictObject({ what: z.literal("split"), person: personIdSchema, wording: nameSchema }),
    z.strictObject({ what: z.literal("confirm"), person: personIdSchema, wording: nameSchema }),
    z.strictObject({ what: z.literal("rename"), person: personIdSchema, name: nameSchema }),
    z.strictObject({ what: z.literal("self"), person: personIdSchema }),
  ])
  .meta({ id: "PersonDecision" });

/** What became of it: a decision that can be undone, or one that was undone because that is what parting came to. */
export const decidedAnswerSchema = z
  .object({ id: z.string(), outcome: z.enum(["decided", "undone"]) })
  .meta({ id: "PersonDecided" });

/** What a memory names and hangs together with, the surest first. */
export const memoryLinksSchema = z
  .object({
    named: z.array(namedSchema),
    data: z.array(
      z.object({
        memory: z.object({
          id: z.string(),
          text: z.string(),
          speaker: z.string().nullable(),
          level: levelNameSchema,
          occurred_at: timeSchema,
        }),
        score: z.number(),
        reason: z.string(),
      }),
    ),
  })
  .meta({ id: "MemoryLinks" });
