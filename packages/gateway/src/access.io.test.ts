import { DEFAULT_TENANT, makeId, type UserPrincipal } from "@kaelix/model";
import { type Action, type AgentSubject, ACTIONS, parseAction, type ServiceSubject } from "@kaelix/security";
import { routes } from "@kaelix/contract";
import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { standIn } from "./http/caller.ts";
import { as, harness } from "./testing/harness.ts";
import { expectProblem } from "./testing/problem.ts";

const keyId = makeId("key", 1, seededRandom(3));
const withKey = { host: "localhost", authorization: "Bearer klx_robot" };

function agentOf({ userId, role }: UserPrincipal, scopes: readonly Action[], ceiling: 1 | 2 = 2): AgentSubject {
  return { type: "agent", tenantId: DEFAULT_TENANT, keyId, userId, role, scopes, ceiling, reach: "all" };
}

const post = (url: string, payload: object, headers = as(1)) => ({
  method: "POST" as const,
  url: `/api/v1${url}`,
  headers,
  payload,
});

test("signing in asks for a code, and tells a wrong one from a wrong password", async () => {
  const made = harness();
  made.identity.askForCode();
  const logIn = (more: object) =>
    made.gateway.fastify.inject(post("/auth/login", { phone: "+10000000000", password: "testpassword", ...more }));
  expectProblem(await logIn({}), 403, "second-factor-needed");
  expectProblem(await logIn({ code: "000000" }), 403, "code-wrong");
  expectProblem(await logIn({ password: "wrong", code: "123456" }), 401, "identity-credentials-wrong");
  expect((await logIn({ code: "123456" })).statusCode).toBe(200);
  await made.gateway.close();
});

test("a program that asks too often holds up neither its person nor another program", async () => {
  const made = harness({ settings: { userRequestsPerSecond: 2 } });
  const robot = agentOf(made.identity.principal(1), ["user.read"]);
  made.identity.admitKey("robot", robot);
  made.identity.admitKey("other", { ...robot, keyId: makeId("key", 2, seededRandom(4)) });
  const ask = (headers: Record<string, string>) => made.gateway.fastify.inject({ url: "/api/v1/me", headers });
  for (let times = 0; times < 4; times++) expect((await ask(withKey)).statusCode).toBe(200);
  expectProblem(await ask(withKey), 429, "rate-limited");
  expect((await ask({ ...withKey, authorization: "Bearer klx_other" })).statusCode).toBe(200);
  expect((await ask(as(1))).statusCode).toBe(200);
  await made.gateway.close();
});

test("what needs a fresh proof is refused with 403 before the handler, and allowed after it", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  const create = post("/keys", { name: "Robot", scopes: ["memory.read"] });
  expectProblem(await fastify.inject(create), 403, "proof-needed");
  expectProblem(await fastify.inject(post("/me/factors/totp", {})), 403, "proof-needed");
  made.identity.setProved(1, made.clock.nowMs());
  expectProblem(await fastify.inject(create), 403, "proof-needed");
  made.identity.setProved(1, made.clock.nowMs() + 1);
  expect((await fastify.inject(create)).statusCode).toBe(201);
  await made.gateway.close();
});

test("every route of a person's security answers by the contract", async () => {
  const made = harness();
  made.identity.setProved(1, made.clock.nowMs() + 60_000);
  const calls = [
    [post("/auth/prove", { password: "testpassword" }), 200],
    [{ url: "/api/v1/me/factors" }, 200],
    [post("/me/factors/totp", {}), 200],
    [post("/me/factors/totp/confirm", { code: "123456" }), 200],
    [{ url: "/api/v1/me/factors" }, 200],
    [post("/me/factors/recovery-codes", {}), 200],
    [post("/keys", { name: "Robot", kind: "agent", scopes: ["memory.read"], level: "general", expires_at: null }), 201],
    [
      post("/keys", { name: "Watch", kind: "service", scopes: ["server.status"], expires_at: "2090-01-01T00:00:00Z" }),
      201,
    ],
    [{ url: "/api/v1/keys" }, 200],
    [{ method: "DELETE", url: `/api/v1/keys/${keyId}` }, 204],
    [{ method: "DELETE", url: "/api/v1/keys/key_nonsense" }, 404],
    [{ method: "DELETE", url: "/api/v1/sessions" }, 200],
    [{ method: "PUT", url: "/api/v1/me/password", payload: { password: "testpassword", new_password: "other" } }, 204],
    [{ method: "DELETE", url: "/api/v1/me/factors/totp" }, 204],
    [post("/auth/prove", {}), 400],
    [post("/auth/unlock", { level: 3 }), 400],
  ] as const;
  for (const [call, status] of calls) {
    const answer = await made.gateway.fastify.inject({ headers: as(1), ...call });
    expect(answer.statusCode, `${call.url} ${answer.body}`).toBe(status);
  }
  await made.gateway.close();
});

test("a wrong password or code of somebody signed in is 403: their session stands", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  made.identity.setProved(1, made.clock.nowMs() + 60_000);
  expectProblem(await fastify.inject(post("/auth/prove", { password: "wrong" })), 403, "password-wrong");
  const change = { password: "wrong", new_password: "other" };
  const put = { ...post("/me/password", change), method: "PUT" } as const;
  expectProblem(await fastify.inject(put), 403, "password-wrong");
  expectProblem(await fastify.inject(post("/me/factors/totp/confirm", { code: "1" })), 403, "code-wrong");
  await fastify.inject(post("/me/factors/totp/confirm", { code: "123456" }));
  expectProblem(await fastify.inject(post("/auth/prove", { password: "testpassword" })), 403, "second-factor-needed");
  expectProblem(await fastify.inject(post("/auth/prove", { code: "000000" })), 403, "code-wrong");
  await made.gateway.close();
});

test("a key does what its scopes say, as its person, below its level, and nothing else", async () => {
  const made = harness();
  const { fastify } = made.gateway;
  const owner = made.identity.principal(1);
  const tell = (text: string, level: number) => fastify.inject(post("/memories", { text, level }));
  const ids: string[] = [];
  for (const level of [1, 2]) ids.push((await tell(`at ${level}`, level)).json<{ memory: { id: string } }>().memory.id);
  made.identity.admitKey("robot", agentOf(owner, ["memory.read", "memory.list"], 1));
  const read = (id: string | undefined) => fastify.inject({ url: `/api/v1/memories/${id}`, headers: withKey });
  expect((await read(ids[0])).statusCode).toBe(200);
  expectProblem(await read(ids[1]), 404, "not-found");
  const listed = await fastify.inject({ url: "/api/v1/memories", headers: withKey });
  expect(listed.json<{ data: unknown[] }>().data).toHaveLength(1);
  expectProblem(await fastify.inject(post("/memories", { text: "a" }, withKey)), 403, "policy-denied");
  expectProblem(await fastify.inject({ url: "/api/v1/keys", headers: withKey }), 403, "policy-denied");
  expectProblem(
    await fastify.inject({ url: "/api/v1/me", headers: { ...withKey, authorization: "Bearer klx_other" } }),
    401,
    "key-invalid",
  );
  await made.gateway.close();
});

test("no key, whatever it claims to be for, comes through a door that the policy keeps from programs", async () => {
  const made = harness();
  const every = Object.keys(ACTIONS).flatMap((name) => parseAction(name) ?? []);
  const service: ServiceSubject = { type: "service", tenantId: DEFAULT_TENANT, keyId, scopes: every };
  const subjects = { agent: agentOf(made.identity.principal(1), every), service };
  for (const [kind, subject] of Object.entries(subjects)) {
    made.identity.admitKey("robot", subject);
    for (const [name, route] of Object.entries(routes)) {
      const action = parseAction(route.action);
      if (action === undefined || action === "public" || ACTIONS[action].keys.some((one) => one === kind)) continue;
      const url = route.path.replace(/\{[a-z]+\}/, keyId);
      const answer = await made.gateway.fastify.inject({ method: route.method, url, headers: withKey });
      expect([403, 404], `${kind} ${name} ${answer.statusCode} ${answer.body}`).toContain(answer.statusCode);
      expect(answer.json<{ code: string }>().code, `${kind} ${name}`).toMatch(/^policy-/);
    }
  }
  await made.gateway.close();
});

test("who stands in for a program has a session of nobody, and a service owns nothing", () => {
  const owner = harness().identity.principal(1);
  expect(standIn(owner)).toBe(owner);
  const agent = standIn(agentOf(owner, [], 1));
  expect(agent).toMatchObject({ userId: owner.userId, ceiling: 1 });
  expect(agent.sessionId).not.toBe(owner.sessionId);
  const service = standIn({ type: "service", tenantId: DEFAULT_TENANT, keyId, scopes: [] });
  expect(service).toMatchObject({ role: "guest", ceiling: 1, userId: keyId.replace("key_", "usr_") });
});
