/** People from the log to the API: what is shown, what leaves, what is decided, and who may see it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CallOutput, Client, Routes } from "@kaelix/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type OpenHouse, openHouse } from "./server.ts";
import { clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import { importFile } from "./testing/imports.ts";

const CLAIM_CODE = "TEST-CODE";
const ANN = { phone: "+1234567890", name: "Ann", password: "testpassword" };
const shared = mkdtempSync(join(tmpdir(), "kaelix-people-"));
let before: string | undefined;
let house: OpenHouse;
let owner: Client;
let members = 0;
beforeAll(async () => {
  before = process.env["KAELIX_CLAIM_CODE"];
  process.env["KAELIX_CLAIM_CODE"] = CLAIM_CODE;
  house = await openHouse({ dataDirectory: shared });
  owner = await claimed(house);
});
afterAll(async () => {
  await house.close();
  process.env["KAELIX_CLAIM_CODE"] = before;
  rmSync(shared, { recursive: true, force: true });
});
closeAfterEach();

/** Somebody who has told nothing yet. */
async function newMember(name = "Bo"): Promise<Client> {
  const { data: invite } = await owner.call("invites.create", { body: { role: "member" } });
  members += 1;
  const body = { phone: `+1555010${members}`, name, password: ANN.password, invite_code: invite.code };
  return clientOf(house, (await clientOf(house).call("auth.signUp", { body })).data.access_token);
}

const TOLD: readonly (readonly [day: string, text: string])[] = [
  ["2026-01-03", "Mum's birthday is on 14 March, she wants the blue teapot"],
  ["2026-01-05", "Met Priya for lunch, she is starting at Halden Rail in February"],
  ["2026-01-08", "My brother Tom lives in Leeds now"],
  ["2026-01-20", "Carla from payroll messed up my overtime again"],
  ["2026-02-20", "Tom moved to Manchester last week"],
  ["2026-02-22", "Sam's sister Nadia is visiting from Lisbon in May"],
  ["2026-03-14", "Mum loved the teapot"],
  ["2026-03-20", "Nadia works at Farfetch"],
  ["2026-05-12", "Finished Piranesi, starting Dune. Buy Marmite"],
];

type Page = CallOutput<Routes["people.read"]>;

async function claimed(house: OpenHouse): Promise<Client> {
  const { data } = await clientOf(house).call("auth.signUp", { body: { ...ANN, claim_code: CLAIM_CODE } });
  return clientOf(house, data.access_token);
}

async function signedIn(house: OpenHouse): Promise<Client> {
  const { phone, password } = ANN;
  const { data } = await clientOf(house).call("auth.logIn", { body: { phone, password } });
  return clientOf(house, data.access_token);
}

async function tell(client: Client, told: readonly (readonly [string, string])[] = TOLD): Promise<string[]> {
  const ids: string[] = [];
  for (const [day, text] of told) {
    const body = { text, occurred_at: `${day}T10:00:00Z`, level: 1 };
    ids.push((await client.call("memories.create", { body })).data.memory.id);
  }
  return ids;
}

async function names(client: Client): Promise<string[]> {
  return (await client.call("people.list")).data.data.map((person) => person.name);
}

async function pageOf(client: Client, name: string): Promise<Page> {
  const { data } = await client.call("people.list", { query: { query: name } });
  const [first] = data.data;
  if (first === undefined) throw new Error(`Nobody is called ${name}`);
  return (await client.call("people.read", { params: { id: first.id } })).data;
}

async function forget(client: Client, id: string): Promise<void> {
  const { data } = await client.call("memories.read", { params: { id } });
  await client.call("memories.forget", { params: { id } }, { ifMatch: `"${data.version}"` });
}

test("people are listed and shown with dated facts, each with the words that say it", async () => {
  const client = await newMember();
  const ids = await tell(client);
  const { data } = await client.call("people.list");
  expect(data.data.map(({ memories, name, relation }) => [name, relation, memories])).toEqual([
    ["Nadia", null, 2],
    ["Mum", "mother", 2],
    ["Tom", "brother", 2],
    ["Sam", null, 1],
    ["Carla", "colleague", 1],
    ["Priya", null, 1],
  ]);
  // Words with a capital that nothing makes a person of are counted and not shown.
  expect(data.unsure).toBeGreaterThan(0);
  const tom = await pageOf(client, "Tom");
  const said = tom.facts.map(({ since, text, until }) => [text, since, until]);
  expect(said).toEqual([
    ["is your brother", "2026-01-08", null],
    ["lives in Manchester", "2026-02-20", null],
    ["lived in Leeds", "2026-01-08", "2026-02-20"],
  ]);
  for (const { evidence } of tom.facts) {
    for (const { memory_id, quote, range } of evidence) {
      const { data: memory } = await client.call("memories.read", { params: { id: memory_id } });
      expect(memory.text.slice(...range)).toBe(quote);
    }
  }
  const places = tom.told_differently.map(({ statements }) =>
    statements.map(({ evidence, value }) => [value, evidence.at]),
  );
  expect(places).toEqual([
    [
      ["Leeds", "2026-01-08T10:00:00.000Z"],
      ["Manchester", "2026-02-20T10:00:00.000Z"],
    ],
  ]);
  const graph = (await client.call("people.graph", { params: { id: (await pageOf(client, "Nadia")).id } })).data;
  expect(graph.nodes.map((node) => node.name).toSorted()).toEqual(["Farfetch", "Nadia", "Sam"]);
  const links = (await client.call("memories.connections", { params: { id: ids[6] ?? "" } })).data;
  expect(links.named.map(({ name }) => name)).toEqual(["Mum"]);
  expect(links.data.map(({ memory, reason }) => [memory.text, reason])).toContainEqual([
    TOLD[0]?.[1],
    "On the day of birthday",
  ]);
});

test("what a forgotten memory said leaves people, and comes back when it is restored", async () => {
  const client = await newMember();
  const ids = await tell(client);
  expect(await names(client)).toContain("Priya");
  await forget(client, ids[1] ?? "");
  expect(await names(client)).not.toContain("Priya");
  await client.call("memories.restore", { params: { id: ids[1] ?? "" } });
  expect(await names(client)).toContain("Priya");
  // Above level 2 nothing is shown, whatever the session is open to.
  const { data } = await client.call("memories.read", { params: { id: ids[1] ?? "" } });
  await client.call("memories.move", { params: { id: data.id }, body: { level: 3 } }, { ifMatch: `"${data.version}"` });
  await client.call("auth.unlock", { body: { level: 3, password: ANN.password } });
  expect(await names(client)).not.toContain("Priya");
  expect((await client.call("memories.connections", { params: { id: data.id } })).data).toEqual({
    named: [],
    data: [],
  });
  await client.call("auth.lock");
  const hidden = client.call("memories.connections", { params: { id: data.id } });
  expect((await problemOf(hidden)).status).toBe(404);
});

test("decisions merge, part, name and are undone; they survive a restart and a rebuilding, and ids stay", async () => {
  const folder = newFolder();
  let opened = await open(folder);
  let client = await claimed(opened);
  await tell(client);
  const [mum, carla] = [await pageOf(client, "Mum"), await pageOf(client, "Carla")];
  const merged = await client.call("people.decide", { body: { what: "merge", person: carla.id, other: mum.id } });
  expect(merged.data.outcome).toBe("decided");
  const one = await pageOf(client, "Carla");
  expect([one.id, one.aliases, one.memories]).toEqual([carla.id, ["Mum"], 3]);
  expect((await client.call("people.read", { params: { id: mum.id } })).data.id).toBe(carla.id);
  const named = await client.call("people.decide", { body: { what: "rename", person: mum.id, name: "Mama" } });
  expect((await pageOf(client, "mama")).id).toBe(carla.id);

  await close(opened);
  opened = await open(folder);
  client = await signedIn(opened);
  expect((await pageOf(client, "Mama")).aliases).toEqual(["Mum", "Carla"]);
  await client.call("views.rebuild", { params: { name: "world" }, body: {} });
  const { data: verified } = await client.call("verifications.run");
  expect(verified.agree).toBe(true);
  expect((await pageOf(client, "Mama")).id).toBe(carla.id);

  await client.call("people.undo", { params: { id: named.data.id } });
  // Parting a wording that was merged takes the merging back.
  const parted = await client.call("people.decide", { body: { what: "split", person: carla.id, wording: "mum" } });
  expect(parted.data).toEqual({ id: merged.data.id, outcome: "undone" });
  expect([(await pageOf(client, "Mum")).id, (await pageOf(client, "Carla")).id]).toEqual([mum.id, carla.id]);
  const again = await problemOf(client.call("people.undo", { params: { id: merged.data.id } }));
  expect(again.status).toBe(404);
  // Neither names nor wordings stand in the open in what is on the disk.
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name, parentPath } of files)
    expect(readFileSync(join(parentPath, name)).includes("Mama"), name).toBe(false);
});

test("a wording that is split off is somebody else, until that is undone", async () => {
  const client = await newMember();
  await tell(client, [
    ["2026-01-08", "Declan wants to borrow the van"],
    ["2026-01-12", "my brother Declan rang about the clutch"],
    ["2026-02-01", "the brother owes me for the clutch"],
  ]);
  const declan = await pageOf(client, "Declan");
  expect(declan.memories).toBe(3);
  const { data } = await client.call("people.decide", {
    body: { what: "split", person: declan.id, wording: "brother" },
  });
  expect((await pageOf(client, "Declan")).memories).toBe(2);
  expect(await names(client)).toContain("Brother");
  await client.call("people.undo", { params: { id: data.id } });
  expect((await pageOf(client, "Declan")).memories).toBe(3);
  const nonsense = client.call("people.decide", { body: { what: "split", person: declan.id, wording: "Bertie" } });
  expect((await problemOf(nonsense)).code).toBe("people-undecidable");
});

test("somebody who is the person themself is nobody else, until that is undone", async () => {
  const client = await newMember();
  await tell(client, [
    ["2026-01-08", "Declan wants to borrow the van"],
    ["2026-01-12", "Declan rang Priya about the clutch"],
  ]);
  const declan = await pageOf(client, "Declan");
  const { data } = await client.call("people.decide", { body: { what: "self", person: declan.id } });
  expect(data.outcome).toBe("decided");
  expect(await names(client)).toEqual(["Priya"]);
  const read = client.call("people.read", { params: { id: declan.id } });
  expect((await problemOf(read)).status).toBe(404);
  const { data: merges } = await client.call("people.merges");
  expect(merges.decisions).toMatchObject([{ what: "self", person: { name: "Declan" }, other: null }]);
  await client.call("people.undo", { params: { id: data.id } });
  expect((await pageOf(client, "Declan")).memories).toBe(2);
});

test("people, decisions and graphs of somebody else are as missing as those that nobody has", async () => {
  const client = await newMember();
  await tell(client);
  const carla = await pageOf(client, "Carla");
  const tom = await pageOf(client, "Tom");
  const { data: decided } = await client.call("people.decide", {
    body: { what: "apart", person: carla.id, other: tom.id },
  });
  const other = await newMember();
  expect(await names(other)).toEqual([]);
  const wish = { what: "merge", person: carla.id, other: tom.id } as const;
  for (const call of [
    () => other.call("people.read", { params: { id: carla.id } }),
    () => other.call("people.graph", { params: { id: carla.id } }),
    () => other.call("people.decide", { body: wish }),
    () => other.call("people.undo", { params: { id: decided.id } }),
  ]) {
    expect((await problemOf(call())).status).toBe(404);
  }
  const small = client.call("people.graph", { params: { id: tom.id }, query: { hops: 2, nodes: 2 } });
  expect(await problemOf(small)).toMatchObject({ status: 422, code: "graph-too-large", details: { limit: 2 } });
});

test("a search for a person finds them by every name that they have, up to what is open", async () => {
  const bo = await newMember();
  const said = [
    [2, "Carla, my mum, moved to Lisbon"],
    [1, "Mum is allergic to walnuts"],
    [1, "Had lunch with Carla at the market"],
    [1, "Carlo fixed the bicycle"],
  ] as const;
  for (const [level, text] of said)
    await bo.call("memories.create", { body: { text, level } }, { waitSeconds: 10, until: "indexed" });
  const found = async (query: string): Promise<readonly string[]> =>
    (await bo.call("searches.run", { body: { query } })).data.hits.map(({ memory }) => memory.text).toSorted();
  const all = said
    .slice(0, 3)
    .map(([, text]) => text)
    .toSorted();
  for (const query of ["person:mother", "person:Mum", 'person:"Carla"']) expect(await found(query)).toEqual(all);
  await bo.call("auth.prove", { body: { password: ANN.password } });
  const key = { name: "Robot", kind: "agent" as const, scopes: ["memory.search"], level: 1 };
  const robot = clientOf(house, (await bo.call("keys.create", { body: key })).data.secret);
  const low = (await robot.call("searches.run", { body: { query: "person:mother" } })).data;
  expect(low.hits.map(({ memory }) => memory.text)).toEqual(["Mum is allergic to walnuts"]);
});

/** A group chat as it is exported: the phone's owner goes by their own name there. */
const GROUP = [
  "[03/01/2026, 10:00:00] Tom Baker: on my way, my sister Nadia drives",
  "[03/01/2026, 10:01:00] Priya Shah: Tom, can you bring the keys?",
  "[03/01/2026, 10:02:00] Carla Mendes: Tom Baker always forgets them",
  "[04/01/2026, 10:00:00] Priya Shah: thanks Tom!",
].join("\n");

async function importAnswered(client: Client, me: string | undefined): Promise<string> {
  const answers = { zone: "UTC", date_order: "day-first" as const, ...(me === undefined ? {} : { me }) };
  return (await importFile(client, "_chat.txt", GROUP, answers)).id;
}

test("whoever imports a group chat is nobody else in it, for they said which one they are", async () => {
  const client = await newMember();
  const id = await importAnswered(client, "Tom Baker");
  expect((await names(client)).toSorted()).toEqual(["Carla Mendes", "Nadia", "Priya Shah"]);
  const { data: found } = await client.call("searches.run", { body: { query: "person:Tom" } });
  expect(found.total).toBe(4);
  // The answer is on the log: a world made anew from it is the same.
  await owner.call("views.rebuild", { params: { name: "world" } });
  expect((await names(client)).toSorted()).toEqual(["Carla Mendes", "Nadia", "Priya Shah"]);
  await client.call("imports.undo", { params: { id } });
  await tell(client, [["2026-02-01", "Tom Baker sings in the choir"]]);
  expect(await names(client)).toEqual(["Tom Baker"]);
});

test("whoever imports is known by the name of their account where the file does not say", async () => {
  const client = await newMember("Tom Baker");
  await importAnswered(client, undefined);
  expect((await names(client)).toSorted()).toEqual(["Carla Mendes", "Nadia", "Priya Shah"]);
});

test("somebody else of the same name stays somebody else where the person said which one they are", async () => {
  const client = await newMember("Tom Baker");
  await importAnswered(client, "Carla Mendes");
  expect((await names(client)).toSorted()).toEqual(["Nadia", "Priya Shah", "Tom Baker"].toSorted());
});
