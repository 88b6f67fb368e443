/** Routes of a new password by a link from the machine's terminal: part of the one table in `routes.ts`. */
import { z } from "zod";

import { passkeyAnswerSchema } from "./passkey-answer-schema.ts";
import type { Route } from "./route.ts";
import { timeSchema, userIdSchema } from "./schemas.ts";

const password = z.string().min(1).max(1_024);

/** The code of a link, shown once. */
const resetLinkSchema = z.object({ code: z.string(), expires_at: timeSchema }).meta({ id: "ResetLink" });

/** Body of `POST /auth/reset`. */
const resetSchema = z
  .strictObject({
    code: z.string().min(1).max(60).meta({ example: "WGMP-X4XQ-WPMM-PH9Y-479G-RVKU-AAH3" }),
    new_password: password,
    /** Of the authenticator app, or a recovery code; asked for by `second-factor-needed`. */
    factor_code: z.string().min(1).max(40).optional(),
    /** Neither is there any more: two-factor sign-in goes off, and the upper levels stay shut. */
    factor_lost: z.boolean().optional(),
  })
  .meta({ id: "Reset" });

/** Body of `POST /auth/regain`. */
const regainSchema = z
  .strictObject({ password: password.optional(), passkey: passkeyAnswerSchema.optional() })
  .refine((given) => (given.password ?? given.passkey) !== undefined, { message: "Must have a password or a passkey" })
  .meta({ id: "Regain", anyOf: [{ required: ["password"] }, { required: ["passkey"] }] });

/** The routes by name. */
export const resetRoutes = {
  "users.resetLink": {
    method: "POST",
    path: "/api/v1/users/{id}/password-link",
    action: "user.reset",
    tag: "users",
    summary:
      "Make a link that sets somebody's password, good once for half an hour; from the terminal of the machine alone",
    params: z.strictObject({ id: userIdSchema }),
    success: { status: 201, type: "json", schema: resetLinkSchema },
  },
  "auth.reset": {
    method: "POST",
    path: "/api/v1/auth/reset",
    action: "public",
    tag: "auth",
    summary:
      "Set a new password by such a link; every session ends, and without a code of the second factor the upper levels stay shut",
    body: resetSchema,
    success: { status: 204, type: "empty" },
  },
  "auth.regain": {
    method: "POST",
    path: "/api/v1/auth/regain",
    action: "session.prove",
    tag: "auth",
    summary: "Open the upper levels again after such a link, by the password or a passkey from before it",
    body: regainSchema,
    success: { status: 204, type: "empty" },
  },
} as const satisfies Readonly<Record<string, Route>>;
