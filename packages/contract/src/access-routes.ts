/** Routes of a person's own security: part of the one table in `routes.ts`. */
import { z } from "zod";

import {
  factorsSchema,
  keyCreatedSchema,
  keyCreateSchema,
  keyIdSchema,
  keyListSchema,
  passwordChangeSchema,
  provedSchema,
  proveSchema,
  recoveryCodesSchema,
  sessionsEndedSchema,
  totpConfirmSchema,
  totpEnrolmentSchema,
} from "./access-schemas.ts";
import type { Route } from "./route.ts";

const empty = { status: 204, type: "empty" } as const;

/** The routes by name. */
export const accessRoutes = {
  "auth.prove": {
    method: "POST",
    path: "/api/v1/auth/prove",
    action: "session.prove",
    tag: "auth",
    summary: "Prove that it is you: keys and factors may be changed for five minutes",
    body: proveSchema,
    success: { status: 200, type: "json", schema: provedSchema },
  },
  "sessions.endOthers": {
    method: "DELETE",
    path: "/api/v1/sessions",
    action: "session.end",
    tag: "auth",
    summary: "Sign every other device out",
    success: { status: 200, type: "json", schema: sessionsEndedSchema },
  },
  "password.change": {
    method: "PUT",
    path: "/api/v1/me/password",
    action: "password.change",
    tag: "auth",
    summary:
      "Change the password; every other session ends. With a second factor the session must just have been proved",
    body: passwordChangeSchema,
    success: empty,
  },
  "factors.read": {
    method: "GET",
    path: "/api/v1/me/factors",
    action: "factor.read",
    tag: "auth",
    summary: "Second factors, and what a change of them needs",
    success: { status: 200, type: "json", schema: factorsSchema },
  },
  "factors.beginTotp": {
    method: "POST",
    path: "/api/v1/me/factors/totp",
    action: "factor.change",
    tag: "auth",
    summary: "Begin to set up an authenticator app; nothing is kept until a code of it is given back",
    success: { status: 200, type: "json", schema: totpEnrolmentSchema },
  },
  "factors.confirmTotp": {
    method: "POST",
    path: "/api/v1/me/factors/totp/confirm",
    action: "factor.change",
    tag: "auth",
    summary: "Finish setting it up; answers with recovery codes, shown once. Every other session ends",
    body: totpConfirmSchema,
    success: { status: 200, type: "json", schema: recoveryCodesSchema },
  },
  "factors.removeTotp": {
    method: "DELETE",
    path: "/api/v1/me/factors/totp",
    action: "factor.change",
    tag: "auth",
    summary: "Take the authenticator app and the recovery codes away",
    success: empty,
  },
  "factors.renewRecoveryCodes": {
    method: "POST",
    path: "/api/v1/me/factors/recovery-codes",
    action: "factor.change",
    tag: "auth",
    summary: "New recovery codes, shown once; the old ones open nothing any more",
    success: { status: 200, type: "json", schema: recoveryCodesSchema },
  },
  "keys.list": {
    method: "GET",
    path: "/api/v1/keys",
    action: "key.list",
    tag: "keys",
    summary: "Keys of programs, newest first",
    success: { status: 200, type: "json", schema: keyListSchema },
  },
  "keys.create": {
    method: "POST",
    path: "/api/v1/keys",
    action: "key.create",
    tag: "keys",
    summary: "Make a key for a program; it is shown once and sent as a bearer token",
    body: keyCreateSchema,
    success: { status: 201, type: "json", schema: keyCreatedSchema },
  },
  "keys.end": {
    method: "DELETE",
    path: "/api/v1/keys/{id}",
    action: "key.end",
    tag: "keys",
    summary: "End a key; it opens nothing from then on",
    params: z.strictObject({ id: keyIdSchema }),
    success: empty,
  },
} as const satisfies Readonly<Record<string, Route>>;
