/** Taking everything along in a sealed file: part of the one table in `routes.ts`. */
import { z } from "zod";

import type { Route } from "./route.ts";

/** Body of `POST /exports/sealed`. */
const exportSealedSchema = z
  .strictObject({
    /** Whoever has the file needs it to read it, here or with age's own program; nobody can reset it. */
    passphrase: z.string().min(15).max(1_024),
    /** What is inside. */
    format: z.enum(["jsonl", "markdown", "archive"]).default("jsonl"),
  })
  .meta({ id: "ExportSealed" });

/** The routes by name. */
export const exportRoutes = {
  "exports.sealed": {
    method: "POST",
    path: "/api/v1/exports/sealed",
    action: "export.run",
    tag: "exports",
    summary: "The same as a file that a passphrase opens, in the format of age (age-encryption.org/v1)",
    body: exportSealedSchema,
    success: { status: 200, type: "text", mediaType: "application/octet-stream" },
  },
} as const satisfies Readonly<Record<string, Route>>;
