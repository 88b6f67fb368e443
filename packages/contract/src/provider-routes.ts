/** Routes of the AI provider: what is sent to whom, whether it answers, and answers that it writes. */
import { z } from "zod";

import { answerRequestSchema, answerSchema } from "./answer-schemas.ts";
import { embeddingSchema } from "./house-schemas.ts";
import type { Route } from "./route.ts";
import { levelNameSchema, timeSchema } from "./schemas.ts";

/**
 * Who writes answers and judges what the rules are unsure of. Counts are since the start and of the whole server, 0 for people of other
 * organisations than the default one; money is in the currency that prices are set in.
 */
const writerSchema = z.object({
  host: z.string(),
  model: z.string(),
  /** Nothing above it is sent. */
  level_max: levelNameSchema,
  /** It writes answers from quoted memories. */
  writes: z.boolean(),
  /** It is asked for the level of memories of which the rules are less sure than this; null: of none. */
  judges_below: z.number().nullable(),
  state: z.enum(["ready", "paused", "spent"]),
  /** The code of the last failure. */
  problem: z.string().nullable(),
  requests: z.number().int(),
  /** Memories that wait to be judged, were judged, were raised by it, and about which it said nothing of use. */
  waiting: z.number().int(),
  judged: z.number().int(),
  raised: z.number().int(),
  silent: z.number().int(),
  tokens_today: z.number().int(),
  tokens_per_day: z.number().int(),
  /** Null where no prices are set. */
  cost_today: z.number().nullable(),
  cost_per_day: z.number().nullable(),
});

const choiceSchema = z
  .object({
    /** False: nothing of whoever asks is sent to any provider, whatever is set up. */
    allowed: z.boolean(),
    /** Null: they never chose, and it is as the server is set up. */
    chosen_at: timeSchema.nullable(),
  })
  .meta({ id: "ProviderChoice" });

const providerSchema = z
  .object({
    writer: writerSchema.nullable(),
    /** Who is sent texts for their meaning. */
    meaning: embeddingSchema.nullable(),
    choice: choiceSchema,
  })
  .meta({ id: "Provider" });

const providerTestSchema = z
  .object({
    ok: z.boolean(),
    model: z.string(),
    host: z.string(),
    took_ms: z.number(),
    /** The code of what went wrong. */
    problem: z.string().nullable(),
    /** What came of it, in words. */
    text: z.string(),
  })
  .meta({ id: "ProviderTest" });

/** The routes by name. */
export const providerRoutes = {
  "provider.read": {
    method: "GET",
    path: "/api/v1/provider",
    action: "provider.read",
    tag: "server",
    summary: "Which AI providers are set up, what they are sent, and what they cost today",
    success: { status: 200, type: "json", schema: providerSchema },
  },
  "provider.choose": {
    method: "PUT",
    path: "/api/v1/provider/choice",
    action: "provider.choose",
    tag: "server",
    summary: "Whether anything of one's own may be sent to AI providers, as far as the server lets it; holds at once",
    body: z.strictObject({ allowed: z.boolean() }),
    success: { status: 200, type: "json", schema: choiceSchema },
  },
  "provider.test": {
    method: "POST",
    path: "/api/v1/provider/test",
    action: "provider.test",
    tag: "server",
    summary: "Ask the AI provider for one word: does it answer, and how fast",
    success: { status: 200, type: "json", schema: providerTestSchema },
  },
  "answers.write": {
    method: "POST",
    path: "/api/v1/answers/stream",
    action: "memory.ask",
    tag: "recall",
    summary:
      "Ask; the quoted answer at once (event quoted), then sentences that an AI provider writes from it (sentence), then the answer that stands (done)",
    body: answerRequestSchema,
    success: {
      status: 200,
      type: "events",
      events: { quoted: answerSchema, sentence: answerSchema.shape.sentences.element, done: answerSchema },
    },
    waits: true,
  },
} as const satisfies Readonly<Record<string, Route>>;
