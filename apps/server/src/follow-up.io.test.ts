/** Questions that lean on those before, through the API: under the lock, over the stream, by a program. */
import type { Client } from "@kaelix/contract";
import { readAnswer } from "@kaelix/contract/answer-stream";
import { expect, test } from "vitest";

import { claimed, clientOf, closeAfterEach, newFolder, open, problemOf } from "./testing/houses.ts";

closeAfterEach();

async function tell(client: Client, text: string, level: 1 | 3 = 1): Promise<void> {
  await client.call("memories.create", { body: { text, level } }, { waitSeconds: 5, until: "indexed" });
}

test("a question after another is answered as it is meant, and what stands above the lock lends it nothing", async () => {
  const house = await open(newFolder());
  const ann = await claimed(house);
  await tell(ann, "Had lunch with Ines at the market", 3);
  await tell(ann, "Ines moved to Lisbon in March");
  await tell(ann, "Carla moved to Hamburg in May");
  const ask = async (question: string, ...after: string[]) =>
    (await ann.call("answers.ask", { body: { question, after, follow_ups: true } })).data;
  const first = await ask("Where did Carla move to?");
  expect(first).toMatchObject({ kind: "quoted", follow_ups: expect.any(Array) });
  expect(first.understood_as).toBeUndefined();
  const next = await ask("and Ines?", "Where did Carla move to?");
  expect(next).toMatchObject({ kind: "quoted", understood_as: "Where did Ines move to?" });
  expect(next.citations[0]?.quote).toContain("Lisbon");
  const lunch = "Who did I have lunch with at the market?";
  expect((await ask("Where did she move to?", lunch)).understood_as).toBeUndefined();
  await ann.call("auth.unlock", { body: { password: "testpassword", level: 3 } });
  expect(await ask("Where did she move to?", lunch)).toMatchObject({ understood_as: "Where did Ines move to?" });
  await ann.call("auth.lock");
  expect((await ask("Where did she move to?", lunch)).understood_as).toBeUndefined();
  const stream = await ann.open("answers.write", {
    body: { question: "and when?", after: ["Where did Ines move to?"] },
  });
  const events = [];
  for await (const event of readAnswer(stream)) events.push(event);
  expect(events.map(({ type }) => type)).toEqual(["quoted", "done"]);
  for (const event of events) expect(event).toMatchObject({ answer: { understood_as: "When did Ines move to?" } });
  const many = Array.from({ length: 11 }, () => "Where?");
  expect((await problemOf(ask("and when?", ...many))).status).toBe(400);
  const stranger = clientOf(house).call("answers.ask", { body: { question: "and when?", after: ["Where?"] } });
  expect((await problemOf(stranger)).status).toBe(401);
});
