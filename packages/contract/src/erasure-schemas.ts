/** Erasing: what is asked for, how far it is, and the receipt. Counts, times and positions; never content. */
import { SOURCE_KINDS } from "@kaelix/model";
import { z } from "zod";

import { keyIdSchema } from "./access-schemas.ts";
import { idOf, importIdSchema, memoryIdSchema, timeSchema } from "./schemas.ts";

const MEMORIES_MAX = 10_000;

/** Id of an erasure on the wire. */
export const erasureIdSchema = idOf("era", "era_01JD8QYB3M6W5T0ZK1E9V7RXSC");

/** Body of an erasure: exactly one of the five. */
export const erasureRequestSchema = z
  .strictObject({
    /** These memories. */
    memories: z.array(memoryIdSchema).min(1).max(MEMORIES_MAX).optional(),
    /** Everything one import brought. */
    import: importIdSchema.optional(),
    /** Everything that came from a source; since a time, when one is given. */
    source: z.strictObject({ kind: z.enum(SOURCE_KINDS), since: timeSchema.optional() }).optional(),
    /** Everything that a program of one's own told with its key; since a time, when one is given. What it only changed stays. */
    key: z.strictObject({ id: keyIdSchema, since: timeSchema.optional() }).optional(),
    /** The whole account: `confirm` is its phone number, typed anew. Done when this is answered; cannot be undone. */
    account: z.strictObject({ confirm: z.string().min(1).max(40) }).optional(),
    /** True leaves no time for undoing. */
    now: z.boolean().default(false),
  })
  .refine(
    (body) =>
      [body.memories, body.import, body.source, body.key, body.account].filter((part) => part !== undefined).length ===
      1,
    { message: "Must name exactly one of memories, import, source, key and account" },
  );

/** An erasure as it stands. */
export const erasureSchema = z
  .object({
    id: erasureIdSchema,
    state: z.enum(["requested", "waiting", "done", "purged", "cancelled"]),
    what: z.enum(["memories", "import", "source", "age", "account", "tenant"]),
    /** The import, the source or the organisation it takes; null otherwise. */
    of: z.string().nullable(),
    since: timeSchema.nullable(),
    requested_at: timeSchema,
    /** Until when it can be undone. */
    due_at: timeSchema,
    named: z.number().int(),
    erased: z.number().int(),
    unreadable_at: timeSchema.nullable(),
    views: z.array(z.object({ name: z.string(), offset: z.number().int(), at: timeSchema })),
    /** By when the keys and what they sealed are gone from the log's files; null where the house does not see to it. */
    purge_by: timeSchema.nullable(),
    purged_at: timeSchema.nullable(),
    /** A signed note; null before it is done. */
    receipt: z.string().nullable(),
    /** What the receipt is checked with: 32 bytes of Ed25519, base64url. The audit log's of today; a receipt of before is checked with all its keys. */
    public_key: z.string(),
  })
  .meta({ id: "Erasure" });

/** Erasures, newest first. */
export const erasureListSchema = z.object({ data: z.array(erasureSchema) }).meta({ id: "Erasures" });
