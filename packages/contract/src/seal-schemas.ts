/** Shapes of the wire for what a person's browser seals: opaque here, but for lengths. */
import { MEMORY_LABEL_LENGTH_MAX, MEMORY_SEALED_LENGTH_MAX } from "@kaelix/model";
import { z } from "zod";

import { credentialId } from "./passkey-answer-schema.ts";

const base64url = (min: number, max: number): z.ZodString =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, { message: "Must be base64url without padding" });

/** What a browser sealed; see docs/adr/0021. Nobody but its owner's browser opens it. */
export const sealedBodySchema = base64url(120, MEMORY_SEALED_LENGTH_MAX);

const label = z.string().min(1).max(MEMORY_LABEL_LENGTH_MAX);

/** The words of a memory that its owner's browser opened, on their way down from what only they could read. */
export const openedBodySchema = z
  .strictObject({
    text: z.string().max(65_536),
    caption: label.optional(),
    speaker: label.optional(),
    conversation_title: label.optional(),
    external_id: label.optional(),
    attachments: z.array(label).max(100).optional(),
    context: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  })
  .refine(({ text, attachments = [] }) => text.trim() !== "" || attachments.length > 0, {
    message: "Must hold more than white space",
  })
  .meta({ id: "OpenedBody" });

/** Fewest rounds that a passphrase may be stretched by: no server can talk a browser into less. */
const ROUNDS_MIN = 600_000;

/** Most passkeys of a person. */
const PASSKEYS_MAX = 20;

/** The key under a passkey's own secret (WebAuthn's extension `prf`), which never comes here. */
const passkeyWrapSchema = z
  .strictObject({
    /** Id of the credential, one of the person's passkeys. */
    credential: credentialId,
    /** The site that it opens: the id of a relying party (WebAuthn). */
    site: z.string().min(1).max(253),
    /** What the device makes its secret from. */
    salt: base64url(43, 43),
    wrapped: base64url(100, 600),
  })
  .meta({ id: "PasskeyWrap" });

/** The key, wrapped under the passphrase and under the recovery key, and under passkeys where that was set up. */
const sealWrapsSchema = z
  .strictObject({
    passphrase: z.strictObject({
      kdf: z.literal("pbkdf2-sha512"),
      rounds: z.number().int().min(ROUNDS_MIN).max(10_000_000),
      salt: base64url(22, 86),
      wrapped: base64url(100, 600),
    }),
    recovery: z.strictObject({ wrapped: base64url(100, 600) }),
    passkeys: z.array(passkeyWrapSchema).max(PASSKEYS_MAX).readonly().optional(),
  })
  .meta({ id: "SealWraps" });

const keyId = base64url(22, 22).meta({ example: "AAECAwQFBgcICQoLDA0ODw" });

/** The key that one's browser seals level 4 with. */
export const sealSchema = z
  .object({
    /** 0: nothing was set up. */
    revision: z.number().int(),
    key_id: keyId.nullable(),
    /** Bound into everything that is sealed. */
    tenant: z.string(),
    /** Null while the session is not open to level 4. */
    wraps: sealWrapsSchema.nullable(),
  })
  .meta({ id: "Seal" });

/** Body of `PUT /seal`. */
export const sealChangeSchema = z
  .strictObject({
    /** The state it was made from; 0: there was none. */
    revision: z.number().int().min(0).max(1_000_000_000),
    key_id: keyId,
    wraps: sealWrapsSchema,
    /** Another key shall stand there: what the first one sealed is opened by nothing that is kept here. */
    anew: z.boolean().default(false),
  })
  .meta({ id: "SealChange" });

/** Body of `POST /seal/places`. */
export const sealPlaceRequestSchema = z.strictObject({ external_id: label }).meta({ id: "SealPlaceRequest" });

/** True when beside what was sealed there is nothing but its external id, and at most a time and level 4. */
export function isSealedAlone(body: Readonly<Record<string, unknown>>): boolean {
  const isOpen = ["caption", "speaker", "conversation", "attachments", "context"].some((name) => name in body);
  return !isOpen && typeof body["external_id"] === "string" && (body["level"] ?? 4) === 4;
}

const AT_4 = { enum: ["ultra-secret", 4] };
const SEALED_SHAPE = {
  caption: false,
  speaker: false,
  conversation: false,
  attachments: false,
  files: false,
  context: false,
};
/** What the fields of `POST /memories` do not say by themselves: which go together. */
export const CREATE_SHAPES = [
  { anyOf: [{ required: ["text"] }, { required: ["files"] }], properties: { sealed: false } },
  { required: ["sealed", "external_id"], properties: { text: false, ...SEALED_SHAPE, level: AT_4 } },
];
/** The same of `PATCH /memories/{id}`. */
export const EDIT_SHAPES = [{ properties: { sealed: false } }, { required: ["sealed"], maxProperties: 1 }];
