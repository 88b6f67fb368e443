/** Routes of signing in by an account elsewhere: part of the one table in `routes.ts`. */
import { z } from "zod";

import {
  linkBeginSchema,
  linkFinishSchema,
  linkListSchema,
  linkParams,
  linkSchema,
  loginBegunSchema,
  loginFinishSchema,
  providerIdSchema,
} from "./login-schemas.ts";
import type { Route } from "./route.ts";
import { sessionTokensSchema } from "./schemas.ts";

const params = z.strictObject({ id: providerIdSchema });

/** The routes by name. */
export const loginRoutes = {
  "auth.providerBegin": {
    method: "POST",
    path: "/api/v1/auth/providers/{id}",
    action: "public",
    tag: "auth",
    summary: "Begin to sign in by an account elsewhere: the address the browser goes to, and a handle for coming back",
    params,
    success: { status: 200, type: "json", schema: loginBegunSchema },
  },
  "auth.providerFinish": {
    method: "POST",
    path: "/api/v1/auth/providers/{id}/finish",
    action: "public",
    tag: "auth",
    summary:
      "Sign in with what the browser came back with. On second-factor-needed: again with the handle and a code, without the query",
    params,
    body: loginFinishSchema,
    success: { status: 200, type: "json", schema: sessionTokensSchema },
  },
  "logins.list": {
    method: "GET",
    path: "/api/v1/me/logins",
    action: "factor.read",
    tag: "auth",
    summary: "Accounts elsewhere that you sign in with, oldest first",
    success: { status: 200, type: "json", schema: linkListSchema },
  },
  "logins.begin": {
    method: "POST",
    path: "/api/v1/me/logins",
    action: "factor.change",
    tag: "auth",
    summary: "Begin to link an account elsewhere to yours; wants a fresh proof",
    body: linkBeginSchema,
    success: { status: 200, type: "json", schema: loginBegunSchema },
  },
  "logins.finish": {
    method: "POST",
    path: "/api/v1/me/logins/finish",
    action: "factor.change",
    tag: "auth",
    summary: "Link the account that the browser came back with, in the session that began it",
    body: linkFinishSchema,
    success: { status: 201, type: "json", schema: linkSchema },
  },
  "logins.remove": {
    method: "DELETE",
    path: "/api/v1/me/logins/{id}",
    action: "factor.change",
    tag: "auth",
    summary: "End a link; that account opens nothing from then on",
    params: linkParams,
    success: { status: 204, type: "empty" },
  },
} as const satisfies Readonly<Record<string, Route>>;
