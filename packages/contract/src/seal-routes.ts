/** Routes of what a person's browser seals: part of the one table in `routes.ts`. */
import { z } from "zod";

import type { Route } from "./route.ts";
import { memoryIdSchema } from "./schemas.ts";
import { sealChangeSchema, sealPlaceRequestSchema, sealSchema } from "./seal-schemas.ts";

const PATH = "/api/v1/seal";
const json = <Schema extends z.ZodType>(schema: Schema) => ({ status: 200, type: "json", schema }) as const;

/** The routes by name. */
export const sealRoutes = {
  "seal.read": {
    method: "GET",
    path: PATH,
    action: "seal.read",
    tag: "seal",
    summary: "The key that one's browser seals level 4 with, wrapped; only in a session that is open to level 4",
    success: json(sealSchema),
  },
  "seal.change": {
    method: "PUT",
    path: PATH,
    action: "seal.change",
    tag: "seal",
    summary: "Set it up, or wrap it under another passphrase or recovery key; the session must just have been proved",
    body: sealChangeSchema,
    success: json(sealSchema),
  },
  "seal.place": {
    method: "POST",
    path: `${PATH}/places`,
    action: "seal.read",
    tag: "seal",
    summary: "The id that something told with an external id gets: to be bound into what is sealed, before it is sent",
    body: sealPlaceRequestSchema,
    success: json(z.object({ id: memoryIdSchema }).meta({ id: "SealPlace" })),
  },
} as const satisfies Readonly<Record<string, Route>>;
