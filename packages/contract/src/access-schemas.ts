/** Shapes of the wire for a person's own security: proof, second factors, password and keys of programs. */
import { KEY_REACHES, parseId } from "@kaelix/model";
import { z } from "zod";

import { codeRequestSchema } from "./code-schemas.ts";
import { passkeyAnswerSchema } from "./passkey-answer-schema.ts";
import { levelInputSchema, levelNameSchema, timeSchema } from "./schemas.ts";

const password = z.string().min(1).max(1_024);
/** Of the authenticator app, or a recovery code; blanks and hyphens are passed over. */
const code = z.string().min(1).max(40).meta({ example: "492039" });

/** Id of a key on the wire. */
export const keyIdSchema = z
  .string()
  .refine((text) => parseId("key", text) !== undefined, { message: "Must be an id that starts with key_" })
  .meta({ pattern: "^key_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example: "key_01JD8QYB3M6W5T0ZK1E9V7RXSC" });

/** Body of `POST /auth/prove`: what `proof_by` of the factors says, or a passkey. */
export const proveSchema = z
  .strictObject({
    password: password.optional(),
    code: code.optional(),
    /** Names the sending when the code was sent. */
    code_request: codeRequestSchema.optional(),
    passkey: passkeyAnswerSchema.optional(),
  })
  .refine((given) => (given.password ?? given.code ?? given.passkey) !== undefined, {
    message: "Must have a password, a code or a passkey",
  })
  .meta({ id: "Prove", anyOf: [{ required: ["password"] }, { required: ["code"] }, { required: ["passkey"] }] });

/** Body of `POST /auth/unlock`. */
export const unlockSchema = z
  .strictObject({
    password: password.optional(),
    code: code.optional(),
    /** Names the sending when the code was sent. */
    code_request: codeRequestSchema.optional(),
    passkey: passkeyAnswerSchema.optional(),
    level: levelInputSchema,
  })
  .refine((given) => (given.password ?? given.code ?? given.passkey) !== undefined, {
    message: "Must have a password, a code or a passkey",
  })
  .meta({ id: "Unlock", anyOf: [{ required: ["password"] }, { required: ["code"] }, { required: ["passkey"] }] });

/** Until when the session counts as just proved. */
export const provedSchema = z.object({ proved_until: timeSchema }).meta({ id: "Proved" });

/** How many sessions were ended. */
export const sessionsEndedSchema = z.object({ ended: z.number().int() }).meta({ id: "SessionsEnded" });

/** Body of `PUT /me/password`: the old password, or a passkey in its place. */
export const passwordChangeSchema = z
  .strictObject({
    password: password.optional(),
    /** Answers a challenge of `POST /auth/passkey/proof`. */
    passkey: passkeyAnswerSchema.optional(),
    new_password: password,
  })
  .refine((given) => (given.password === undefined) !== (given.passkey === undefined), {
    message: "Must have either the old password or a passkey",
  })
  .meta({ id: "PasswordChange", oneOf: [{ required: ["password"] }, { required: ["passkey"] }] });

/** What second factors a person has, and what a change of them needs. */
export const factorsSchema = z
  .object({
    /** True when an authenticator app is set up: signing in asks for its code. */
    totp: z.boolean(),
    /** How codes are sent when you sign in. */
    codes_by: z.array(z.enum(["email", "sms"])),
    /** How this server can send codes. */
    codes_possible: z.array(z.enum(["email", "sms"])),
    recovery_codes_left: z.number().int(),
    /** How many passkeys there are: each may stand where a password or a code is asked for. */
    passkeys: z.number().int(),
    /** What `POST /auth/prove` wants of this person. */
    proof_by: z.enum(["code", "password", "password-and-code"]),
    /** Until when this session counts as just proved; null when it does not. */
    proved_until: timeSchema.nullable(),
  })
  .meta({ id: "Factors" });

/** What an authenticator app needs, shown once. */
export const totpEnrolmentSchema = z
  .object({ secret: z.string(), uri: z.string(), expires_at: timeSchema })
  .meta({ id: "TotpEnrolment" });

/** Body of `POST /me/factors/totp/confirm`. */
export const totpConfirmSchema = z.strictObject({ code }).meta({ id: "TotpConfirm" });

/** Recovery codes, shown once. */
export const recoveryCodesSchema = z.object({ recovery_codes: z.array(z.string()) }).meta({ id: "RecoveryCodes" });

/** Whose words a program reads: what it wrote itself, that and the person's own word, or also what other programs wrote. */
export const keyReachSchema = z.enum([...KEY_REACHES]);

const keyKindSchema = z.enum(["agent", "service"]);

/** A key of a program, without the key itself. */
export const keySchema = z
  .object({
    id: keyIdSchema,
    name: z.string(),
    /** `agent`: acts for its maker. `service`: touches nobody's things. */
    kind: keyKindSchema,
    scopes: z.array(z.string()),
    /** The highest level it may see. */
    level: levelNameSchema,
    /** Whose words it reads. */
    reach: keyReachSchema,
    created_at: timeSchema,
    expires_at: timeSchema.nullable(),
    /** Kept within ten minutes. */
    last_used_at: timeSchema.nullable(),
    state: z.enum(["open", "expired", "ended"]),
  })
  .meta({ id: "Key" });

/** A person's keys, newest first, and the scopes that a key of each kind may have. */
export const keyListSchema = z.object({
  data: z.array(keySchema),
  scopes: z.object({ agent: z.array(z.string()), service: z.array(z.string()) }),
});

/** Body of `POST /keys`. */
export const keyCreateSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    kind: keyKindSchema.default("agent"),
    scopes: z.array(z.string().min(1).max(60)).min(1).max(60),
    level: levelInputSchema.optional(),
    reach: keyReachSchema.default("person"),
    expires_at: timeSchema.nullable().default(null),
  })
  .meta({ id: "KeyCreate" });

/** A new key; `secret` is shown this once. */
export const keyCreatedSchema = z.object({ secret: z.string(), key: keySchema }).meta({ id: "KeyCreated" });

/** Body of `POST /keys/{id}/undo`. */
export const keyUndoSchema = z
  .strictObject({
    /** Only what it wrote at or after this time. */
    since: timeSchema.optional(),
    /** Count, and change nothing. */
    dry_run: z.boolean().default(false),
  })
  .meta({ id: "KeyUndo" });

/** How many memories were forgotten, and how many say again what they said before. */
export const keyUndoneSchema = z
  .object({ forgotten: z.number().int(), put_back: z.number().int() })
  .meta({ id: "KeyUndone" });
