import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { expect, test } from "vitest";

import { openHouse } from "./server.ts";
import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";
import { importFile } from "./testing/imports.ts";

closeAfterEach();

const CHAT = [
  "22.08.18, 14:42 - Ann: shall we meet at the harbour?",
  "22.08.18, 14:43 - Carla: yes, and bring the blue umbrella",
  "23.08.18, 09:05 - Ann: the ferry leaves at ten",
  "23.08.18, 09:06 - Carla: Nils is allergic to shellfish",
].join("\n");

function importChat(client: Client, text: string): ReturnType<typeof importFile> {
  return importFile(client, "WhatsApp Chat with Carla.txt", text, { me: "Ann", zone: "Europe/Berlin" });
}

test("an import is previewed, brings what it holds once, and is undone as one", async () => {
  const data = newFolder();
  const client = await claimed(await open(data));
  const first = await importChat(client, CHAT);
  expect(first).toMatchObject({ added: 4, known: 0 });
  const again = await importChat(client, `${CHAT}\n23.08.18, 18:00 - Carla: home again`);
  expect(again).toMatchObject({ added: 1, known: 4 });

  const { data: listed } = await client.call("memories.list", { query: {} });
  expect(listed.data.map((memory) => memory.occurred_at)).toContain("2018-08-22T12:42:00.000Z");
  expect(listed.data.find((memory) => memory.text.includes("umbrella"))).toMatchObject({
    speaker: "Carla",
    source: "whatsapp",
  });
  const { data: answer } = await client.call(
    "answers.ask",
    { body: { question: "What is Nils allergic to?" } },
    { after: listed.data[0]?.position ?? "" },
  );
  expect(answer.kind).toBe("quoted");

  await client.call("imports.undo", { params: { id: first.id } });
  const { data: left } = await client.call("memories.list", { query: {} });
  expect(left.data.map((memory) => memory.text)).toEqual(["home again"]);
  expect((await problemOf(client.call("imports.undo", { params: { id: first.id } }))).status).toBe(409);
  expect(await importChat(client, CHAT)).toMatchObject({ added: 4, known: 0 });
  const { data: verified } = await client.call("verifications.run");
  expect(verified).toMatchObject({ agree: true, log: { memories_live: 5, memories_forgotten: 0 } });
  expect(readdirSync(join(data, "spool"))).toEqual([]);
});

test("an answer quotes a part of a memory, with the days that it means, as of a date; a search says what it could not read", async () => {
  const client = await claimed(await open(newFolder()));
  const text = "Saw the dentist yesterday. It hurt a little.";
  const { data: told } = await client.call("memories.create", {
    body: { text: `${text} ${"Then it rained on the way home. ".repeat(20)}`, occurred_at: "2024-05-08T12:00:00Z" },
  });
  const ask = (body: { question: string; as_of?: string }): ReturnType<typeof client.call<"answers.ask">> =>
    client.call("answers.ask", { body }, { after: told.memory.position });
  const { data: answer } = await ask({ question: "When did I see the dentist?" });
  expect(answer).toMatchObject({
    kind: "quoted",
    conflict: false,
    citations: [
      {
        number: 1,
        best: [0, 26],
        times: [{ text: "yesterday", label: "7 May 2024", from: "2024-05-07T00:00:00.000Z", precision: "day" }],
      },
    ],
  });
  const [citation] = answer.citations;
  expect(citation?.quote.startsWith(text)).toBe(true);
  expect(citation?.quote.length).toBeLessThan(citation?.memory.text.length ?? 0);
  const { data: early } = await ask({ question: "When did I see the dentist?", as_of: "2024-05-01T00:00:00Z" });
  expect(early).toMatchObject({ kind: "nothing", citations: [] });
  const { data: found } = await client.call("searches.run", { body: { query: "dentist source:pigeon" } });
  expect(found.hits.length).toBe(1);
  expect(found.problems?.[0]).toContain("Cannot narrow by source");
});

test("as of a position of the log, answers and searches know what had been told by then, whenever it happened", async () => {
  const client = await claimed(await open(newFolder()));
  const tell = async (text: string, day: string): Promise<string> => {
    const body = { text, occurred_at: `${day}T12:00:00Z` };
    return (await client.call("memories.create", { body })).data.memory.position;
  };
  const early = await tell("Jonas lives in Hamburg", "2024-05-08");
  // Told later of an earlier day: by the day it was there before, by the log it was not.
  const late = await tell("Jonas lives in Lisbon, he told me at the fair", "2022-05-08");
  const quoted = async (as_of?: string): Promise<readonly string[]> => {
    const body = { question: "Where does Jonas live?", ...(as_of === undefined ? {} : { as_of }) };
    const { data } = await client.call("answers.ask", { body }, { after: late });
    return data.citations.map(({ memory }) => memory.text.slice(0, 22)).toSorted();
  };
  const found = async (as_of: string): Promise<number> =>
    (await client.call("searches.run", { body: { query: "Jonas", as_of } }, { after: late })).data.total;
  const [hamburg, lisbon] = ["Jonas lives in Hamburg", "Jonas lives in Lisbon,"];
  expect(await quoted()).toEqual([hamburg, lisbon]);
  expect([await quoted(early), await found(early)]).toEqual([[hamburg], 1]);
  expect([await quoted(late), await found(late.replace("@", "/"))]).toEqual([[hamburg, lisbon], 2]);
  expect([await quoted("2023-01-01T00:00:00Z"), await found("2023-01-01T00:00:00Z")]).toEqual([[lisbon], 1]);
  // A day takes in the whole of it.
  expect([await quoted("2022-05-08"), await found("2022-05-07")]).toEqual([[lisbon], 0]);
  // What is corrected later is quoted as corrected, and not again later than it was told.
  const [memory] = (await client.call("searches.run", { body: { query: "Hamburg" } })).data.hits;
  const edited = { params: { id: memory?.memory.id ?? "" }, body: { text: "Jonas lives in Husum" } };
  const { data: husum } = await client.call("memories.edit", edited, { ifMatch: `"1"` });
  expect([await found(early), husum.position === early]).toEqual([1, false]);
  const elsewhere = early.replace(/\/(\d+)@/, (_all, partition: string) => `/${Number(partition) + 1}@`);
  const problem = async (as_of: string): Promise<unknown> => (await problemOf(found(as_of))).code;
  expect(await problem(elsewhere)).toBe("position-elsewhere");
  expect(await problem("keys/0@3")).toBe("request-invalid");
  for (const wrong of ["soon", "2023-02-29"]) expect(await problem(wrong)).toBe("request-invalid");
});

test("secret memories show only while the session is open, in lists, search, answers, counts and export", async () => {
  const client = await claimed(await open(newFolder()));
  const { data: told } = await client.call("memories.create", {
    body: { text: "the safe behind the zebra painting opens with 4417" },
  });
  expect(["secret", "ultra-secret"]).toContain(told.memory.level);
  const id = told.memory.id;
  const seen = async (): Promise<string> => {
    const list = await client.call("memories.list", { query: {} });
    const found = await client.call("searches.run", { body: { query: "zebra painting" } });
    const answer = await client.call("answers.ask", { body: { question: "What is behind the zebra painting?" } });
    const exported = await (await client.open("exports.memories")).text();
    return JSON.stringify([
      list.data.data,
      found.data.hits,
      found.data.total,
      found.data.facets,
      answer.data.citations,
      exported,
    ]);
  };
  expect(await seen()).not.toContain("zebra painting opens");
  expect((await problemOf(client.call("memories.read", { params: { id } }))).status).toBe(404);
  expect(
    (await problemOf(client.call("auth.unlock", { body: { password: "wrong password", level: "ultra-secret" } })))
      .status,
  ).toBe(403);
  await client.call("auth.unlock", { body: { password: "testpassword", level: "ultra-secret" } });
  expect((await seen()).match(/zebra painting opens/g)?.length).toBeGreaterThanOrEqual(4);
  await client.call("auth.lock");
  expect(await seen()).not.toContain("zebra painting opens");
});

test("a memory is edited with If-Match, keeps its versions, moves, is forgotten and restored", async () => {
  const client = await claimed(await open(newFolder()));
  const { data: told } = await client.call("memories.create", { body: { text: "the shed is green" } });
  const params = { id: told.memory.id };
  const { etag } = await client.call("memories.read", { params });
  const edited = await client.call(
    "memories.edit",
    { params, body: { text: "the shed is blue" } },
    { ifMatch: etag ?? "" },
  );
  expect(edited.data).toMatchObject({ version: 2, text: "the shed is blue" });
  const stale = await problemOf(
    client.call("memories.edit", { params, body: { text: "red" } }, { ifMatch: etag ?? "" }),
  );
  expect(stale.status).toBe(412);
  expect((await problemOf(client.call("memories.edit", { params, body: { text: "red" } }))).status).toBe(428);
  const { data: versions } = await client.call("memories.versions", { params });
  expect(versions.data.map((version) => [version.version, version.text])).toEqual([
    [2, "the shed is blue"],
    [1, "the shed is green"],
  ]);
  await client.call("memories.forget", { params }, { ifMatch: edited.etag ?? "" });
  expect((await problemOf(client.call("memories.read", { params }))).status).toBe(404);
  const restored = await client.call("memories.restore", { params });
  expect(restored.data.text).toBe("the shed is blue");
  const moved = await client.call(
    "memories.move",
    { params, body: { level: "secret" } },
    { ifMatch: edited.etag ?? "" },
  );
  expect(moved.data).toMatchObject({ level: "secret", level_decided_by: "person" });
  expect((await problemOf(client.call("memories.read", { params }))).status).toBe(404);
});

test("an export comes back into an empty house without loss, and into its own without doubles", async () => {
  const source = await open(newFolder());
  const client = await claimed(source);
  await client.call("memories.create", { body: { text: "the shed is green", context: { mood: "calm" } } });
  await importChat(client, CHAT);
  const exported = await (await client.open("exports.memories")).text();
  const bring = (to: Client): ReturnType<typeof importFile> => importFile(to, "kaelix.jsonl", exported);
  expect(await bring(client)).toMatchObject({ state: "done", added: 0, known: 5, failed: 0 });
  await close(source);
  const other = await claimed(await open(newFolder()));
  expect(await bring(other)).toMatchObject({ state: "done", added: 5, known: 0, failed: 0 });
  const told = (lines: string): unknown[] =>
    lines
      .trimEnd()
      .split("\n")
      .map((line) => {
        const { text, speaker, level, occurred_at } = JSON.parse(line);
        return JSON.stringify([text, speaker, level, occurred_at]);
      })
      .toSorted();
  expect(told(await (await other.open("exports.memories")).text())).toEqual(told(exported));
});

test("the house does not open with a key file that is loose, damaged, missing or another's, and changes nothing", async () => {
  const data = newFolder();
  const house = await open(data);
  await (await claimed(house)).call("memories.create", { body: { text: "the shed is green" } });
  await close(house);
  const keyFile = join(data, "keys", "kek.json");
  const bytes = readFileSync(keyFile);
  const attempt = async (): Promise<string> => {
    try {
      await (await openHouse({ dataDirectory: data })).close();
      return "opened";
    } catch (failure) {
      return failure instanceof Error && "code" in failure ? String(failure.code) : String(failure);
    }
  };
  if (process.platform !== "win32") {
    chmodSync(keyFile, 0o644);
    expect(await attempt()).toBe("key-file-unsafe");
    chmodSync(keyFile, 0o600);
  }
  const put = (content: Uint8Array): void => {
    rmSync(keyFile, { force: true });
    writeFileSync(keyFile, content, { mode: 0o400 });
  };
  put(bytes.subarray(0, bytes.length - 5));
  expect(await attempt()).toBe("key-file-damaged");
  rmSync(keyFile);
  expect(await attempt()).toBe("key-file-missing");
  expect(existsSync(keyFile)).toBe(false);
  const stranger = newFolder();
  await close(await open(stranger));
  put(readFileSync(join(stranger, "keys", "kek.json")));
  expect(await attempt()).toBe("key-mismatch");
  put(bytes);
  expect(await attempt()).toBe("opened");
});

test("damage of a view's files costs nothing: the log tells them again", async () => {
  const data = newFolder();
  let house = await open(data);
  let client = await claimed(house);
  await importChat(client, CHAT);
  await client.call("searches.run", { body: { query: "umbrella" } });
  await close(house);
  const spoil = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (entry.isFile() && !entry.name.includes("lock")) writeFileSync(join(entry.parentPath, entry.name), "rubbish");
    }
  };
  spoil(join(data, "database"));
  spoil(join(data, "search"));
  house = await open(data);
  const { data: session } = await clientOf(house).call("auth.logIn", {
    body: { phone: "+1234567890", password: "testpassword" },
  });
  client = clientOf(house, session.access_token);
  const { data: found } = await client.call("searches.run", { body: { query: "umbrella" } });
  expect(found.hits[0]?.memory.text).toContain("umbrella");
  expect((await client.call("verifications.run")).data.agree).toBe(true);
});

test("with its Kafka door open the house tells the broker's metrics beside its own", async () => {
  process.env["KAELIX_KAFKA"] = "127.0.0.1:0";
  try {
    const house = await open(newFolder());
    const metrics = async (): Promise<string> => await (await house.fetch("http://localhost/metrics")).text();
    // The door opens behind the house.
    await expect.poll(metrics).toContain("\nkaelix_kafka_connections 0\n");
    expect(await metrics()).toMatch(/^kaelix_log_records\{topic="identity"\} \d+$/m);
  } finally {
    delete process.env["KAELIX_KAFKA"];
  }
});
