import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import { type Quoted, understand } from "./understand.ts";

const NOW_MS = Date.UTC(2024, 5, 12, 9);
const ANN = makeId("usr", 1, seededRandom(1));

async function meant(question: string, before: string | readonly string[], quoted?: Partial<Quoted>) {
  const answer =
    quoted === undefined ? undefined : { text: "", level: 1 as const, owner: ANN, isGerman: false, ...quoted };
  const questions = typeof before === "string" ? [before] : before;
  return understand(question, { questions, quoted: () => Promise.resolve(answer), nowMs: NOW_MS });
}

test.each([
  ["Who did I have lunch with at the market?", "When was that?", "When did I have lunch with at the market?"],
  ["Where did I stay with Ines?", "and when?", "When did I stay with Ines?"],
  ["Did I go to the glass museum?", "When was it?", "When did I go to the glass museum?"],
  ["Who brought the dog?", "Where was that?", "Where was it: brought the dog?"],
  [
    "How often did I have lunch with Ines?",
    "When was the last time?",
    "When was the last time I have lunch with Ines?",
  ],
  ["Wo habe ich mit Ines gegessen?", "Wann war das?", "Wann habe ich mit Ines gegessen?"],
  ["What did I do in May 2023?", "What about last year?", "What did I do last year?"],
  ["Where did I go last summer?", "and in 2021?", "Where did I go in 2021?"],
  ["What did I spend on rent?", "2022?", "What did I spend on rent in 2022?"],
  ["Where does Carla live?", "And Ines?", "Where does Ines live?"],
  ["Where does Carla live?", "and her sister?", "Where does Carla's sister live?"],
  ["When did I meet Ines in Berlin?", "what about Hamburg?", "When did I meet Ines in Hamburg?"],
  ["When did I meet Ines in Berlin?", "and Carla?", "When did I meet Carla in Berlin?"],
  ["Where do I live?", "And Carla?", "Where does Carla live?"],
  ["When is my brother's birthday?", "and my sister's?", "When is my sister's birthday?"],
  ["Where does Carla live?", "When did she move to Lisbon?", "When did Carla move to Lisbon?"],
  ["Where does Carla live?", "What is her dog called?", "What is Carla's dog called?"],
  ["What is my dog called?", "How old is it?", "How old is my dog?"],
  ["Does Ines live in Lisbon?", "When did she move there?", "When did Ines move to Lisbon?"],
  ["How long did I stay in Hamburg?", "Who did I meet there?", "Who did I meet in Hamburg?"],
])("after %j %j is understood as %j", async (before, question, text) => {
  expect(await meant(question, before)).toEqual({ text });
});

test.each([
  ["Where does Carla live?", "What is my phone number?"],
  ["Where does Carla live?", "When did Ines say that she leaves?"],
  // Two may be meant.
  ["Did Carla meet Ines?", "When did she leave?"],
  // Nobody of that sex was named.
  ["Where does Carla live?", "When did he leave?"],
  ["What did I eat?", "And what did I drink at the market with everybody?"],
  ["Where does Carla live?", "Is there milk?"],
])("after %j %j says what it says", async (before, question) => {
  expect(await meant(question, before)).toBeUndefined();
});

test("a name comes from what the answer quotes only where the question names nobody, and says whose and how secret that memory is", async () => {
  const quoted = { text: "Had lunch with Ines at the market", level: 2 as const };
  const before = "Who did I have lunch with at the market?";
  expect(await meant("When did she leave?", before, quoted)).toEqual({
    text: "When did Ines leave?",
    lender: { level: 2, owner: ANN },
  });
  expect(await meant("When did she leave?", "Did Carla leave?", quoted)).toEqual({ text: "When did Carla leave?" });
  const both = { ...quoted, text: "Had lunch with Ines and Carla" };
  expect(await meant("When did she leave?", before, both)).toBeUndefined();
  expect(await meant("When did she leave?", before)).toBeUndefined();
  expect(
    await meant("Where does she live?", "Who drove to the lake?", { text: "We drove to the lake", speaker: "Carla" }),
  ).toEqual({
    text: "Where does Carla live?",
    lender: { level: 1, owner: ANN },
  });
});

test("who was named earlier is found when neither the last question nor its answer names anybody", async () => {
  const questions = ["Where does Carla live?", "When did I last visit?"];
  expect(await meant("What is her dog called?", questions)).toEqual({ text: "What is Carla's dog called?" });
  expect(await meant("When was that?", [])).toBeUndefined();
});
