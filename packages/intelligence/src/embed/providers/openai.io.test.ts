import { createServer, type IncomingHttpHeaders } from "node:http";

import { isKaelixError, type KaelixError } from "@kaelix/base";
import { afterEach, expect, test } from "vitest";

import { openaiProvider } from "./openai.ts";

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Heard {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** An endpoint that answers everything alike; what it heard. Undefined: it never answers. */
async function serve(reply: Reply | undefined): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      heard.push({ url: request.url, headers: request.headers, body: JSON.parse(body) });
      if (reply === undefined) return;
      response.writeHead(reply.status ?? 200, reply.headers);
      response.end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`, heard };
}

const never = new AbortController().signal;

async function failureOf(promise: Promise<unknown>): Promise<KaelixError> {
  const error: unknown = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (isKaelixError(error)) return error;
  throw new Error(`Should have failed with an error of ours, not with ${String(error)}`);
}

test("openaiProvider asks as OpenAI documents it and puts the answer in order, every vector of length one", async () => {
  const data = [
    { object: "embedding", index: 1, embedding: [0, 5] },
    { object: "embedding", index: 0, embedding: [3, 4] },
  ];
  const body = JSON.stringify({ object: "list", data, model: "m", usage: { prompt_tokens: 4, total_tokens: 4 } });
  const { url, heard } = await serve({ body });
  const provider = openaiProvider({ url: `${url}/v1/`, model: "m", key: "sk-1" });
  const answer = await provider.request(["one", "two"], never);
  expect(answer.vectors.map((vector) => Array.from(vector, (part) => Number(part.toFixed(3))))).toEqual([
    [0.6, 0.8],
    [0, 1],
  ]);
  expect(answer.tokens).toBe(4);
  expect(heard[0]).toMatchObject({
    url: "/v1/embeddings",
    headers: { authorization: "Bearer sk-1" },
    body: { model: "m", input: ["one", "two"], encoding_format: "float" },
  });
});

const item = (embedding: unknown, index?: unknown): unknown => ({
  embedding,
  ...(index === undefined ? {} : { index }),
});

for (const [what, body] of [
  ["no JSON", "<html>"],
  ["another shape", JSON.stringify({ embeddings: [[1, 2]] })],
  ["too few", JSON.stringify({ data: [item([1, 2])] })],
  ["too many", JSON.stringify({ data: [item([1]), item([1]), item([1])] })],
  ["two dimensions", JSON.stringify({ data: [item([1, 2]), item([1])] })],
  ["no numbers", JSON.stringify({ data: [item([1, "2"]), item([1, 2])] })],
  ["nulls, as NaN is printed", JSON.stringify({ data: [item([1, Number.NaN]), item([1, 2])] })],
  ["numbers without end", `{"data":[{"embedding":[1e999,1]},{"embedding":[1,1]}]}`],
  ["nothing but zeroes", JSON.stringify({ data: [item([0, 0]), item([1, 2])] })],
  ["empty vectors", JSON.stringify({ data: [item([]), item([])] })],
  ["one place twice", JSON.stringify({ data: [item([1], 0), item([2], 0)] })],
  ["a place that is none", JSON.stringify({ data: [item([1], 0), item([2], 2)] })],
] as const) {
  test(`openaiProvider takes ${what} for no vectors`, async () => {
    const { url } = await serve({ body });
    const failure = await failureOf(openaiProvider({ url, model: "m" }).request(["one", "two"], never));
    expect(failure.code).toBe("embed-answer-invalid");
  });
}

for (const [status, code] of [
  [429, "embed-busy"],
  [500, "embed-failed"],
  [503, "embed-failed"],
  [401, "embed-refused"],
  [400, "embed-refused"],
] as const) {
  test(`openaiProvider calls status ${status} ${code} and repeats nothing that stood in it`, async () => {
    const { url } = await serve({ status, headers: { "retry-after": "3" }, body: `{"error":"walnut sk-1"}` });
    const failure = await failureOf(openaiProvider({ url, model: "m", key: "sk-1" }).request(["walnut"], never));
    expect(failure).toMatchObject({ code, details: { status, waitMs: 3_000 } });
    expect(`${failure.message}${JSON.stringify(failure)}${failure.stack ?? ""}${String(failure.cause)}`).not.toMatch(
      /walnut|sk-1/,
    );
  });
}

test("openaiProvider follows no redirect: key and texts go nowhere else", async () => {
  const other = await serve({ body: "{}" });
  const { url } = await serve({ status: 307, headers: { location: `${other.url}/embeddings` }, body: "" });
  expect((await failureOf(openaiProvider({ url, model: "m" }).request(["a"], never))).code).toBe("embed-unreachable");
  expect(other.heard).toEqual([]);
});

test("openaiProvider is late when it was aborted, and unreachable when nobody listens", async () => {
  const { url } = await serve(undefined);
  const late = AbortSignal.timeout(20);
  expect((await failureOf(openaiProvider({ url, model: "m" }).request(["a"], late))).code).toBe("embed-late");
  const gone = openaiProvider({ url: "http://127.0.0.1:1", model: "m" });
  expect((await failureOf(gone.request(["a"], never))).code).toBe("embed-unreachable");
});

for (const options of [
  { url: "nonsense" },
  { url: "ftp://example.org" },
  { url: "https://user:secret@example.org/v1" },
  { url: "http://example.org/v1", key: "secret" },
]) {
  test(`openaiProvider refuses ${options.url.replace("secret", "…")} and shows no secret`, () => {
    let failure: unknown;
    try {
      openaiProvider({ model: "m", ...options });
    } catch (error) {
      failure = error;
    }
    expect(isKaelixError(failure, "embed-setting-invalid")).toBe(true);
    expect(String(failure)).not.toContain("secret");
  });
}
