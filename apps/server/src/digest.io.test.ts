import type { CallOutput, Client, Routes } from "@kaelix/contract";
import { expect, test } from "vitest";

import { claimed, clientOf, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

closeAfterEach();

const PASSWORD = "testpassword";
const DAY_MS = 86_400_000;

async function twoPeople(): Promise<{ readonly ann: Client; readonly bob: Client }> {
  const house = await open(newFolder());
  const ann = await claimed(house);
  const { data: invite } = await ann.call("invites.create", { body: { role: "member" } });
  const guest = { phone: "+1234567891", name: "Bob", password: PASSWORD, invite_code: invite.code };
  return { ann, bob: clientOf(house, (await clientOf(house).call("auth.signUp", { body: guest })).data.access_token) };
}

const tell = (client: Client, text: string, more: object = {}): Promise<unknown> =>
  client.call("memories.create", { body: { text, ...more } }, { waitSeconds: 10, until: "indexed" });

const textsOf = (digest: CallOutput<Routes["digests.read"]>): readonly string[] =>
  digest.sections.flatMap(({ kind, lines }) => lines.map(({ text }) => `${kind}: ${text}`));

test("a digest tells a person's own day with its evidence, nothing of others and nothing above the lock", async () => {
  const { ann, bob } = await twoPeople();
  const before = new Date(Date.now() - DAY_MS).toISOString();
  await tell(ann, "I'll send the plumber the cellar key", { occurred_at: before });
  await tell(ann, "I'll pay the blackmailer", { occurred_at: before, level: "secret" });
  await tell(bob, "I'll return the drill", { occurred_at: before });
  const { data } = await ann.call("digests.read", { params: { day: "today" }, query: { zone: "Europe/Berlin" } });
  expect(textsOf(data)).toEqual(["promises: I'll send the plumber the cellar key", "came-in: 1 note of yours"]);
  expect(data.memories).toBe(1);
  expect(data.sections[0]?.lines[0]?.evidence[0]).toMatchObject({
    memory: { text: "I'll send the plumber the cellar key", level: "general" },
    range: [0, 36],
  });
  await ann.call("auth.unlock", { body: { level: "secret", password: PASSWORD } });
  const opened = await ann.call("digests.read", { params: { day: "today" }, query: { zone: "Europe/Berlin" } });
  expect(textsOf(opened.data)).toEqual(textsOf(data));
});

test("a day or a zone that is none, and a foreign import, are refused without a trace", async () => {
  const { ann } = await twoPeople();
  const read = (day: string, query: object): Promise<unknown> => ann.call("digests.read", { params: { day }, query });
  const noZone = await problemOf(read("today", { zone: "Mars/Olympus" }));
  expect([noZone.status, noZone.errors[0]?.pointer]).toEqual([400, "/zone"]);
  const noDay = await problemOf(read("2026-02-30", {}));
  expect([noDay.status, noDay.errors[0]?.pointer]).toEqual([400, "/day"]);
  const foreign = await problemOf(read("today", { import: "imp_01ARZ3NDEKTSV4RRFFQ69G5FAV" }));
  expect(foreign.status).toBe(404);
});
