/** Shapes of the wire for signing in by an account elsewhere. */
import { z } from "zod";

import { timeSchema } from "./schemas.ts";

/** Id of a provider, as whoever runs the server named it. */
export const providerIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/)
  .meta({ example: "google" });

const linkIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({ example: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" });

/** A handle by which a browser shows that it is the one that began. */
const flow = linkIdSchema;
/** The query of the address that the browser came back to, as it was. */
const query = z.string().min(1).max(8_192).meta({ example: "code=4%2F0Ab&state=xyz" });

/** Path of a linked account. */
export const linkParams = z.strictObject({ id: linkIdSchema });

/** Where the browser goes, and the handle it keeps. */
export const loginBegunSchema = z.object({ url: z.string(), flow, expires_at: timeSchema }).meta({ id: "LoginBegun" });

/** Body of `POST /auth/providers/{id}/finish`. */
export const loginFinishSchema = z
  .strictObject({
    flow,
    /** Left out when only a code of the second factor was still missing. */
    query: query.optional(),
    code: z.string().min(1).max(40).optional(),
    session: z.enum(["token", "cookie"]).default("token"),
  })
  .meta({ id: "LoginFinish" });

/** An account elsewhere that opens this one. */
export const linkSchema = z
  .object({
    id: linkIdSchema,
    /** Null when that provider is set up no more. */
    provider: providerIdSchema.nullable(),
    name: z.string(),
    /** What the provider showed of the account when it was linked. */
    label: z.string().nullable(),
    created_at: timeSchema,
    last_used_at: timeSchema.nullable(),
  })
  .meta({ id: "LinkedAccount" });

/** A person's linked accounts, oldest first. */
export const linkListSchema = z.object({ data: z.array(linkSchema) });

/** Body of `POST /me/logins`. */
export const linkBeginSchema = z.strictObject({ provider: providerIdSchema }).meta({ id: "LinkBegin" });

/** Body of `POST /me/logins/finish`. */
export const linkFinishSchema = z.strictObject({ provider: providerIdSchema, flow, query }).meta({ id: "LinkFinish" });
