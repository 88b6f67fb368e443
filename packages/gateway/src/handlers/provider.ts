/**
 * The AI provider, and answers as they are written.
 *
 * An answer's stream holds `quoted` (an answer), `sentence` as often as one is written, and `done` (the answer that stands; what was told
 * before counts for nothing where it is a quoted one). Whoever goes away ends the writing.
 */
import { type IncomingHttpHeaders, type ServerResponse } from "node:http";

import { DEFAULT_TENANT, levelName, type UserPrincipal } from "@kaelix/model";

import type { AnswerOutcome } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import type { HandlersOf } from "../http/exchange.ts";
import { goneOf } from "../http/gone.ts";
import { answerJson, embeddingJson, type Json, timeText } from "../http/wire.ts";
import type { ProviderChoiceView, ProviderStatus, WriterView } from "../provider-application.ts";
import { askedOf } from "./recall.ts";

const BEAT_MS = 10_000;

/** What is sent to whom, whether it answers, and answers in its words. */
export const providerHandlers: HandlersOf<"provider.read" | "provider.choose" | "provider.test" | "answers.write"> = {
  "provider.read": async ({ application, principal }) => {
    const { choice, meaning, writer } = countedFor(principal, await application.provider.read(principal));
    return {
      type: "json",
      body: {
        writer: writer === null ? null : writerJson(writer),
        meaning: embeddingJson(meaning),
        choice: choiceJson(choice),
      },
    };
  },
  "provider.choose": async ({ application, principal, body }) => ({
    type: "json",
    body: choiceJson(await application.provider.choose(principal, body.allowed)),
  }),
  "provider.test": async ({ application, reply }) => {
    const gone = goneOf(reply.raw);
    const tested = await application.provider.test(gone);
    if (tested === undefined)
      throw gatewayErrors("not-found", { message: "No AI provider is set up: KAELIX_AI_URL names one" });
    const { host, model, ok, problem, text, tookMs } = tested;
    return { type: "json", body: { ok, model, host, took_ms: tookMs, problem, text } };
  },
  "answers.write": async (exchange) => {
    const { application, body, principal, reply } = exchange;
    const { asked, reach } = askedOf(exchange);
    // Whatever is wrong with the question is a problem document as on any route: the stream begins with an answer.
    const quoted = await application.memories.ask(principal, asked, reach);
    const signal = goneOf(reply.raw);
    reply.hijack();
    const stream = new AnswerStream(reply.raw, reply.getHeaders());
    try {
      stream.send("quoted", answerJson(quoted));
      const { write } = application.provider;
      const onSentence = (sentence: AnswerOutcome["sentences"][number]): void =>
        stream.send("sentence", { ...sentence });
      const done =
        write === undefined
          ? quoted
          : await write(quoted.understoodAs ?? body.question, quoted, { asker: principal.userId, signal, onSentence });
      stream.send("done", answerJson(done));
    } finally {
      stream.end();
    }
    return { type: "taken" };
  },
};

/** Counts are of the whole house: people of other organisations learn what is sent to whom, and not how much others have. */
function countedFor({ tenantId }: UserPrincipal, status: ProviderStatus): ProviderStatus {
  if (tenantId === DEFAULT_TENANT) return status;
  const { choice, meaning, writer } = status;
  const none = { requests: 0, waiting: 0, judged: 0, raised: 0, silent: 0, tokensToday: 0, costToday: null };
  return {
    choice,
    writer: writer === null ? null : { ...writer, ...none },
    meaning: meaning === null ? null : { ...meaning, waiting: 0, texts: 0, tokensToday: 0 },
  };
}

/** Server-sent events of one answer. Without end they are bounded: an answer has a handful of sentences. */
class AnswerStream {
  readonly #raw: ServerResponse;
  readonly #beat: NodeJS.Timeout;

  constructor(raw: ServerResponse, headers: Readonly<Record<string, IncomingHttpHeaders[string] | number>>) {
    this.#raw = raw;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value);
    raw.setHeader("content-type", "text/event-stream; charset=utf-8");
    raw.setHeader("x-accel-buffering", "no");
    raw.writeHead(200);
    this.#beat = setInterval(() => this.#write(": writing\n\n"), BEAT_MS);
    this.#beat.unref();
  }

  send(name: string, data: Json): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    clearInterval(this.#beat);
    if (!this.#raw.destroyed) this.#raw.end();
  }

  #write(text: string): void {
    if (!this.#raw.destroyed && !this.#raw.writableEnded) this.#raw.write(text);
  }
}

function choiceJson({ allowed, chosenAtMs }: ProviderChoiceView): Json {
  return { allowed, chosen_at: chosenAtMs === null ? null : timeText(chosenAtMs) };
}

function writerJson(writer: WriterView): Json {
  const { host, judged, judgesBelow, levelMax, model, problem, raised, requests, silent, state, waiting, writes } =
    writer;
  return {
    host,
    model,
    level_max: levelName(levelMax),
    writes,
    judges_below: judgesBelow,
    state,
    problem,
    requests,
    waiting,
    judged,
    raised,
    silent,
    tokens_today: writer.tokensToday,
    tokens_per_day: writer.tokensPerDay,
    cost_today: writer.costToday,
    cost_per_day: writer.costPerDay,
  };
}
