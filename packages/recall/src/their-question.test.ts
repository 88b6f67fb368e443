import { loadLanguage } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import type { Held } from "./aimed-question.ts";
import { answersTo, documentOf, NOTHING, type Told } from "./testing.ts";
import { readTheirQuestion } from "./their-question.ts";

beforeAll(() => loadLanguage("de"));

const WHOLE: Held = { coverage: 1, words: [], ranges: [] };

const LIFE: readonly Told[] = [
  { on: "2025-03-01", text: "Met Carla at the choir. She comes from Lisbon and works as a vet", speaker: "Ted" },
  { on: "2025-03-04", text: "I moved to Leeds last week", speaker: "Ines" },
  { on: "2025-03-05", text: "Ines told me that Max lives in Oslo now" },
  { on: "2025-04-01", text: "I'm a glazier now, mostly church windows", speaker: "Max" },
  { on: "2025-05-02", text: "Rosa is 8 now and reads everything" },
  { on: "2026-05-02", text: "Rosa turned 9 today" },
  { on: "2026-04-03", text: "My birthday is on 12 August, barbecue at ours", speaker: "Ted" },
  { on: "2026-05-03", text: "Ted waited 45 minutes for Rosa" },
];

test.each([
  ["Where is Carla from?", "Lisbon"],
  ["where does carla come from", "Lisbon"],
  ["What is Carla's job?", "vet"],
  ["Where does Ines live?", "Leeds"],
  ["Where does Max live now?", "Oslo"],
  ["What does Max do for a living?", "glazier"],
  ["How old is Rosa?", "turned 9"],
  ["when is rosas birthday", "turned 9"],
  ["When is Ted's birthday?", "12 August"],
])("%s", async (question, expected) => {
  expect((await answersTo(question, LIFE))[0]).toContain(expected);
});

test("an age is told with its day, the newest first", async () => {
  expect(await answersTo("How old is Rosa?", LIFE)).toEqual([
    "Rosa turned 9 today (told on 2 May 2026; “today”: 2 May 2026)",
    "Rosa is 8 now and reads everything (told on 2 May 2025)",
  ]);
});

test("what is said of somebody who stands nearer, or by another of themself, is no answer", async () => {
  const told: readonly Told[] = [
    { on: "2025-03-06", text: "I turned 40, thank you Max!", speaker: "Ted" },
    { on: "2025-03-07", text: "Is Max from Norway?", speaker: "Ted" },
  ];
  const heard = documentOf(1, "Ines told me that Max lives in Oslo");
  expect(readTheirQuestion("Where does Ines live?")?.isAnsweredBy(heard, "en", WHOLE)).toBe(false);
  expect(readTheirQuestion("Where does Max live?")?.isAnsweredBy(heard, "en", WHOLE)).toBe(true);
  expect(await answersTo("How old is Max?", told)).toEqual(NOTHING);
  expect(await answersTo("When is Max's birthday?", LIFE)).toEqual(NOTHING);
  expect(await answersTo("Where is Max from?", told)).toEqual(NOTHING);
});

test("what is over is no answer to what is so now", () => {
  expect(
    readTheirQuestion("Where does Max work?")?.isAnsweredBy(
      documentOf(1, "Max no longer works at the bakery"),
      "en",
      WHOLE,
    ),
  ).toBe(false);
  expect(
    readTheirQuestion("Where did Max work?")?.isAnsweredBy(
      documentOf(1, "Max no longer works at the bakery"),
      "en",
      WHOLE,
    ),
  ).toBe(true);
});

test.each([
  ["Woher kommt Carla?", "Lissabon"],
  ["Wo wohnt Ines?", "Bremen"],
  ["Was macht Carla beruflich?", "Krankenhaus"],
  ["Wie alt ist Opa?", "81. Geburtstag"],
  ["Wann hat Ines Geburtstag?", "9. Mai"],
])("%s", async (question, expected) => {
  const told: readonly Told[] = [
    { on: "2025-03-01", text: "Carla kommt aus Lissabon und arbeitet jetzt bei uns im Krankenhaus" },
    { on: "2025-03-02", text: "Wir wohnen seit Mai in Bremen", speaker: "Ines" },
    { on: "2025-03-03", text: "Danke für die Karten zu meinem 81. Geburtstag", speaker: "Opa" },
    { on: "2025-03-05", text: "Ich habe am 9. Mai Geburtstag und lade euch ein", speaker: "Ines" },
    { on: "2025-03-04", text: "Opa kommt aus dem Garten nicht mehr heraus" },
  ];
  expect((await answersTo(question, told, "de"))[0]).toContain(expected);
});

test("readTheirQuestion reads nothing else", () => {
  for (const question of [
    "Where do I live?",
    "Where is it from?",
    "Where did Ann buy the lamp?",
    "What did Ann do in May?",
    "How old is the bridge that Ann drew?",
    "What does she do?",
  ])
    expect(readTheirQuestion(question), question).toBeUndefined();
  // Of a thing the word itself is the matter: what holds it may answer.
  expect(readTheirQuestion("Where is the lamp from?")?.otherwise).toBe("words");
  expect(readTheirQuestion("Where is Ann from?")?.otherwise).toBe("nothing");
});

test.each([
  ["Where does Ines live?", "Ines's new flat is above the bakery on Elm Grove", undefined],
  ["What is Ines's address?", "Ines's new flat is above the bakery on Elm Grove", undefined],
  ["What's Max's address?", "My address is Elm Grove 4", "Max"],
  ["Where does Hanne live?", "My sister Hanne is visiting from Bergen for two weeks", "Max"],
  ["Where did Ines work before?", "I've handed in my notice at the bank", "Ines"],
])("%s %s", async (question, line, speaker) => {
  const others: readonly Told[] = [
    { on: "2026-01-02", text: "Ines said that Rosa's flat is behind the station" },
    { on: "2026-01-03", text: "Hanne and Max are in the garden" },
    { on: "2026-01-04", text: "Nobody at work knows Ines" },
  ];
  const told = { on: "2026-01-10", text: line, ...(speaker === undefined ? {} : { speaker }) };
  const found = await answersTo(question, [told, ...others]);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(line);
});

test.each([
  ["Wo arbeitet Ines?", "Ich habe den Job bei den Stadtwerken bekommen", "Ines"],
  ["Wo arbeitet Ines?", "Erster Tag bei den Stadtwerken, meine Chefin ist nett", "Ines"],
  ["Wo wohnt Hanne?", "Meine Cousine Hanne aus Bergen kommt zwei Wochen zu Besuch", "Max"],
  ["Wie lautet Ines' Adresse?", "Die neue Wohnung ist in der Gartenstraße, sagt Ines", undefined],
])("%s %s", async (question, line, speaker) => {
  const others: readonly Told[] = [
    { on: "2026-01-02", text: "In der Arbeit weiß niemand von Ines" },
    { on: "2026-01-03", text: "Hanne und Max sind im Garten" },
  ];
  const told = { on: "2026-01-10", text: line, ...(speaker === undefined ? {} : { speaker }) };
  const found = await answersTo(question, [told, ...others], "de");
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(line);
});

test.each([
  ["What is Max's email address?", "My new email is max.k@posteo.example, the old one is dead", "Max"],
  ["whats maxs phone number", "Max has a new number: 0151 2345 6789", undefined],
  ["Who does Max live with?", "I'm moving in with Henrike in August", "Max"],
])("%s", async (question, line, speaker) => {
  const others: readonly Told[] = [
    { on: "2026-01-02", text: "Write Ines an email, ines@posteo.example, and call 0171 9876 5432" },
    { on: "2026-01-03", text: "Max runs with number 12" },
    { on: "2026-01-04", text: "I live alone", speaker: "Ines" },
  ];
  const told = { on: "2026-01-10", text: line, ...(speaker === undefined ? {} : { speaker }) };
  const found = await answersTo(question, [told, ...others]);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(line);
});
