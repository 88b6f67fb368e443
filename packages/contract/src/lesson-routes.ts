/** Routes of what a person taught their own judge by moving memories between levels. */
import { MEMORY_TEXT_LENGTH_MAX } from "@kaelix/model";
import { z } from "zod";

import type { Route } from "./route.ts";
import { levelNameSchema, timeSchema } from "./schemas.ts";

const TEXTS_MAX = 100;

const lessonsSchema = z
  .object({
    /** Memories that were moved, or whose level was said to be right, and that count; none above what is open. */
    total: z.number().int(),
    forgotten_at: timeSchema.nullable(),
    data: z.array(z.object({ from: levelNameSchema, to: levelNameSchema, count: z.number().int() })),
  })
  .meta({ id: "Lessons" });

const classificationSchema = z
  .object({
    level: levelNameSchema,
    confidence: z.number(),
    /** True when it is not what the rules alone would say. */
    taught: z.boolean(),
    reasons: z.array(z.object({ rule: z.string(), level: levelNameSchema, text: z.string() })),
  })
  .meta({ id: "Classification" });

/** The routes by name. */
export const lessonRoutes = {
  "lessons.read": {
    method: "GET",
    path: "/api/v1/lessons",
    action: "lesson.read",
    tag: "memories",
    summary: "How much one's own corrections of levels taught",
    success: { status: 200, type: "json", schema: lessonsSchema },
  },
  "lessons.forget": {
    method: "DELETE",
    path: "/api/v1/lessons",
    action: "lesson.forget",
    tag: "memories",
    summary: "Forget what one's corrections taught so far; the memories stay where they are",
    success: { status: 204, type: "empty" },
  },
  "classifications.make": {
    method: "POST",
    path: "/api/v1/classifications",
    action: "lesson.read",
    tag: "memories",
    summary: "The levels that texts would be given, as the rules say and one's corrections taught; nothing is kept",
    body: z.strictObject({ texts: z.array(z.string().max(MEMORY_TEXT_LENGTH_MAX)).min(1).max(TEXTS_MAX) }),
    success: { status: 200, type: "json", schema: z.object({ data: z.array(classificationSchema) }) },
  },
} as const satisfies Readonly<Record<string, Route>>;
