/** Routes of a person's e-mail address and of the way back in: part of the one table in `routes.ts`. */
import {
  codeSentSchema,
  emailBeginSchema,
  emailConfirmSchema,
  emailSchema,
  recoveryAskSchema,
  recoveryFinishSchema,
  recoverySchema,
} from "./mail-schemas.ts";
import type { Route } from "./route.ts";

/** The routes by name. */
export const mailRoutes = {
  "email.read": {
    method: "GET",
    path: "/api/v1/me/email",
    action: "factor.read",
    tag: "auth",
    summary: "Your confirmed e-mail address",
    success: { status: 200, type: "json", schema: emailSchema },
  },
  "email.begin": {
    method: "POST",
    path: "/api/v1/me/email",
    action: "factor.change",
    tag: "auth",
    summary: "Send a code to an address; nothing is kept until it is given back",
    body: emailBeginSchema,
    success: { status: 202, type: "json", schema: codeSentSchema },
  },
  "email.confirm": {
    method: "POST",
    path: "/api/v1/me/email/confirm",
    action: "factor.change",
    tag: "auth",
    summary: "Keep the address that the code was sent to",
    body: emailConfirmSchema,
    success: { status: 200, type: "json", schema: emailSchema },
  },
  "email.remove": {
    method: "DELETE",
    path: "/api/v1/me/email",
    action: "factor.change",
    tag: "auth",
    summary: "Take the address away",
    success: { status: 204, type: "empty" },
  },
  "auth.recover": {
    method: "POST",
    path: "/api/v1/auth/recovery",
    action: "public",
    tag: "auth",
    summary: "Ask for a new password by mail; answers the same whether the address is known or not",
    body: recoveryAskSchema,
    success: { status: 202, type: "json", schema: recoverySchema },
  },
  "auth.recoverFinish": {
    method: "POST",
    path: "/api/v1/auth/recovery/finish",
    action: "public",
    tag: "auth",
    summary:
      "Set a new password with the code that was sent, and a code of the second factor where there is one; every session ends",
    body: recoveryFinishSchema,
    success: { status: 204, type: "empty" },
  },
} as const satisfies Readonly<Record<string, Route>>;
