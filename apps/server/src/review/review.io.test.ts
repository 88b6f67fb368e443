/** What waits for a person's word, from the log to the API: what is listed and counted, what a word does, what programs may not do. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CallOutput, Client, Routes } from "@kaelix/contract";
import { doubtedText } from "@kaelix/intelligence/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse, openHouse } from "../server.ts";
import { clientOf, problemOf } from "../testing/houses.ts";
import { importFile } from "../testing/imports.ts";

const CLAIM_CODE = "TEST-CODE";
const PASSWORD = "testpassword";
const folder = mkdtempSync(join(tmpdir(), "kaelix-review-"));
let before: string | undefined;
let house: OpenHouse;
let owner: Client;
let members = 0;
beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  house = await openHouse({ dataDirectory: folder });
  const body = { phone: "+1234567890", name: "Ann", password: PASSWORD, claim_code: CLAIM_CODE };
  owner = clientOf(house, (await clientOf(house).call("auth.signUp", { body })).data.access_token);
});
afterAll(async () => {
  await house.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
  rmSync(folder, { recursive: true, force: true });
});

/** The house stops and starts. */
async function restart(): Promise<void> {
  await house.close();
  house = await openHouse({ dataDirectory: folder });
  const body = { phone: "+1234567890", password: PASSWORD };
  owner = clientOf(house, (await clientOf(house).call("auth.logIn", { body })).data.access_token);
}

/** Somebody who has told nothing yet. */
async function newMember(): Promise<Client> {
  const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
  members += 1;
  const body = { phone: `+1555010${members}`, name: "Bo", password: PASSWORD, invite_code: invite.code };
  return clientOf(house, (await clientOf(house).call("auth.signUp", { body })).data.access_token);
}

type Review = CallOutput<Routes["review.list"]>;
/** Secret, and the judge is not sure of it. */
const UNSURE_SECRET = "The key ring has a little wooden owl on it";
/** Confidential, and the judge is hardly sure of it. */
const UNSURE = doubtedText(2);

async function told(client: Client, text: string): Promise<string> {
  return (await client.call("memories.create", { body: { text } })).data.memory.id;
}

async function waiting(client: Client): Promise<Review> {
  return (await client.call("review.list")).data;
}

async function unlock(client: Client): Promise<void> {
  await client.call("auth.unlock", { body: { password: PASSWORD, level: "ultra-secret" } });
}

async function agentOf(ann: Client, scopes = ["memory.create", "memory.read"]): Promise<Client> {
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  const body = {
    name: "Robot",
    kind: "agent" as const,
    scopes,
    level: "confidential" as const,
    expires_at,
  };
  return clientOf(house, (await ann.call("keys.create", { body })).data.secret);
}

test("levels nobody is sure of wait, the least sure first; a word settles them and nothing above the lock is counted", async () => {
  const ann = await newMember();
  await told(ann, "Mum is allergic to walnuts");
  const secret = await told(ann, UNSURE_SECRET);
  const doubted = await told(ann, UNSURE);
  const { counts, data } = await waiting(ann);
  expect(counts).toEqual({ level: 1, person: 0, write: 0, total: 1 });
  expect(data.map(({ answers, id }) => [id, answers])).toEqual([[doubted, ["accept", "up", "down"]]]);
  expect((await ann.call("review.count")).data).toEqual(counts);
  // What stands above the lock is as missing as what nobody told.
  const above = ann.call("review.answer", { params: { id: secret }, body: { answer: "accept", version: 1 } });
  expect((await problemOf(above)).status).toBe(404);
  const answer = (id: string, word: "accept" | "up" | "down" | "refuse", version?: number) =>
    ann.call("review.answer", { params: { id }, body: { answer: word, ...(version && { version }) } });
  expect((await problemOf(answer(doubted, "accept"))).code).toBe("review-undecidable");
  expect((await problemOf(answer(doubted, "refuse", 1))).code).toBe("review-undecidable");
  expect((await problemOf(answer(doubted, "accept", 2))).code).toBe("version-stale");
  const { data: done } = await answer(doubted, "accept", 1);
  expect(done.memory).toMatchObject({ level: "confidential", level_decided_by: "person", confidence: 1, text: UNSURE });
  expect((await waiting(ann)).counts.total).toBe(0);
  await unlock(ann);
  const opened = await waiting(ann);
  expect(opened.data.map(({ id }) => id)).toEqual([secret]);
  expect((await answer(secret, "down", 1)).data.memory).toMatchObject({
    level: "confidential",
    text: UNSURE_SECRET,
  });
  expect((await waiting(ann)).counts.total).toBe(0);
});

test("what was said often is asked about once, settled by one word, and waits again as one when that is taken back", async () => {
  const ann = await newMember();
  const line = (id: string, more: object = {}) => ({ text: UNSURE, id, speaker: "Bo", ...more });
  const since = "2024-03-01T08:00:00.000Z";
  const said = [line("a"), line("b", { occurred_at: since }), line("c"), line("d", { speaker: "Cy" })];
  expect(await bring(ann, said)).toMatchObject({ added: 4 });
  const before = await waiting(ann);
  // Two speakers are two questions.
  expect(before.counts).toEqual({ level: 2, person: 0, write: 0, total: 2 });
  const often = before.data.find((item) => item.said !== undefined);
  expect(before.data).toHaveLength(2);
  expect(often).toMatchObject({ said: { times: 3, since }, memory: { speaker: "Bo", text: UNSURE } });
  const answered = async (answer: "accept" | "up") => {
    const { id = "", memory: { version = 0 } = {} } = (await waiting(ann)).data.find((item) => item.said) ?? {};
    return (await ann.call("review.answer", { params: { id }, body: { answer, version } })).data.settled;
  };
  const undone = async (settled: Awaited<ReturnType<typeof answered>>) =>
    (await ann.call("review.undo", { body: { settled } })).data.undone;
  const accepted = await answered("accept");
  expect(accepted).toHaveLength(3);
  expect((await waiting(ann)).counts.total).toBe(1);
  for (const { id, version } of accepted) {
    const { data } = await ann.call("memories.read", { params: { id } });
    expect(data).toMatchObject({ version, level: "confidential", level_decided_by: "person" });
  }
  const [one, ...rest] = accepted;
  const edited = await ann.call("memories.read", { params: { id: one?.id ?? "" } });
  const edit = { params: { id: one?.id ?? "" }, body: { text: "Nothing of the kind" } };
  await ann.call("memories.edit", edit, { ifMatch: edited.etag ?? "" });
  // What was changed since stays as it is; the rest waits as it did.
  expect(await undone(accepted)).toBe(2);
  expect(await undone(rest)).toBe(0);
  const again = await waiting(ann);
  expect(again.data.find((item) => item.said !== undefined)?.said?.times).toBe(2);
  expect(again.data.map(({ memory }) => memory?.confidence)).toEqual(
    before.data.map(({ memory }) => memory?.confidence),
  );
  // Moved above the lock nothing of it is named, and nothing of it is taken back from below.
  await unlock(ann);
  const up = await answered("up");
  expect(up).toHaveLength(2);
  await ann.call("auth.lock");
  expect(await undone(up)).toBe(0);
  await unlock(ann);
  expect(await undone(up)).toBe(2);
  await ann.call("auth.lock");
  expect((await waiting(ann)).data.find((item) => item.said !== undefined)).toMatchObject({
    said: { times: 2 },
    memory: { level: "confidential", level_decided_by: "rule", reasons: often?.memory?.reasons },
  });
  const locked = await answered("up");
  expect(locked).toEqual([]);
});

test("a doubt between General and Confidential waits for nobody: both are open in the same session", async () => {
  const ann = await newMember();
  const { data } = await ann.call("memories.create", { body: { text: doubtedText(1) } });
  expect(data.memory).toMatchObject({ level: "general" });
  await unlock(ann);
  expect((await waiting(ann)).counts.total).toBe(0);
});

test("who may be one person waits; either answer is a decision that can be taken back", async () => {
  const ann = await newMember();
  for (const text of [
    "Carla from payroll rang",
    "lunch with Carla Mendes",
    "lunch with Carla Rossi",
    "Carla from unit 4 waved",
  ])
    await ann.call("memories.create", { body: { text, level: 1 } });
  const { counts, data } = await waiting(ann);
  expect(counts.person).toBe(data.length);
  const [first] = data;
  if (first === undefined) throw new Error("Nothing waits");
  expect(first).toMatchObject({ kind: "person", people: { type: "may-be-one" }, answers: ["accept", "refuse"] });
  const say = (word: "accept" | "refuse" | "up") =>
    ann.call("review.answer", { params: { id: first.id }, body: { answer: word } });
  expect((await problemOf(say("up"))).code).toBe("review-undecidable");
  const { decision } = (await say("refuse")).data;
  expect((await waiting(ann)).data.map(({ id }) => id)).not.toContain(first.id);
  await ann.call("people.undo", { params: { id: decision ?? "" } });
  expect((await waiting(ann)).data.map(({ id }) => id)).toContain(first.id);
  expect((await say("accept")).data.decision).toMatch(/^dec_/);
  expect((await problemOf(say("accept"))).status).toBe(404);
});

test("a hundred things of programs may wait, and no more", async () => {
  const ann = await newMember();
  const robot = await agentOf(ann);
  for (let at = 0; at < 100; at++)
    await problemOf(robot.call("memories.create", { body: { text: `the gate code is ${4_000 + at}` } }));
  const full = await problemOf(robot.call("memories.create", { body: { text: "the gate code is 9999" } }));
  expect([full.status, full.code]).toEqual([429, "proposals-full"]);
  // What waits already may be told again.
  const same = await problemOf(robot.call("memories.create", { body: { text: "the gate code is 4000" } }));
  expect(same.code).toBe("write-proposed");
});

test("what waits of one person is not there for another", async () => {
  const [ann, bo] = [await newMember(), await newMember()];
  const id = await told(ann, UNSURE);
  expect((await waiting(bo)).counts.total).toBe(0);
  const answer = bo.call("review.answer", { params: { id }, body: { answer: "accept", version: 1 } });
  expect((await problemOf(answer)).status).toBe(404);
});

const CODE = "the code for the gate is 4711";

function bring(client: Client, lines: readonly object[]): ReturnType<typeof importFile> {
  return importFile(client, "told.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
}

const FILE = [
  { text: "Robots like oil", id: "a" },
  { text: CODE, id: "b" },
  {
    text: "the code for the barn is 8080",
    id: "c",
    // As our own export would say it.
    level: "general",
    level_decided_by: "rule",
    confidence: 0.9,
    recorded_at: "2026-01-02T03:04:05.000Z",
  },
  { text: "The bench stands by the pond", id: "d" },
];

test("what a program imports of Secret or above waits as well, whatever the file says of it, and goes with the import", async () => {
  const ann = await newMember();
  const robot = await agentOf(ann, ["import.create", "import.list", "memory.create", "memory.read"]);
  const read = await bring(robot, FILE);
  expect(read).toMatchObject({ state: "done", added: 2, failed: 2 });
  expect(read.problems.map(({ line, text }) => [line, text])).toEqual([
    [2, ""],
    [3, ""],
  ]);
  expect(JSON.stringify(read.problems)).toContain("Review");
  await unlock(ann);
  const all = async (): Promise<ReadonlySet<string>> =>
    new Set((await ann.call("memories.list")).data.data.map(({ text, client }) => `${text}, ${client?.name}`));
  expect(await all()).toEqual(new Set(["Robots like oil, Robot", "The bench stands by the pond, Robot"]));
  const { data } = await waiting(ann);
  expect(new Set(data.map(({ write }) => write?.text))).toEqual(new Set([CODE, FILE[2]?.text]));
  // Once more brings nothing twice, here or there.
  expect(await bring(robot, FILE)).toMatchObject({ added: 0, known: 2, failed: 2 });
  expect((await waiting(ann)).counts.write).toBe(2);
  const [first] = data;
  await ann.call("review.answer", { params: { id: first?.id ?? "" }, body: { answer: "accept" } });
  expect((await all()).size).toBe(3);
  await ann.call("imports.undo", { params: { id: read.id } });
  expect((await all()).size).toBe(0);
  expect((await waiting(ann)).counts.write).toBe(0);
  // The person themself is not asked.
  expect(await bring(ann, FILE.slice(1, 2))).toMatchObject({ added: 1, failed: 0 });
});

test("erasing an import takes what of it waits, up to the level that is open", async () => {
  const ann = await newMember();
  const robot = await agentOf(ann, ["import.create", "import.list"]);
  const { id } = await bring(robot, FILE);
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const erase = async () => (await ann.call("erasures.request", { body: { import: id, now: true } })).data;
  expect(await erase()).toMatchObject({ state: "done", erased: 2 });
  await unlock(ann);
  expect((await waiting(ann)).counts.write).toBe(2);
  expect(await erase()).toMatchObject({ state: "done", erased: 0 });
  expect((await waiting(ann)).counts.write).toBe(0);
  expect((await problemOf(erase())).code).toBe("erasure-nothing");
});

test("erasing by key or by source takes what waits of it since the time, up to the level that is open", async () => {
  const ann = await newMember();
  const robot = await agentOf(ann);
  const other = await agentOf(ann);
  const wait = async (client: Client, text: string) => problemOf(client.call("memories.create", { body: { text } }));
  await wait(robot, CODE);
  await wait(other, "the code for the shed is 2345");
  const between = new Date(Date.now() + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await wait(robot, "the code for the attic is 8642");
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const [key] = (await ann.call("keys.list")).data.data.toSorted((one, next) => (one.id < next.id ? -1 : 1));
  const id = key?.id ?? "";
  type Since = { readonly since?: string };
  type Asked =
    | { readonly key: { readonly id: string } & Since }
    | { readonly source: { readonly kind: "rest" } & Since };
  const erase = async (body: Asked) => (await ann.call("erasures.request", { body: { ...body, now: true } })).data;
  // Below the level of what waits there is nothing, and nothing goes.
  expect((await problemOf(erase({ key: { id } }))).code).toBe("erasure-nothing");
  await unlock(ann);
  expect((await waiting(ann)).counts.write).toBe(3);
  expect(await erase({ key: { id, since: between } })).toMatchObject({ state: "done", erased: 0 });
  expect((await waiting(ann)).data.map(({ write }) => write?.text)).toEqual(["the code for the shed is 2345", CODE]);
  expect(await erase({ key: { id } })).toMatchObject({ state: "done" });
  expect((await waiting(ann)).counts.write).toBe(1);
  expect((await problemOf(erase({ source: { kind: "rest", since: between } }))).code).toBe("erasure-nothing");
  expect(await erase({ source: { kind: "rest" } })).toMatchObject({ state: "done", erased: 0 });
  expect((await waiting(ann)).counts.write).toBe(0);
});

test("a program corrects nothing into Secret, not even where the person chose the level", async () => {
  const ann = await newMember();
  const robot = await agentOf(ann, ["memory.read", "memory.edit"]);
  const made = await ann.call("memories.create", { body: { text: "The gate is green", level: "general" } });
  const { id } = made.data.memory;
  const ifMatch = made.etag ?? "";
  const edit = (text: string): Promise<unknown> =>
    robot.call("memories.edit", { params: { id }, body: { text } }, { ifMatch });
  expect((await problemOf(edit(CODE))).code).toBe("memory-level-rises");
  await edit("The gate is painted green");
  // What stands above its level is not there for it.
  const { data: secret } = await ann.call("memories.create", { body: { text: CODE } });
  const wrong = robot.call("memories.edit", { params: { id: secret.memory.id }, body: { text: "x" } }, { ifMatch });
  expect((await problemOf(wrong)).status).toBe(404);
});

test("what a program tells of Secret or above is remembered only by the person's word, whatever level it asks for", async () => {
  const ann = await newMember();
  const phone = `+1555010${members}`;
  const robot = await agentOf(ann);
  for (const level of ["auto", "general"] as const) {
    const refused = await problemOf(robot.call("memories.create", { body: { text: CODE, level } }));
    expect([refused.status, refused.code]).toEqual([403, "write-proposed"]);
    expect(JSON.stringify(refused)).not.toContain("4711");
  }
  await problemOf(robot.call("memories.create", { body: { text: "Buy milk", level: "secret" } }));
  await robot.call("memories.create", { body: { text: "Robots like oil" } });
  // The person themself is not asked.
  await told(ann, "the code for the shed is 2345");
  expect((await problemOf(robot.call("review.list"))).status).toBe(403);
  expect((await problemOf(robot.call("review.count"))).status).toBe(403);
  expect((await waiting(ann)).counts.write).toBe(0);
  await unlock(ann);
  expect((await ann.call("memories.list")).data.data.map(({ text }) => text)).toEqual([
    "the code for the shed is 2345",
    "Robots like oil",
  ]);
  const { counts, data } = await waiting(ann);
  expect(counts.write).toBe(2);
  const writes = data.filter(({ kind }) => kind === "write");
  expect(writes.map(({ write }) => [write?.text, write?.level, write?.client])).toEqual([
    ["Buy milk", "secret", "Robot"],
    [CODE, "ultra-secret", "Robot"],
  ]);
  const [milk, code] = writes;
  const robots = { params: { id: code?.id ?? "" }, body: { answer: "accept" as const } };
  expect((await problemOf(robot.call("review.answer", robots))).status).toBe(403);
  await ann.call("review.answer", { params: { id: milk?.id ?? "" }, body: { answer: "refuse" } });
  const token = (await clientOf(house).call("auth.logIn", { body: { phone, password: PASSWORD } })).data.access_token;
  await restart();
  const again = clientOf(house, token);
  await unlock(again);
  expect((await waiting(again)).counts.write).toBe(1);
  const { memory } = (await again.call("review.answer", robots)).data;
  expect(memory).toMatchObject({
    text: CODE,
    level: "ultra-secret",
    level_decided_by: "person",
    client: { name: "Robot" },
  });
  expect((await waiting(again)).counts.write).toBe(0);
  expect((await problemOf(again.call("review.answer", robots))).status).toBe(404);
});

test("an import of a program that a stop cuts off is that program's after the next start", async () => {
  const ann = await newMember();
  const phone = `+1555010${members}`;
  const robot = await agentOf(ann, ["import.create", "import.list"]);
  // Long enough that the stop comes before its end.
  const many = Array.from({ length: 3_000 }, (_, at) => ({ text: "Robots like oil", id: `line-${at}` }));
  const lines = [...many, { text: CODE }].map((line) => JSON.stringify(line)).join("\n");
  const file = { name: "told.jsonl", data: new Blob([lines]) };
  const { data: waits } = await robot.call("imports.upload", { query: {} }, { file });
  await robot.call("imports.start", { params: { id: waits.id }, body: {} });
  await restart();
  const token = (await clientOf(house).call("auth.logIn", { body: { phone, password: PASSWORD } })).data.access_token;
  const again = clientOf(house, token);
  const read = async (): Promise<CallOutput<Routes["imports.read"]>> =>
    (await again.call("imports.read", { params: { id: waits.id } })).data;
  await expect.poll(async () => (await read()).state).toBe("done");
  await unlock(again);
  expect((await waiting(again)).counts.write).toBe(1);
  const { data } = await again.call("memories.list", { query: { limit: 1 } });
  expect(data.data[0]?.client?.name).toBe("Robot");
});
