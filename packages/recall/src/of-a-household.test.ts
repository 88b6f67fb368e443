/** Questions as a family asks them of its chat: what is merely near the answer is not told as one. */
import { loadLanguage, UserIndex } from "@kaelix/views";
import { beforeAll, expect, test } from "vitest";

import { ask } from "./ask.ts";
import type { RecallSource } from "./source.ts";
import { documentOf, FILLER, NOTHING, OWNER, sourceOf, type Told } from "./testing.ts";

const NOW_MS = Date.UTC(2026, 9, 20, 9);

beforeAll(() => loadLanguage("de"));

function languageOf(text: string): string {
  return /[äöüß]|\b(?:ist|und|der|die|wir|am|wann|wo|im|ich)\b/iu.test(text) ? "de" : "en";
}

/** Texts of two languages in one index. */
function mixed(told: readonly Told[]): RecallSource {
  const index = new UserIndex({ detectLanguage: languageOf });
  for (const [at, { on, text, ...said }] of [...told, ...FILLER].entries()) {
    const occurredAtMs = Date.parse(`${on}T12:00:00Z`);
    index.put(documentOf(at + 1, text, { occurredAtMs, recordedAtMs: occurredAtMs, ...said }));
  }
  return { ...sourceOf([], { nowMs: NOW_MS }), index: () => Promise.resolve(index), detectLanguage: languageOf };
}

async function answered(question: string, told: readonly Told[], source?: RecallSource): Promise<readonly string[]> {
  const asked = source ?? sourceOf([...told, ...FILLER], { nowMs: NOW_MS });
  return (await ask(asked, { userId: OWNER, ceiling: 2, question })).sentences.map(({ text }) => text);
}

test("who is merely named in many memories has not been counted", async () => {
  const named = Array.from({ length: 12 }, (_, at) => ({
    on: `2026-01-${String(at + 1).padStart(2, "0")}`,
    text: `Rosa fell asleep on the sofa, blanket ${at}`,
  }));
  const told = [
    ...named,
    { on: "2026-02-01", text: "Rosa wants violin lessons, does anybody know a teacher?", speaker: "Ted" },
  ];
  expect(await answered("How often does Rosa have violin lessons?", told)).toEqual(NOTHING);
});

test("what says itself how often is told although nothing is left to be counted", async () => {
  const told = [{ on: "2026-02-01", text: "Is Rosa at her violin lesson every Monday?", speaker: "Ted" }];
  expect(await answered("How often does Rosa have a violin lesson?", told)).toEqual([
    "Ted, 1 February 2026: “Is Rosa at her violin lesson every Monday?”",
  ]);
});

test("a word of assent is no further quotation", async () => {
  const told = [
    { on: "2026-03-10", text: "I'll bring the lemon tart from the corner bakery", speaker: "Ted" },
    { on: "2026-03-10", text: "Yes!!", speaker: "Ted" },
    { on: "2026-03-11", text: "❤️❤️", speaker: "Ted" },
    { on: "2026-03-12", text: "ok", speaker: "Ted" },
  ];
  const found = await answered("Which tart did Ted bring from the bakery in March 2026?", told);
  expect(found[0]).toContain("lemon tart");
  expect(found.join(" ")).not.toMatch(/Yes|❤️|“ok”/u);
});

test("who somebody is, is told by others, and what they say themselves is no contradiction", async () => {
  const said = Array.from({ length: 30 }, (_, at) => ({
    on: `2026-01-${String(at + 1).padStart(2, "0")}`,
    text: `I saw the film in Leeds and then in ${at % 2 === 0 ? "York" : "Hull"}`,
    speaker: "Priti",
  }));
  const told = [
    ...said,
    { on: "2026-02-01", text: "Priti is my sister-in-law, she married Ted in spring" },
    { on: "2026-02-02", text: "Thanks Priti!", speaker: "Ted" },
    { on: "2026-02-02", text: "See you there" },
  ];
  expect(await answered("Who is Priti?", told)).toEqual(["Priti is my sister-in-law, she married Ted in spring"]);
  expect((await answered("Who is Priti?", said))[0]).toContain("Priti: “I saw the film");
});

test("whoever has the same title is somebody else", async () => {
  const told = [
    { on: "2026-02-01", text: "Write to my boss Mrs Albers about the thirty hours" },
    { on: "2026-02-02", text: "Rosa goes into class 3b, to Mrs Kern" },
  ];
  expect((await answered("Who is Mrs Kern?", told))[0]).toContain("class 3b");
});

test("whoever is introduced by name or by what they are is told so first", async () => {
  const told = [
    { on: "2026-02-01", text: "Edda came along and Edda sang", speaker: "Ted" },
    { on: "2026-02-02", text: "We have a new lodger, her name is Edda", speaker: "Ted" },
    { on: "2026-02-03", text: "Watched the race with Bruno", speaker: "Ted" },
    { on: "2026-02-04", text: "Bruno is the piano tuner from the mill", speaker: "Ted" },
  ];
  for (const question of ["Who is Edda?", "Whos Edda?"])
    expect((await answered(question, told))[0], question).toContain("new lodger");
  expect((await answered("Who is Bruno?", told))[0]).toContain("piano tuner");
});

test("a day that was moved is told before the one it was moved from", async () => {
  const told = [
    { on: "2025-04-27", text: "The regatta will be on 13 June 2026", speaker: "Ted" },
    { on: "2025-11-16", text: "they moved the regatta to 12 September 2026", speaker: "Ted" },
    { on: "2026-09-20", text: "Here are the pictures of the regatta" },
  ];
  const found = await answered("When is the regatta?", told);
  expect(found).toEqual([
    "Told differently at different times, the newest first:",
    "Ted, 16 November 2025: “they moved the regatta to 12 September 2026”",
    "Ted, 27 April 2025: “The regatta will be on 13 June 2026”",
  ]);
});

test("one of two who are named need not stand where the other speaks for both", async () => {
  const told = [
    ...Array.from({ length: 100 }, (_, at) => ({
      on: `2026-${String((at % 5) + 1).padStart(2, "0")}-${String((at % 25) + 1).padStart(2, "0")}`,
      text: at % 4 === 0 ? `The regatta on the lake, day ${at}` : `The train is late again, ${at} minutes`,
      speaker: at % 4 === 0 ? "Rosa" : "Tom",
    })),
    { on: "2026-06-03", text: "A cold, says the doctor of Tom", speaker: "Ines" },
  ];
  expect((await answered("When was the regatta of Rosa and Tom on the lake?", told))[0]).toContain("regatta");
  expect(await answered("When was the regatta of Rosa and Max on the lake?", told)).toEqual(NOTHING);
});

test.each(["What did I promise?", "What have we promised?", "Was habe ich versprochen?"])(
  "%s: what the asker committed to, not what others did",
  async (question) => {
    const told = [
      { on: "2026-09-01", text: "I'll send you the recipe this week, promise!", speaker: "Ted" },
      { on: "2026-09-02", text: "I'll send Rosa the pictures of the lake" },
      { on: "2026-09-03", text: "I promise nothing, says the old song" },
    ];
    const found = await answered(question, told);
    expect(found.join(" ")).toContain("pictures of the lake");
    expect(found.join(" ")).not.toContain("recipe");
  },
);

test("what a time was like is asked in other words, too", async () => {
  const told = [
    { on: "2026-03-09", text: "Rosa learned to ride her bicycle in the park", speaker: "Ted" },
    { on: "2026-04-09", text: "Rosa fell off her bicycle in the park", speaker: "Ted" },
  ];
  for (const question of ["What was I doing in March 2026?", "Was haben wir im März 2026 gemacht?"])
    expect(await answered(question, told), question).toEqual([
      "Ted, 9 March 2026: “Rosa learned to ride her bicycle in the park”",
    ]);
});

test("who writes in two languages is answered from either", async () => {
  const told: readonly Told[] = [
    { on: "2026-01-18", text: "Mein Geburtstag ist am 14. Dezember, ich feiere im Gasthaus", speaker: "Opa" },
    { on: "2026-02-03", text: "We are getting a kitten, her name is Mitzi", speaker: "Ted" },
    { on: "2026-03-03", text: "Der Schlüssel liegt im Keller, über der Werkbank" },
  ];
  const source = mixed(told);
  expect((await answered("When is the birthday of Opa?", [], source))[0]).toContain("14. Dezember");
  expect((await answered("Was ist der Name der Katze?", [], source))[0]).toContain("Mitzi");
  expect((await answered("Where is the key to the cellar?", [], source))[0]).toContain("Werkbank");
  expect(await answered("Where is the passport?", [], source)).toEqual(NOTHING);
});
