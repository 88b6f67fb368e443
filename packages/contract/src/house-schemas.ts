/** What a server says of itself: how far it is, how it is, what a count of the log against the views came to. */
import { z } from "zod";

import { levelNameSchema, timeSchema } from "./schemas.ts";

/** What anyone may know of the server before signing in. */
export const serverSchema = z
  .object({
    version: z.string(),
    /** False until the first user has signed up with the claim code. */
    claimed: z.boolean(),
    ready: z.boolean(),
    steps: z.array(
      z.object({
        name: z.string(),
        state: z.enum(["waiting", "running", "done", "failed"]),
        progress: z.number().min(0).max(1),
        detail: z.string().nullable(),
        took_ms: z.number().nullable(),
      }),
    ),
    /** Memories, searches and questions up to this level are sent to an AI provider for their meaning; null: none is. */
    sent_up_to: levelNameSchema.nullable(),
    /** True when a lost password can be replaced by mail. */
    recovery: z.boolean(),
    /** Accounts elsewhere that people may sign in with. */
    sign_in_with: z.array(z.object({ id: z.string(), name: z.string() })),
  })
  .meta({ id: "Server" });

/** A view's place on the log. */
export const viewStatusSchema = z
  .object({
    name: z.string(),
    state: z.enum(["following", "catching-up", "rebuilding", "failed"]),
    lag_records: z.number().int(),
    lag_ms: z.number(),
    watermarks: z.array(z.object({ topic: z.string(), partition: z.number().int(), offset: z.number().int() })),
    error: z.string().nullable(),
  })
  .meta({ id: "ViewStatus" });

/** A topic that memories come in from; counts are since the server started. */
const sourceSchema = z
  .object({
    name: z.string(),
    topics: z.array(z.string()),
    group: z.string(),
    state: z.enum(["stopped", "starting", "running", "waiting"]),
    remembered: z.number().int(),
    known: z.number().int(),
    dead_letters: z.number().int(),
    skipped: z.number().int(),
    problem: z.string().nullable(),
  })
  .meta({ id: "Source" });

/** The provider of vectors: where texts go, of which levels, and how it is. Counts are since the start. */
export const embeddingSchema = z.object({
  host: z.string(),
  model: z.string(),
  /** Memories up to this level are sent, queries that are judged to be of none above. */
  level_max: levelNameSchema,
  state: z.enum(["ready", "paused", "spent"]),
  /** The code of the last failure. */
  problem: z.string().nullable(),
  /** Memories in the indexes in memory that wait for a vector. */
  waiting: z.number().int(),
  texts: z.number().int(),
  tokens_today: z.number().int(),
  tokens_per_day: z.number().int(),
});

/** Contents and events of memories and pieces of files that were taken out of the files of the log, and the room that this gave back. */
const purgeSchema = z.object({
  /** Null: there was nothing to take out yet. */
  last_at: timeSchema.nullable(),
  contents: z.number().int(),
  pieces: z.number().int(),
  bytes_freed: z.number().int(),
});

/** How the server is. */
export const statusSchema = z
  .object({
    version: z.string(),
    uptime_s: z.number(),
    data_directory: z.string(),
    log: z.object({
      health: z.enum(["ok", "suspect", "failed"]),
      /** What of the log is known to be lost, in words. */
      damaged: z.array(z.string()),
      topics: z.array(z.object({ name: z.string(), partitions: z.number().int(), records: z.number().int() })),
    }),
    views: z.array(viewStatusSchema),
    engines: z.object({ log: z.string(), relational: z.string(), search: z.string(), keys: z.string() }),
    sources: z.array(sourceSchema),
    /** Who is sent texts for their meaning; null: nobody. */
    embedding: embeddingSchema.nullable(),
    /** What was erased and left the files of the log, since the start; null: the log is not this server's own. */
    purge: purgeSchema.nullable(),
    memory_rss_bytes: z.number().int(),
  })
  .meta({ id: "Status" });

/** What `verify` counted: the log against every view, differences by name. */
export const verificationSchema = z
  .object({
    agree: z.boolean(),
    log: z.object({
      records: z.number().int(),
      memories_live: z.number().int(),
      memories_forgotten: z.number().int(),
      memories_erased: z.number().int(),
      users: z.number().int(),
      unreadable: z.number().int(),
      /** Living memories whose sealed bytes are not those that were sealed in their place; they are shown nowhere. */
      unopenable: z.number().int(),
      /** Files of living memories, every one read to its end; damaged are those that are not what was told. */
      files: z.object({ kept: z.number().int(), bytes: z.number().int(), damaged: z.number().int() }),
      damaged: z.array(z.string()),
      /** False when the log lost records or holds less than a view: no view may be rebuilt from it. */
      whole: z.boolean(),
      /** Memories that a view holds and the log does not. */
      lost: z.number().int(),
    }),
    views: z.array(
      z.object({
        name: z.string(),
        agree: z.boolean(),
        memories_live: z.number().int().nullable(),
        memories_forgotten: z.number().int().nullable(),
        memories_erased: z.number().int().nullable(),
        users: z.number().int().nullable(),
        missing: z.array(z.string()),
        extra: z.array(z.string()),
        notes: z.array(z.string()),
      }),
    ),
    took_ms: z.number(),
  })
  .meta({ id: "Verification" });
