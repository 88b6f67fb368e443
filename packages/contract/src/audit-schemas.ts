/** Who did what, and why somebody may or may not. Ids and words of closed lists; never content, never a phone number. */
import { z } from "zod";

import { idOf, levelInputSchema, levelNameSchema, memoryIdSchema, timeSchema } from "./schemas.ts";

const word = z.string().min(1).max(200);
const entryUserSchema = idOf("usr", "usr_01JD8QYB3M6W5T0ZK1E9V7RXSC");
const indexSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Something that somebody did, tried or saw. */
const auditEntrySchema = z
  .object({
    /** Place in the log, from 0. */
    index: z.number().int(),
    at: timeSchema,
    actor: z.enum(["user", "agent", "service", "anonymous", "system"]),
    user: z.string(),
    session: z.string().nullable(),
    key: z.string().nullable(),
    action: z.string(),
    resource: z.string().nullable(),
    level: levelNameSchema.nullable(),
    decision: z.enum(["allow", "deny"]),
    reason: z.string(),
    /** Where from; told only to the person whose entry it is, and gone with their key. */
    origin: z.object({ address: z.string(), client: z.string() }).nullable(),
  })
  .meta({ id: "AuditEntry" });

/** Query of a list of entries. `cursor` is what the page before named as next. */
export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: indexSchema.optional(),
  action: word.optional(),
  resource: word.optional(),
  decision: z.enum(["allow", "deny"]).optional(),
  after: timeSchema.optional(),
  before: timeSchema.optional(),
});

/** The same for whoever sees everybody's entries. */
export const auditAllQuerySchema = auditQuerySchema.extend({ user: entryUserSchema.optional() });

/** Entries newest first. `next` may be there although the page is empty: only so many entries are looked at for one page. */
export const auditPageSchema = z
  .object({ data: z.array(auditEntrySchema), page: z.object({ next: z.string().nullable() }) })
  .meta({ id: "AuditPage" });

/** How the log is, and the last signed statement of it. */
export const auditCheckpointSchema = z
  .object({
    /** A signed note (C2SP tlog-checkpoint); null before the first. */
    checkpoint: z.string().nullable(),
    /** The key that signs now: 32 bytes of Ed25519, base64url. */
    public_key: z.string(),
    /** The notes by which all keys of the log vouch for each other, from the first on. */
    keys: z.array(z.string()),
    entries: z.number().int(),
    unsigned: z.number().int(),
    waiting: z.number().int(),
    lost: z.number().int(),
    intact: z.boolean(),
  })
  .meta({ id: "AuditCheckpoint" });

/** Parameters of one entry. */
export const auditEntryParams = z.strictObject({ index: indexSchema });

/** What shows that an entry stands in the log: its bytes, the path and the checkpoint it leads to (RFC 6962). */
export const auditProofSchema = z
  .object({ index: z.number().int(), entry: z.string(), path: z.array(z.string()), checkpoint: z.string() })
  .meta({ id: "AuditProof" });

/** Body of a verification: checkpoints that were kept elsewhere, newest or oldest, in any order. */
export const auditVerifySchema = z.strictObject({ checkpoints: z.array(z.string().max(1_024)).max(100).optional() });

/** What a verification found. */
export const auditVerificationSchema = z
  .object({
    whole: z.boolean(),
    entries: z.number().int(),
    checkpoints: z.number().int(),
    unsigned: z.number().int(),
    root: z.string(),
    /** Among these entries stands the first that is not as it was signed; null when none is named. */
    first_bad: z.object({ from: z.number().int(), to: z.number().int() }).nullable(),
    problems: z.array(z.string()),
  })
  .meta({ id: "AuditVerification" });

/** Body of the question why somebody may or may not. Without a memory or an owner: one's own things, or the installation. */
export const explainSchema = z
  .strictObject({
    /** `me`, or the id of a person. */
    as: z.union([z.literal("me"), entryUserSchema]).default("me"),
    action: word,
    memory: memoryIdSchema.optional(),
    /** Whose things, when it is not about one memory. */
    owner: entryUserSchema.optional(),
    /** Level the thing stands at, when it is not about one memory. */
    level: levelInputSchema.optional(),
    /** Up to which level the session is taken to be open; for `me` as it is, for others confidential. */
    open_up_to: levelInputSchema.optional(),
    /** Whether the person is taken to have just proved who they are. */
    proved: z.boolean().default(false),
  })
  .meta({ id: "PolicyQuestion" });

/** The decision, the rule it rests on, and every question on the way to it. */
export const explanationSchema = z
  .object({
    allow: z.boolean(),
    reason: z.string(),
    text: z.string(),
    subject: z.object({ user: z.string(), role: z.string(), open_up_to: levelNameSchema }),
    action: z.string(),
    steps: z.array(
      z.object({ question: z.string(), answer: z.enum(["passes", "allows", "denies"]), text: z.string() }),
    ),
  })
  .meta({ id: "PolicyExplanation" });
