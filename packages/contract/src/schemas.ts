/**
 * Shapes of the wire: snake_case JSON, RFC 3339 times with offset, prefixed ids. Every request object refuses fields it does not know.
 */
import {
  MEMORY_LABEL_LENGTH_MAX,
  MEMORY_TEXT_LENGTH_MAX,
  parseId,
  parseLevel,
  type IdPrefix,
  SOURCE_KINDS,
} from "@kaelix/model";
import { z } from "zod";

import { CREATE_SHAPES, EDIT_SHAPES, isSealedAlone, sealedBodySchema } from "./seal-schemas.ts";

/** An id of a kind on the wire. */
export const idOf = (prefix: IdPrefix, example: string): z.ZodString =>
  z
    .string()
    .refine((text) => parseId(prefix, text) !== undefined, { message: `Must be an id that starts with ${prefix}_` })
    .meta({ pattern: `^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`, example });

/** Id of a memory on the wire. */
export const memoryIdSchema = idOf("mem", "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC");
/** Id of a conversation on the wire. */
export const conversationIdSchema = idOf("con", "con_01JD8QYB3M6W5T0ZK1E9V7RXSC");
/** Id of an import on the wire. */
export const importIdSchema = idOf("imp", "imp_01JD8QYB3M6W5T0ZK1E9V7RXSC");
/** Id of a session on the wire. */
export const sessionIdSchema = idOf("ses", "ses_01JD8QYB3M6W5T0ZK1E9V7RXSC");
/** Id of a user on the wire. */
export const userIdSchema = idOf("usr", "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC");

/** Id of a share on the wire. */
export const grantIdSchema = idOf("grt", "grt_01JD8QYB3M6W5T0ZK1E9V7RXSC");

/** RFC 3339 with an offset or Z; years 0001 to 9999. */
export const timeSchema = z.iso.datetime({ offset: true }).meta({ example: "2024-12-12T18:03:00+01:00" });

/** A level as Kaelix writes it. */
export const levelNameSchema = z.enum(["general", "confidential", "secret", "ultra-secret"]).meta({ id: "Level" });

/** A level as a caller may write it: its word or its number. */
export const levelInputSchema = z
  .union([levelNameSchema, z.number().int().min(1).max(4)], {
    error: "Must be general, confidential, secret, ultra-secret, or a number from 1 to 4",
  })
  .transform((value) => parseLevel(value) ?? 4);

/** Why a memory stands at its level. */
const reasonSchema = z.object({ rule: z.string(), level: levelNameSchema, text: z.string() }).meta({ id: "Reason" });

const label = z.string().min(1).max(MEMORY_LABEL_LENGTH_MAX);
/** Text that holds more than white space and no NUL. */
export const sayable = z
  .string()
  .max(MEMORY_TEXT_LENGTH_MAX)
  .refine((text) => text.trim().length > 0, { message: "Must hold more than white space" })
  .refine((text) => !text.includes("\u0000"), { message: "Must not hold a NUL character" })
  .refine((text) => text.isWellFormed(), { message: "Must be well-formed Unicode" })
  .meta({ minLength: 1, maxLength: MEMORY_TEXT_LENGTH_MAX, pattern: String.raw`^[^\u0000]*$` });

const contextSchema = z.union([z.string(), z.record(z.string(), z.unknown())]);

/** Which conversation a memory belongs to: a stable key of the caller's, and the title to show. */
const conversationInputSchema = z.strictObject({ key: label, title: label.optional() });

/** Id of a file on the wire. */
export const fileIdSchema = idOf("fil", "fil_01JD8QYB3M6W5T0ZK1E9V7RXSC");
/** A file that is kept with a memory, or waits for the one it is told with. */
export const fileSchema = z
  .object({
    id: fileIdSchema,
    name: z.string(),
    /** Media type by its first bytes; `application/octet-stream` when they say nothing. */
    type: z.string(),
    bytes: z.number().int().min(0),
  })
  .meta({ id: "File" });

/** Body of `POST /memories`: a text, or what a browser sealed, which then holds all there is to say. */
export const memoryCreateSchema = z
  .strictObject({
    text: sayable.optional(),
    /** Goes with `external_id`, and at most `occurred_at` and `level` 4. */
    sealed: sealedBodySchema.optional(),
    caption: label.optional(),
    speaker: label.optional(),
    conversation: conversationInputSchema.optional(),
    external_id: label.optional(),
    /** Names of files that are not told with it. */
    attachments: z.array(label).max(100).optional(),
    /** Uploads of `POST /files`. Without a text their names are the text. */
    files: z.array(fileIdSchema).min(1).max(100).optional(),
    context: contextSchema.optional(),
    occurred_at: timeSchema.optional(),
    level: z.union([z.literal("auto"), levelInputSchema]).optional(),
  })
  .refine((body) => body.sealed === undefined || body.files === undefined, {
    message: "What a browser sealed cannot have files",
    path: ["files"],
  })
  .refine((body) => (body.text === undefined && body.files === undefined) !== (body.sealed === undefined), {
    message: "Must have either a text, files or what was sealed",
    path: ["text"],
  })
  .refine((body) => body.sealed === undefined || isSealedAlone(body), {
    message: "What was sealed must have an external id, and beside it only a time and level 4",
  })
  .meta({ id: "MemoryCreate", oneOf: CREATE_SHAPES });

/** Body of `PATCH /memories/{id}`; at least one field. */
export const memoryEditSchema = z
  .strictObject({
    text: sayable.optional(),
    caption: label.nullable().optional(),
    context: contextSchema.nullable().optional(),
    /** Other words for a memory that one's browser sealed; alone. */
    sealed: sealedBodySchema.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, { message: "Must change at least one field" })
  .refine((body) => body.sealed === undefined || Object.keys(body).length === 1, {
    message: "What was sealed must come alone",
  })
  .meta({ id: "MemoryEdit", minProperties: 1, oneOf: EDIT_SHAPES });

/** Body of `PUT /memories/{id}/recall`. */
export const recallDecisionSchema = z.strictObject({ never: z.boolean() }).meta({ id: "RecallDecision" });

/** How far a memory has come: on the log, found by search, level final. */
const progressSchema = z
  .object({ stored: z.boolean(), searchable: z.boolean(), classified: z.boolean() })
  .meta({ id: "Progress" });

/** The program that wrote a state of a memory, by its key and the key's name. */
const memoryClientSchema = z.object({ key: idOf("key", "key_01JD8QYB3M6W5T0ZK1E9V7RXSC"), name: z.string() });
/** That something is another's and was shared: by whom, by which share, and until when. */
const sharedMarkSchema = z
  .object({ by: z.object({ id: userIdSchema, name: z.string() }), grant: grantIdSchema, until: timeSchema })
  .meta({ id: "Shared" });

/** Whose memories are asked for; absent: one's own and what others have shared. */
export const ownerSchema = z.union([z.enum(["all", "me", "others"]), userIdSchema]);

/** A memory, opened. */
export const memorySchema = z
  .object({
    /** Absent: it is one's own. */
    shared: sharedMarkSchema.optional(),
    id: memoryIdSchema,
    /** Empty when it is sealed. */
    text: z.string(),
    /** What one's browser sealed and alone can open; absent: it can be read here. */
    sealed: sealedBodySchema.optional(),
    /** Nothing recalls it: see `PUT /memories/{id}/recall`. Absent: it may be recalled. */
    never_recalled: z.literal(true).optional(),
    caption: z.string().nullable(),
    speaker: z.string().nullable(),
    conversation: z.object({ id: conversationIdSchema, title: z.string().nullable() }).nullable(),
    level: levelNameSchema,
    level_decided_by: z.enum(["rule", "model", "person"]),
    confidence: z.number().min(0).max(1),
    reasons: z.array(reasonSchema),
    source: z.enum([...SOURCE_KINDS]),
    /** The program that wrote this version; null when the person did. */
    client: memoryClientSchema.nullable(),
    external_id: z.string().nullable(),
    import_id: importIdSchema.nullable(),
    /** Names of files that were attached where it came from and are not kept. */
    attachments: z.array(z.string()),
    /** Files that are kept with it: `GET /memories/{id}/files/{file}`. */
    files: z.array(fileSchema),
    context: contextSchema.nullable(),
    occurred_at: timeSchema,
    recorded_at: timeSchema,
    version: z.number().int().min(1),
    /** Where it stands on the log: `topic/partition@offset`. */
    position: z.string(),
    progress: progressSchema,
  })
  .meta({ id: "Memory" });

/** Answer to `POST /memories`: `known` when the same thing had been told before. */
export const memoryCreatedSchema = z
  .object({ status: z.enum(["stored", "known"]), memory: memorySchema })
  .meta({ id: "MemoryCreated" });

/** One state a memory was in. Text is null when its key is gone (a move to another level, or erasure). */
export const memoryVersionSchema = z
  .object({
    version: z.number().int(),
    change: z.enum(["told", "edit", "move"]),
    text: z.string().nullable(),
    /** What one's browser sealed; then `text` is null. */
    sealed: sealedBodySchema.optional(),
    level: levelNameSchema,
    level_decided_by: z.enum(["rule", "model", "person"]),
    /** The program that wrote it; null when the person did. */
    client: memoryClientSchema.nullable(),
    /** Why it replaced the version before, where its writer said so. */
    reason: z.string().nullable(),
    at: timeSchema,
    position: z.string(),
  })
  .meta({ id: "MemoryVersion" });

/** Cursors of a list; null where there is no further page. */
export const pageSchema = z.object({ next: z.string().nullable(), prev: z.string().nullable() }).meta({ id: "Page" });

/** Query of every list. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_024).optional(),
});

/** A conversation with its newest memory. */
export const conversationSchema = z
  .object({
    /** Absent: it is one's own. */
    shared: sharedMarkSchema.optional(),
    id: conversationIdSchema,
    title: z.string().nullable(),
    memories: z.number().int(),
    last_at: timeSchema,
    last_text: z.string(),
    last_speaker: z.string().nullable(),
    source: z.enum([...SOURCE_KINDS]),
  })
  .meta({ id: "Conversation" });

/** Which question an import still asks. */
export const importQuestionSchema = z
  .object({
    id: z.enum(["me", "date-order", "zone"]),
    text: z.string(),
    options: z.array(z.object({ value: z.string(), label: z.string() })),
    suggested: z.string().nullable(),
  })
  .meta({ id: "ImportQuestion" });

const importProblemSchema = z.object({
  /** 1 for the first line, of an assistant's export for the first conversation; 0 when it concerns the whole file. */
  line: z.number().int(),
  text: z.string(),
  why: z.string(),
});

/** What an export file holds, before anything is kept. `at` is local time without zone where the export has none. */
export const importPreviewSchema = z
  .object({
    format: z.enum(["whatsapp", "chatgpt", "claude", "jsonl", "csv", "markdown"]),
    confidence: z.number(),
    total: z.number().int(),
    people: z.array(z.object({ name: z.string(), messages: z.number().int() })),
    first: z.string().nullable(),
    last: z.string().nullable(),
    sample: z.array(z.object({ at: z.string().nullable(), from: z.string().nullable(), text: z.string() })),
    problems: z.array(importProblemSchema),
    questions: z.array(importQuestionSchema),
    /** `kept`: files of the archive that come with their messages; `missing`: messages whose file is not in the export. */
    files: z.object({ kept: z.number().int(), missing: z.number().int() }),
    /** The export looks cut where the exporting app stops: older messages may not be in it. */
    cut_suspected: z.boolean(),
  })
  .meta({ id: "ImportPreview" });

/** Body of `POST /imports/{id}/open`. */
export const importOpenSchema = z.strictObject({ passphrase: z.string().min(1).max(1_024) }).meta({ id: "ImportOpen" });

/** Body of `POST /imports/{id}/start`. */
export const importAnswersSchema = z
  .strictObject({
    me: label.optional(),
    date_order: z.enum(["day-first", "month-first", "year-first"]).optional(),
    zone: z.string().max(100).optional(),
    level: levelInputSchema.optional(),
  })
  .meta({ id: "ImportAnswers" });

/** An import and how far it is. Bytes are of the file as uploaded. */
export const importSchema = z
  .object({
    id: importIdSchema,
    file: z.string(),
    /** `null`: the file is sealed and was not opened. */
    format: z.enum(["whatsapp", "chatgpt", "claude", "jsonl", "csv", "markdown"]).nullable(),
    /** `sealed`: waits for its passphrase, at `POST /imports/{id}/open`; `waiting`: was looked at and waits for `POST /imports/{id}/start`. */
    state: z.enum(["sealed", "waiting", "running", "done", "cancelled", "failed", "undone"]),
    started_at: timeSchema.nullable(),
    finished_at: timeSchema.nullable(),
    bytes_total: z.number().int(),
    bytes_done: z.number().int(),
    total: z.number().int().nullable(),
    added: z.number().int(),
    known: z.number().int(),
    failed: z.number().int(),
    problems: z.array(importProblemSchema),
    preview: importPreviewSchema.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: "Import" });

/** Body of `POST /auth/signup`. The first user gives the claim code; later ones an invite code. */
export const signUpSchema = z
  .strictObject({
    phone: z.string().min(1).max(40),
    name: z.string().trim().min(1).max(200),
    password: z.string().min(1).max(1_024),
    claim_code: z.string().max(100).optional(),
    invite_code: z.string().max(200).optional(),
    /** `cookie`: the refresh token is set as an HttpOnly cookie and left out of the body. */
    session: z.enum(["token", "cookie"]).default("token"),
  })
  .meta({ id: "SignUp" });

/** Body of `POST /auth/login`. */
export const logInSchema = z
  .strictObject({
    phone: z.string().min(1).max(40),
    password: z.string().min(1).max(1_024),
    /** Of the authenticator app, a recovery code, or one that was sent; asked for by `second-factor-needed`. */
    code: z.string().min(1).max(40).optional(),
    /** Names the sending when the code was sent. */
    code_request: z.string().max(40).optional(),
    session: z.enum(["token", "cookie"]).default("token"),
  })
  .meta({ id: "LogIn" });

/** Body of `POST /auth/refresh`; without a token the cookie is used. */
export const refreshSchema = z.strictObject({ refresh_token: z.string().max(200).optional() }).meta({ id: "Refresh" });

/** The signed-in person. */
export const userSchema = z
  .object({
    id: userIdSchema,
    name: z.string(),
    phone: z.string(),
    role: z.enum(["owner", "admin", "member", "guest"]),
    tenant: z.string().describe("The organisation; people of `default` run the server as well"),
    /** The highest level this session shows now. */
    open_up_to: levelNameSchema,
    /** When a raised level falls back; null when it is not raised. */
    open_until: timeSchema.nullable(),
    /** When a link from the machine's terminal set the password last; null: never. */
    password_reset_at: timeSchema.nullable(),
    /** Since when the levels above Confidential are held shut after that (`POST /auth/regain`); null: they are not. */
    held_since: timeSchema.nullable(),
  })
  .meta({ id: "User" });

/** Tokens of a session. Seconds until the access token ends. */
export const sessionTokensSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal("Bearer"),
    expires_in: z.number().int(),
    refresh_token: z.string().nullable(),
    user: userSchema,
  })
  .meta({ id: "SessionTokens" });

/** A signed-in device. */
export const sessionSchema = z
  .object({
    id: sessionIdSchema,
    client: z.string(),
    started_at: timeSchema,
    last_used_at: timeSchema,
    current: z.boolean(),
  })
  .meta({ id: "Session" });

/** Body of `POST /invites`. */
export const inviteCreateSchema = z.strictObject({ role: z.enum(["admin", "member", "guest"]).default("member") });

/** An invitation; the code is shown this once. */
export const inviteSchema = z
  .object({ id: z.string(), code: z.string(), role: z.enum(["admin", "member", "guest"]), expires_at: timeSchema })
  .meta({ id: "Invite" });

/** A problem document (RFC 9457). `type` resolves on the server itself. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    trace_id: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });
