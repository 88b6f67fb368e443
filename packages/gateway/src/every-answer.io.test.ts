/** What every answer carries, over real sockets: of each route, of pages and files, of programs' doors, of sockets, and of what was no request. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Route, routes } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HOUSE_PATHS } from "./http/house-pages.ts";
import { OAUTH_PLACES } from "./oauth/metadata.ts";
import { harness } from "./testing/harness.ts";

const folder = mkdtempSync(join(tmpdir(), "kaelix-answers-"));
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "<!doctype html><title>Kaelix</title>");
writeFileSync(join(folder, "assets", "app-1a2b3c.js"), "export {};");
const { gateway } = harness({
  gateway: { webRoot: folder },
  settings: { addressRequestsPerSecond: 1_000_000, userRequestsPerSecond: 1_000_000 },
});
let port = 0;
beforeAll(async () => {
  ({ port } = await gateway.listen({ host: "127.0.0.1", port: 0 }));
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const ROUTES: readonly Route[] = Object.values(routes);
const SIGNED_IN = { authorization: "Bearer good-1" };
const HTML = { accept: "text/html" };
const ON_EVERY = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};
/** What runs nowhere, and is kept nowhere. */
const DATA = { ...ON_EVERY, "content-security-policy": "default-src 'none'; frame-ancestors 'none'" };
/** Answers that may be kept, when somebody asks again whether they still hold; nothing in them is a person's. */
const ASKED_AGAIN = new Set(["/openapi.json", ...OAUTH_PLACES.map(({ path }) => path)]);
const TELLING = /^(access-control-|server$|x-powered-by$|via$)/;

interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** The head of an answer; a stream is left. */
function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string) {
  return new Promise<Heard>((resolve, reject) => {
    // Of a DELETE with a body Node does not say by itself how long that is.
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = request({
      port,
      host: "127.0.0.1",
      method,
      path,
      headers: { host: "localhost", ...length, ...headers },
    });
    sent.on("response", (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
      response.on("error", () => undefined);
      response.destroy();
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function expectNothingTold({ headers, status }: Heard, where: string): void {
  expect(Math.floor(status / 100), `${where} leads elsewhere`).not.toBe(3);
  expect(
    Object.keys(headers).filter((name) => TELLING.test(name)),
    where,
  ).toEqual([]);
  // Without TLS it would lock people out, whoever claims to have come by it.
  expect(headers["strict-transport-security"], where).toBeUndefined();
}

function expectData(heard: Heard, where: string): void {
  expect(heard.headers, where).toMatchObject({ ...DATA, "cache-control": "no-store" });
  expectNothingTold(heard, where);
}

const pathOf = ({ path }: Route): string => path.replaceAll(/\{\w+\}/g, "mem_01jd5x8z3k7q2m4n6p8r0s2t4v");
const bodyOf = ({ method }: Route): string | undefined => (method === "GET" ? undefined : "{}");
const typeOf = (route: Route): Record<string, string> =>
  bodyOf(route) === undefined ? {} : { "content-type": "application/json" };

test("every route, whoever asks and however it ends, answers what no browser runs and no cache keeps", async () => {
  const ended = new Map<number, number>();
  for (const route of ROUTES) {
    for (const who of [{}, SIGNED_IN]) {
      const headers = { ...typeOf(route), ...who, "x-forwarded-proto": "https" };
      const heard = await ask(route.method, pathOf(route), headers, bodyOf(route));
      ended.set(heard.status, (ended.get(heard.status) ?? 0) + 1);
      expectData(heard, `${route.method} ${route.path} ${heard.status}`);
      expect(heard.headers["set-cookie"] === undefined || /\/auth\//.test(route.path), route.path).toBe(true);
    }
  }
  // Content was among them, not only refusals.
  expect(ended.get(200)).toBeGreaterThan(30);
  expect(ended.get(401)).toBeGreaterThan(100);
});

test("every address beside the routes does so, too, but for what holds nothing of a person", async () => {
  for (const { method, path } of [
    ...HOUSE_PATHS.filter((one) => !one.includes("{")).map((one) => ({ method: "GET", path: one })),
    ...OAUTH_PLACES,
    { method: "POST", path: "/mcp" },
    { method: "GET", path: "/nothing" },
    { method: "DELETE", path: "/api/v1/me" },
    { method: "GET", path: "/%" },
    { method: "POST", path: "/oauth/token?code=x" },
  ]) {
    const asked = method === "POST" ? { "content-type": "application/json" } : {};
    for (const who of [{}, SIGNED_IN]) {
      const heard = await ask(method, path, { ...asked, ...who }, method === "POST" ? "{}" : undefined);
      const kept = heard.status === 200 && ASKED_AGAIN.has(path) && method === "GET" ? "no-cache" : "no-store";
      expect(heard.headers, path).toMatchObject({ ...DATA, "cache-control": kept });
      expectNothingTold(heard, path);
    }
  }
});

test("a tool's answer at /mcp and the stream of events are kept nowhere", async () => {
  const call = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  const accept = { accept: "application/json, text/event-stream", "content-type": "application/json" };
  const heard = await ask("POST", "/mcp", { ...SIGNED_IN, ...accept }, call);
  expect(heard.status).toBe(200);
  expectData(heard, "/mcp");
  const events = await ask("GET", "/api/v1/events", SIGNED_IN);
  expect(events.headers["content-type"]).toContain("text/event-stream");
  expectData(events, "/api/v1/events");
});

test("pages have a policy without anything inline, and files with a name of their own alone stay in caches", async () => {
  for (const [path, kept] of [
    ["/", "no-cache"],
    ["/settings/security", "no-cache"],
    ["/index.html", "no-cache"],
    ["/problems/not-found", "no-cache"],
    ["/assets/app-1a2b3c.js", "public, max-age=31536000, immutable"],
  ] as const) {
    const heard = await ask("GET", path, HTML);
    expect(heard.headers, path).toMatchObject({ ...ON_EVERY, "cache-control": kept });
    const policy = new Map(
      String(heard.headers["content-security-policy"])
        .split("; ")
        .map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1).join(" ")]),
    );
    for (const directive of ["default-src", "script-src", "style-src", "connect-src", "worker-src", "form-action"])
      expect(policy.get(directive), `${path} ${directive}`).toBe("'self'");
    for (const directive of ["object-src", "base-uri", "frame-ancestors"]) expect(policy.get(directive)).toBe("'none'");
    expectNothingTold(heard, path);
  }
});

test("the handshake of sockets and its refusals carry the same", async () => {
  const handshake = "/socket.io/?EIO=4&transport=polling";
  for (const [path, headers, status] of [
    [handshake, {}, 200],
    [handshake, { origin: "https://elsewhere.example" }, 403],
    ["/socket.io/?EIO=4&transport=none", {}, 400],
    [`${handshake}&sid=none`, {}, 400],
  ] as const) {
    const heard = await ask("GET", path, headers);
    expect(heard.status, path).toBe(status);
    expectData(heard, `${path} ${JSON.stringify(headers)}`);
  }
});

test("what was no request at all is answered with the same", async () => {
  for (const [text, status] of [
    ["NONSENSE\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(70_000)}\r\n\r\n`, 431],
  ] as const) {
    const heard = await new Promise<string>((resolve) => {
      let bytes = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      socket.on("data", (more: Buffer) => (bytes += more.toString("latin1")));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(bytes));
    });
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    for (const [name, value] of Object.entries({ ...DATA, "cache-control": "no-store" }))
      expect(heard.toLowerCase()).toContain(`\r\n${name}: ${value.toLowerCase()}\r\n`);
  }
});
