/** Routes of what waits for a person's own word: part of the one table in `routes.ts`. */
import type { z } from "zod";

import {
  reviewAnswerSchema,
  reviewCountsSchema,
  reviewDoneSchema,
  reviewParams,
  reviewQuerySchema,
  reviewSchema,
  reviewUndoneSchema,
  reviewUndoSchema,
} from "./review-schemas.ts";
import type { Route } from "./route.ts";

const BASE = "/api/v1/review";
const json = <Schema extends z.ZodType>(schema: Schema) => ({ status: 200, type: "json", schema }) as const;

/** The routes by name. */
export const reviewRoutes = {
  "review.list": {
    method: "GET",
    path: BASE,
    action: "review.read",
    tag: "review",
    summary:
      "What waits for one's word: levels nobody is sure of, who may be one person, what programs want remembered",
    query: reviewQuerySchema,
    success: json(reviewSchema),
    waits: true,
  },
  "review.count": {
    method: "GET",
    path: `${BASE}/count`,
    action: "review.read",
    tag: "review",
    summary: "How many things wait for one's word",
    success: json(reviewCountsSchema),
    waits: true,
  },
  "review.answer": {
    method: "POST",
    path: `${BASE}/{id}`,
    action: "review.decide",
    tag: "review",
    summary: "Give one's word: accept, refuse, or one level up or down; for all that wait with the same words at once",
    params: reviewParams,
    body: reviewAnswerSchema,
    success: json(reviewDoneSchema),
  },
  "review.undo": {
    method: "POST",
    path: `${BASE}/undo`,
    action: "review.decide",
    tag: "review",
    summary: "Take back one's word about levels: the memories stand where they stood, and wait again",
    body: reviewUndoSchema,
    success: json(reviewUndoneSchema),
  },
} as const satisfies Readonly<Record<string, Route>>;
