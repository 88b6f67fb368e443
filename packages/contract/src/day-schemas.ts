/** Shapes of the wire for the day as it is told by itself, for what in it is not useful, and for searches that were named. */
import { z } from "zod";

import { importIdSchema, levelNameSchema, timeSchema } from "./schemas.ts";
import { searchRequestSchema } from "./search-schemas.ts";

const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const zoneSchema = z.string().min(1).max(64);
const waySchema = z.enum(["mail", "webhook", "push"]);
/** How secret lines may be that leave the house. */
const wayLevelSchema = z.enum(["general", "confidential"]);

/** Body of `PUT /digest-settings`: the whole of it, but for browsers. */
export const daySettingsInputSchema = z
  .strictObject({
    /** Full hour of the day, 0 to 23; null: the day is not told by itself. */
    hour: z.number().int().min(0).max(23).nullable(),
    /** IANA name, as in Europe/Berlin. */
    zone: zoneSchema,
    mail: z.strictObject({ address: z.string().min(3).max(254), level: wayLevelSchema }).nullable(),
    webhook: z.strictObject({ url: z.string().min(8).max(2_000), level: wayLevelSchema }).nullable(),
  })
  .meta({ id: "DigestSettingsInput" });

/** When the day is told and by which ways. */
export const daySettingsSchema = z
  .object({
    hour: z.number().int().nullable(),
    zone: z.string(),
    /** True for who has never chosen. */
    default: z.boolean(),
    /** `confirmed`: its code was typed; nothing but codes goes there before. */
    mail: z.object({ address: z.string(), level: wayLevelSchema, confirmed: z.boolean() }).nullable(),
    webhook: z.object({ url: z.string(), level: wayLevelSchema }).nullable(),
    devices: z.array(z.object({ id: z.string(), name: z.string() })),
    /** False when the server has no mail server to send by. */
    mail_available: z.boolean(),
    /** What a browser subscribes with (VAPID). */
    push_key: z.string(),
    /** The newest day and how far its ways are; null before the first. */
    last: z
      .object({
        day: daySchema,
        ways: z.array(
          z.object({ way: waySchema, state: z.enum(["waiting", "sent", "failed"]), tries: z.number().int() }),
        ),
      })
      .nullable(),
  })
  .meta({ id: "DigestSettings" });

/** Answer of `PUT /digest-settings`. The secret is shown here alone: a webhook's messages are signed with it. */
export const daySettingsPutSchema = z.object({ settings: daySettingsSchema, webhook_secret: z.string().nullable() });

/** A browser that is to be told, as its Push API says. */
export const pushDeviceSchema = z.strictObject({
  endpoint: z.string().min(8).max(2_000),
  p256dh: z.string().min(1).max(200),
  auth: z.string().min(1).max(100),
  name: z.string().min(1).max(100),
});

/** Body of `POST /digest-settings/tests`. */
export const dayTestSchema = z.strictObject({ way: waySchema });
/** What came of a test. `why`: what went wrong. */
export const dayTestedSchema = z.object({ sent: z.boolean(), why: z.string().nullable() });
/** Body of `POST /digest-settings/confirmations`. */
export const dayCodeSchema = z.strictObject({ code: z.string().min(1).max(20) });

/** The newest day that was made by itself; null before the first. */
export const dayMadeSchema = z.object({
  data: z
    .object({
      day: daySchema,
      made_at: timeSchema,
      /** False when there was nothing to tell. */
      told: z.boolean(),
      seen: z.boolean(),
    })
    .nullable(),
});

/** Body of `POST /digests/seen`. */
export const daySeenSchema = z.strictObject({ day: daySchema });

/** Body of `POST /digests/judgements`: the line of which digest is not useful. */
export const judgementInputSchema = z.strictObject({
  key: z.string().min(1).max(500),
  day: daySchema.optional(),
  zone: zoneSchema.default("UTC"),
  import: importIdSchema.optional(),
});

const judgementSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    /** Whom or what the line was about. */
    topic: z.string().nullable(),
    at: timeSchema,
  })
  .meta({ id: "DigestJudgement" });
/** What was called not useful. */
export const judgementsSchema = z.object({ data: z.array(judgementSchema) });
/** The id to take a judgement back by. */
export const judgedSchema = z.object({ id: z.string() });

/** A search without its page: what is named. */
const keptSearchSchema = searchRequestSchema.pick({ query: true, filter: true, as_of: true });

const searchNameSchema = z.string().trim().min(1).max(80);

/** Body of `POST /saved-searches`. */
export const savedSearchInputSchema = z
  .strictObject({
    name: searchNameSchema,
    search: keptSearchSchema,
    /** How far a session must be open to see it; left out: as far as this one is. */
    level: levelNameSchema.optional(),
  })
  .meta({ id: "SavedSearchInput" });

/** Body of `PATCH /saved-searches/{id}`. */
export const savedSearchRenameSchema = z.strictObject({ name: searchNameSchema }).meta({ id: "SavedSearchRename" });

/** A search that was named. */
export const savedSearchSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    search: keptSearchSchema,
    /** How far a session must be open to see it. */
    level: levelNameSchema,
    saved_at: timeSchema,
  })
  .meta({ id: "SavedSearch" });
