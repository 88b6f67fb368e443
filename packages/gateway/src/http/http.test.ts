import { seededRandom } from "@kaelix/base";
import { type Route, routes } from "@kaelix/contract";
import { ACTIONS } from "@kaelix/security";
import fc from "fast-check";
import { expect, test } from "vitest";

import { readRefreshCookie } from "./cookies.ts";
import { isCrossSite, isLoopback, makeHostCheck } from "./host-check.ts";
import { IdempotencyKeys, type KeptAnswer } from "./idempotency.ts";
import { JSON_DEPTH_MAX, parseJsonBody } from "./json-body.ts";
import { formatETag, parseIfMatch, parsePrefer } from "./preconditions.ts";
import { problemPage } from "./problem-page.ts";
import { fastifyPath, joinRoutes, methodIndex } from "./route-entries.ts";
import { TokenBuckets } from "./token-bucket.ts";
import { traceIds } from "./trace-id.ts";

const ACTION_NAMES = new Set(Object.keys(ACTIONS));
const handlersFor = (table: object) =>
  Object.fromEntries(Object.keys(table).map((name) => [name, () => ({ type: "empty" }) as const]));

test("joinRoutes stops the boot when routes, handlers and actions do not fit together", () => {
  expect(joinRoutes(routes, handlersFor(routes), ACTION_NAMES)).toHaveLength(Object.keys(routes).length);
  const { "me.read": _, ...without } = handlersFor(routes);
  expect(() => joinRoutes(routes, without, ACTION_NAMES)).toThrow("the route me.read has no handler");
  const extra = { ...handlersFor(routes), "me.burn": handlersFor(routes)["me.read"] ?? (() => ({ type: "empty" })) };
  expect(() => joinRoutes(routes, extra, ACTION_NAMES)).toThrow("the handler me.burn has no route");
  const wrong: Record<string, Route> = { "me.read": { ...routes["me.read"], action: "me.anything" } };
  expect(() => joinRoutes(wrong, handlersFor(wrong), ACTION_NAMES)).toThrow("the action me.anything");
  const inherited: Record<string, Route> = { "me.read": { ...routes["me.read"], action: "toString" } };
  expect(() => joinRoutes(inherited, handlersFor(inherited), ACTION_NAMES)).toThrow("toString");
});

test("methodIndex knows which methods an address takes", () => {
  const { at: methodsAt, named } = methodIndex(Object.values(routes));
  expect(methodsAt("/api/v1/memories/mem_1").toSorted()).toEqual(["DELETE", "GET", "HEAD", "PATCH"]);
  expect(methodsAt("/api/v1/memories/mem_1/versions")).toEqual(["GET", "HEAD"]);
  expect(methodsAt("/api/v1/memories/a/b/c")).toEqual([]);
  expect(methodsAt("/api/v1/digests/seen")).toEqual(["POST"]);
  expect([named("/api/v1/digests/seen"), named("/api/v1/digests/2026-11-22")]).toEqual([["POST"], undefined]);
  expect(fastifyPath("/a/{id}/b")).toBe("/a/:id/b");
});

test("parseJsonBody gives back what was written, or refuses", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      if (text.includes("__proto__")) return;
      expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        parseJsonBody(Buffer.from(bytes));
      } catch (error) {
        expect(error).toMatchObject({ kind: "input", status: 400 });
      }
    }),
  );
  const nested = (depth: number): Buffer => Buffer.from("[".repeat(depth) + "]".repeat(depth));
  expect(parseJsonBody(nested(JSON_DEPTH_MAX))).toBeDefined();
  expect(() => parseJsonBody(nested(JSON_DEPTH_MAX + 1))).toThrow("nested deeper");
  expect(parseJsonBody(Buffer.from(" \n"))).toBeUndefined();
  expect(parseJsonBody(Buffer.from("\uFEFF{}"))).toEqual({});
});

test("parseIfMatch reads what formatETag writes and nothing else", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (version) => parseIfMatch(formatETag(version)) === version));
  expect(() => parseIfMatch(undefined)).toThrow(expect.objectContaining({ status: 428 }));
});

test("parsePrefer reads ours among others, in any order and case", () => {
  expect(parsePrefer('respond-async, WAIT=5;x=1 , kaelix-until="stored"')).toEqual({ seconds: 5, until: "stored" });
  expect(parsePrefer("wait=0")).toEqual({ seconds: 0, until: "indexed" });
  expect(parsePrefer("return=minimal")).toBeUndefined();
});

test("TokenBuckets let a rate through, a burst of twice that, and hold a bounded number of keys", () => {
  const buckets = new TokenBuckets({ perSecond: 10, keysMax: 100 });
  const taken = (key: string, nowMs: number): number => {
    let count = 0;
    while (buckets.take(key, nowMs).type === "taken") count += 1;
    return count;
  };
  expect(taken("a", 0)).toBe(20);
  expect(buckets.take("a", 0)).toEqual({ type: "spent", retryAfterMs: 100 });
  expect(taken("a", 1_000)).toBe(10);
  expect(taken("b", 1_000)).toBe(20);
  expect(taken("a", 60_000)).toBe(20);
  for (let index = 0; index < 1_000; index++) buckets.take(`key-${index}`, 60_000);
  expect(buckets.size).toBe(100);
});

test("TokenBuckets forget the key that was not used for longest", () => {
  const buckets = new TokenBuckets({ perSecond: 1, keysMax: 3 });
  for (const key of ["a", "b", "c", "a", "a", "d"]) buckets.take(key, 0);
  // b went; a is still remembered as spent.
  expect(buckets.take("a", 0).type).toBe("spent");
  expect(buckets.take("b", 0).type).toBe("taken");
});

const kept = (body: string): KeptAnswer => ({ status: 201, headers: {}, body, level: 1, ceiling: 2 });

test("IdempotencyKeys are bounded by count and bytes, oldest first, but never drop what is in flight", () => {
  const keys = new IdempotencyKeys({ entriesMax: 3, bytesMax: 100 });
  const slow = keys.begin("slow", "f", 0);
  for (const key of ["a", "b", "c"]) {
    const outcome = keys.begin(key, "f", 0);
    if (outcome.type === "run") outcome.keep(kept("x".repeat(30)));
  }
  expect(keys.begin("slow", "f", 0).type).toBe("in-flight");
  expect(keys.begin("a", "f", 0).type).toBe("run");
  expect(keys.begin("c", "f", 0).type).toBe("replay");
  const large = keys.begin("large", "f", 0);
  if (large.type === "run") large.keep(kept("x".repeat(90)));
  expect(keys.bytes).toBeLessThanOrEqual(100);
  if (slow.type === "run") slow.release();
  expect(keys.begin("slow", "other", 0).type).toBe("run");
});

test("makeHostCheck takes our names alone", () => {
  const local = makeHostCheck("127.0.0.1", ["https://memory.example.org:8443"]);
  for (const host of ["localhost:1", "127.0.0.1", "[::1]:9", "memory.example.org", "MEMORY.example.org:443"]) {
    expect(local(host), host).toBe(true);
  }
  for (const host of [undefined, "", "example.org", "localhost.example.org", "10.0.0.1", "[::2]"]) {
    expect(local(host), host).toBe(false);
  }
  const open = makeHostCheck("0.0.0.0", []);
  expect(open("anything.example")).toBe(true);
  const named = makeHostCheck("0.0.0.0", ["https://memory.example.org"]);
  expect(named("10.0.0.1:7171")).toBe(true);
  expect(named("rebound.example")).toBe(false);
  expect([isLoopback("::ffff:127.0.0.1"), isLoopback("127.9.9.9"), isLoopback("1.127.0.0")]).toEqual([
    true,
    true,
    false,
  ]);
});

test("isCrossSite believes the browser, and knows the house's own origins", () => {
  const host = "localhost:7171";
  expect(isCrossSite({ host }, [])).toBe(false);
  expect(isCrossSite({ host, origin: "http://localhost:7171" }, [])).toBe(false);
  expect(isCrossSite({ host, origin: "http://localhost:3000" }, [])).toBe(true);
  expect(isCrossSite({ host, origin: "null" }, [])).toBe(true);
  expect(isCrossSite({ host, origin: "https://memory.example.org" }, ["https://memory.example.org"])).toBe(false);
  expect(isCrossSite({ host, "sec-fetch-site": "cross-site", origin: "http://localhost:7171" }, [])).toBe(true);
});

test("readRefreshCookie finds its own cookie and no look-alike", () => {
  expect(readRefreshCookie("a=1; kaelix_refresh=tok=en; b=2", false)).toBe("tok=en");
  expect(readRefreshCookie("xkaelix_refresh=1; kaelix_refresh2=2", false)).toBeUndefined();
  expect(readRefreshCookie("kaelix_refresh=", false)).toBeUndefined();
  expect(readRefreshCookie(undefined, false)).toBeUndefined();
  const both = "kaelix_refresh=planted; __Host-kaelix_refresh=own";
  expect([readRefreshCookie(both, true), readRefreshCookie(both, false)]).toEqual(["own", "planted"]);
});

test("traceIds are different, and go on where a traceparent names one", () => {
  const next = traceIds(seededRandom(3));
  const ids = new Set(Array.from({ length: 1_000 }, () => next(undefined)));
  expect(ids.size).toBe(1_000);
  const given = "4bf92f3577b34da6a3ce929d0e0e4736";
  expect(next(`00-${given}-00f067aa0ba902b7-01`)).toBe(given);
  expect(next(`00-${"0".repeat(32)}-00f067aa0ba902b7-01`)).not.toMatch(/^0+$/);
});

test("problemPage shows texts as texts", () => {
  const page = problemPage("a<b>", { kind: "input", retry: false, status: 400, text: '<script>"&' });
  expect(page).not.toContain("<script>");
  expect(page).toContain("&lt;script&gt;&quot;&amp;");
});
