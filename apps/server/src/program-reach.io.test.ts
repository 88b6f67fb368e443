/** What each program may read of what others wrote: on the whole house, every list beside `decide`, over random worlds. */
import { seededRandom } from "@kaelix/base";
import type { Client } from "@kaelix/contract";
import { type ApiKeyId, DEFAULT_TENANT, type KeyReach, makeId, parseId, type UserId } from "@kaelix/model";
import { decide } from "@kaelix/security";
import { expect, test } from "vitest";

import type { OpenHouse } from "./server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

closeAfterEach();

const PASSWORD = "testpassword";
const READING = ["memory.list", "memory.read", "memory.search", "memory.ask", "people.read", "digest.read"];
const WRITING = ["memory.create", "memory.edit", "memory.forget", "import.create", "import.list"];
const ROUNDS = Number(process.env["KAELIX_REACH_ROUNDS"] ?? 3);

interface Program {
  readonly key: ApiKeyId;
  readonly reach: KeyReach;
  readonly level: 1 | 2;
  readonly client: Client;
  readonly secret: string;
}

async function programOf(house: OpenHouse, ann: Client, reach: KeyReach, level: 1 | 2): Promise<Program> {
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const body = { name: `Program that reads ${reach}`, scopes: [...READING, ...WRITING], level, reach };
  const { key, secret } = (await ann.call("keys.create", { body })).data;
  expect(key.reach).toBe(reach);
  const id = parseId("key", key.id);
  if (id === undefined) throw new Error("A key has an id");
  return { key: id, reach, level, secret, client: clientOf(house, secret) };
}

async function allOf(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { limit: 7, ...(cursor === undefined ? {} : { cursor }) };
    const { data } = await client.call("memories.list", { query });
    ids.push(...data.data.map(({ id }) => id));
    cursor = data.page.next;
    // Back from where it stands is the page before, but for its first.
    if (data.page.prev === null || ids.length <= 7) continue;
    const back = await client.call("memories.list", { query: { limit: 7, cursor: data.page.prev } });
    expect(back.data.data.map(({ id }) => id)).toEqual(ids.slice(0, -data.data.length).slice(-7));
  }
  return ids;
}

function etag({ version }: Known): string {
  return `"${version}"`;
}

/** What the test knows of a memory. */
interface Known {
  id: string;
  level: 1 | 2;
  version: number;
  /** Null: the person's own word. */
  namespace: ApiKeyId | null;
  conversation: string;
  text: string;
}

test.each(Array.from({ length: ROUNDS }, (_, at) => at + 1))(
  "lists, searches, counts, conversations, times, answers, people and days hold what decide lets a program read (seed %i; more: KAELIX_REACH_ROUNDS)",
  async (seed) => {
    const random = seededRandom(seed);
    const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[random.integer(items.length)] ?? items[0];
    const folder = newFolder();
    let house = await open(folder);
    let ann = await claimed(house);
    const me = (await ann.call("me.read")).data.id as UserId;
    let programs: Program[] = [];
    for (const reach of ["own", "person", "person", "all"] as const)
      programs.push(await programOf(house, ann, reach, pick<1 | 2>([1, 2, 2])));
    programs.push(await programOf(house, ann, "person", 2));

    const known: Known[] = [];
    const steps = 30 + random.integer(20);
    for (let step = 0; step < steps; step++) {
      const writer = pick<Program | undefined>([undefined, undefined, ...programs]);
      const client = writer?.client ?? ann;
      const namespace = writer?.key ?? null;
      const kind = random.integer(10);
      const target = kind >= 6 ? known[random.integer(Math.max(1, known.length))] : undefined;
      if (target === undefined) {
        const conversation = pick(["Harbour", "Garden"]);
        const text = `The lantern number ${step} stands beside the walnut tree`;
        const body = { text, level: pick<1 | 2>([1, 2]), conversation: { key: conversation, title: conversation } };
        const { memory } = (await client.call("memories.create", { body })).data;
        known.push({
          id: memory.id,
          level: memory.level === "general" ? 1 : 2,
          version: 1,
          namespace,
          conversation,
          text,
        });
      } else if (kind <= 8) {
        // A change by whoever reads it; for whoever does not it is not there.
        const text = `${target.text} still`;
        const edit = (): Promise<unknown> =>
          client.call("memories.edit", { params: { id: target.id }, body: { text } }, { ifMatch: etag(target) });
        if (isAllowed(writer, target)) {
          await edit();
          Object.assign(target, { text, namespace, version: target.version + 1 });
        } else expect((await problemOf(edit())).code).toBe("not-found");
      } else if (writer === undefined) {
        // Saying where it belongs is saying yes to it.
        const level = pick<1 | 2>([1, 2]);
        await ann.call("memories.move", { params: { id: target.id }, body: { level } }, { ifMatch: etag(target) });
        Object.assign(target, { level, namespace: null, version: target.version + 1 });
      }
    }

    function isAllowed(program: Program | undefined, { level, namespace }: Known): boolean {
      if (program === undefined) return true;
      const { key: keyId, level: ceiling, reach } = program;
      const resource = { type: "owned", tenant: DEFAULT_TENANT, owner: me, level, namespace } as const;
      const who = {
        type: "agent",
        tenantId: DEFAULT_TENANT,
        keyId,
        userId: me,
        role: "owner",
        ceiling,
        reach,
      } as const;
      return decide({ ...who, scopes: ["memory.read"] }, "memory.read", resource, { nowMs: Date.now() }).allow;
    }

    const compare = async (): Promise<void> => {
      for (const program of [undefined, ...programs]) {
        const client = program?.client ?? ann;
        const due = known.filter((memory) => isAllowed(program, memory));
        const ids = new Set(due.map(({ id }) => id));
        const at = `seed ${seed}, ${program?.reach ?? "the person"}`;
        expect(new Set(await allOf(client)), at).toEqual(ids);
        const found = (await client.call("searches.run", { body: { query: "lantern", limit: 100 } })).data;
        expect(new Set(found.hits.map(({ memory }) => memory.id)), at).toEqual(ids);
        expect(found.total, at).toBe(due.length);
        for (const facet of [found.facets?.level, found.facets?.source, found.facets?.person]) {
          expect(facet?.reduce((sum, { count }) => sum + count, 0) ?? 0, at).toBe(due.length);
        }
        const { data: conversations } = (await client.call("conversations.list")).data;
        const counts = new Map(conversations.map(({ memories, title }) => [title, memories]));
        const wanted = [...Map.groupBy(due, ({ conversation }) => conversation)];
        expect(counts, at).toEqual(new Map(wanted.map(([title, of]) => [title, of.length])));
        expect((await client.call("timeline.read")).data.total, at).toBe(due.length);
        const question = "Where does the lantern stand?";
        const { citations } = (await client.call("answers.ask", { body: { question } })).data;
        for (const { memory } of citations) expect(ids.has(memory.id), at).toBe(true);
        const day = (await client.call("digests.read", { params: { day: "today" } })).data;
        expect(day.memories, at).toBe(due.length);
        for (const { id } of known) {
          const read = await client.call("memories.read", { params: { id } }).catch(() => undefined);
          expect(read !== undefined, `${at}, ${id}`).toBe(ids.has(id));
        }
      }
    };
    await compare();
    // The same after a stop, from rows and snapshots.
    await close(house);
    house = await open(folder);
    const again = await clientOf(house).call("auth.logIn", { body: { phone: "+1234567890", password: PASSWORD } });
    ann = clientOf(house, again.data.access_token);
    programs = programs.map((program) => ({ ...program, client: clientOf(house, program.secret) }));
    await compare();
  },
);

test("a name, a file, an external id or an older state of another program's tells a program nothing", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const rival = await programOf(house, ann, "all", 2);
  const reader = await programOf(house, ann, "person", 2);
  const tell = async (client: Client, text: string, more: object = {}): Promise<string> =>
    (await client.call("memories.create", { body: { text, level: 1, ...more } })).data.memory.id;

  await tell(rival.client, "My brother Osvaldo came to dinner", { external_id: "dinner" });
  const hers = await tell(ann, "My sister Carla waters the plants");
  const people = async (client: Client): Promise<readonly string[]> => {
    const listed = (await client.call("people.list", { query: {} })).data.data.map(({ name }) => name);
    const subjects = (await client.call("grants.subjects", { query: {} })).data.data.map(({ name }) => name);
    return [...new Set([...listed, ...subjects])].filter((name) => name !== "You" && name !== "Me");
  };
  expect(await people(ann)).toEqual(expect.arrayContaining(["Carla", "Osvaldo"]));
  expect(await people(rival.client)).toEqual(expect.arrayContaining(["Carla", "Osvaldo"]));
  expect(await people(reader.client)).toContain("Carla");
  expect(await people(reader.client)).not.toContain("Osvaldo");

  const listed = (await ann.call("people.list", { query: {} })).data.data;
  const renamed = async (name: string, to: string): Promise<void> => {
    const person = listed.find((one) => one.name === name)?.id ?? "";
    await ann.call("people.decide", { body: { what: "rename", person, name: to } });
  };
  await renamed("Osvaldo", "Osvaldo Pugliese");
  await renamed("Carla", "Carla Moreno");
  const names = async (client: Client): Promise<ReadonlySet<string | null>> =>
    new Set((await client.call("people.merges")).data.decisions.map(({ other }) => other));
  expect(await names(ann)).toEqual(new Set(["Carla Moreno", "Osvaldo Pugliese"]));
  expect(await names(reader.client)).toEqual(new Set(["Carla Moreno"]));

  const another = { query: { owner: makeId("usr", 1, seededRandom(1)) } };
  expect((await reader.client.call("memories.list", another)).data.data).toEqual([]);

  for (const text of ["My brother Osvaldo came to dinner", "Somebody else came to dinner"]) {
    const taken = await problemOf(tell(reader.client, text, { external_id: "dinner" }));
    expect([taken.code, taken.details]).toEqual(["external-id-conflict", {}]);
  }

  const edit = { params: { id: hers }, body: { text: "My sister Carla sells the plants" } };
  await rival.client.call("memories.edit", edit, { ifMatch: '"1"' });
  expect((await problemOf(reader.client.call("memories.versions", { params: { id: hers } }))).code).toBe("not-found");
  expect(
    (await problemOf(reader.client.call("memories.forget", { params: { id: hers } }, { ifMatch: '"1"' }))).code,
  ).toBe("not-found");
  await ann.call("memories.edit", { ...edit, body: { text: "My sister Carla waters the plants" } }, { ifMatch: '"2"' });
  const { data: versions } = (await reader.client.call("memories.versions", { params: { id: hers } })).data;
  expect(versions.map(({ client, text, version }) => [version, text, client])).toEqual([
    [3, "My sister Carla waters the plants", null],
    [2, null, null],
    [1, "My sister Carla waters the plants", null],
  ]);

  const forgotten = await tell(rival.client, "The lantern is sold");
  await rival.client.call("memories.forget", { params: { id: forgotten } }, { ifMatch: '"1"' });
  const restore = { params: { id: forgotten } };
  expect((await problemOf(reader.client.call("memories.restore", restore))).code).toBe("not-found");
  await rival.client.call("memories.restore", restore);

  const file = { name: "orders-of-the-rival.jsonl", data: new Blob(['{"id":"1","text":"The lantern is red"}\n']) };
  const { data: brought } = await rival.client.call("imports.upload", {}, { file });
  const params = { id: brought.id };
  expect((await problemOf(reader.client.call("imports.start", { params, body: {} }))).code).toBe("not-found");
  await rival.client.call("imports.start", { params, body: { level: 1 } });
  await expect.poll(async () => (await rival.client.call("imports.read", { params })).data.state).toBe("done");
  expect((await reader.client.call("imports.list")).data.data).toEqual([]);
  expect((await ann.call("imports.list")).data.data).toMatchObject([{ file: "orders-of-the-rival.jsonl" }]);
  const first = { params: { day: "today" as const }, query: { import: brought.id } };
  expect((await problemOf(reader.client.call("digests.read", first))).code).toBe("not-found");

  const same = { idempotencyKey: "the-same-key" };
  const body = { text: "Both programs say this", level: 1 };
  const [one, other] = [
    await rival.client.call("memories.create", { body }, same),
    await reader.client.call("memories.create", { body }, same),
  ];
  expect(one.data.memory.id).not.toBe(other.data.memory.id);
});

test("what the person says yes to is theirs: programs read it, and it stays when its program's words are taken back", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const writer = await programOf(house, ann, "own", 2);
  const reader = await programOf(house, ann, "person", 2);
  const told = async (text: string): Promise<string> =>
    (await writer.client.call("memories.create", { body: { text, level: 1 } })).data.memory.id;
  const [kept, taken] = [await told("The lantern is green"), await told("The lantern is blue")];
  const read = async (): Promise<readonly string[]> => allOf(reader.client);
  expect(await read()).toEqual([]);
  await ann.call("memories.move", { params: { id: kept }, body: { level: 1 } }, { ifMatch: '"1"' });
  expect(await read()).toEqual([kept]);
  expect((await ann.call("memories.read", { params: { id: kept } })).data.client?.key).toBe(writer.key);
  const undo = { params: { id: writer.key }, body: {} };
  expect((await ann.call("keys.undo", undo)).data).toEqual({ forgotten: 1, put_back: 0 });
  expect((await problemOf(ann.call("memories.read", { params: { id: taken } }))).code).toBe("not-found");
  expect(await read()).toEqual([kept]);
  // Changed by a program again, it is that program's word again.
  const edit = { params: { id: kept }, body: { text: "The lantern is yellow" } };
  expect((await problemOf(writer.client.call("memories.edit", edit, { ifMatch: '"2"' }))).code).toBe("not-found");
  await reader.client.call("memories.edit", edit, { ifMatch: '"2"' });
  expect(await allOf(writer.client)).toEqual([]);
  expect(await read()).toEqual([kept]);
});
