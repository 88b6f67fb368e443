/** Routes of how long memories are kept: part of the one table in `routes.ts`. Ages count from when a memory was told to Kaelix. */
import { KEPT_MONTHS_MAX, SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import type { Route } from "./route.ts";
import { memoryIdSchema, memorySchema, timeSchema } from "./schemas.ts";

const LIST_MAX = 100;
const monthsSchema = z.number().int().min(1).max(KEPT_MONTHS_MAX).nullable();
const sourceRuleSchema = z.strictObject({ source: z.enum(SOURCE_KINDS), months: monthsSchema });

/** Sources that have a rule of their own instead, each once. */
const sourcesSchema = z
  .array(sourceRuleSchema)
  .max(SOURCE_KINDS.length)
  .refine((rules) => new Set(rules.map(({ source }) => source)).size === rules.length, {
    message: "Must name each source once",
  });

/** `months`: whole months that memories are kept; null: for ever. */
const rulesSchema = z.strictObject({ months: monthsSchema, sources: sourcesSchema }).meta({ id: "RetentionRules" });

const chosenRulesSchema = z
  .strictObject({ months: monthsSchema, sources: sourcesSchema.default([]) })
  .meta({ id: "RetentionChoice" });

const countsShape = {
  /** Up to the level that is open, as every count here. */
  total: z.number().int(),
  sources: z.array(z.object({ source: z.enum(SOURCE_KINDS), count: z.number().int() })),
};

const goingSchema = z
  .object({
    /** Not before this they go for good. */
    on: timeSchema,
    ...countsShape,
    /** Of everything, those that reach their age within 30 days. */
    next_30_days: z.number().int(),
  })
  .meta({ id: "RetentionPreview" });

const retentionSchema = z
  .object({
    rules: rulesSchema,
    /** Null: they never chose, and it is as the server is set up. */
    chosen_at: timeSchema.nullable(),
    /** What holds for who never chose. */
    house: rulesSchema,
    /** What has been announced to go; null: nothing up to the level that is open. */
    announced: z.object({ on: timeSchema, ...countsShape }).nullable(),
    next_30_days: z.number().int(),
    /** Memories that are kept by name, whatever their age. */
    kept: z.number().int(),
  })
  .meta({ id: "Retention" });

const keptSchema = z
  .object({
    /** True: whatever its age. */
    kept: z.boolean(),
    /** The last day, in the person's zone, on which the rules keep it; null: for ever. */
    until: z.iso.date().nullable(),
  })
  .meta({ id: "MemoryKept" });

const leavingSchema = z
  .object({ total: z.number().int(), data: z.array(z.object({ until: z.iso.date(), memory: memorySchema })) })
  .meta({ id: "RetentionLeaving" });

const json = <Schema extends z.ZodType>(schema: Schema) => ({ status: 200, type: "json", schema }) as const;
const BASE = "/api/v1/retention";
const params = z.strictObject({ id: memoryIdSchema });

/** The routes by name. */
export const retentionRoutes = {
  "retention.read": {
    method: "GET",
    path: BASE,
    action: "retention.read",
    tag: "erasures",
    summary: "How long one's memories are kept, and what goes next",
    success: json(retentionSchema),
  },
  "retention.choose": {
    method: "PUT",
    path: BASE,
    action: "retention.choose",
    tag: "erasures",
    summary:
      "Choose how long one's memories are kept, of every level; what that lets go is announced and goes a week later",
    body: z.strictObject({
      /** Null: as the server is set up. */
      rules: chosenRulesSchema.nullable(),
    }),
    success: json(retentionSchema),
  },
  "retention.preview": {
    method: "POST",
    path: `${BASE}/preview`,
    action: "retention.read",
    tag: "erasures",
    summary: "What rules would let go, without choosing them",
    body: z.strictObject({ rules: chosenRulesSchema.nullable() }),
    success: json(goingSchema),
  },
  "retention.leaving": {
    method: "GET",
    path: `${BASE}/memories`,
    action: "retention.read",
    tag: "erasures",
    summary: "Memories that reach their age within 30 days, the oldest first",
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(LIST_MAX).default(50) }),
    success: json(leavingSchema),
  },
  "memories.kept": {
    method: "GET",
    path: "/api/v1/memories/{id}/kept",
    action: "retention.read",
    tag: "memories",
    summary: "How long a memory of one's own is kept",
    params,
    success: json(keptSchema),
  },
  "memories.keep": {
    method: "PUT",
    path: "/api/v1/memories/{id}/kept",
    action: "retention.keep",
    tag: "memories",
    summary: "Keep a memory whatever its age, or no more",
    params,
    body: z.strictObject({ kept: z.boolean() }),
    success: json(keptSchema),
  },
} as const satisfies Readonly<Record<string, Route>>;
