/**
 * MCP over standard input and output, handed on to the `/mcp` of a running server: a line in is a request there, what it answers are
 * lines out. The tools are the server's alone; nothing of them is known here.
 *
 * Guarantees: nothing but messages goes to the output; every request gets an answer, also when the server is away or refuses the key;
 * a server that is started later, or again at another port, is found with the next request. Does not: read the content of messages
 * beyond what the headers of the transport repeat.
 */

/** What the bridge stands between. */
interface BridgeParts {
  readonly lines: AsyncIterable<string>;
  readonly write: (line: string) => void;
  /** Where the server is; asked again when it was not reached there. Throws when there is none. */
  readonly locate: () => Promise<string>;
  readonly key: string;
  readonly userAgent: string;
  readonly fetch: typeof fetch;
}

type Message = Readonly<Record<string, unknown>>;
type RequestId = string | number;

/** Requests that are worked on at once; the next lines wait. */
const IN_FLIGHT_MAX = 32;
const LINE_LENGTH_MAX = 4 * 1_024 * 1_024;
const VERSION_META = "io.modelcontextprotocol/protocolVersion";
/** JSON-RPC 2.0 §5.1; the last is of the range that is left to servers. */
const CODES = { parse: -32_700, invalid: -32_600, refused: -32_000 } as const;

/** Serves until the input ends and every answer is out. */
export async function bridgeMcp(parts: BridgeParts): Promise<void> {
  const bridge = new Bridge(parts);
  const inFlight = new Set<Promise<void>>();
  for await (const line of parts.lines) {
    if (line.trim() === "") continue;
    const work = bridge.take(line).finally(() => inFlight.delete(work));
    inFlight.add(work);
    if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
}

class Bridge {
  readonly #parts: BridgeParts;
  readonly #aborts = new Map<RequestId, AbortController>();
  #url: string | undefined;
  /** What an older client agreed on in its handshake. */
  #version: string | undefined;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  async take(line: string): Promise<void> {
    const message = line.length > LINE_LENGTH_MAX ? undefined : parseMessage(line);
    if (message === undefined)
      return this.#answerError(null, CODES.parse, "Cannot read the line: it is not one JSON object");
    const { method } = message;
    // An answer to a request of the server: it makes none over this transport.
    if (typeof method !== "string") return;
    const id = idOf(message["id"]);
    if (id === undefined) return this.#notify(message, method);
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      await this.#answer(await this.#send(message, method, abort.signal), id, method);
    } catch (failure) {
      // Who cancelled does not wait for an answer.
      if (!abort.signal.aborted) this.#answerError(id, CODES.refused, sentenceOf(failure));
    } finally {
      this.#aborts.delete(id);
    }
  }

  async #notify(message: Message, method: string): Promise<void> {
    const cancelled = method === "notifications/cancelled" ? idOf(fieldsOf(message["params"])["requestId"]) : undefined;
    // Over HTTP a request is cancelled by leaving it.
    if (cancelled !== undefined) return this.#aborts.get(cancelled)?.abort();
    await this.#send(message, method, AbortSignal.timeout(10_000)).then(
      (response) => response.body?.cancel(),
      () => undefined,
    );
  }

  async #send(message: Message, method: string, signal: AbortSignal): Promise<Response> {
    const { fetch, key, locate, userAgent } = this.#parts;
    const headers = {
      ...headersOf(message, method, this.#version),
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${key}`,
      "user-agent": userAgent,
    };
    const known = this.#url;
    const post = (url: string): Promise<Response> =>
      fetch(`${url}/mcp`, { method: "POST", headers, body: JSON.stringify(message), signal });
    if (known !== undefined) {
      try {
        return await post(known);
      } catch (failure) {
        // Only what never reached a server is sent again: a request that broke off later may have been done.
        if (signal.aborted || !isNotReached(failure)) throw failure;
      }
    }
    this.#url = await locate();
    return post(this.#url);
  }

  async #answer(response: Response, id: RequestId, method: string): Promise<void> {
    const type = response.headers.get("content-type") ?? "";
    if (type.startsWith("text/event-stream")) return this.#answerStream(response, method);
    const text = await response.text();
    const body = parseMessage(text);
    if (body?.["jsonrpc"] === "2.0") return this.#pass(body, method);
    const detail = body?.["detail"];
    const words = typeof detail === "string" ? detail : `The server answered ${response.status}`;
    this.#answerError(id, CODES.refused, words, body);
  }

  async #answerStream(response: Response, method: string): Promise<void> {
    let data: string[] = [];
    for await (const line of linesOf(response)) {
      if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
      if (line !== "" || data.length === 0) continue;
      const message = parseMessage(data.join("\n"));
      if (message !== undefined) this.#pass(message, method);
      data = [];
    }
  }

  #pass(message: Message, method: string): void {
    if (method === "initialize") {
      const version = fieldsOf(message["result"])["protocolVersion"];
      if (typeof version === "string") this.#version = version;
    }
    this.#parts.write(JSON.stringify(message));
  }

  #answerError(id: RequestId | null, code: number, message: string, data?: unknown): void {
    this.#parts.write(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } }));
  }
}

/** What the transport of HTTP says besides the body: the revision, and on the newer ones what is called. */
function headersOf(message: Message, method: string, agreed: string | undefined): Readonly<Record<string, string>> {
  const params = fieldsOf(message["params"]);
  const version = fieldsOf(params["_meta"])[VERSION_META];
  if (typeof version !== "string") return agreed === undefined ? {} : { "mcp-protocol-version": agreed };
  const name = params["name"] ?? params["uri"];
  return {
    "mcp-protocol-version": version,
    "mcp-method": method,
    ...(typeof name === "string" ? { "mcp-name": headerValue(name) } : {}),
  };
}

/** Visible ASCII as it is, anything else in Base64 between marks. */
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith("=?base64?");
  return isPlain ? text : `=?base64?${Buffer.from(text).toString("base64")}?=`;
}

/** Lines of an answer, as they come. */
async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}

function parseMessage(text: string): Message | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Message {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function idOf(value: unknown): RequestId | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

function isNotReached(failure: unknown): boolean {
  const cause = failure instanceof Error ? failure.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH";
}

function sentenceOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : "The server did not answer";
}
