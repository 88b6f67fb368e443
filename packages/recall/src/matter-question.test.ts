import { loadLanguage } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import { readMatterQuestion } from "./matter-question.ts";
import { answersTo, NOTHING, type Told } from "./testing.ts";

beforeAll(() => loadLanguage("de"));

test("a price is answered by a sum, with its day", async () => {
  const told: readonly Told[] = [
    { on: "2025-04-01", text: "The tandem stands in the shed", speaker: "Ted" },
    { on: "2025-04-02", text: "Tandem: 1,150 euros, second hand", speaker: "Ted" },
    { on: "2025-04-03", text: "Rode the tandem for 40 kilometres", speaker: "Ted" },
  ];
  for (const question of [
    "How much did the tandem cost?",
    "What was the price of the tandem?",
    "How much was the tandem?",
  ])
    expect(await answersTo(question, told), question).toEqual([
      "Ted, 2 April 2025: “Tandem: 1,150 euros, second hand”",
    ]);
});

test("a price that nobody told is not made of another number", async () => {
  const told: readonly Told[] = [{ on: "2025-04-03", text: "Rode the tandem for 40 kilometres", speaker: "Ted" }];
  expect(await answersTo("How much did the canoe cost?", told)).toEqual(NOTHING);
  const others = [{ on: "2025-04-02", text: "The stove cost 800 euros and the canoe leaks" }, ...told];
  expect(await answersTo("How much did the tandem cost?", others)).toEqual(NOTHING);
  const german: readonly Told[] = [
    { on: "2025-04-02", text: "Der Schornsteinfeger war da, 95 Euro", speaker: "Ted" },
    { on: "2025-04-03", text: "Der Schornsteinfeger kommt um 10", speaker: "Ted" },
  ];
  expect((await answersTo("Was hat der Schornsteinfeger gekostet?", german, "de"))[0]).toContain("95 Euro");
});

test("a decision is answered by words of deciding on the same matter, the newest first", async () => {
  const told: readonly Told[] = [
    { on: "2025-04-01", text: "What about the fence, green or grey?", speaker: "Ted" },
    { on: "2025-04-02", text: "Decided: the fence will be green" },
    { on: "2025-04-05", text: "We agreed on grey for the fence after all", speaker: "Ted" },
    { on: "2025-04-06", text: "We decided to sell the canoe" },
  ];
  const found = await answersTo("What did we decide about the fence?", told);
  expect(found).toEqual([
    "Ted, 5 April 2025: “We agreed on grey for the fence after all”",
    "Decided: the fence will be green (told on 2 April 2025)",
  ]);
});

test("who is not part of something is told by words that deny", async () => {
  const told: readonly Told[] = [
    { on: "2025-04-01", text: "I'm coming to the regatta", speaker: "Ted" },
    { on: "2025-04-02", text: "Can't come to the regatta, sorry", speaker: "Ines" },
  ];
  const found = await answersTo("Who isn't coming to the regatta?", told);
  expect(found.join(" ")).toContain("Ines");
  expect(found.join(" ")).not.toContain("Ted");
  expect(await answersTo("who isnt coming to the regatta", told)).toEqual(found);
  expect(await answersTo("Who is not coming to the regatta?", told.slice(0, 1))).toEqual(NOTHING);
  const german: readonly Told[] = [
    { on: "2025-04-01", text: "Ich komme zum Grillfest", speaker: "Ted" },
    { on: "2025-04-02", text: "Zum Grillfest kann ich leider nicht kommen", speaker: "Ines" },
  ];
  expect((await answersTo("Wer kommt nicht zum Grillfest?", german, "de")).join(" ")).not.toContain("Ted");
});

test("whose birthday is when is told by the day that is named, or that it was told on", async () => {
  const told: readonly Told[] = [
    { on: "2025-01-20", text: "Ines has her birthday on 7 November", speaker: "Ted" },
    { on: "2025-11-21", text: "Happy birthday Max!", speaker: "Ted" },
    { on: "2025-11-25", text: "The birthday of Rosa is on 3 February", speaker: "Ted" },
  ];
  const found = (await answersTo("Whose birthday is in November?", told)).join(" ");
  expect(found).toContain("Ines");
  expect(found).toContain("Max");
  expect(found).not.toContain("Rosa");
});

test("readMatterQuestion reads nothing else", () => {
  for (const question of [
    "How much time is left?",
    "What did we decide?",
    "Who came to the regatta?",
    "How much does the cat eat?",
    "When is the birthday of Ann?",
  ])
    expect(readMatterQuestion(question, Date.UTC(2026, 5, 1, 9)), question).toBeUndefined();
});

test.each([
  ["How much is Ted's rent?", "They raise the rent to 1,150 from April", "Ted"],
  ["What do we pay for the broadband?", "Broadband is with Zeta now, 38 pounds a month", undefined],
  ["How much does Pepper weigh?", "Pepper is down to 9.4 kg", undefined],
  ["how heavy is pepper", "Pepper weighs 9.4", undefined],
  ["How tall is Rosa?", "Measured Rosa at the door frame: 132 cm", undefined],
])("%s %s", async (question, line, speaker) => {
  const others: readonly Told[] = [
    { on: "2026-01-02", text: "Pepper barked at 3 cats" },
    { on: "2026-01-03", text: "Rosa drew 12 fish" },
    { on: "2026-01-04", text: "The broadband was down for 2 hours" },
    { on: "2026-01-05", text: "Ted read 40 pages" },
  ];
  const told = { on: "2026-01-10", text: line, ...(speaker === undefined ? {} : { speaker }) };
  const found = await answersTo(question, [told, ...others]);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(line);
});

test.each([
  ["Wie viel wiegt Pepper?", "Pepper hat jetzt 9,4 kg"],
  ["Wie groß ist Rosa?", "Rosa am Türrahmen gemessen: 132 cm"],
  ["Wie hoch ist die Miete?", "Ab April steigt die Miete auf 1.150"],
  ["Wie hoch ist der Turm?", "Der Turm im Park hat 30 Meter"],
  ["Was zahlen wir für Strom?", "Für Strom gehen jetzt 61 Euro im Monat ab"],
])("%s %s", async (question, line) => {
  const others: readonly Told[] = [
    { on: "2026-01-02", text: "Pepper hat 3 Katzen angebellt" },
    { on: "2026-01-03", text: "Rosa hat 12 Fische gemalt" },
    { on: "2026-01-04", text: "Der Turm war 2 Tage zu, der Strom auch" },
  ];
  const found = await answersTo(question, [{ on: "2026-01-10", text: line }, ...others], "de");
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(line);
});

test("who has a thing is told the newest first: it may have been given back", async () => {
  const told: readonly Told[] = [
    { on: "2025-04-01", text: "Lent my drill to Max, he wants to hang shelves" },
    { on: "2025-05-01", text: "Max still has my drill" },
    { on: "2025-06-01", text: "Here's your drill back", speaker: "Max" },
    { on: "2025-06-02", text: "A drill is loud on Sundays" },
  ];
  const found = await answersTo("Who has my drill?", told);
  expect(found).toHaveLength(3);
  expect(found[0]).toContain("drill back");
  const german: readonly Told[] = [
    { on: "2025-04-01", text: "Die Leiter habe ich Max geliehen" },
    { on: "2025-06-01", text: "Max hat die Leiter heute zurückgebracht" },
    { on: "2025-06-02", text: "Eine Leiter ist kein Stuhl" },
  ];
  expect((await answersTo("Wer hat die Leiter?", german, "de"))[0]).toContain("zurückgebracht");
});

test.each([
  ["Who did I lend the ladder to?", "Lent the ladder to Max for a week", "The ladder is rusty", "en"],
  ["Wem habe ich die Leiter geliehen?", "Max hat sich unsere Leiter ausgeliehen", "Die Leiter ist rostig", "de"],
])("%s", async (question, line, other, language) => {
  const told = [line, other].map((text, at) => ({ on: `2026-01-0${at + 1}`, text }));
  const found = await answersTo(question, told, language);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(line);
});
