import type { Level } from "@kaelix/model";
import { expect, test } from "vitest";

import { ask } from "../ask.ts";
import type { QueryMeaning, RecallSource } from "../source.ts";
import { OWNER, sourceOf } from "../testing.ts";
import { proposedAfter, understandAfter } from "./ask-after.ts";

function lifeOf(told: readonly (readonly [on: string, text: string, level?: Level])[]): RecallSource {
  return sourceOf(
    told.map(([on, text, level = 1]) => ({ on, text, level })),
    { nowMs: Date.UTC(2024, 5, 12, 9) },
  );
}

const life = lifeOf([
  ["2024-02-02", "Had lunch with Ines at the market", 2],
  ["2024-03-09", "Ines moved to Lisbon in March"],
  ["2024-04-11", "Carla lives in Hamburg, near her friend Ines"],
  ["2024-04-30", "Ines lives in Lisbon now"],
  ...Array.from({ length: 20 }, (_, at) => ["2023-02-01", `Shopping: bread, milk and ${at + 2} apples`] as const),
]);

const asked = (question: string, ceiling: Level = 2) => ({ userId: OWNER, ceiling, question });

test("what an answer quotes lends its name under the level that is open alone", async () => {
  const before = ["Who did I have lunch with at the market?"];
  const question = "Where did she move to?";
  expect(await understandAfter(life, asked(question), before)).toEqual({
    text: "Where did Ines move to?",
    lender: { level: 2, owner: asked(question).userId },
  });
  expect(await understandAfter(life, asked(question, 1), before)).toBeUndefined();
});

test("what is understood is answered by the rules of any question: also by nothing", async () => {
  const meant = await understandAfter(life, asked("and Bob?"), ["Where does Carla live?"]);
  expect(meant).toEqual({ text: "Where does Bob live?" });
  expect((await ask(life, asked(meant?.text ?? ""))).kind).toBe("nothing");
});

test("what is proposed has another answer than the one shown, under the level that is open; after nothing nothing is", async () => {
  const question = "Where does Carla live?";
  const answer = await ask(life, asked(question));
  expect(answer.citations[0]?.text).toBe("Carla lives in Hamburg, near her friend Ines");
  expect(await proposedAfter(life, asked(question), answer)).toEqual(["And Ines?"]);
  const alone = await ask(life, asked("Who lives in Hamburg near a friend?"));
  expect(await proposedAfter(life, asked("Who lives in Hamburg near a friend?"), alone)).toEqual([]);
  const nothing = await ask(life, asked("Who is the submarine captain?"));
  expect(nothing.kind).toBe("nothing");
  expect(await proposedAfter(life, asked("Who is the submarine captain?"), nothing)).toEqual([]);
});

test("what is proposed is tried by words: nobody has asked it, so it is not sent out", async () => {
  const sent: string[] = [];
  const embedQuery = (text: string): Promise<QueryMeaning> => {
    sent.push(text);
    return Promise.resolve({ type: "missed", why: "down" });
  };
  const index = await life.index(OWNER);
  const memoryId = [...index.documents()][0]?.memoryId;
  if (memoryId !== undefined) index.setVector(memoryId, 1, { model: "invented", vector: Float32Array.of(1, 0) });
  const house: RecallSource = { ...life, embedQuery };
  const question = "Since when does Carla live there?";
  const answer = await ask(house, asked(question));
  expect(await proposedAfter(house, asked(question), answer)).toEqual(["And Ines?"]);
  expect(sent).toEqual([question]);
});

test("no noun of a language that writes them with capitals is proposed as somebody", async () => {
  const source = lifeOf([
    ["2024-04-11", "Carla lives in Hamburg, near her Orgel"],
    ["2024-04-30", "Ines lives in Lisbon now"],
    ["2024-05-01", "Her Orgel lives in Leipzig now"],
    ...Array.from({ length: 20 }, (_, at) => ["2023-02-01", `Shopping: bread, milk and ${at + 2} apples`] as const),
  ]);
  const question = asked("Where does Carla live?");
  const answer = await ask(source, question);
  expect(await proposedAfter(source, question, answer)).toEqual(["And Orgel?"]);
  expect(await proposedAfter({ ...source, detectLanguage: () => "de" }, question, answer)).toEqual([]);
});
