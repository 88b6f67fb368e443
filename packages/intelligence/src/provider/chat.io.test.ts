import { isKaelixError, type KaelixError, ManualClock, seededRandom } from "@kaelix/base";
import { afterEach, expect, test } from "vitest";

import { Chat, type ChatOptions } from "./chat.ts";
import { type BadProvider, type Behaviour, startBadProvider } from "./testing/bad-provider.ts";

const open: BadProvider[] = [];
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.close();
});

async function serve(behave: BadProvider["behave"], more: Partial<ChatOptions> = {}) {
  const provider = await startBadProvider(behave);
  open.push(provider);
  const clock = new ManualClock();
  const waits: number[] = [];
  const chat = new Chat({
    url: provider.url,
    model: "m",
    key: "sk-1",
    price: { read: 1_000_000, written: 2_000_000 },
    clock,
    random: seededRandom(1),
    concurrency: 2,
    requestsPerMinute: 1_000_000,
    timeoutMs: 60_000,
    tokensPerDay: 1_000_000,
    sleep: (ms) => {
      waits.push(ms);
      clock.advance(ms);
      return Promise.resolve();
    },
    ...more,
  });
  const value = (): Promise<string> =>
    chat.value({
      messages: [{ role: "user", content: "walnut" }],
      tokensMax: 20,
      schema: { name: "word", schema: { type: "object" } },
      parse: (parsed) =>
        typeof parsed === "object" && parsed !== null && "word" in parsed ? String(parsed.word) : undefined,
    });
  const text = async (content = "walnut"): Promise<{ readonly text: string; readonly pieces: string[] }> => {
    const pieces: string[] = [];
    const onText = (piece: string): number => pieces.push(piece);
    return {
      text: await chat.text({ messages: [{ role: "user", content }], tokensMax: 20, onText, isUrgent: true }),
      pieces,
    };
  };
  return { provider, chat, clock, waits, value, text };
}

async function failureOf(promise: Promise<unknown>): Promise<KaelixError> {
  const error: unknown = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (isKaelixError(error)) return error;
  throw new Error(`Should have failed with an error of ours, not with ${String(error)}`);
}

const word: Behaviour = { type: "content", content: '{"word":"sea"}' };

test("Chat.value asks by a schema, with the key, and counts what the provider says it took", async () => {
  const { chat, provider, value } = await serve(() => word);
  expect(await value()).toBe("sea");
  expect(provider.heard[0]).toMatchObject({
    headers: { authorization: "Bearer sk-1" },
    body: { model: "m", max_tokens: 20, temperature: 0, response_format: { type: "json_schema" } },
  });
  expect(chat.state()).toMatchObject({ problem: null, today: { tokens: 15, cost: 20 } });
});

test("Chat.value falls back where an endpoint knows no schemas, and asks so from then on", async () => {
  const { provider, value } = await serve(({ body }) =>
    JSON.stringify(body["response_format"] ?? "").includes("schema") ? { type: "status", status: 400 } : word,
  );
  expect([await value(), await value()]).toEqual(["sea", "sea"]);
  const formats = provider.heard.map(({ body }) => (body["response_format"] as { type: string }).type);
  expect(formats).toEqual(["json_schema", "json_object", "json_object"]);
});

test("Chat.value reads JSON that stands in a fence", async () => {
  const { value } = await serve(() => ({ type: "content", content: '```json\n{"word":"sea"}\n```' }));
  expect(await value()).toBe("sea");
});

const BAD: readonly (readonly [string, Behaviour, string])[] = [
  ["garbage", { type: "garbage" }, "provider-answer-invalid"],
  ["another shape", { type: "content", content: '{"letter":1}' }, "provider-answer-invalid"],
  ["no JSON", { type: "content", content: "Sure! Here it is" }, "provider-answer-invalid"],
  ["half an answer", { type: "content", content: '{"word":"sea"}', finish: "length" }, "provider-answer-invalid"],
  ["a body without end", { type: "huge" }, "provider-answer-invalid"],
  ["no choices", { type: "body", body: "{}" }, "provider-answer-invalid"],
  ["a refusal", { type: "refusal" }, "provider-declined"],
  ["a filter", { type: "content", content: "x", finish: "content_filter" }, "provider-declined"],
  ["a broken connection", { type: "cut" }, "provider-unreachable"],
  ["a wrong key", { type: "status", status: 401 }, "provider-refused"],
  ["a redirect", { type: "status", status: 307, headers: { location: "http://127.0.0.1:1/" } }, "provider-unreachable"],
];
for (const [what, behaviour, code] of BAD) {
  test(`Chat.value takes ${what} for what it is, and repeats nothing of it`, async () => {
    const { value } = await serve(() => behaviour);
    const failure = await failureOf(value());
    expect(failure.code).toBe(code);
    const told = `${failure.message}${JSON.stringify(failure)}${failure.stack ?? ""}${String(failure.cause)}`;
    expect(told).not.toMatch(/walnut|secret word|sk-1|rather not/);
  });
}

for (const type of ["hang", "drip"] as const) {
  test(`Chat leaves a provider that does ${type} when its time is over`, async () => {
    const { text } = await serve(() => ({ type }), { timeoutMs: 60 });
    expect((await failureOf(text())).code).toBe("provider-late");
    const { value } = await serve(() => ({ type }), { timeoutMs: 60 });
    expect((await failureOf(value())).code).toBe("provider-late");
  });
}

test("Chat.value waits as long as it is told and asks again; failures that pass cost nobody the answer", async () => {
  const answers: Behaviour[] = [
    { type: "status", status: 429, headers: { "retry-after": "7" } },
    { type: "status", status: 500 },
    word,
  ];
  const { value, waits } = await serve(() => answers.shift() ?? word);
  expect(await value()).toBe("sea");
  expect(waits[0]).toBe(7_000);
  expect(waits[1]).toBeGreaterThanOrEqual(500);
});

test("Chat leaves a provider alone that keeps failing, and comes back", async () => {
  const { clock, provider, value } = await serve(() => ({ type: "status", status: 503 }));
  expect((await failureOf(value())).code).toBe("provider-failed");
  expect((await failureOf(value())).code).toBe("provider-paused");
  expect(provider.heard.length).toBe(4);
  clock.advance(300_000);
  provider.behave = () => word;
  expect(await value()).toBe("sea");
});

test("Chat spends neither a token nor a coin beyond the day's, restarts included", async () => {
  let kept: ChatOptions["spent"];
  const more: Partial<ChatOptions> = { costPerDay: 60, onSpent: (spent) => (kept = spent) };
  const { provider, value } = await serve(() => ({ ...word, usage: false }), more);
  await value();
  expect((await failureOf(value())).code).toBe("provider-budget-spent");
  expect(provider.heard.length).toBe(1);
  const again = await serve(() => word, { costPerDay: 60, spent: kept });
  expect((await failureOf(again.value())).code).toBe("provider-budget-spent");
  again.clock.advance(86_400_000);
  expect(await again.value()).toBe("sea");
  const poor = await serve(() => word, { tokensPerDay: 5 });
  expect((await failureOf(poor.value())).code).toBe("provider-budget-spent");
});

test("Chat.text tells text as it is written, and answers the same again from memory", async () => {
  const { provider, text } = await serve(() => ({ type: "content", content: "It was a long summer by the sea." }));
  const first = await text();
  expect(first.text).toBe("It was a long summer by the sea.");
  expect(first.pieces.length).toBeGreaterThan(3);
  expect(first.pieces.join("")).toBe(first.text);
  expect((await text()).text).toBe(first.text);
  await text("another");
  expect(provider.heard.length).toBe(2);
});

test("Chat.text reads an endpoint that does not stream", async () => {
  const body = JSON.stringify({ choices: [{ message: { content: "By the sea." }, finish_reason: "stop" }] });
  const { text } = await serve(() => ({ type: "body", body }));
  expect(await text()).toEqual({ text: "By the sea.", pieces: ["By the sea."] });
});

for (const [what, behaviour, code] of [
  ["garbage", { type: "garbage" }, "provider-answer-invalid"],
  ["a stream cut in the middle", { type: "cut" }, "provider-unreachable"],
  [
    "a stream that ends without an end",
    { type: "body", body: 'data: {"choices":[{"delta":{"content":"Half"}}]}\n\n', contentType: "text/event-stream" },
    "provider-answer-invalid",
  ],
  [
    "an error in the stream",
    { type: "body", body: 'data: {"error":{"message":"a secret word"}}\n\n', contentType: "text/event-stream" },
    "provider-answer-invalid",
  ],
  ["a stream without end", { type: "huge" }, "provider-answer-invalid"],
] as const) {
  test(`Chat.text takes ${what} for no answer`, async () => {
    const { text } = await serve(() => behaviour);
    expect((await failureOf(text())).code).toBe(code);
  });
}

test("Chat.text ends when whoever asked has gone", async () => {
  const gone = new AbortController();
  const { chat } = await serve(() => {
    gone.abort(new Error("gone"));
    return { type: "hang" };
  });
  const asked = chat.text({
    messages: [{ role: "user", content: "a" }],
    tokensMax: 5,
    signal: gone.signal,
    isUrgent: true,
    onText: () => undefined,
  });
  await expect(asked).rejects.toThrow("gone");
});
