/** Shapes of the wire for a person's e-mail address and the way back in. */
import { z } from "zod";

import { timeSchema } from "./schemas.ts";

const password = z.string().min(1).max(1_024);
const email = z.string().min(3).max(254).meta({ example: "ann@example.com" });
/** Six digits; blanks and hyphens are passed over. */
const code = z.string().min(1).max(40).meta({ example: "492039" });
const request = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/)
  .meta({ example: "q83vEjRWeJq83vEjRWeJqA" });

/** A person's confirmed address. */
export const emailSchema = z
  .object({
    address: z.string().nullable(),
    /** False when this server has no mail server: then no address can be added. */
    available: z.boolean(),
  })
  .meta({ id: "Email" });

/** Body of `POST /me/email`. */
export const emailBeginSchema = z.strictObject({ address: email }).meta({ id: "EmailBegin" });

/** Until when the code that was sent is good. */
export const codeSentSchema = z.object({ expires_at: timeSchema }).meta({ id: "CodeSent" });

/** Body of `POST /me/email/confirm`. */
export const emailConfirmSchema = z.strictObject({ code }).meta({ id: "EmailConfirm" });

/** Body of `POST /auth/recovery`. */
export const recoveryAskSchema = z.strictObject({ email }).meta({ id: "RecoveryAsk" });

/** The same for every address. */
export const recoverySchema = z.object({ request, expires_at: timeSchema }).meta({ id: "Recovery" });

/** Body of `POST /auth/recovery/finish`. */
export const recoveryFinishSchema = z
  .strictObject({
    request,
    code,
    new_password: password,
    /** Of the authenticator app, or a recovery code; asked for by `second-factor-needed`. */
    factor_code: z.string().min(1).max(40).optional(),
  })
  .meta({ id: "RecoveryFinish" });
