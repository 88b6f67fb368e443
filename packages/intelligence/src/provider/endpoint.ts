/**
 * An endpoint that speaks OpenAI's HTTP: OpenAI, Ollama, vLLM, LiteLLM and others, by fetch alone.
 *
 * Guarantees: the key goes to the configured origin alone (redirects are refused) and stands in no error, nor does what the provider wrote:
 * it may repeat texts; an answer is read up to a bound.
 */
import { fieldOf, type ProviderFailures } from "./failures.ts";

/** How an endpoint is reached. */
export interface EndpointOptions {
  /** Base (`https://api.openai.com/v1`) or the whole address (`…/v1/embeddings`). */
  readonly url: string;
  /** What stands behind the base: `/embeddings`. */
  readonly path: string;
  readonly key?: string | undefined;
  readonly failures: ProviderFailures;
  readonly fetch?: typeof fetch | undefined;
}

const WAIT_MS_MAX = 86_400_000;

/** An endpoint: posts JSON, reads answers. One request per call. */
export class Endpoint {
  /** Where texts go, for people: the host and port. */
  readonly host: string;
  readonly #address: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #failures: ProviderFailures;
  readonly #fetch: typeof fetch;

  /** @throws `setting-invalid` for an address or a key that cannot be used safely */
  constructor({ failures, fetch: send, key, path, url }: EndpointOptions) {
    this.#failures = failures;
    this.#address = addressOf(url, path, failures);
    this.host = this.#address.host;
    const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(this.#address.hostname);
    if (key !== undefined && this.#address.protocol === "http:" && !isLoopback)
      throw invalid(
        failures,
        "the key would go over the network in clear, the address must be https or of this machine",
      );
    this.#headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    this.#fetch = send ?? fetch;
  }

  /** Posts JSON; the answer's head. @throws what the client's table has for it */
  async post(body: unknown, signal: AbortSignal): Promise<Response> {
    const init = { method: "POST", headers: this.#headers, body: JSON.stringify(body), signal } as const;
    const response = await this.#reach(() => this.#fetch(this.#address, { ...init, redirect: "error" }), signal);
    if (response.ok) return response;
    await response.body?.cancel().catch(() => undefined);
    throw this.#refusal(response);
  }

  /** Reads an answer as JSON. */
  async json(response: Response, signal: AbortSignal, bytesMax: number): Promise<unknown> {
    return this.#reach(async () => {
      const pieces: Uint8Array[] = [];
      for await (const piece of boundedPieces(response, bytesMax)) pieces.push(piece);
      return JSON.parse(Buffer.concat(pieces).toString("utf8")) as unknown;
    }, signal);
  }

  /** Reads an answer as the data of server-sent events (WHATWG HTML §9.2), each parsed as JSON, up to `[DONE]`. */
  async events(
    response: Response,
    signal: AbortSignal,
    { bytesMax, onData }: { readonly bytesMax: number; readonly onData: (data: unknown) => void },
  ): Promise<void> {
    await this.#reach(async () => {
      const decoder = new TextDecoder();
      let rest = "";
      for await (const piece of boundedPieces(response, bytesMax)) {
        const lines = (rest + decoder.decode(piece, { stream: true })).split(/\r\n|\n|\r/u);
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (!line.startsWith("data:")) continue;
          const data = line.slice(5).trim();
          if (data === "[DONE]") return;
          if (data !== "") onData(JSON.parse(data));
        }
      }
    }, signal);
  }

  /** Runs a step of a request; what it fails with becomes an error of the client's without any text of theirs. */
  async #reach<Result>(step: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    try {
      return await step();
    } catch (failure) {
      if (failure instanceof SyntaxError || failure instanceof RangeError) throw this.#failures("answer-invalid");
      throw this.#failures(signal.aborted ? "late" : "unreachable");
    }
  }

  #refusal({ headers, status }: Response): Error {
    const waitMs = retryAfterMs(headers.get("retry-after"));
    const details = { status, ...(waitMs === undefined ? {} : { waitMs }) };
    if (status === 429) return this.#failures("busy", { details });
    if (status >= 500 || status === 408) return this.#failures("failed", { details });
    return this.#failures("refused", { details });
  }
}

/** Tokens that an answer says were read and written; undefined where it does not say. */
export function usageOf(
  parsed: unknown,
  name: "total_tokens" | "prompt_tokens" | "completion_tokens",
): number | undefined {
  const tokens = fieldOf(fieldOf(parsed, "usage"), name);
  return typeof tokens === "number" && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : undefined;
}

async function* boundedPieces(response: Response, bytesMax: number): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > bytesMax) throw new RangeError("The answer is too long");
    yield piece;
  }
}

/** The whole address. A message never shows the address as given: it may carry a password. */
function addressOf(url: string, tail: string, failures: ProviderFailures): URL {
  if (!URL.canParse(url)) throw invalid(failures, "the address must be a URL such as http://127.0.0.1:11434/v1");
  const address = new URL(url);
  if (address.protocol !== "http:" && address.protocol !== "https:")
    throw invalid(failures, "the address must be http or https");
  if (address.username !== "" || address.password !== "")
    throw invalid(failures, "the key must be set apart from the address");
  const path = address.pathname.replace(/(?<!\/)\/+$/, "");
  address.pathname = path.endsWith(tail) ? path : `${path}${tail}`;
  return address;
}

function invalid(failures: ProviderFailures, what: string): Error {
  return failures("setting-invalid", { message: `Cannot use the provider: ${what}` });
}

/** RFC 9110 section 10.2.3: seconds or a date. */
function retryAfterMs(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(WAIT_MS_MAX, Math.max(0, ms)) : undefined;
}
