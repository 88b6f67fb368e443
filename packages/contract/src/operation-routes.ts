/** Routes of backups and of the key-encryption key: part of the one table in `routes.ts`. */
import type { z } from "zod";

import { backupsSchema, kekSchema } from "./operation-schemas.ts";
import type { Route } from "./route.ts";

const json = <Schema extends z.ZodType>(schema: Schema, status = 200) => ({ status, type: "json", schema }) as const;

/** The routes by name. */
export const operationRoutes = {
  "backups.read": {
    method: "GET",
    path: "/api/v1/backups",
    action: "server.status",
    tag: "server",
    summary: "Backups that there are, the one that is being made, and when a restore was last tried",
    success: json(backupsSchema),
  },
  "backups.create": {
    method: "POST",
    path: "/api/v1/backups",
    action: "server.backup",
    tag: "server",
    summary: "Begin a backup now; how far it is stands in the list of backups",
    success: json(backupsSchema, 202),
  },
  "kek.read": {
    method: "GET",
    path: "/api/v1/kek",
    action: "server.status",
    tag: "server",
    summary: "The key-encryption key: where it is, its version, and how far a renewal is",
    success: json(kekSchema),
  },
  "kek.rotate": {
    method: "POST",
    path: "/api/v1/kek/rotations",
    action: "keys.rotate",
    tag: "server",
    summary: "Begin to renew the key-encryption key: every person's key is wrapped anew, no memory is touched",
    success: json(kekSchema, 202),
  },
} as const satisfies Readonly<Record<string, Route>>;
