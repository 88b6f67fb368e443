/** Files that are kept with memories: part of the one table in `routes.ts`. */
import { z } from "zod";

import type { Route } from "./route.ts";
import { fileIdSchema, fileSchema, memoryIdSchema } from "./schemas.ts";

/** The routes by name. */
export const fileRoutes = {
  "files.upload": {
    method: "POST",
    path: "/api/v1/files",
    action: "memory.create",
    tag: "memories",
    summary: "Upload a file to be told with a memory within the hour: name its id in `files` of `POST /memories`",
    upload: true,
    success: { status: 201, type: "json", schema: fileSchema },
  },
  "files.read": {
    method: "GET",
    path: "/api/v1/memories/{id}/files/{file}",
    action: "memory.read",
    tag: "memories",
    summary: "A file of a memory, to be saved; one range of bytes can be asked for",
    params: z.strictObject({ id: memoryIdSchema, file: fileIdSchema }),
    success: { status: 200, type: "text", mediaType: "application/octet-stream" },
  },
} as const satisfies Readonly<Record<string, Route>>;
