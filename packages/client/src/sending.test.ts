import { expect, test, vi } from "vitest";

import { KaelixConnectionError } from "./errors.ts";
import { EventParser } from "./events.ts";
import { backOff, sending } from "./sending.ts";
import { uniqueKey } from "./unique-key.ts";

/** A server that answers with these, one after the other; an error is a broken connection. */
function scripted(...answers: (Response | Error)[]): { readonly fetch: typeof fetch; readonly calls: RequestInit[] } {
  const calls: RequestInit[] = [];
  const fetch = async (_input: unknown, init: RequestInit = {}): Promise<Response> => {
    calls.push(init);
    const answer = answers.shift() ?? new Response("{}");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, calls };
}

const busy = (after?: string): Response =>
  new Response("{}", { status: 503, headers: after === undefined ? {} : { "retry-after": after } });
const options = { timeoutMs: 1_000, retriesMax: 3 };

test("sending repeats what may be sent twice and nothing else", async () => {
  vi.useFakeTimers();
  try {
    const run = async (init: RequestInit, ...answers: (Response | Error)[]): Promise<[unknown, number]> => {
      const server = scripted(...answers);
      const work = sending({ ...options, fetch: server.fetch }, {})("http://localhost/", init).then(
        ({ status }): unknown => status,
        (failure: unknown) => (failure instanceof KaelixConnectionError ? failure.reason : failure),
      );
      await vi.advanceTimersByTimeAsync(60_000);
      return [await work, server.calls.length];
    };
    const keyed = { method: "POST", headers: { "idempotency-key": "k" } };
    expect(await run({ method: "GET" }, busy(), new TypeError("reset"))).toEqual([200, 3]);
    expect(await run(keyed, busy(), busy())).toEqual([200, 3]);
    expect(await run({ method: "GET" }, busy(), busy(), busy(), busy())).toEqual([503, 4]);
    expect(await run({ method: "POST" }, busy())).toEqual([503, 1]);
    expect(await run({ method: "DELETE" }, new TypeError("reset"))).toEqual(["unreachable", 1]);
    expect(await run({ method: "PATCH" }, new TypeError("reset"))).toEqual(["unreachable", 1]);
    expect(await run({ method: "GET" }, new Response("{}", { status: 404 }))).toEqual([404, 1]);
    // What the server asks for is kept; minutes are not waited.
    expect(await run({ method: "GET" }, busy("3"))).toEqual([200, 2]);
    expect(await run({ method: "GET" }, busy("600"))).toEqual([503, 1]);
  } finally {
    vi.useRealTimers();
  }
});

test("sending ends in time and as soon as it is aborted", async () => {
  const never: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
    });
  const late = sending({ ...options, retriesMax: 0, fetch: never }, { timeoutMs: 5 });
  await expect(late("http://localhost/", { method: "GET" })).rejects.toMatchObject({ reason: "timeout" });
  const abort = new AbortController();
  const left = sending({ ...options, timeoutMs: 0, fetch: never }, { signal: abort.signal });
  const work = left("http://localhost/", { method: "GET" });
  abort.abort(new Error("enough"));
  await expect(work).rejects.toThrow("enough");
  // Between two tries as well.
  const again = new AbortController();
  const server = scripted(busy("5"));
  const waiting = sending({ ...options, fetch: server.fetch }, { signal: again.signal })("http://localhost/", {
    method: "GET",
  });
  setTimeout(() => again.abort(new Error("enough")), 5);
  await expect(waiting).rejects.toThrow("enough");
  expect(server.calls).toHaveLength(1);
});

test("backOff grows and is bounded", () => {
  for (let tried = 0; tried < 60; tried++) expect(backOff(tried, 30_000)).toBeLessThanOrEqual(30_000);
  expect(backOff(0)).toBeLessThanOrEqual(200);
  expect(backOff(9)).toBeGreaterThanOrEqual(5_000);
});

test("EventParser reads events however they are cut", () => {
  const text =
    ': following\n\nid: memories/1/7\nevent: memory.stored\ndata: {"a":\ndata: 1}\n\nevent: watermark\r\ndata: {}\r\n\r\n: heartbeat\n\n';
  const whole = [
    { id: "memories/1/7", type: "memory.stored", data: { a: 1 } },
    { id: undefined, type: "watermark", data: {} },
  ];
  for (let size = 1; size < text.length; size++) {
    const parser = new EventParser();
    const seen = [];
    for (let at = 0; at < text.length; at += size) seen.push(...parser.take(text.slice(at, at + size)));
    expect(seen).toEqual(whole);
  }
});

test("uniqueKey makes another one each time, also without crypto", () => {
  vi.stubGlobal("crypto", undefined);
  const keys = Array.from({ length: 1_000 }, uniqueKey);
  vi.unstubAllGlobals();
  expect(new Set([...keys, uniqueKey()]).size).toBe(1_001);
  for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
});
