/** What a person keeps from AI providers: the whole house, with a real endpoint that notes everything that arrives. */
import { rmSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { readAnswer, type StreamedAnswer } from "@kaelix/contract/answer-stream";
import {
  type BadProvider,
  type Behaviour,
  type HeardRequest,
  startBadProvider,
  verdictsFor,
} from "@kaelix/intelligence/testing";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { OpenHouse } from "../server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "../testing/houses.ts";
import { importFile } from "../testing/imports.ts";

closeAfterEach();

let provider: BadProvider;
const names = [
  "KAELIX_AI_TIMEOUT_MS",
  "KAELIX_AI_URL",
  "KAELIX_AI_MODEL",
  "KAELIX_AI_JUDGE_BELOW",
  "KAELIX_EMBED_URL",
  "KAELIX_EMBED_MODEL",
];

beforeEach(async () => {
  provider = await startBadProvider(answerOf);
  process.env["KAELIX_AI_URL"] = provider.url;
  process.env["KAELIX_AI_MODEL"] = "m";
  process.env["KAELIX_AI_JUDGE_BELOW"] = "100";
  // What is cut short is so by whose words they are, not by the clock.
  process.env["KAELIX_AI_TIMEOUT_MS"] = "600000";
  process.env["KAELIX_EMBED_URL"] = provider.url;
  process.env["KAELIX_EMBED_MODEL"] = "e";
});

afterEach(async () => {
  for (const name of names) delete process.env[name];
  await provider.close();
});

/** What came in: for their meaning, to be judged, to be written from. */
type Path = "meaning" | "level" | "answer" | "day";

function pathOf({ body, isStream, system }: HeardRequest): Path {
  if (system.startsWith("You tell a person their day")) return "day";
  return "input" in body ? "meaning" : isStream ? "answer" : "level";
}

function answerOf(request: HeardRequest): Behaviour {
  switch (pathOf(request)) {
    case "meaning": {
      const data = (request.body["input"] as readonly string[]).map((_, index) => ({ index, embedding: [1, 0, 0, 1] }));
      return { type: "body", body: JSON.stringify({ data }) };
    }
    case "day":
    case "answer":
      return { type: "content", content: "That is so. [1]\n" };
    case "level":
      return verdictsFor(request, () => 1);
  }
}

/** By which paths a word has arrived. */
function arrived(word: string): readonly Path[] {
  const holding = provider.heard.filter(({ body }) => JSON.stringify(body).includes(word));
  return [...new Set(holding.map(pathOf))].toSorted();
}

const ALL: readonly Path[] = ["answer", "day", "level", "meaning"];
const [ANN, BEN, PASSWORD] = ["+1234567890", "+4930100002", "testpassword"];

async function ask(client: Client, question: string): Promise<StreamedAnswer> {
  const response = await client.open("answers.write", { body: { question } });
  for await (const event of readAnswer(response)) if (event.type === "done") return event.answer;
  throw new Error("The last event is the answer that stands");
}

const tell = (client: Client, text: string) =>
  client.call("memories.create", { body: { text } }, { waitSeconds: 10, until: "indexed" });

/** Everything of a person that may lead to a provider, with a word that stands in all of it. */
async function live(client: Client, word: string): Promise<void> {
  await tell(client, `The ${word} stands on the shelf`);
  await importFile(client, "more.jsonl", JSON.stringify({ text: `The ${word} came from the fair` }));
  await client.call("searches.run", { body: { query: `where is the ${word}` } });
  await client.call("digests.write", { params: { day: "today" } });
  await ask(client, `Where does the ${word} stand?`);
}

async function joined(house: OpenHouse, ann: Client): Promise<Client> {
  const { data: invite } = await ann.call("invites.create", { body: { role: "member" } });
  const body = { phone: BEN, name: "Ben", password: PASSWORD, invite_code: invite.code };
  return clientOf(house, (await clientOf(house).call("auth.signUp", { body })).data.access_token);
}

async function back(house: OpenHouse, phone: string): Promise<Client> {
  const { data } = await clientOf(house).call("auth.logIn", { body: { phone, password: PASSWORD } });
  return clientOf(house, data.access_token);
}

const choose = async (client: Client, allowed: boolean) =>
  (await client.call("provider.choose", { body: { allowed } })).data;

test("of who wants nothing of theirs sent nothing arrives by any path, of others it does; after a restart over bare views too, until they allow it", async () => {
  const folder = newFolder();
  const first = await open(folder);
  const ann = await claimed(first);
  const ben = await joined(first, ann);
  expect((await ann.call("provider.read")).data.choice).toEqual({ allowed: true, chosen_at: null });
  await live(ann, "samovar");
  await expect.poll(() => arrived("samovar")).toEqual(ALL);

  expect(await choose(ann, false)).toEqual({ allowed: false, chosen_at: expect.any(String) });
  await live(ann, "barometer");
  await live(ben, "harmonica");
  // What is Ben's came later, and has arrived by all paths.
  await expect.poll(() => arrived("harmonica")).toEqual(ALL);
  expect(arrived("barometer")).toEqual([]);
  const found = (await ann.call("searches.run", { body: { query: "barometer" } })).data;
  expect([found.total, found.meaning]).toEqual([2, undefined]);
  const answer = await ask(ann, "Where does the barometer stand?");
  expect([answer.kind, answer.not_written]).toEqual(["quoted", "kept"]);

  await close(first);
  for (const view of ["database", "search", "world"]) rmSync(join(folder, view), { recursive: true, force: true });
  const second = await open(folder);
  const annAgain = await back(second, ANN);
  const benAgain = await back(second, BEN);
  await live(annAgain, "gramophone");
  await live(benAgain, "tambourine");
  await expect.poll(() => arrived("tambourine")).toEqual(ALL);
  expect([arrived("barometer"), arrived("gramophone")]).toEqual([[], []]);
  expect((await annAgain.call("provider.read")).data.choice).toMatchObject({ allowed: false });

  expect(await choose(annAgain, true)).toMatchObject({ allowed: true });
  await expect.poll(() => arrived("gramophone")).toEqual(["level", "meaning"]);
  await expect.poll(() => arrived("barometer")).toEqual(["level", "meaning"]);
  await ask(annAgain, "Where does the gramophone stand?");
  expect(arrived("gramophone")).toEqual(["answer", "level", "meaning"]);
});

test("what somebody shared is theirs: who reads it may not have it sent, nor a name that it lends to a question", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const ben = await joined(house, ann);
  const conversation = { key: "trip", title: "The trip" };
  const body = { text: "Ines steered the catamaran to Naxos", level: 1, conversation } as const;
  const told = await ann.call("memories.create", { body }, { waitSeconds: 10, until: "indexed" });
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const to = (await ben.call("me.read")).data.id;
  const what = { type: "conversation", conversation: told.data.memory.conversation?.id ?? "" } as const;
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  await ann.call("grants.create", { body: { to, what, expires_at } });
  await tell(ben, "Ines grows tomatoes in the greenhouse");
  const question = "Who steered the catamaran?";
  expect(await ask(ben, question)).toMatchObject({ kind: "written" });
  const sent = (): readonly string[] => provider.heard.filter(({ isStream }) => isStream).map(({ user }) => user);
  expect(sent().length).toBe(1);

  await choose(ann, false);
  expect(await ask(ben, `${question} `)).toMatchObject({ kind: "quoted", not_written: "withheld" });
  const response = await ben.open("answers.write", { body: { question: "What does she grow?", after: [question] } });
  for await (const { answer, type } of readAnswer(response) as AsyncIterable<{ type: string; answer: StreamedAnswer }>)
    if (type === "done")
      expect(answer).toMatchObject({ understood_as: "What does Ines grow?", not_written: "withheld" });
  expect(sent().length).toBe(1);
  expect(await ask(ben, "What does Ines grow?")).toMatchObject({ kind: "written" });
});

test("what is on its way when they say no is cut short, and nobody is asked again", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  provider.behave = (request) => (pathOf(request) === "answer" ? { type: "hang" } : answerOf(request));
  await tell(ann, "The samovar stands on the shelf");
  await expect.poll(() => arrived("samovar")).toEqual(["level", "meaning"]);
  const asked = ask(ann, "Where does the samovar stand?");
  await expect.poll(() => arrived("samovar")).toEqual(["answer", "level", "meaning"]);
  provider.behave = answerOf;
  await choose(ann, false);
  const answer = await asked;
  expect([answer.kind, answer.not_written]).toEqual(["quoted", "kept"]);
  expect(provider.heard.filter(({ isStream }) => isStream).length).toBe(1);
});

test("no program may choose, whatever its key holds", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const body = { name: "Robot", kind: "agent" as const, scopes: ["memory.create"], level: 2 };
  const robot = clientOf(house, (await ann.call("keys.create", { body })).data.secret);
  expect((await problemOf(robot.call("provider.choose", { body: { allowed: false } }))).status).toBe(403);
});

test("a question is sent for its meaning as it was typed, and not with a word that a memory above what may be sent lent it", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const body = { text: "Had lunch with Ines at the market", level: 2 } as const;
  await ann.call("memories.create", { body }, { waitSeconds: 10, until: "indexed" });
  await tell(ann, "Ines moved to Lisbon in March");
  const vectors = async () => (await ann.call("status.read")).data.embedding?.waiting;
  await expect.poll(vectors).toBe(0);
  const asked = async (question: string, ...after: string[]) =>
    (await ann.call("answers.ask", { body: { question, after } })).data;
  const lent = await asked("Where did she move to?", "Who did I have lunch with at the market?");
  expect(lent).toMatchObject({ kind: "quoted", understood_as: "Where did Ines move to?" });
  expect(arrived("Where did")).toEqual([]);
  // Asking does not wait long for its meaning: on a busy machine one is given up before it is sent.
  const sent = async (): Promise<readonly string[]> => {
    expect((await asked("Where did Ines move to?")).kind).toBe("quoted");
    return arrived("Where did Ines move to?");
  };
  await expect.poll(sent).toContain("meaning");
});
