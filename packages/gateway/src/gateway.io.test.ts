import { Agent, createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";

import { OPEN_UP_TO_HEADER, routes } from "@kaelix/contract";
import type { Identity } from "@kaelix/security";
import { expect, expectTypeOf, test } from "vitest";

import type { IdentityPort } from "./identity-port.ts";
import { as, type Harness, harness } from "./testing/harness.ts";
import { expectProblem } from "./testing/problem.ts";

const MEMORIES = "/api/v1/memories";

const told = (made: Harness, payload: object, headers: Record<string, string> = {}) =>
  made.gateway.fastify.inject({ method: "POST", url: MEMORIES, headers: as(1, headers), payload });

test("IdentityPort is what the security room's service is", () => {
  expectTypeOf<Identity>().toExtend<IdentityPort>();
});

test("a memory is told, read and listed", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  const answer = await told(made, { text: "The roof was mended in May", context: { room: "attic" } });
  expect(answer.statusCode, answer.body).toBe(201);
  expect(answer.headers).toMatchObject({ etag: '"1"', "kaelix-position": "memories/0/1", "cache-control": "no-store" });
  const { id } = answer.json<{ memory: { id: string } }>().memory;
  const read = await fastify.inject({ url: `${MEMORIES}/${id}`, headers: as(1) });
  expect(read.json()).toMatchObject({ id, text: "The roof was mended in May", source: "rest", version: 1 });
  const listed = await fastify.inject({ url: MEMORIES, headers: as(1) });
  expect(listed.json()).toMatchObject({ data: [{ id }], page: { next: null, prev: null } });
  await made.gateway.close();
});

test("every JSON route answers by the contract", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  const { id } = (await told(made, { text: "something" })).json<{ memory: { id: string } }>().memory;
  const calls: {
    method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
    url: string;
    payload?: object;
    status?: number;
  }[] = [
    { url: "/api/v1/server" },
    {
      method: "POST",
      url: "/api/v1/auth/signup",
      payload: { phone: "+10000000000", name: "Alice", password: "testpassword" },
      status: 201,
    },
    { method: "POST", url: "/api/v1/auth/login", payload: { phone: "+10000000000", password: "testpassword" } },
    { method: "POST", url: "/api/v1/auth/refresh", payload: { refresh_token: "refresh-1" } },
    { method: "POST", url: "/api/v1/auth/unlock", payload: { password: "testpassword", level: "secret" } },
    { method: "POST", url: "/api/v1/auth/lock" },
    { url: "/api/v1/me" },
    { url: "/api/v1/sessions" },
    { method: "POST", url: "/api/v1/invites", payload: {}, status: 201 },
    { url: `${MEMORIES}/${id}` },
    { url: `${MEMORIES}/${id}/versions` },
    { method: "PATCH", url: `${MEMORIES}/${id}`, payload: { text: "else" } },
    { url: "/api/v1/conversations" },
    {
      method: "POST",
      url: "/api/v1/searches",
      payload: { query: "e", filter: { after: "2020-01-01T00:00:00Z", level: 2 } },
    },
    { method: "POST", url: "/api/v1/answers", payload: { question: "What?" } },
    { url: "/api/v1/imports" },
    { url: "/api/v1/status" },
    { method: "POST", url: "/api/v1/verifications" },
    { method: "POST", url: "/api/v1/views/search/rebuild" },
    { method: "POST", url: "/api/v1/auth/logout", status: 204 },
    { method: "DELETE", url: `${MEMORIES}/${id}`, status: 204 },
  ];
  for (const { method = "GET", url, payload, status = 200 } of calls) {
    const headers = as(1, method === "DELETE" ? { "if-match": '"2"' } : { "if-match": '"1"' });
    const answer = await fastify.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    expect(answer.statusCode, `${method} ${url} ${answer.body}`).toBe(status);
  }
  await made.gateway.close();
});

test("lists have cursors in the body and in Link", async () => {
  const made = harness();
  for (const text of ["a", "b", "c"]) await told(made, { text });
  const first = await made.gateway.fastify.inject({ url: `${MEMORIES}?limit=2`, headers: as(1) });
  expect(first.json()).toMatchObject({ page: { next: "at-2", prev: null } });
  expect(first.headers["link"]).toBe(`<${MEMORIES}?limit=2&cursor=at-2>; rel="next"`);
  const second = await made.gateway.fastify.inject({ url: `${MEMORIES}?limit=2&cursor=at-2`, headers: as(1) });
  expect(second.headers["link"]).toBe(`<${MEMORIES}?limit=2&cursor=at-0>; rel="prev"`);
  await made.gateway.close();
});

test("before the house is ready the API says 503 starting, the server describes itself", async () => {
  const made = harness({ attached: false });
  const { fastify } = made.gateway;
  const early = await told(made, { text: "a" });
  expectProblem(early, 503, "starting");
  expect(early.headers["retry-after"]).toBe("1");
  const login = { method: "POST", url: "/api/v1/auth/login", headers: as(1), payload: {} } as const;
  expectProblem(await fastify.inject(login), 503, "starting");
  expect((await fastify.inject({ url: "/api/v1/server", headers: as(1) })).json()).toMatchObject({ claimed: false });
  expect((await fastify.inject({ url: "/health", headers: as(1) })).statusCode).toBe(200);
  expect((await fastify.inject({ url: "/ready", headers: as(1) })).statusCode).toBe(503);
  made.attach();
  expect((await fastify.inject({ url: "/ready", headers: as(1) })).statusCode).toBe(200);
  expect((await told(made, { text: "a" })).statusCode).toBe(201);
  made.application.logHealth = "failed";
  expect((await fastify.inject({ url: "/ready", headers: as(1) })).json()).toEqual({
    status: "unready",
    reason: "log failed",
  });
  expect((await fastify.inject({ url: "/health", headers: as(1) })).statusCode).toBe(200);
  await made.gateway.close();
});

test("Idempotency-Key: the same request is done once, another one is refused, keys are per user", async () => {
  const made = harness();
  const key = { "idempotency-key": "k-1" };
  const first = await told(made, { text: "once" }, key);
  const again = await told(made, { text: "once" }, key);
  expect(again.statusCode).toBe(201);
  expect(again.body).toBe(first.body);
  expect(again.headers).toMatchObject({
    "idempotency-replayed": "true",
    etag: '"1"',
    "kaelix-position": "memories/0/1",
  });
  expect(first.headers["idempotency-replayed"]).toBeUndefined();
  expect(made.application.calls).toEqual(["remember"]);
  expectProblem(await told(made, { text: "twice" }, key), 422, "idempotency-mismatch");
  const other = await made.gateway.fastify.inject({
    method: "POST",
    url: MEMORIES,
    headers: as(2, key),
    payload: { text: "mine" },
  });
  expect(other.statusCode).toBe(201);
  made.clock.advance(24 * 3_600_000);
  expect((await told(made, { text: "twice" }, key)).headers["idempotency-replayed"]).toBeUndefined();
  await made.gateway.close();
});

test("Idempotency-Key: in flight is 409, after a failure the key is free", async () => {
  const made = harness();
  const key = { "idempotency-key": "k-2" };
  let letGo = (): void => undefined;
  made.application.hold = new Promise((resolve) => (letGo = resolve));
  const first = told(made, { text: "slow" }, key);
  await expect.poll(() => made.application.calls.length).toBe(1);
  expectProblem(await told(made, { text: "slow" }, key), 409, "idempotency-in-flight");
  letGo();
  expect((await first).statusCode).toBe(201);
  made.application.failure = new Error("down");
  expectProblem(await told(made, { text: "b" }, { "idempotency-key": "k-3" }), 500, "internal");
  made.application.failure = undefined;
  expect((await told(made, { text: "b" }, { "idempotency-key": "k-3" })).statusCode).toBe(201);
  await made.gateway.close();
});

test("Idempotency-Key: a replay shows nothing above the session's ceiling", async () => {
  const made = harness();
  made.identity.setCeiling(1, 3);
  const key = { "idempotency-key": "k-4" };
  expect((await told(made, { text: "a secret" }, key)).statusCode).toBe(201);
  expect((await told(made, { text: "a secret" }, key)).statusCode).toBe(201);
  made.identity.setCeiling(1, 2);
  expectProblem(await told(made, { text: "a secret" }, key), 403, "policy-level-locked");
  await made.gateway.close();
});

test("Prefer waits and says so; Kaelix-After waits or is 503 view-behind", async () => {
  const made = harness();
  const waited = await told(made, { text: "a" }, { prefer: "wait=2, kaelix-until=indexed" });
  expect(waited.headers["preference-applied"]).toBe("wait=2, kaelix-until=indexed");
  expect((await told(made, { text: "a" }, { prefer: "respond-async" })).statusCode).toBe(201);
  const read = (): ReturnType<typeof told> =>
    made.gateway.fastify.inject({ url: MEMORIES, headers: as(1, { "kaelix-after": "memories/0/1" }) });
  expect((await read()).statusCode).toBe(200);
  made.application.wait = "timeout";
  const behind = await read();
  expectProblem(behind, 503, "view-behind");
  expect(behind.headers["retry-after"]).toBe("1");
  const late = await told(made, { text: "a" }, { prefer: "wait=2, kaelix-until=indexed" });
  expect(late.statusCode).toBe(201);
  expect(late.headers["preference-applied"]).toBeUndefined();
  await made.gateway.close();
});

test("rates are limited per user and per address", async () => {
  const made = harness({ settings: { userRequestsPerSecond: 2, addressRequestsPerSecond: 4 } });
  const read = (number: number) => made.gateway.fastify.inject({ url: "/api/v1/me", headers: as(number) });
  for (let times = 0; times < 4; times++) expect((await read(1)).statusCode).toBe(200);
  const spent = await read(1);
  expectProblem(spent, 429, "rate-limited");
  expect(spent.headers["retry-after"]).toBe("1");
  for (let times = 0; times < 3; times++) expect((await read(2)).statusCode).toBe(200);
  expectProblem(await made.gateway.fastify.inject({ url: "/health", headers: as(3) }), 429, "rate-limited");
  made.clock.advance(1_000);
  expect((await read(1)).statusCode).toBe(200);
  await made.gateway.close();
});

test("the founding shapes still work", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  for (const name of ["phone", "phone_number", "username"]) {
    const payload = { [name]: "+10000000000", password: "testpassword" };
    const login = await fastify.inject({ method: "POST", url: "/auth/login", headers: { host: "localhost" }, payload });
    expect(login.json()).toEqual({
      access_token: "good-1",
      token_type: "Bearer",
      expires_in: 600,
      refresh_token: "refresh-1",
    });
  }
  for (const url of ["/memories/", "/memories"]) {
    const payload = { content: "Alice likes tea", context: "at breakfast" };
    const answer = await fastify.inject({ method: "POST", url, headers: as(1), payload });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ success: true, memory_id: expect.stringMatching(/^mem_/) });
  }
  const wrong = await fastify.inject({ method: "POST", url: "/memories/", headers: as(1), payload: { content: 5 } });
  expect(expectProblem(wrong, 400, "request-invalid")["errors"]).toMatchObject([{ pointer: "/content" }]);
  expectProblem(
    await fastify.inject({ method: "POST", url: "/memories/", headers: { host: "localhost" }, payload: {} }),
    401,
    "sign-in-required",
  );
  await made.gateway.close();
});

test("a cookie session keeps the refresh token from scripts and refuses other sites", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  const post = (path: string, headers: Record<string, string>, payload: object = {}) =>
    fastify.inject({
      method: "POST",
      url: `/api/v1/auth/${path}`,
      headers: { host: "localhost", ...headers },
      payload,
    });
  const person = { phone: "+10000000000", password: "testpassword", session: "cookie" };
  const login = await post("login", { origin: "http://localhost" }, person);
  expect(login.json()).toMatchObject({ access_token: "good-1", refresh_token: null });
  expect(login.headers["set-cookie"]).toBe(
    "kaelix_refresh=refresh-1; Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict",
  );
  const cookie = "theme=dark; kaelix_refresh=refresh-1";
  const refreshed = await post("refresh", { cookie });
  expect(refreshed.json()).toMatchObject({ access_token: "good-1", refresh_token: null });
  expect(refreshed.headers["set-cookie"]).toContain("kaelix_refresh=refresh-1");
  for (const headers of [
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "null" },
  ]) {
    expectProblem(await post("refresh", { cookie, ...headers }), 403, "origin-refused");
    expectProblem(await post("login", headers, person), 403, "origin-refused");
    expectProblem(await post("logout", { cookie, ...as(1), ...headers }), 403, "origin-refused");
  }
  const stale = await post("refresh", { cookie: "kaelix_refresh=old" });
  expectProblem(stale, 401, "identity-refresh-invalid");
  expect(stale.headers["set-cookie"]).toContain("Max-Age=0");
  expectProblem(await post("refresh", {}), 401, "sign-in-required");
  const out = await post("logout", { ...as(1), cookie });
  expect(out.statusCode).toBe(204);
  expect(out.headers["set-cookie"]).toBe("kaelix_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict");
  await made.gateway.close();
});

test("behind a proxy with TLS the cookie is Secure; without one, X-Forwarded headers are not believed", async () => {
  const payload = { phone: "+10000000000", password: "testpassword", session: "cookie" };
  for (const proxyHops of [0, 1]) {
    const made = harness({ settings: { proxyHops, publicOrigins: ["https://memory.example.org"] } });
    const login = await made.gateway.fastify.inject({
      method: "POST",
      url: "/api/v1/auth/login",
      headers: { host: "memory.example.org", origin: "https://memory.example.org", "x-forwarded-proto": "https" },
      payload,
    });
    expect(login.statusCode, login.body).toBe(200);
    expect(String(login.headers["set-cookie"]).endsWith("; Secure")).toBe(proxyHops === 1);
    expect(login.headers["strict-transport-security"]).toBe(proxyHops === 1 ? "max-age=31536000" : undefined);
    await made.gateway.close();
  }
});

test("problem types resolve to pages, of this room and of others", async () => {
  const { gateway } = harness();
  for (const code of ["view-behind", "cursor-invalid"]) {
    const page = await gateway.fastify.inject({ url: `/problems/${code}`, headers: as(1) });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.body).toContain(code);
  }
  expectProblem(await gateway.fastify.inject({ url: "/problems/nothing", headers: as(1) }), 404, "route-unknown");
  await gateway.close();
});

test("the OpenAPI document names every route and the founding shapes", async () => {
  const { gateway } = harness();
  const { paths } = (await gateway.fastify.inject({ url: "/openapi.json", headers: as(1) })).json<{ paths: object }>();
  for (const { path } of Object.values(routes)) expect(paths).toHaveProperty([path]);
  for (const path of ["/auth/login", "/memories/"]) expect(paths).toHaveProperty([path]);
  await gateway.close();
});

test("/metrics is for this machine alone unless opened", async () => {
  const made = harness({ settings: { proxyHops: 1 } });
  const headers = { ...as(1), "x-forwarded-for": "203.0.113.9" };
  expectProblem(await made.gateway.fastify.inject({ url: "/metrics", headers }), 404, "route-unknown");
  expect((await made.gateway.fastify.inject({ url: "/metrics", headers: as(1) })).body).toContain("kaelix_up 1");
  await made.gateway.close();
  const open = harness({ settings: { proxyHops: 1, metricsOpen: true } });
  expect((await open.gateway.fastify.inject({ url: "/metrics", headers })).statusCode).toBe(200);
  await open.gateway.close();
});

test("exports are a JSON object a line or Markdown, and count nothing above the level that is open", async () => {
  const made = harness();
  for (const text of ["a", "b", "a secret"]) await told(made, { text });
  const answer = await made.gateway.fastify.inject({ url: "/api/v1/exports/memories", headers: as(1) });
  expect(answer.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
  expect(answer.headers[OPEN_UP_TO_HEADER]).toBe("confidential");
  const lines = answer.body.trimEnd().split("\n");
  expect(lines.map((line) => routes["exports.memories"].success.schema.parse(JSON.parse(line)).text)).toEqual([
    "a",
    "b",
  ]);
  const page = await made.gateway.fastify.inject({ url: "/api/v1/exports/markdown", headers: as(1) });
  expect(page.headers["content-type"]).toBe("text/markdown; charset=utf-8");
  expect(page.headers[OPEN_UP_TO_HEADER]).toBe("confidential");
  expect(page.body).toContain("> a\n");
  expect(page.body).not.toContain("secret");
  await made.gateway.close();
});

test("a port that is taken gives way to the next", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  const { port } = blocker.address() as AddressInfo;
  const made = harness();
  const listening = await made.gateway.listen({ host: "127.0.0.1", port });
  expect(listening).toMatchObject({ moved: true });
  expect(listening.port).toBeGreaterThan(port);
  expect((await fetch(`${listening.url}/health`)).status).toBe(200);
  await made.gateway.close();
  const stubborn = harness();
  await expect(stubborn.gateway.listen({ host: "127.0.0.1", port, portTries: 1 })).rejects.toThrow(/EADDRINUSE/);
  await stubborn.gateway.close();
  await new Promise((resolve) => blocker.close(resolve));
});

test("closing finishes what is in flight, refuses what comes after, and does not wait for idle connections", async () => {
  const made = harness();
  const { port } = await made.gateway.listen({ host: "127.0.0.1", port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const post = (): Promise<{ readonly status: number | undefined; readonly body: string }> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: "Bearer good-1", "content-type": "application/json" };
      const request = httpRequest(
        { agent, port, host: "127.0.0.1", method: "POST", path: MEMORIES, headers },
        (response) => {
          let body = "";
          response.on("data", (chunk) => (body += String(chunk)));
          response.on("end", () => resolve({ status: response.statusCode, body }));
        },
      );
      request.on("error", reject);
      request.end('{"text":"a"}');
    });
  expect((await post()).status).toBe(201);
  let letGo = (): void => undefined;
  made.application.hold = new Promise((resolve) => (letGo = resolve));
  const slow = post();
  await expect.poll(() => made.application.calls.length).toBe(2);
  const closing = made.gateway.close();
  letGo();
  expect((await slow).status).toBe(201);
  await closing;
  await expect(post()).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
  agent.destroy();
});

test("what is no HTTP at all gets a problem and the door", async () => {
  const made = harness();
  const { port } = await made.gateway.listen({ host: "127.0.0.1", port: 0 });
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let heard = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      socket.on("data", (chunk) => (heard += chunk.toString()));
      socket.on("close", () => resolve(heard));
    });
  expect(await say("HELO there\r\n\r\n")).toMatch(/^HTTP\/1\.1 400[\s\S]*request-malformed/);
  expect(await say(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  const noHost = await new Promise<number | undefined>((resolve) => {
    httpRequest({ port, host: "127.0.0.1", path: "/health", setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(noHost).toBe(400);
  await made.gateway.close();
});
