/** Routes of erasing: part of the one table in `routes.ts`. */
import { z } from "zod";

import { erasureIdSchema, erasureListSchema, erasureRequestSchema, erasureSchema } from "./erasure-schemas.ts";
import type { Route } from "./route.ts";

const PATH = "/api/v1/erasures";
const params = z.strictObject({ id: erasureIdSchema });
const json = <Schema extends z.ZodType>(schema: Schema, status = 200) => ({ status, type: "json", schema }) as const;

/** The routes by name. */
export const erasureRoutes = {
  "erasures.request": {
    method: "POST",
    path: PATH,
    action: "memory.erase",
    tag: "erasures",
    summary:
      "Erase memories, an import, a source, what a program's key told, or the account: hidden at once, unreadable for ever when undoing is over; answers with what shows it",
    body: erasureRequestSchema,
    success: json(erasureSchema, 202),
  },
  "erasures.list": {
    method: "GET",
    path: PATH,
    action: "erasure.read",
    tag: "erasures",
    summary: "Erasures that were asked for, newest first",
    success: json(erasureListSchema),
  },
  "erasures.read": {
    method: "GET",
    path: `${PATH}/{id}`,
    action: "erasure.read",
    tag: "erasures",
    summary: "How far an erasure is, and its receipt once it is done",
    params,
    success: json(erasureSchema),
  },
  "erasures.undo": {
    method: "POST",
    path: `${PATH}/{id}/undo`,
    action: "erasure.undo",
    tag: "erasures",
    summary: "Undo an erasure before it is due",
    params,
    success: json(erasureSchema),
  },
} as const satisfies Readonly<Record<string, Route>>;
