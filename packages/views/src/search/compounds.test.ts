import { beforeAll, expect, test } from "vitest";

import { loadLanguage } from "./languages.ts";
import { searchIndex } from "./search.ts";
import { conversationId, makeDocument, memoryId } from "./testing.ts";
import { UserIndex } from "./user-index.ts";

beforeAll(() => loadLanguage("de"));

const GERMAN = [
  "Der Klavierlehrer kommt am Montag um vier",
  "Das Klavier muss gestimmt werden",
  "Unser neuer Lehrer heißt Brenner",
  "Der Schlüssel für die Wohnung liegt bei Frau Adam",
  "Eine Wohnung in der Südstadt ist frei geworden",
  "Der Zug hat Verspätung",
];

/** Numbers of what is found, the best first; what is German is told so. `hidden`: the number of what is confidential. */
function found(
  text: string,
  said: readonly (readonly [language: string, text: string])[],
  { ceiling = 2, hidden = said.length }: { readonly ceiling?: 1 | 2; readonly hidden?: number } = {},
): number[] {
  const languages = new Map(said.map(([language, words]) => [words, language]));
  const index = new UserIndex({ detectLanguage: (words) => languages.get(words) });
  for (const [at, [, words]] of said.entries())
    // Each stands in a conversation of its own, so that nothing is found for standing beside another.
    index.put(
      makeDocument(at + 1, words, { conversationId: conversationId(at + 1), level: at + 1 === hidden ? 2 : 1 }),
    );
  return searchIndex(index, { text, ceiling, limit: 20 }).hits.flatMap(
    ({ document }) => said.findIndex((_, at) => memoryId(at + 1) === document.memoryId) + 1,
  );
}

const german = GERMAN.map((text) => ["de", text] as const);

test("searchIndex finds compounds of a word, and behind what holds the word itself", () => {
  expect(found("Klavier", german)).toEqual([2, 1]);
  expect(found("Wann kommt der Lehrer?", german)).toContain(1);
});

test("searchIndex finds the two words that a compound is made of, with what links them", () => {
  expect(found("Wohnungsschlüssel", german)).toEqual([4]);
  expect(found("Wo ist der Wohnungsschlüssel?", german)).toEqual([4]);
});

test("searchIndex takes compounds apart only into words that stand by themselves where they may be seen", () => {
  const told = ["Der Klavierstimmer kommt um vier", "Das Klavier ist schwarz", "Ein Stimmer hört gut"];
  const said = told.map((text) => ["de", text] as const);
  expect(found("Klavier", said)).toEqual([2, 1]);
  expect(found("Klavier", said, { ceiling: 1 })).toEqual([2]);
  expect(found("Klavier", said.slice(0, 2))).toEqual([2]);
});

test("what compounds are often made with need stand nowhere by itself", () => {
  const told = ["Weihnachtsgeschenke: Opa ein Vogelhaus", "Die Weihnachtskugel ist zerbrochen", "Ein Haus am See"];
  const said = told.map((text) => ["de", text] as const);
  expect(found("Weihnachten", said)).toEqual([1]);
  expect(found("Vogel", said)).toEqual([1]);
});

test("compounds that may not be seen take no room from those that may", () => {
  const rests = Array.from({ length: 30 }, (_, at) => `w${"abcdefghij"[at % 10]}${"klm"[Math.floor(at / 10)]}el`);
  const told = [rests.map((rest) => `Klavier${rest}`).join(" "), rests.join(" "), GERMAN[0] ?? "", GERMAN[2] ?? ""];
  const said = told.map((text) => ["de", text] as const);
  expect(found("Klavier", said, { ceiling: 1, hidden: 1 })).toEqual([3]);
});

test("searchIndex takes nothing apart in other languages, nor where a question is asked in English", () => {
  const english = ["The workshop opens at nine", "Work was busy", "The shop has closed"].map(
    (text) => ["en", text] as const,
  );
  expect(found("work", english)).toEqual([2]);
  expect(found("How is work?", [...english, ...german])).not.toContain(1);
  expect(found("Where is the Wohnungsschlüssel?", [...english, ...german])[0]).toBe(7);
  expect(found("Which teacher comes to us?", [...english, ...german])).toContain(4);
});
