/** What a person's corrections teach, from the log to the API: telling, importing, programs, the lock, forgetting, erasing, a restart. */
import { rmSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "@kaelix/contract";
import { expect, test } from "vitest";

import { claimed, clientOf, close, closeAfterEach, newFolder, open, problemOf } from "../testing/houses.ts";
import { importFile } from "../testing/imports.ts";

closeAfterEach();

const PASSWORD = "testpassword";
const KESTREL = [
  "Project Kestrel moves to the second phase after the review",
  "Kestrel prototype flew for nine minutes on Tuesday",
];
const NEXT = "The Kestrel team grows by two engineers in spring";

async function told(client: Client, text: string) {
  return (await client.call("memories.create", { body: { text } })).data.memory;
}

async function teach(client: Client, texts: readonly string[], level: "confidential" | "secret"): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) {
    const { id } = await told(client, text);
    await client.call("memories.move", { params: { id }, body: { level } }, { ifMatch: '"1"' });
    ids.push(id);
  }
  return ids;
}

async function unlock(client: Client): Promise<void> {
  await client.call("auth.unlock", { body: { password: PASSWORD, level: "ultra-secret" } });
}

async function lessonsOf(client: Client) {
  return (await client.call("lessons.read")).data;
}

async function judged(client: Client, text: string) {
  const { data } = await client.call("classifications.make", { body: { texts: [text] } });
  return data.data[0];
}

test("what a person moves teaches what they tell, edit and import next, after a restart too, until they have it forgotten", async () => {
  const folder = newFolder();
  const first = await open(folder);
  let ann = await claimed(first);
  await unlock(ann);
  expect(await judged(ann, NEXT)).toMatchObject({ level: "general", taught: false });
  await teach(ann, KESTREL, "secret");
  const reason = { rule: "taught", level: "secret", text: "Because you put 2 memories like this at secret" };
  expect(await told(ann, NEXT)).toMatchObject({ level: "secret", level_decided_by: "rule", reasons: [reason] });
  expect(await judged(ann, NEXT)).toMatchObject({ level: "secret", taught: true, reasons: [reason] });
  expect((await told(ann, "The cat sleeps on the radiator")).level).toBe("general");
  const data = expect.arrayContaining([{ from: "general", to: "secret", count: expect.any(Number) }]);
  expect(await lessonsOf(ann)).toEqual({ total: 2, forgotten_at: null, data });
  const note = await told(ann, "Something about the quarry");
  const edit = { params: { id: note.id }, body: { text: "The Kestrel prototype grows heavier" } };
  expect((await ann.call("memories.edit", edit, { ifMatch: '"1"' })).data.level).toBe("secret");
  const line = JSON.stringify({ text: "Kestrel engineers in the quarry since spring" });
  const query = { import: (await importFile(ann, "more.jsonl", line)).id };
  const { data: imported } = await ann.call("memories.list", { query });
  expect(imported.data).toMatchObject([{ level: "secret", reasons: expect.arrayContaining([reason]) }]);
  await close(first);
  const again = await open(folder);
  const body = { phone: "+1234567890", password: PASSWORD };
  ann = clientOf(again, (await clientOf(again).call("auth.logIn", { body })).data.access_token);
  await unlock(ann);
  expect((await told(ann, "The Kestrel team bakes on Fridays with the engineers")).level).toBe("secret");
  await ann.call("lessons.forget");
  const { reasons } = await told(ann, "The Kestrel team grows by three engineers in spring");
  expect(reasons.filter(({ rule }) => rule === "taught")).toEqual([]);
  expect(await lessonsOf(ann)).toMatchObject({ total: 0, data: [], forgotten_at: expect.any(String) });
  // What is moved from then on teaches anew.
  await teach(ann, ["Kestrel wind tunnel is booked", "Kestrel tail fin is too short"], "confidential");
  expect((await told(ann, "Kestrel tail fin in the wind tunnel")).level).toBe("confidential");
});

test("nothing that was taught above the lock is counted or shines through, and no program may look or teach", async () => {
  const ann = await claimed(await open(newFolder()));
  await unlock(ann);
  await teach(ann, KESTREL, "secret");
  await ann.call("auth.lock");
  expect(await lessonsOf(ann)).toMatchObject({ total: 0, data: [] });
  expect(await judged(ann, NEXT)).toMatchObject({ level: "general", taught: false });
  // What is told is put where it belongs all the same.
  expect((await told(ann, NEXT)).level).toBe("secret");
});

test("a program's words teach nothing, and what it tells is judged as its person taught: it waits for their word", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  await unlock(ann);
  await ann.call("auth.prove", { body: { password: PASSWORD } });
  const scopes = ["memory.create", "memory.read", "memory.edit"];
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  const key = { name: "Robot", kind: "agent" as const, scopes, level: 2, expires_at };
  const robot = clientOf(house, (await ann.call("keys.create", { body: key })).data.secret);
  const ids = await teach(ann, ["Salsa evening with Nadia", "Salsa shoes for Nadia"], "confidential");
  for (const id of ids) {
    const edit = { params: { id }, body: { text: "The tram to the market was late again" } };
    await robot.call("memories.edit", edit, { ifMatch: '"2"' });
  }
  expect((await told(ann, "The tram to the market is yellow")).level).toBe("general");
  await teach(ann, KESTREL, "secret");
  const refused = await problemOf(robot.call("memories.create", { body: { text: NEXT } }));
  expect([refused.status, refused.code]).toEqual([403, "write-proposed"]);
  for (const call of [
    robot.call("lessons.read"),
    robot.call("lessons.forget"),
    robot.call("classifications.make", { body: { texts: [NEXT] } }),
  ])
    expect((await problemOf(call)).status).toBe(403);
});

test("a correction that is forgotten, and a person's word that nothing is wrong, count as what they are", async () => {
  const ann = await claimed(await open(newFolder()));
  await unlock(ann);
  const ids = await teach(ann, KESTREL, "secret");
  for (const id of ids) await ann.call("memories.forget", { params: { id } }, { ifMatch: '"2"' });
  expect((await told(ann, NEXT)).level).toBe("general");
  expect((await lessonsOf(ann)).total).toBe(0);
  for (const id of ids) await ann.call("memories.restore", { params: { id } });
  expect((await lessonsOf(ann)).total).toBe(2);
  // A level that was chosen while telling corrects nobody.
  await ann.call("memories.create", { body: { text: "Kestrel paint is blue", level: "confidential" } });
  expect((await lessonsOf(ann)).total).toBe(2);
});

test("a memory that is moved and then moved back teaches nothing, and a database that is made anew from the log says the same", async () => {
  const folder = newFolder();
  const first = await open(folder);
  let ann = await claimed(first);
  await unlock(ann);
  const [slip = "", twice = "", detour = ""] = await teach(
    ann,
    [...KESTREL, "The cat sleeps on the radiator"],
    "secret",
  );
  const move = (id: string, version: number, level: "general" | "confidential" | "secret") =>
    ann.call("memories.move", { params: { id }, body: { level } }, { ifMatch: `"${version}"` });
  expect((await lessonsOf(ann)).total).toBe(3);
  for (const id of [slip, twice]) await move(id, 2, "general");
  expect(await judged(ann, NEXT)).toMatchObject({ level: "general", taught: false });
  // Moved once more it is meant; what went further than it stays is taught from where it was judged.
  await move(twice, 3, "secret");
  await move(detour, 2, "confidential");
  const expected = {
    total: 2,
    forgotten_at: null,
    data: expect.arrayContaining([
      { from: "general", to: "secret", count: 1 },
      { from: "general", to: "confidential", count: 1 },
    ]),
  };
  expect(await lessonsOf(ann)).toEqual(expected);
  await close(first);
  rmSync(join(folder, "database"), { recursive: true });
  const again = await open(folder);
  const body = { phone: "+1234567890", password: PASSWORD };
  ann = clientOf(again, (await clientOf(again).call("auth.logIn", { body })).data.access_token);
  await unlock(ann);
  expect(await lessonsOf(ann)).toEqual(expected);
});
