/**
 * Any endpoint that speaks OpenAI's `POST /v1/embeddings`: OpenAI, Ollama, vLLM, LiteLLM and others, by fetch alone.
 *
 * Guarantees: an answer that is not exactly one finite vector per text, all of one dimension, is an error and never a vector; the key goes
 * to the configured origin alone (redirects are refused) and stands in no error, nor does what the provider wrote: it may repeat texts.
 */
import { embedErrors } from "../errors.ts";
import type { EmbedAnswer, EmbedProvider } from "./provider.ts";

/** How the endpoint is reached. */
export interface OpenaiOptions {
  /** Base (`https://api.openai.com/v1`) or the whole address (`…/v1/embeddings`). */
  readonly url: string;
  readonly model: string;
  readonly key?: string | undefined;
  readonly fetch?: typeof fetch;
}

const DIMENSION_MAX = 4_096;
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const WAIT_MS_MAX = 86_400_000;

/** Makes the provider. @throws `embed-setting-invalid` for an address or a key that cannot be used safely */
export function openaiProvider(options: OpenaiOptions): EmbedProvider {
  const address = addressOf(options.url);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname);
  if (options.key !== undefined && address.protocol === "http:" && !isLoopback)
    throw invalid("the key would go over the network in clear, the address must be https or of this machine");
  const headers = {
    "content-type": "application/json",
    accept: "application/json",
    ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
  };
  const send = options.fetch ?? fetch;
  return {
    model: options.model,
    host: address.host,
    async request(texts, signal) {
      const body = JSON.stringify({ model: options.model, input: texts, encoding_format: "float" });
      const response = await reach(
        () => send(address, { method: "POST", headers, body, signal, redirect: "error" }),
        signal,
      );
      if (!response.ok) {
        await response.body?.cancel();
        throw refusal(response);
      }
      return parseAnswer(await reach(() => readJson(response), signal), texts.length);
    },
  };
}

/** The address of embeddings. A message never shows the address as given: it may carry a password. */
function addressOf(url: string): URL {
  if (!URL.canParse(url)) throw invalid("the address must be a URL such as http://127.0.0.1:11434/v1");
  const address = new URL(url);
  if (address.protocol !== "http:" && address.protocol !== "https:") throw invalid("the address must be http or https");
  if (address.username !== "" || address.password !== "") throw invalid("the key must be set apart from the address");
  const path = address.pathname.replace(/\/+$/, "");
  address.pathname = path.endsWith("/embeddings") ? path : `${path}/embeddings`;
  return address;
}

function invalid(what: string): Error {
  return embedErrors("embed-setting-invalid", { message: `Cannot use the embedding provider: ${what}` });
}

/** Runs a step of a request; what it fails with becomes an error of ours without any text of theirs. */
async function reach<Result>(step: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await step();
  } catch (failure) {
    if (failure instanceof SyntaxError || failure instanceof RangeError) throw embedErrors("embed-answer-invalid");
    throw embedErrors(signal.aborted ? "embed-late" : "embed-unreachable");
  }
}

/** Reads JSON up to a bound. @throws SyntaxError, RangeError */
async function readJson(response: Response): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) throw new RangeError("The answer is too long");
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString("utf8"));
}

function refusal(response: Response): Error {
  const { status } = response;
  const waitMs = retryAfterMs(response.headers.get("retry-after"));
  const details = { status, ...(waitMs === undefined ? {} : { waitMs }) };
  if (status === 429) return embedErrors("embed-busy", { details });
  if (status >= 500 || status === 408) return embedErrors("embed-failed", { details });
  return embedErrors("embed-refused", { details });
}

/** RFC 9110 section 10.2.3: seconds or a date. */
function retryAfterMs(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(WAIT_MS_MAX, Math.max(0, ms)) : undefined;
}

/** An answer as vectors. @throws `embed-answer-invalid` */
function parseAnswer(parsed: unknown, count: number): EmbedAnswer {
  const data = fieldOf(parsed, "data");
  if (!Array.isArray(data) || data.length !== count) throw garbage("count");
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  for (const [place, item] of data.entries()) {
    const index = fieldOf(item, "index") ?? place;
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= count) throw garbage("order");
    if (vectors[index] !== undefined) throw garbage("order");
    vectors[index] = parseVector(fieldOf(item, "embedding"));
  }
  const whole = vectors.filter((vector) => vector !== undefined);
  if (whole.some((vector) => vector.length !== whole[0]?.length)) throw garbage("dimension");
  const tokens = fieldOf(fieldOf(parsed, "usage"), "total_tokens");
  const isCount = typeof tokens === "number" && Number.isSafeInteger(tokens) && tokens >= 0;
  return { vectors: whole, tokens: isCount ? tokens : undefined };
}

/** A vector of length one. */
function parseVector(value: unknown): Float32Array {
  if (!Array.isArray(value) || value.length === 0 || value.length > DIMENSION_MAX) throw garbage("dimension");
  let square = 0;
  for (const part of value) {
    if (typeof part !== "number" || !Number.isFinite(part)) throw garbage("numbers");
    square += part * part;
  }
  const norm = Math.sqrt(square);
  if (norm < 1e-12 || !Number.isFinite(norm)) throw garbage("length");
  return Float32Array.from(value, (part: number) => part / norm);
}

function garbage(wrong: "count" | "order" | "dimension" | "numbers" | "length"): Error {
  return embedErrors("embed-answer-invalid", { details: { wrong } });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
