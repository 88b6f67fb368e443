/** Shapes of the wire for passkeys: what browsers give and take, as WebAuthn's JSON forms name it. Bytes are base64url. */
import { z } from "zod";

import { clientData, credentialId, passkeyAnswerSchema, wireBytes } from "./passkey-answer-schema.ts";
import { timeSchema } from "./schemas.ts";

/** Id of a passkey on the wire: a hash of its credential's id. */
export const passkeyIdSchema = wireBytes(43).meta({ example: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" });

/** A passkey as a browser made it. What browsers add besides is passed over. */
const passkeyCreationSchema = z
  .object({
    id: credentialId,
    response: z.object({
      clientDataJSON: clientData,
      attestationObject: wireBytes(32_000),
      transports: z.array(z.string().max(40)).max(10).optional(),
    }),
  })
  .meta({ id: "PasskeyCreation" });

/** A person's passkey. */
export const passkeySchema = z
  .object({
    id: passkeyIdSchema,
    name: z.string(),
    /** The name in the address that it opens. */
    address: z.string(),
    /** True when its maker keeps it on several devices. */
    synced: z.boolean(),
    created_at: timeSchema,
    last_used_at: timeSchema.nullable(),
  })
  .meta({ id: "Passkey" });

/** A person's passkeys, oldest first. */
export const passkeyListSchema = z.object({ data: z.array(passkeySchema) });

/** Body of `POST /me/passkeys`. */
export const passkeyAddSchema = z
  .strictObject({ name: z.string().trim().min(1).max(200), passkey: passkeyCreationSchema })
  .meta({ id: "PasskeyAdd" });

/** Body of `POST /auth/passkey`. */
export const passkeySignInSchema = z
  .strictObject({
    passkey: passkeyAnswerSchema,
    /** When a phone number was typed before: a passkey of somebody else is refused. */
    phone: z.string().min(1).max(40).optional(),
    session: z.enum(["token", "cookie"]).default("token"),
  })
  .meta({ id: "PasskeySignIn" });

const descriptorSchema = z.object({
  type: z.literal("public-key"),
  id: z.string(),
  transports: z.array(z.string()),
});

/** Options of `navigator.credentials.get`, in their JSON form. */
export const passkeyRequestSchema = z
  .object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.number().int(),
    userVerification: z.literal("required"),
    allowCredentials: z.array(descriptorSchema),
  })
  .meta({ id: "PasskeyRequest" });

/** Options of `navigator.credentials.create`, in their JSON form. */
export const passkeyCreationOptionsSchema = z
  .object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ type: z.literal("public-key"), alg: z.number().int() })),
    timeout: z.number().int(),
    attestation: z.literal("none"),
    excludeCredentials: z.array(descriptorSchema),
    authenticatorSelection: z.object({
      residentKey: z.literal("required"),
      requireResidentKey: z.literal(true),
      userVerification: z.literal("required"),
    }),
  })
  .meta({ id: "PasskeyCreationOptions" });
