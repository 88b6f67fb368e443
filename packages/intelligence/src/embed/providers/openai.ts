/**
 * Any endpoint that speaks OpenAI's `POST /v1/embeddings`: OpenAI, Ollama, vLLM, LiteLLM and others, by fetch alone.
 *
 * Guarantees: an answer that is not exactly one finite vector per text, all of one dimension, is an error and never a vector; the key goes
 * to the configured origin alone (redirects are refused) and stands in no error, nor does what the provider wrote: it may repeat texts.
 */
import { Endpoint, usageOf } from "../../provider/endpoint.ts";
import { fieldOf } from "../../provider/failures.ts";
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

/** Makes the provider. @throws `embed-setting-invalid` for an address or a key that cannot be used safely */
export function openaiProvider({ fetch: send, key, model, url }: OpenaiOptions): EmbedProvider {
  const endpoint = new Endpoint({
    url,
    path: "/embeddings",
    key,
    fetch: send,
    failures: (kind, more) => embedErrors(`embed-${kind}`, more),
  });
  return {
    model,
    host: endpoint.host,
    async request(texts, signal) {
      const response = await endpoint.post({ model, input: texts, encoding_format: "float" }, signal);
      return parseAnswer(await endpoint.json(response, signal, ANSWER_BYTES_MAX), texts.length);
    },
  };
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
  return { vectors: whole, tokens: usageOf(parsed, "total_tokens") };
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
