/** Shapes of the wire for codes that are sent by mail or SMS as the second step. */
import { z } from "zod";

import { timeSchema } from "./schemas.ts";

const code = z.string().min(1).max(40).meta({ example: "492039" });
const by = z.enum(["email", "sms"]);

/** Names one sending of a code. */
export const codeRequestSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/)
  .meta({ example: "q83vEjRWeJq83vEjRWeJqA" });

/** Body of `POST /auth/login/code`. */
export const logInCodeSchema = z
  .strictObject({ phone: z.string().min(1).max(40), password: z.string().min(1).max(1_024), by })
  .meta({ id: "LogInCode" });

/** By which way a code is wanted. */
export const codeBySchema = z.strictObject({ by }).meta({ id: "CodeBy" });

/** The sending that the code is good with, and until when. */
export const secondCodeSentSchema = z
  .object({ request: codeRequestSchema, expires_at: timeSchema })
  .meta({ id: "SecondCodeSent" });

/** Body of `POST /me/factors/codes/confirm`. */
export const codesConfirmSchema = z.strictObject({ by, request: codeRequestSchema, code }).meta({ id: "CodesConfirm" });
