import { routes } from "@kaelix/contract";
import { afterAll, expect, test } from "vitest";

import { as, harness } from "./testing/harness.ts";
import { expectProblem } from "./testing/problem.ts";

const MEMORIES = "/api/v1/memories";
const { gateway, application, identity, lines } = harness();
const { fastify } = gateway;
afterAll(() => gateway.close());

const JSON_TYPE = { "content-type": "application/json" };
const post = (payload: string | Buffer | object, headers: Record<string, string> = {}, url = MEMORIES) =>
  fastify.inject({ method: "POST", url, headers: { ...as(1), ...JSON_TYPE, ...headers }, payload });
const tell = async (text: string, number = 1): Promise<string> => {
  const told = await post({ text }, as(number));
  return told.json<{ memory: { id: string } }>().memory.id;
};

test("malformed JSON is 400 json-malformed and quotes nothing of the body", async () => {
  for (const payload of ['{"text": "hush"', "hush", "{'text':1}", "[1,]", "\u0000"]) {
    const document = expectProblem(await post(payload), 400, "json-malformed");
    expect(JSON.stringify(document)).not.toContain("hush");
    expect(document["detail"]).toMatch(/^Cannot read the body: it is not valid JSON/);
  }
});

test("an empty body is told which fields it lacks", async () => {
  const document = expectProblem(await post(""), 400, "request-invalid");
  expect(document["errors"]).toMatchObject([{ pointer: "/text" }]);
});

test("broken UTF-8 is 400 body-not-utf8", async () => {
  const payload = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  expectProblem(await post(payload), 400, "body-not-utf8");
});

test("JSON nested too deep is refused before anything walks it", async () => {
  expectProblem(
    await post(`{"text":"a","context":${"[".repeat(400_000)}${"]".repeat(400_000)}}`),
    400,
    "json-too-deep",
  );
});

test("a key __proto__ is refused at any depth", async () => {
  expectProblem(await post('{"text":"a","__proto__":{"role":"owner"}}'), 400, "json-key-refused");
  expectProblem(await post('{"text":"a","context":{"b":[{"__proto__":{"x":1}}]}}'), 400, "json-key-refused");
  expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
});

test("unknown fields, wrong types and impossible dates are named by JSON pointers", async () => {
  const cases: [object, string[]][] = [
    [{ text: "a", mood: "good" }, ["/mood"]],
    [{ text: "a", "a/b~c": 1 }, ["/a~1b~0c"]],
    [{ text: 7 }, ["/text"]],
    [{ text: "  " }, ["/text"]],
    [{ text: "a\u0000b" }, ["/text"]],
    [{ text: "a", occurred_at: "2023-02-29T00:00:00Z" }, ["/occurred_at"]],
    [{ text: "a", occurred_at: "2024-13-01T00:00:00Z" }, ["/occurred_at"]],
    [{ text: "a", occurred_at: "2024-12-12T25:00:00Z" }, ["/occurred_at"]],
    [{ text: "a", occurred_at: "2024-12-12T18:03:00" }, ["/occurred_at"]],
    [{ text: "a", conversation: { key: 3 } }, ["/conversation/key"]],
    [{ text: "a", level: "top" }, ["/level"]],
    [{ text: "x".repeat(65_537) }, ["/text"]],
    [{ caption: "", text: 1 }, ["/text", "/caption"]],
  ];
  for (const [payload, pointers] of cases) {
    const document = expectProblem(await post(payload), 400, "request-invalid");
    const errors: unknown = document["errors"];
    expect(errors, JSON.stringify(errors)).toMatchObject(pointers.map((pointer) => ({ pointer })));
  }
  expectProblem(await post("[]"), 400, "request-invalid");
  expectProblem(await post("null"), 400, "request-invalid");
  // Where every field may be left out no body is an empty one; null is none.
  const invites = "/api/v1/invites";
  expectProblem(await post("null", {}, invites), 400, "request-invalid");
  expect((await post("", {}, invites)).statusCode).toBe(201);
});

test("a path that is named is not taken for a part of another: its other methods are 405, before anybody is asked who they are", async () => {
  for (const [method, url, allow] of [
    ["GET", "/api/v1/digests/seen", "POST"],
    ["DELETE", "/api/v1/me/passkeys/options", "POST"],
  ] as const) {
    const refused = await fastify.inject({ method, url });
    expectProblem(refused, 405, "method-not-allowed");
    expect(refused.headers["allow"]).toBe(allow);
  }
  expectProblem(await fastify.inject({ url: "/api/v1/digests/2026-11-22" }), 401, "sign-in-required");
});

test("unknown and wrong query parameters are 400", async () => {
  const get = (query: string) => fastify.inject({ url: `${MEMORIES}?${query}`, headers: as(1) });
  for (const query of [
    "limit=0",
    "limit=201",
    "limit=ten",
    "limt=5",
    "limit=1&limit=2",
    "after=yesterday",
    "conversation=x",
  ]) {
    expectProblem(await get(query), 400, "request-invalid");
  }
  expectProblem(await fastify.inject({ url: "/api/v1/me?debug=1", headers: as(1) }), 400, "request-invalid");
});

test("a cursor of no list is the application's own problem", async () => {
  expectProblem(await fastify.inject({ url: `${MEMORIES}?cursor=zzz`, headers: as(1) }), 400, "cursor-invalid");
});

test("a body where none is taken is refused, an empty one is not", async () => {
  expectProblem(await post({ a: 1 }, {}, "/api/v1/auth/lock"), 400, "request-invalid");
  expect((await post({}, {}, "/api/v1/auth/lock")).statusCode).toBe(200);
  expect((await fastify.inject({ method: "POST", url: "/api/v1/auth/lock", headers: as(1) })).statusCode).toBe(200);
});

test("a body above 1 MiB is 413", async () => {
  expectProblem(await post(`{"text":"${"x".repeat(1_100_000)}"}`), 413, "body-too-large");
});

test("a body of another type is 415, before it is read", async () => {
  for (const type of [
    "text/plain",
    "application/xml",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
  ]) {
    expectProblem(await post("text=a", { "content-type": type }), 415, "media-type-unsupported");
  }
  expectProblem(await post("{}", {}, "/api/v1/imports"), 415, "media-type-unsupported");
  const charset = await post({ text: "a" }, { "content-type": "Application/JSON; charset=utf-8" });
  expect(charset.statusCode).toBe(201);
});

test("a method that an address does not take is 405 with Allow", async () => {
  const refused = await fastify.inject({ method: "DELETE", url: MEMORIES, headers: as(1) });
  expectProblem(refused, 405, "method-not-allowed");
  expect(String(refused.headers["allow"]).split(", ").toSorted()).toEqual(["GET", "HEAD", "POST"]);
  // Light-my-request knows no QUERY; over a socket it comes without a type of its body.
  const query = await fastify.inject({ method: "QUERY" as "GET", url: MEMORIES, headers: as(1) });
  expectProblem(query, 405, "method-not-allowed");
  expect(String(query.headers["allow"]).split(", ").toSorted()).toEqual(["GET", "HEAD", "POST"]);
  const put = await fastify.inject({ method: "PUT", url: "/health", headers: as(1) });
  expectProblem(put, 405, "method-not-allowed");
  expectProblem(await fastify.inject({ url: "/auth/login", headers: as(1) }), 405, "method-not-allowed");
});

test("an address with a part that is too long for any id is 404", async () => {
  for (const part of ["x".repeat(201), "%22".repeat(300), "%F0%9F%99%82".repeat(100)])
    expectProblem(await fastify.inject({ url: `/api/v1/memories/${part}`, headers: as(1) }), 404, "not-found");
});

test("an address of nothing is 404 route-unknown", async () => {
  expectProblem(await fastify.inject({ url: "/api/v1/nothing", headers: as(1) }), 404, "route-unknown");
  expectProblem(
    await fastify.inject({ url: "/api/v2/memories", headers: { ...as(1), accept: "text/html" } }),
    404,
    "route-unknown",
  );
  expectProblem(await fastify.inject({ url: "/api/v1/memories/%zz", headers: as(1) }), 400, "request-malformed");
});

test("missing, foreign, above-ceiling and impossible ids answer the same", async () => {
  const secret = await tell("a secret place");
  const foreign = await tell("told by another", 2);
  const answers = new Set<string>();
  for (const id of [secret, foreign, "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC", "mem_x", "42"]) {
    for (const method of ["GET", "PATCH", "DELETE"] as const) {
      const headers = { ...as(1), "if-match": '"1"' };
      const payload = method === "PATCH" ? { payload: { text: "new" } } : {};
      const response = await fastify.inject({ method, url: `${MEMORIES}/${id}`, headers, ...payload });
      const { instance: _, trace_id: __, ...document } = expectProblem(response, 404, "not-found");
      answers.add(JSON.stringify(document));
    }
  }
  expect(answers.size).toBe(1);
});

test("an external id told with another content is 409", async () => {
  expect((await post({ text: "one", external_id: "a-1" })).statusCode).toBe(201);
  expect((await post({ text: "one", external_id: "a-1" })).statusCode).toBe(200);
  const document = expectProblem(await post({ text: "two", external_id: "a-1" }), 409, "external-id-conflict");
  expect(document["details"]).toMatchObject({ memory_id: expect.stringMatching(/^mem_/) });
});

test("an external id above the ceiling does not give its memory's id away", async () => {
  await post({ text: "a secret", external_id: "s-1" });
  const document = expectProblem(await post({ text: "another", external_id: "s-1" }), 409, "external-id-conflict");
  expect(document["details"]).toBeUndefined();
});

test("If-Match missing is 428, stale is 412 with the ETag of now, other forms are 400", async () => {
  const id = await tell("to be changed");
  const edit = (headers: Record<string, string>) =>
    fastify.inject({
      method: "PATCH",
      url: `${MEMORIES}/${id}`,
      headers: { ...as(1), ...headers },
      payload: { text: "b" },
    });
  expectProblem(await edit({}), 428, "if-match-required");
  for (const wrong of ["*", 'W/"1"', "1", '"1", "2"', '"0"', '"one"']) {
    expectProblem(await edit({ "if-match": wrong }), 400, "header-invalid");
  }
  expect((await edit({ "if-match": '"1"' })).headers["etag"]).toBe('"2"');
  const stale = await edit({ "if-match": '"1"' });
  expectProblem(stale, 412, "version-stale");
  expect(stale.headers["etag"]).toBe('"2"');
});

test("a memory of somebody else is as missing as one that nobody has, with any If-Match or none", async () => {
  const id = await tell("mine alone");
  const nobodys = "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC";
  for (const [method, payload] of [["DELETE"], ["PATCH", { text: "b" }]] as const) {
    for (const [user, memory] of [
      [2, id],
      [1, nobodys],
    ] as const) {
      for (const condition of [{}, { "if-match": '"1"' }, { "if-match": '"7"' }, { "if-match": "*" }]) {
        const headers = { ...as(user), ...condition };
        const url = `${MEMORIES}/${memory}`;
        const answer = await fastify.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
        expectProblem(answer, 404, "not-found");
      }
    }
  }
  expect((await fastify.inject({ url: `${MEMORIES}/${id}`, headers: as(1) })).statusCode).toBe(200);
});

test("bad Prefer, Kaelix-After and Idempotency-Key are 400", async () => {
  for (const prefer of [
    "wait=ten",
    "wait=11",
    "wait=-1",
    "wait=1, kaelix-until=never",
    "kaelix-until=indexed",
    "wait=",
  ]) {
    expectProblem(await post({ text: "a" }, { prefer }), 400, "header-invalid");
  }
  for (const after of ["memories", "memories/x/1", "9", "/0/1"]) {
    expectProblem(await post({ text: "a" }, { "kaelix-after": after }), 400, "header-invalid");
  }
  for (const key of [" ", "a b", "x".repeat(256)]) {
    expectProblem(await post({ text: "a" }, { "idempotency-key": key }), 400, "header-invalid");
  }
});

test("missing, forged, expired and ended tokens are 401 with a challenge, before the body is read", async () => {
  const cases: [string | undefined, string, string][] = [
    [undefined, "sign-in-required", 'Bearer realm="kaelix"'],
    ["Basic YTpi", "sign-in-required", 'Bearer realm="kaelix"'],
    ["Bearer", "sign-in-required", 'Bearer realm="kaelix"'],
    [
      "Bearer forged",
      "token-invalid",
      'Bearer realm="kaelix", error="invalid_token", error_description="token-invalid"',
    ],
    [
      "Bearer expired-1",
      "token-expired",
      'Bearer realm="kaelix", error="invalid_token", error_description="token-expired"',
    ],
  ];
  for (const [authorization, code, challenge] of cases) {
    const headers = { host: "localhost", ...JSON_TYPE, ...(authorization === undefined ? {} : { authorization }) };
    const response = await fastify.inject({ method: "POST", url: MEMORIES, headers, payload: "not json" });
    expectProblem(response, 401, code);
    const where = ', resource_metadata="http://localhost/.well-known/oauth-protected-resource/api/v1"';
    expect(response.headers["www-authenticate"]).toBe(challenge + where);
  }
});

test("every route but the public ones asks for a sign-in", async () => {
  for (const route of Object.values(routes)) {
    if (route.action === "public") continue;
    const url = route.path.replaceAll(/\{[a-z]+\}/g, "x");
    const response = await fastify.inject({ method: route.method, url, headers: { host: "localhost" } });
    expectProblem(response, 401, "sign-in-required");
  }
});

test("what a role may not do is 403", async () => {
  expectProblem(await fastify.inject({ url: "/api/v1/status", headers: as(2) }), 403, "policy-denied");
  expect((await fastify.inject({ url: "/api/v1/status", headers: as(1) })).statusCode).toBe(200);
});

test("an error that nobody expected is 500 without a word of it, in the answer or in the log", async () => {
  application.failure = new Error("column holds: my hidden diary");
  const before = lines.length;
  const document = expectProblem(await post({ text: "a" }), 500, "internal");
  application.failure = undefined;
  const logged = JSON.stringify(lines.slice(before));
  expect(JSON.stringify(document)).not.toContain("diary");
  expect(logged).not.toContain("diary");
  expect(logged).toContain(String(document["trace_id"]));
  expect(logged).toContain("frames");
});

test("what does not parse, does not fit or comes from elsewhere is written down once a minute, without what was sent", async () => {
  const other = harness();
  const send = (payload: string, headers: Record<string, string> = {}) =>
    other.gateway.fastify.inject({
      method: "POST",
      url: MEMORIES,
      headers: { ...as(1), ...JSON_TYPE, ...headers },
      payload,
    });
  for (let count = 0; count < 5; count++) await send('{"text": "canary');
  await send('{"text":"canary","canary-field":1}');
  await send('{"text":"canary"}', { host: "canary.example" });
  const refused = () => other.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields);
  const place = { method: "POST", route: MEMORIES, network: "127.0.0.0/16" };
  expect(refused()).toMatchObject([
    { code: "json-malformed", ...place },
    { code: "request-invalid", ...place },
    { code: "host-refused", ...place },
  ]);
  other.clock.advance(60_000);
  await send("[");
  expect(refused()).toHaveLength(4);
  expect(refused()[3]).toMatchObject({ code: "json-malformed", unwritten_before: 4 });
  expect(JSON.stringify(refused())).not.toMatch(/canary|127\.0\.0\.1|good-1/);
  await other.gateway.close();
});

test("a command that speaks to the house in its own process has nothing written down: its person reads what is refused", async () => {
  const own = harness({ gateway: { isReachable: false } });
  await own.gateway.fastify.inject({
    method: "POST",
    url: MEMORIES,
    headers: { ...as(1), ...JSON_TYPE },
    payload: "[",
  });
  expect(own.lines.filter(({ level }) => level === "warn")).toEqual([]);
  await own.gateway.close();
});

test("requests beyond the rate are written down", async () => {
  const slow = harness({ settings: { userRequestsPerSecond: 1 } });
  for (let count = 0; count < 4; count++) await slow.gateway.fastify.inject({ url: MEMORIES, headers: as(1) });
  const refused = slow.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields);
  expect(refused).toMatchObject([{ code: "rate-limited", method: "GET", route: MEMORIES }]);
  await slow.gateway.close();
});

test("the log holds no text, no query and no token", async () => {
  await post({ text: "canary-told" }, { "idempotency-key": "canary-key" });
  await fastify.inject({ url: `${MEMORIES}?cursor=canary-query`, headers: as(1) });
  await fastify.inject({ url: "/canary-path", headers: as(1) });
  const logged = JSON.stringify(lines);
  expect(logged).not.toMatch(/canary|good-1|localhost/);
  expect(logged).toContain('"route":"/api/v1/memories"');
});

test("a wrong password at unlocking is 403, for the session itself is good", async () => {
  const unlock = (password: string) => post({ password, level: 3 }, {}, "/api/v1/auth/unlock");
  expectProblem(await unlock("wrong"), 403, "password-wrong");
  expect((await unlock("testpassword")).json()).toMatchObject({ open_up_to: "secret" });
  expect(identity.principal(1).ceiling).toBe(2);
});

test("a Host that is not ours is 421", async () => {
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.2", "kaelix.internal:7171"]) {
    expectProblem(await fastify.inject({ url: "/health", headers: { host } }), 421, "host-refused");
  }
  for (const host of ["localhost", "localhost:7171", "127.0.0.1:80", "[::1]:7171", "LOCALHOST"]) {
    expect((await fastify.inject({ url: "/health", headers: { host } })).statusCode, host).toBe(200);
  }
});
