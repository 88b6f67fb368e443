/** Routes of backups, of the key-encryption key, of people's own keys and of what the installation signs with: part of the one table in `routes.ts`. */
import { z } from "zod";

import {
  backupsSchema,
  kekSchema,
  signingKeysSchema,
  signingRenewalSchema,
  userKeySchema,
  userKeysSchema,
} from "./operation-schemas.ts";
import type { Route } from "./route.ts";
import { userIdSchema } from "./schemas.ts";

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
  "userKey.read": {
    method: "GET",
    path: "/api/v1/me/key",
    action: "user-key.read",
    tag: "auth",
    summary: "The key that your memories are sealed under: its version, and how far a renewal is",
    success: json(userKeySchema),
  },
  "userKey.renew": {
    method: "POST",
    path: "/api/v1/me/key/renewals",
    action: "user-key.renew",
    tag: "auth",
    summary:
      "Renew it: what you tell from now on is sealed under the new one, what is there follows by itself. While a renewal is under way nothing more is begun",
    success: json(userKeySchema, 202),
  },
  "userKeys.read": {
    method: "GET",
    path: "/api/v1/user-keys",
    action: "server.status",
    tag: "server",
    summary: "People's own keys: how far a renewal of them is",
    success: json(userKeysSchema),
  },
  "userKeys.renew": {
    method: "POST",
    path: "/api/v1/user-keys/renewals",
    action: "user-keys.renew",
    tag: "server",
    summary:
      "Renew everybody's. The new ones stand when this is answered; memories follow in the background and are readable all the while",
    success: json(userKeysSchema, 202),
  },
  "userKeys.renewOne": {
    method: "POST",
    path: "/api/v1/user-keys/{id}/renewals",
    action: "user-keys.renew",
    tag: "server",
    summary: "Renew that of one person",
    params: z.strictObject({ id: userIdSchema }),
    success: json(userKeysSchema, 202),
  },
  "signingKeys.read": {
    method: "GET",
    path: "/api/v1/signing-keys",
    action: "server.status",
    tag: "server",
    summary: "The keys that tokens, checkpoints and receipts are signed with: since when each signs",
    success: json(signingKeysSchema),
  },
  "signingKeys.renew": {
    method: "POST",
    path: "/api/v1/signing-keys/renewals",
    action: "signing-keys.renew",
    tag: "server",
    summary:
      "Renew them now. What the former ones signed stays good until it ends by itself, unless every session is to end at once, this one too; programs that signed in are let in again then",
    body: signingRenewalSchema,
    success: json(signingKeysSchema),
  },
} as const satisfies Readonly<Record<string, Route>>;
