/**
 * Any endpoint that speaks OpenAI's `POST /v1/chat/completions`: a value of a schema, or text as it is written.
 *
 * Guarantees those of `Asking` and `Endpoint`, and: a value is handed on only when the caller's parser takes it; an answer that was cut off
 * or declined is an error and never half a value; what was answered before is answered again from memory, and kept nowhere else.
 * It does not: decide what may be sent, or believe anything a model says.
 */
import { isKaelixError } from "@kaelix/base";

import { Asking, type AskingOptions, type AskingState } from "./asking.ts";
import type { Spending } from "./daily-budget.ts";
import { Endpoint, usageOf } from "./endpoint.ts";
import { providerErrors } from "./errors.ts";
import { fieldOf } from "./failures.ts";
import { TextCache } from "./text-cache.ts";

/** What a model is told. */
export interface ChatMessage {
  readonly role: "system" | "user";
  readonly content: string;
}

/** What is asked for. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** The longest answer. */
  readonly tokensMax: number;
  readonly signal?: AbortSignal | undefined;
  /** Somebody waits for it. */
  readonly isUrgent?: boolean | undefined;
}

/** A request whose answer is a value. */
export interface ValueRequest<Value> extends ChatRequest {
  /** Name and JSON Schema of the value; endpoints that know no schemas are asked for JSON. */
  readonly schema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  /** Reads the value; undefined when it is none. */
  readonly parse: (value: unknown) => Value | undefined;
}

/** A request whose answer is text, told piece by piece. */
export interface TextRequest extends ChatRequest {
  readonly onText: (piece: string) => void;
}

/** What a client of an endpoint is made of. */
export interface ChatOptions extends AskingOptions {
  /** Base (`https://api.openai.com/v1`) or the whole address (`…/v1/chat/completions`). */
  readonly url: string;
  readonly model: string;
  readonly key?: string | undefined;
  /** Of a million tokens, in millionths of the currency; 0: money is not counted. */
  readonly price: { readonly read: number; readonly written: number };
  readonly fetch?: typeof fetch | undefined;
}

/** How a client stands. */
export interface ChatState extends AskingState {
  readonly model: string;
  readonly host: string;
}

const ANSWER_BYTES_MAX = 1024 * 1024;
const CACHE_BYTES_MAX = 2 * 1024 * 1024;
const TOKEN_LETTERS = 3;
/** What a message costs besides its words. */
const MESSAGE_TOKENS = 8;
const MILLION = 1_000_000;

/** Ways to ask for a value, the strictest first. What an endpoint refuses is not tried again once a later one was understood. */
const FORMATS = ["json_schema", "json_object", "none"] as const;

/** A client of one model at one endpoint. One per process: limits and budget are its own. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #endpoint: Endpoint;
  readonly #asking: Asking;
  readonly #answers = new TextCache<string>(CACHE_BYTES_MAX, (text) => text.length * 2);
  #format = 0;

  /** @throws `provider-setting-invalid` for an address or a key that cannot be used safely */
  constructor(options: ChatOptions) {
    this.#options = options;
    const { fetch: send, key, url } = options;
    const failures: ConstructorParameters<typeof Asking>[1] = (kind, more) => providerErrors(`provider-${kind}`, more);
    this.#endpoint = new Endpoint({ url, key, path: "/chat/completions", fetch: send, failures });
    this.#asking = new Asking(options, failures);
  }

  /** How it stands now. */
  state(): ChatState {
    return { model: this.#options.model, host: this.#endpoint.host, ...this.#asking.state() };
  }

  /** A value of a schema. @throws an error of `providerErrors`; the signal's reason */
  async value<Value>(request: ValueRequest<Value>): Promise<Value> {
    for (let format = this.#format; ; format++) {
      try {
        const value = await this.#value(request, format);
        this.#format = format;
        return value;
      } catch (error) {
        const mayBeFormat =
          isKaelixError(error, "provider-refused") && [400, 422].includes(Number(error.details["status"]));
        if (!mayBeFormat || format >= FORMATS.length - 1) throw error;
      }
    }
  }

  /**
   * Text, told piece by piece as it is written; all of it at the end.
   * @throws an error of `providerErrors`, after which what was told counts for nothing; the signal's reason
   */
  async text(request: TextRequest): Promise<string> {
    const { messages, onText, signal, isUrgent } = request;
    const key = JSON.stringify([this.#options.model, messages]);
    const known = this.#answers.get(key);
    if (known !== undefined) {
      onText(known);
      return known;
    }
    const body = { ...this.#bodyOf(request), stream: true };
    const text = await this.#asking.run(
      {
        estimate: this.#estimate(request),
        send: async (within) => {
          const response = await this.#endpoint.post(body, within);
          const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
          if (!isStream) {
            // Not every endpoint streams: then it comes in one piece.
            const answer = await this.#endpoint.json(response, within, ANSWER_BYTES_MAX);
            const whole = contentOf(answer);
            onText(whole);
            return { result: whole, spent: this.#spentOn(answer) };
          }
          return this.#readStream(response, within, request);
        },
      },
      { signal, isUrgent },
    );
    this.#answers.put(key, text);
    return text;
  }

  async #readStream(
    response: Response,
    within: AbortSignal,
    { messages, onText }: TextRequest,
  ): Promise<{ readonly result: string; readonly spent: Spending }> {
    let text = "";
    let spent: Spending | undefined;
    let finish: unknown;
    await this.#endpoint.events(response, within, {
      bytesMax: ANSWER_BYTES_MAX,
      onData: (data) => {
        spent = this.#spentOn(data) ?? spent;
        if (fieldOf(data, "error") !== undefined) throw new SyntaxError("The stream carries an error");
        const choice = firstOf(fieldOf(data, "choices"));
        finish = fieldOf(choice, "finish_reason") ?? finish;
        const piece = fieldOf(fieldOf(choice, "delta"), "content");
        if (typeof piece !== "string" || piece === "") return;
        text += piece;
        onText(piece);
      },
    });
    mustBeWhole(finish);
    // A stream that ends without having said that it does was cut off.
    if (text === "" || typeof finish !== "string") throw providerErrors("provider-answer-invalid");
    return { result: text, spent: spent ?? this.#spending(tokensOf(messages), Math.ceil(text.length / TOKEN_LETTERS)) };
  }

  async #value<Value>(request: ValueRequest<Value>, format: number): Promise<Value> {
    const { parse, schema, signal, isUrgent } = request;
    const kind = FORMATS[format] ?? "none";
    const asked = {
      json_schema: { response_format: { type: "json_schema", json_schema: { ...schema, strict: true } } },
      json_object: { response_format: { type: "json_object" } },
      none: {},
    }[kind];
    const body = { ...this.#bodyOf(request), ...asked };
    return this.#asking
      .run(
        {
          estimate: this.#estimate(request),
          send: async (within) => {
            const answer = await this.#endpoint.json(await this.#endpoint.post(body, within), within, ANSWER_BYTES_MAX);
            // Read it was all the same, and paid for: what it holds is looked at afterwards.
            return { result: () => valueOf(contentOf(answer), parse), spent: this.#spentOn(answer) };
          },
          check: (read) => void read(),
        },
        { signal, isUrgent },
      )
      .then((read) => read());
  }

  #bodyOf({ messages, tokensMax }: ChatRequest): Readonly<Record<string, unknown>> {
    return { model: this.#options.model, messages, max_tokens: tokensMax, temperature: 0 };
  }

  #estimate({ messages, tokensMax }: ChatRequest): Spending {
    return this.#spending(tokensOf(messages), tokensMax);
  }

  #spentOn(answer: unknown): Spending | undefined {
    const read = usageOf(answer, "prompt_tokens");
    const written = usageOf(answer, "completion_tokens");
    return read === undefined || written === undefined ? undefined : this.#spending(read, written);
  }

  #spending(read: number, written: number): Spending {
    const { price } = this.#options;
    return { tokens: read + written, cost: Math.ceil((read * price.read + written * price.written) / MILLION) };
  }
}

function tokensOf(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + Math.ceil(content.length / TOKEN_LETTERS) + MESSAGE_TOKENS, 0);
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[0] : undefined;
}

/** The words of an answer that came in one piece. */
function contentOf(answer: unknown): string {
  const choice = firstOf(fieldOf(answer, "choices"));
  const message = fieldOf(choice, "message");
  const refusal = fieldOf(message, "refusal");
  if (typeof refusal === "string" && refusal !== "") throw declined();
  mustBeWhole(fieldOf(choice, "finish_reason"));
  const content = fieldOf(message, "content");
  if (typeof content !== "string" || content === "") throw providerErrors("provider-answer-invalid");
  return content;
}

function mustBeWhole(finish: unknown): void {
  if (finish === "content_filter") throw declined();
  if (finish === "length")
    throw providerErrors("provider-answer-invalid", { details: { wrong: "cut off", isOfText: true } });
}

function declined(): Error {
  return providerErrors("provider-declined", { details: { isOfText: true } });
}

/** The value that words hold, also where a model has put a fence around it. */
function valueOf<Value>(content: string, parse: (value: unknown) => Value | undefined): Value {
  const bare = /^\s*```(?:json)?\s*([\s\S]*?)\s*```\s*$/u.exec(content)?.[1] ?? content;
  let parsed: unknown;
  try {
    parsed = JSON.parse(bare);
  } catch {
    throw providerErrors("provider-answer-invalid", { details: { wrong: "JSON", isOfText: true } });
  }
  const value = parse(parsed);
  if (value === undefined)
    throw providerErrors("provider-answer-invalid", { details: { wrong: "shape", isOfText: true } });
  return value;
}
