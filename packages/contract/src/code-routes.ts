/** Routes of codes that are sent by mail or SMS as the second step: part of the one table in `routes.ts`. */
import { recoveryCodesSchema } from "./access-schemas.ts";
import { codeBySchema, codesConfirmSchema, logInCodeSchema, secondCodeSentSchema } from "./code-schemas.ts";
import type { Route } from "./route.ts";

const sent = { status: 202, type: "json", schema: secondCodeSentSchema } as const;

/** The routes by name. */
export const codeRoutes = {
  "auth.logInCode": {
    method: "POST",
    path: "/api/v1/auth/login/code",
    action: "public",
    tag: "auth",
    summary: "Send a code for signing in to somebody who gives their password; sign in with it and the request",
    body: logInCodeSchema,
    success: sent,
  },
  "auth.proveCode": {
    method: "POST",
    path: "/api/v1/auth/prove/code",
    action: "session.prove",
    tag: "auth",
    summary: "Send a code for proving that it is you, given together with the password; not where an app is set up",
    body: codeBySchema,
    success: sent,
  },
  "factors.beginCodes": {
    method: "POST",
    path: "/api/v1/me/factors/codes",
    action: "factor.change",
    tag: "auth",
    summary: "Begin to have codes sent when you sign in; nothing is kept until one is given back",
    body: codeBySchema,
    success: sent,
  },
  "factors.confirmCodes": {
    method: "POST",
    path: "/api/v1/me/factors/codes/confirm",
    action: "factor.change",
    tag: "auth",
    summary:
      "Finish it; answers with recovery codes, shown once, when this is the first second factor. Other sessions end",
    body: codesConfirmSchema,
    success: { status: 200, type: "json", schema: recoveryCodesSchema },
  },
  "factors.removeCodes": {
    method: "DELETE",
    path: "/api/v1/me/factors/codes/{by}",
    action: "factor.change",
    tag: "auth",
    summary: "No longer have codes sent this way",
    params: codeBySchema,
    success: { status: 204, type: "empty" },
  },
} as const satisfies Readonly<Record<string, Route>>;
