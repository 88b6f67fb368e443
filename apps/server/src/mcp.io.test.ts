/** Agents at `/mcp` of a real house: the real client of the current revision, and an older one by hand. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Client as ApiClient, createClient } from "@kaelix/contract";
import type { Client } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse, openHouse } from "./server.ts";
import { callTool as call, connectAgent, MCP_ADDRESS as ADDRESS, problemOfTool } from "./testing/agents.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "harbour walnuts";
/** What an agent needs to read and to tell. */
const USUAL = ["memory.create", "memory.read", "memory.list", "memory.search", "memory.ask", "user.read"];

let folder: string;
let house: OpenHouse;
let before: string | undefined;
let ann: ApiClient;
let annToken: string;
let ben: ApiClient;

beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  folder = mkdtempSync(join(tmpdir(), "kaelix-mcp-"));
  house = await openHouse({ dataDirectory: folder });
  const person = { phone: "+1234567890", name: "Ann", password: PASSWORD, claim_code: CLAIM_CODE };
  annToken = (await api(undefined).call("auth.signUp", { body: person })).data.access_token;
  ann = api(annToken);
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const { data } = await ann.call("invites.create", { body: { role: "member" } });
  const other = { phone: "+1234567891", name: "Ben", password: PASSWORD, invite_code: data.code };
  ben = api((await api(undefined).call("auth.signUp", { body: other })).data.access_token);
});

afterAll(async () => {
  await house.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
  rmSync(folder, { recursive: true, force: true });
});

function api(token: string | undefined): ApiClient {
  return createClient({ baseUrl: "http://localhost", fetch: house.fetch, accessToken: () => token });
}

async function keyOf(person: ApiClient, scopes: readonly string[], name = "Robot", level = 1): Promise<string> {
  const { data } = await person.call("keys.create", { body: { name, scopes: [...scopes], level } });
  return data.secret;
}

/** The client of the current revision. */
async function agent(token: string, capabilities: object = {}): Promise<Client> {
  return connectAgent(house, token, { capabilities });
}

/** The code of the problem that a tool answered. */
async function problem(...asked: Parameters<typeof problemOfTool>): Promise<string> {
  return (await problemOfTool(...asked)).code;
}

async function told(person: ApiClient, text: string, level?: 1 | 2 | 3 | 4): Promise<string> {
  const body = level === undefined ? { text } : { text, level };
  const call = { waitSeconds: 5, until: "indexed" as const };
  return (await person.call("memories.create", { body }, call)).data.memory.id;
}

test("a conversation of tool calls, from telling to a correction", async () => {
  const client = await agent(await keyOf(ann, [...USUAL, "memory.edit"], "Claude", 2));
  expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).join(" ")).toBe(
    "remember correct recall ask context get_memory timeline status search fetch",
  );
  for (const tool of tools) {
    expect(tool.outputSchema, tool.name).toBeDefined();
    expect(Object.keys(tool.annotations ?? {}).toSorted()).toEqual([
      "destructiveHint",
      "idempotentHint",
      "openWorldHint",
      "readOnlyHint",
    ]);
  }
  const said = { text: "Mum is allergic to walnuts", said_by: "Carla", occurred_at: "2024-12-12T18:03:00+01:00" };
  const kept = await call(client, "remember", { ...said, external_id: "walnuts" });
  const { id } = kept.memory;
  const seen = { said_by: "Carla", written_by: "Claude", trust: "agent", level: "confidential", version: 1 };
  expect(kept).toMatchObject({ type: "memories", status: "stored", found_by_search: true, memory: seen });
  expect(await call(client, "remember", { ...said, external_id: "walnuts" })).toMatchObject({ status: "known" });
  expect(await problem(client, "remember", { text: "Another", external_id: "walnuts" })).toBe("external-id-conflict");

  // The ids of a program are its own: by those of others it would find out what was told that it may not see.
  const sameId = await ann.call("memories.create", { body: { text: "Not about nuts", external_id: "walnuts" } });
  expect(sameId.data.status).toBe("stored");

  expect(await call(client, "recall", { query: "walnuts" })).toMatchObject({ total: 1, memories: [{ id, ...seen }] });
  expect(await call(client, "ask", { question: "What is Mum allergic to?" })).toMatchObject({
    found: true,
    citations: [{ number: 1, memory: { id, occurred_at: "2024-12-12T17:03:00.000Z" } }],
  });
  const leaning = { question: "and when was that?", after: ["What is Mum allergic to?"] };
  expect(await call(client, "ask", leaning)).toMatchObject({ understood_as: "When is Mum allergic to?" });
  const range = { since: "2024-12-01T00:00:00Z", until: "2025-01-01T00:00:00Z" };
  expect((await call(client, "timeline", range)).memories.map((memory) => memory.id)).toEqual([id]);
  const packed = await call(client, "context", { about: "allergic", token_budget: 400 });
  expect(packed.memories[0]).toMatchObject({ id, because: "relevant" });
  expect(packed["tokens"]).toBeLessThanOrEqual(400);
  expect(await call(client, "search", { query: "walnuts" })).toEqual({
    results: [{ id, title: "Carla, 2024-12-12", url: `http://localhost/memories/${id}` }],
  });
  expect(await call(client, "fetch", { id })).toMatchObject({ id, text: said.text, metadata: { trust: "agent" } });

  expect(await problem(client, "correct", { id, text: "x", reason: "r", version: 7 })).toBe("version-stale");
  const change = { id, text: "Mum is allergic to hazelnuts", reason: "Carla called again", version: 1 };
  expect(await call(client, "correct", change)).toMatchObject({ memory: { id, version: 2, text: change.text } });
  expect(await call(client, "get_memory", { id })).toMatchObject({
    memory: { version: 2 },
    provenance: { source: "mcp", written_by: { name: "Claude" }, url: `http://localhost/memories/${id}` },
    versions: [
      { version: 2, reason: "Carla called again", written_by: "Claude" },
      { version: 1, reason: null, text: said.text },
    ],
  });
  // The person's own page says so too; what they write themself carries no program.
  const { data, etag } = await ann.call("memories.read", { params: { id } });
  expect(data.client).toMatchObject({ name: "Claude" });
  await ann.call(
    "memories.edit",
    { params: { id }, body: { text: "Mum is allergic to all nuts" } },
    { ifMatch: etag ?? "" },
  );
  const versions = await ann.call("memories.versions", { params: { id } });
  expect(versions.data.data.map(({ client: by, reason }) => [by?.name, reason])).toEqual([
    [undefined, null],
    ["Claude", "Carla called again"],
    ["Claude", null],
  ]);
  const where = { person: { name: "Ann" }, you: { as: "agent", key: "Claude" }, open_up_to: "confidential" };
  expect(await call(client, "status", {})).toMatchObject(where);
});

test("what is foreign, above the ceiling or forgotten is not there, for every tool that takes an id", async () => {
  const secret = await keyOf(ann, [...USUAL, "memory.edit", "memory.forget"]);
  const client = await agent(secret);
  const foreign = await told(ben, "Ben's walnut recipe");
  const above = await told(ann, "The walnut safe opens with 4711", 2);
  const gone = await told(ann, "A walnut tree stands in the garden");
  const { etag = "" } = await ann.call("memories.read", { params: { id: gone } });
  await ann.call("memories.forget", { params: { id: gone } }, { ifMatch: etag });
  const nobody = "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC";
  for (const id of [foreign, above, gone, nobody]) {
    expect(await problem(client, "get_memory", { id })).toBe("not-found");
    expect(await problem(client, "fetch", { id })).toBe("not-found");
    expect(await problem(client, "correct", { id, text: "x", reason: "r" })).toBe("not-found");
    expect(await problem(client, "forget", { id })).toBe("not-found");
    await expect(client.readResource({ uri: `kaelix://memories/${id}` })).rejects.toThrow(/not found/i);
  }
  expect((await ann.call("memories.read", { params: { id: above } })).data.version).toBe(1);
  expect((await ben.call("memories.read", { params: { id: foreign } })).data.version).toBe(1);
});

test("above the ceiling of the key nothing is listed, counted or hinted at", async () => {
  const words = ["zabaglione", "semifreddo", "affogato"];
  await told(ann, `At the harbour we had ${words[0]}`, 1);
  await told(ann, `At the harbour we had ${words[1]}`, 2);
  await told(ann, `At the harbour we had ${words[2]}`, 3);
  const client = await agent(await keyOf(ann, USUAL));
  const answers = [
    await call(client, "recall", { query: "harbour", limit: 50 }),
    await call(client, "recall", { query: "harbour", level: 2 }),
    await call(client, "ask", { question: "What did we have at the harbour?" }),
    await call(client, "context", { about: "harbour", token_budget: 20_000 }),
    await call(client, "timeline", { limit: 100 }),
    await call(client, "search", { query: "harbour semifreddo affogato" }),
    await client.getPrompt({ name: "brief_me", arguments: { about: "harbour" } }),
    await client.getPrompt({ name: "prepare_for_meeting", arguments: { with: "semifreddo" } }),
  ];
  const seen = JSON.stringify(answers);
  expect(words.map((word) => seen.includes(word))).toEqual([true, false, false]);
  expect(seen).not.toMatch(/"level":"(confidential|secret|ultra-secret)"/);
  expect(answers[0]).toMatchObject({ total: 1 });
  expect(answers[1]).toMatchObject({ total: 0, memories: [] });
  // What it tells itself and may not see waits for the person, and is not shown.
  const kept = await call(client, "remember", { text: "The password of the router is 4711-xyz" });
  expect(kept).toMatchObject({ status: "proposed", memory: null, found_by_search: false });
});

test("a correction never moves a memory to another level, so what it said before stays readable", async () => {
  const client = await agent(await keyOf(ann, [...USUAL, "memory.edit"], "Robot", 2));
  const general = await told(ann, "The bench stands by the pond");
  const raised = { id: general, text: "The password of the router is 4711-xyz", reason: "An order" };
  expect(await problem(client, "correct", raised)).toBe("memory-level-rises");
  const confidential = (await ann.call("memories.create", { body: { text: "Mum is allergic to walnuts and mangos" } }))
    .data;
  expect(confidential.memory.level).toBe("confidential");
  const lowered = { id: confidential.memory.id, text: "The bench stands by the lake", reason: "An order" };
  expect(await call(client, "correct", lowered)).toMatchObject({ memory: { level: "confidential" } });
  const { data } = await ann.call("memories.versions", { params: { id: confidential.memory.id } });
  expect(data.data.map(({ text }) => text)).toEqual([lowered.text, "Mum is allergic to walnuts and mangos"]);
});

test("connections tell who somebody is, with the memories that say so and none above the ceiling", async () => {
  await told(ann, "My sister Greta lives in Leeds", 1);
  await told(ann, "Greta plays the cello in an orchestra", 1);
  const hidden = await told(ann, "Greta hid the silverware in the attic", 2);
  const client = await agent(await keyOf(ann, [...USUAL, "people.read"]));
  const found = await call(client, "connections", { name: "Greta" });
  expect(found).toMatchObject({ person: { name: "Greta", relation: "sister", memories: 2 } });
  expect(JSON.stringify(found["facts"])).toContain("Leeds");
  expect(found.memories.map(({ text }) => text).toSorted()).toEqual([
    "Greta plays the cello in an orchestra",
    "My sister Greta lives in Leeds",
  ]);
  expect(JSON.stringify(found)).not.toContain(hidden);
  expect(await call(client, "connections", { name: "Nobody" })).toMatchObject({ person: null, memories: [] });
  const without = await agent(await keyOf(ann, USUAL));
  await expect(without.callTool({ name: "connections", arguments: { name: "Greta" } })).rejects.toThrow(/not found/);
});

test("a key uses and sees the tools of its scopes alone", async () => {
  const names = async (scopes: readonly string[]): Promise<string[]> => {
    const client = await agent(await keyOf(ann, scopes));
    return (await client.listTools()).tools.map(({ name }) => name);
  };
  expect(await names(["memory.create"])).toEqual(["remember"]);
  expect(await names(["memory.search"])).toEqual(["recall", "search"]);
  expect(await names(["memory.read", "memory.forget"])).toEqual(["forget", "restore", "get_memory", "fetch"]);
  const reader = await agent(await keyOf(ann, ["memory.search"]));
  await expect(reader.callTool({ name: "remember", arguments: { text: "x" } })).rejects.toThrow(/not found/);
  await expect(reader.readResource({ uri: "kaelix://profile" })).rejects.toThrow(/not found/i);
  const body = { name: "Backup", kind: "service" as const, scopes: ["server.status"] };
  const service = await ann.call("keys.create", { body });
  const nothing = await agent(service.data.secret);
  expect(nothing.getServerCapabilities()?.tools).toBeDefined();
  await expect(nothing.callTool({ name: "recall", arguments: { query: "x" } })).rejects.toThrow();
});

test("wrong arguments are the same problem as at the API, and no tool takes a level", async () => {
  const client = await agent(await keyOf(ann, USUAL));
  expect(await problem(client, "recall", { query: " " })).toBe("request-invalid");
  expect(await problem(client, "recall", { query: "x", limit: 51 })).toBe("request-invalid");
  expect(await problem(client, "remember", { text: "x", level: "general" })).toBe("request-invalid");
  expect(await problem(client, "remember", { text: " \n" })).toBe("request-invalid");
  expect(await problem(client, "timeline", { cursor: "none of ours" })).toMatch(/cursor/);
  const wrong = await client.callTool({ name: "get_memory", arguments: { id: "7", more: 1 } });
  expect(wrong._meta?.["kaelix/problem"]).toMatchObject({
    status: 400,
    errors: [{ pointer: "/id" }, { pointer: "/more" }],
  });
});

test("forgetting takes the right of the key, or the person's own word", async () => {
  const first = await told(ann, "The red bicycle has a flat tyre");
  const robot = await agent(await keyOf(ann, [...USUAL, "memory.forget"]));
  expect(await call(robot, "forget", { id: first })).toEqual({ forgotten: first, can_be_restored: true });
  expect(await problem(robot, "get_memory", { id: first })).toBe("not-found");
  expect((await ann.call("memories.restore", { params: { id: first } })).data.id).toBe(first);

  const silent = await agent(annToken);
  expect(await problem(silent, "forget", { id: first })).toBe("confirmation-needed");
  const asked: string[] = [];
  for (const forgets of [false, true]) {
    const client = await agent(annToken, { elicitation: {} });
    client.setRequestHandler("elicitation/create", ({ params }) => {
      asked.push(params.message);
      return { action: "accept", content: { forget: forgets } };
    });
    if (forgets) expect(await call(client, "forget", { id: first })).toMatchObject({ forgotten: first });
    else expect(await problem(client, "forget", { id: first })).toBe("confirmation-needed");
  }
  expect(asked).toEqual(Array(2).fill("Forget this memory? “The red bicycle has a flat tyre”"));
  const trail = async (): Promise<unknown> => {
    const { data } = await ann.call("audit.own", { query: { resource: first } });
    return data.data.map(({ action, actor, decision }) => [action, actor, decision]);
  };
  await expect.poll(trail).toEqual([
    ["memory.forget", "user", "allow"],
    ["memory.restore", "user", "allow"],
    ["memory.forget", "agent", "allow"],
  ]);
});

test("what was forgotten by mistake is brought back by its id, within the level and reach of the key, until it is gone", async () => {
  const id = await told(ann, "The allotment key hangs in the pantry", 1);
  const scopes = [...USUAL, "memory.forget"];
  const robot = await agent(await keyOf(ann, scopes));
  const { forgotten } = await call(robot, "forget", { id });
  expect(await problem(robot, "get_memory", { id })).toBe("not-found");
  await ben.call("auth.prove", { body: { password: PASSWORD } });
  // Another person's, one whose key sees other words alone, and one without the right: for none of them is it there.
  const rights = [
    await keyOf(ben, scopes),
    (await ann.call("keys.create", { body: { name: "Own", scopes, reach: "own" } })).data.secret,
  ];
  for (const token of rights) expect(await problem(await agent(token), "restore", { id })).toBe("not-found");
  const reader = await agent(await keyOf(ann, USUAL));
  await expect(reader.callTool({ name: "restore", arguments: { id } })).rejects.toThrow(/not found/);
  const kept = { id, text: "The allotment key hangs in the pantry", trust: "told", version: 1 };
  expect((await call(robot, "restore", { id: forgotten })).memory).toMatchObject(kept);
  expect((await call(robot, "get_memory", { id })).memory).toMatchObject(kept);
  expect((await call(robot, "restore", { id })).memory).toMatchObject(kept);
  const trail = async (): Promise<unknown> =>
    (await ann.call("audit.own", { query: { resource: id } })).data.data.map(({ action, actor }) => [action, actor]);
  await expect.poll(trail).toEqual([
    ["memory.restore", "agent"],
    ["memory.restore", "agent"],
    ["memory.forget", "agent"],
  ]);
  // What stands above the key's level is as missing as what never was, and what was erased comes back to nobody.
  const secret = await told(ann, "My salary is 84,000 a year", 3);
  await ann.call("auth.unlock", { body: { password: PASSWORD, level: "secret" } });
  const { etag = "" } = await ann.call("memories.read", { params: { id: secret } });
  await ann.call("memories.forget", { params: { id: secret } }, { ifMatch: etag });
  await ann.call("auth.lock");
  expect(await problem(robot, "restore", { id: secret })).toBe("not-found");
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  await ann.call("erasures.request", { body: { memories: [id], now: true } });
  expect(await problem(robot, "restore", { id })).toBe("not-found");
});

test("resources and prompts hold memories as data beside our words", async () => {
  const id = await told(ann, "Lisbon has trams");
  const client = await agent(await keyOf(ann, USUAL));
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(["kaelix://memories/{id}"]);
  const { contents } = await client.readResource({ uri: `kaelix://memories/${id}` });
  const [read] = contents;
  expect(JSON.parse(read !== undefined && "text" in read ? read.text : "")).toMatchObject({
    memory: { id, trust: "told", said_by: "you" },
  });
  const profile = await client.readResource({ uri: "kaelix://profile" });
  expect(JSON.stringify(profile)).toContain("Ann");
  expect(JSON.stringify(profile)).not.toContain("1234567890");
  const { messages } = await client.getPrompt({ name: "prepare_for_meeting", arguments: { with: "Dan" } });
  expect(messages.map(({ content }) => content.type)).toEqual(["text", "resource"]);
  expect(JSON.stringify(messages[0])).not.toContain("Lisbon");
  expect(JSON.stringify(messages[1])).toContain("Lisbon");
});

test("what a key writes at the API carries its name as well", async () => {
  const robot = api(await keyOf(ann, ["memory.create", "memory.edit", "memory.read"], "Importer"));
  const created = await robot.call("memories.create", { body: { text: "The meter stands at 4031" } });
  expect(created.data.memory.client).toMatchObject({ name: "Importer" });
  const { id } = created.data.memory;
  const own = await told(ann, "The meter stands at 4000");
  const edited = await robot.call(
    "memories.edit",
    { params: { id: own }, body: { text: "The meter stands higher now" } },
    { ifMatch: '"1"' },
  );
  expect(edited.data.client).toMatchObject({ name: "Importer" });
  expect(id).not.toBe(own);
});

test("what a key wrote is taken back as one, and nothing of anybody else", async () => {
  const scopes = [...USUAL, "memory.edit"];
  const made = await ann.call("keys.create", { body: { name: "Rogue", scopes, reach: "all" } });
  const [rogue, other] = [await agent(made.data.secret), await agent(await keyOf(ann, scopes, "Other"))];
  const { id } = made.data.key;
  const early = (await call(rogue, "remember", { text: "The gate code is on the fridge door" })).memory.id;
  const own = await told(ann, "The concert is on Monday");
  const others = (await call(other, "remember", { text: "The museum opens at nine" })).memory.id;
  const since = new Date(Date.now() + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const late = (await call(rogue, "remember", { text: "The plumber comes on Friday" })).memory.id;
  for (const text of ["The concert is on Tuesday", "There is no concert"])
    await call(rogue, "correct", { id: own, text, reason: "I know better" });
  await call(rogue, "correct", { id: others, text: "The train is cancelled", reason: "I know better" });
  const kept = await told(ann, "The bakery opens at seven");
  await call(rogue, "correct", { id: kept, text: "The bakery is closed", reason: "I know better" });
  await ann.call(
    "memories.edit",
    { params: { id: kept }, body: { text: "The bakery opens at eight" } },
    { ifMatch: '"2"' },
  );

  await call(rogue, "correct", { id: early, text: "The gate has no code", reason: "I know better" });

  const undo = async (body: object, person = ann): Promise<unknown> =>
    (await person.call("keys.undo", { params: { id }, body })).data;
  expect(await undo({ since, dry_run: true })).toEqual({ forgotten: 1, put_back: 3 });
  await expect(undo({}, ben)).rejects.toMatchObject({ status: 404 });
  await expect(undo({}, api(made.data.secret))).rejects.toMatchObject({ code: "policy-denied" });
  expect(await undo({ since })).toEqual({ forgotten: 1, put_back: 3 });
  expect(await undo({ since })).toEqual({ forgotten: 0, put_back: 0 });
  const read = async (memory: string): Promise<unknown> => {
    const { data } = await ann.call("memories.read", { params: { id: memory } });
    return [data.text, data.client?.name ?? null];
  };
  expect(await read(own)).toEqual(["The concert is on Monday", null]);
  // What another program had told is that program's again, and no more trusted than before.
  expect(await read(others)).toEqual(["The museum opens at nine", "Other"]);
  expect(await read(kept)).toEqual(["The bakery opens at eight", null]);
  expect(await read(early)).toEqual(["The gate code is on the fridge door", "Rogue"]);
  await expect(read(late)).rejects.toMatchObject({ status: 404 });
  const versions = await ann.call("memories.versions", { params: { id: own } });
  expect(versions.data.data[0]).toMatchObject({ version: 4, reason: "Taken back" });
  expect(await undo({})).toEqual({ forgotten: 1, put_back: 0 });
  expect((await ann.call("memories.restore", { params: { id: late } })).data.text).toBe("The plumber comes on Friday");
});

/** A message as an older client sends it. */
async function send(token: string | undefined, message: unknown, more: Record<string, string> = {}): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...more,
  };
  return house.fetch(ADDRESS, { method: "POST", headers, body: JSON.stringify(message) });
}

/** The JSON-RPC message in an answer of either kind. */
async function received(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const data = isStream ? (/^data: (.*)$/m.exec(text)?.[1] ?? "") : text;
  return { ...JSON.parse(data) };
}

test("a client of revision 2025-06-18 is served after its handshake", async () => {
  const token = await keyOf(ann, USUAL);
  const clientInfo = { name: "old", version: "1" };
  const initialize = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
  const hello = await send(token, { jsonrpc: "2.0", id: 1, method: "initialize", params: initialize });
  expect(hello.headers.get("cache-control")).toBe("no-store");
  expect(hello.headers.get("kaelix-trace-id")).toMatch(/^[0-9a-f]{32}$/);
  expect(await received(hello)).toMatchObject({
    id: 1,
    result: { protocolVersion: "2025-06-18", serverInfo: { name: "kaelix" }, capabilities: { tools: {} } },
  });
  const version = { "mcp-protocol-version": "2025-06-18" };
  const ready = await send(token, { jsonrpc: "2.0", method: "notifications/initialized" }, version);
  expect(ready.status).toBe(202);
  const list = await received(await send(token, { jsonrpc: "2.0", id: 2, method: "tools/list" }, version));
  expect(JSON.stringify(list)).toContain('"remember"');
  const params = { name: "remember", arguments: { text: "The piano is tuned in spring" } };
  const kept = await received(await send(token, { jsonrpc: "2.0", id: 3, method: "tools/call", params }, version));
  expect(kept).toMatchObject({ id: 3, result: { structuredContent: { status: "stored" } } });
  const missing = { name: "get_memory", arguments: { id: "mem_01JD8QYB3M6W5T0ZK1E9V7RXSC" } };
  const refused = await received(
    await send(token, { jsonrpc: "2.0", id: 4, method: "tools/call", params: missing }, version),
  );
  expect(refused).toMatchObject({ result: { isError: true, _meta: { "kaelix/problem": { code: "not-found" } } } });
  const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
  expect((await house.fetch(ADDRESS, { headers })).status).toBe(405);
});

test("the door is shut to strangers, other sites, lists of requests and what is too large", async () => {
  const token = await keyOf(ann, USUAL);
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const nobody = await send(undefined, list);
  expect(nobody.status).toBe(401);
  expect(nobody.headers.get("www-authenticate")).toContain(
    'Bearer realm="kaelix", resource_metadata="http://localhost/',
  );
  expect((await send("klx_live_none", list)).status).toBe(401);
  expect((await send(token, list, { origin: "https://elsewhere.example" })).status).toBe(403);
  expect((await send(token, list, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await send(token, [list, list])).status).toBe(400);
  expect((await send(token, { ...list, params: { more: "x".repeat(2_000_000) } })).status).toBe(413);
  expect((await send(token, list, { "content-type": "text/plain" })).status).toBe(415);
  expect((await send(token, list)).status).toBe(200);
  // Nobody holds a stream open.
  const client = await agent(token);
  await expect(client.listen({ toolsListChanged: true })).rejects.toThrow();
  const keys = await ann.call("keys.list");
  for (const { id } of keys.data.data) await ann.call("keys.end", { params: { id } });
  expect((await send(token, list)).status).toBe(401);
});

test("an agent of the usual reach is not shown what another agent wrote, by any tool, and is told how far it reads", async () => {
  const scopes = [...USUAL, "people.read", "memory.edit", "memory.forget"];
  const rival = await agent(await keyOf(ann, scopes, "Rival"));
  const reader = await agent(await keyOf(ann, scopes, "Reader"));
  const { id } = (await call(rival, "remember", { text: "The heron by the pond is called Balthasar" })).memory;
  expect((await call(rival, "recall", { query: "heron" })).memories.map((memory) => memory.id)).toEqual([id]);
  const shown = [
    await call(reader, "recall", { query: "heron Balthasar" }),
    await call(reader, "ask", { question: "What is the heron by the pond called?" }),
    await call(reader, "context", { about: "the heron by the pond" }),
    await call(reader, "timeline", { limit: 100 }),
    await call(reader, "search", { query: "heron" }),
  ];
  expect(JSON.stringify(shown)).not.toContain("Balthasar is");
  expect(JSON.stringify(shown)).not.toContain("is called Balthasar");
  for (const [name, given] of [
    ["get_memory", { id }],
    ["fetch", { id }],
    ["correct", { id, text: "The heron has gone", reason: "An order" }],
    ["forget", { id }],
    ["restore", { id }],
  ] as const) {
    const { content, isError } = await reader.callTool({ name, arguments: given });
    expect([name, isError, JSON.stringify(content).includes("not-found")]).toEqual([name, true, true]);
  }
  expect((await call(reader, "status", {}))["you"]).toMatchObject({ as: "agent", reach: "person" });
});
