/** Backups, the key-encryption key and people's own keys: how they are. */
import { z } from "zod";

import { timeSchema } from "./schemas.ts";

const progress = z.object({ share: z.number(), words: z.string() });

/** How backups are. */
export const backupsSchema = z
  .object({
    /** Where they are kept; null when none are made. */
    place: z.string().nullable(),
    every_hours: z.number(),
    /** When each was made, newest first; at most 200. */
    points: z.array(z.object({ at: timeSchema })),
    /** How many there are. */
    count: z.number().int(),
    /** When a restore was last tried and went well. */
    tested_at: timeSchema.nullable(),
    next_at: timeSchema.nullable(),
    running: progress.nullable(),
    /** Why the last one failed. */
    problem: z.string().nullable(),
    /** What the last one of this process came to. */
    last: z
      .object({
        at: timeSchema,
        bytes: z.number(),
        bytes_written: z.number(),
        pieces_written: z.number().int(),
        records: z.number().int(),
      })
      .nullable(),
  })
  .meta({ id: "Backups" });

/** How the key-encryption key is. */
export const kekSchema = z
  .object({
    provider: z.string(),
    version: z.number().int(),
    /** Since when that version is there; null when it is not known. */
    since: timeSchema.nullable(),
    /** Age at which it is renewed by itself; 0: never. */
    renewed_after_days: z.number().int(),
    /** People's keys that are still under an older version. */
    behind: z.number().int(),
    /** Keys of the run that is at work or was the last. */
    done: z.number().int(),
    total: z.number().int(),
    at_work: z.boolean(),
    problem: z.string().nullable(),
    /** Whether keys can be wrapped now. */
    healthy: z.boolean(),
  })
  .meta({ id: "KeyEncryptionKey" });

/** How a person's own key is. */
export const userKeySchema = z
  .object({
    /** 1, and one more with each renewal. */
    version: z.number().int(),
    /** True while memories may still be sealed under the version before. */
    renewing: z.boolean(),
    /** How many memories are. */
    behind: z.number().int(),
    /** False while it is renewing: something stands in the way, and it is tried again within the hour. */
    at_work: z.boolean(),
  })
  .meta({ id: "UserKey" });

/** How far a renewal of people's keys is. */
export const userKeysSchema = z
  .object({
    /** People that have a key. */
    people: z.number().int(),
    /** Those of whom memories may still be sealed under the version before. */
    renewing: z.number().int(),
    /** Memories of the run that is at work or was the last. */
    done: z.number().int(),
    total: z.number().int(),
    at_work: z.boolean(),
    problem: z.string().nullable(),
  })
  .meta({ id: "UserKeys" });

/** The keys that the installation signs with. */
export const signingKeysSchema = z
  .object({
    keys: z.array(
      z.object({
        purpose: z.enum(["access-tokens", "app-tokens", "audit", "refresh"]),
        /** 1, and one more with each renewal. */
        number: z.number().int(),
        since: timeSchema,
        /** Retired ones that still verify what they signed. */
        former: z.number().int(),
        /** True when it should have been renewed by now. */
        late: z.boolean(),
      }),
    ),
    renewed_after_days: z.number().int(),
    problem: z.string().nullable(),
  })
  .meta({ id: "SigningKeys" });

/** How they are renewed. */
export const signingRenewalSchema = z
  .strictObject({
    /** Refuse at once whatever the former ones signed: every session and every program that signed in ends. */
    end_sessions: z.boolean().default(false),
  })
  .meta({ id: "SigningRenewal" });
