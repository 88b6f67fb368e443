import { expect, test } from "vitest";

import { parseQuery } from "./query.ts";

function lightIn(text: string, languages: readonly string[]): readonly string[] {
  return parseQuery(text, { languages }).words.flatMap(({ isLight, text: word }) => (isLight === true ? [word] : []));
}

test.each([
  ["Where did we eat the oysters?", ["en"], ["eat"]],
  ["What kind of tent do I need?", ["en", "de"], ["kind", "need"]],
  ["Wo haben wir die Austern gegessen?", ["de", "en"], ["gegessen"]],
  ["Dónde compré la bicicleta?", ["es"], ["compre"]],
  ["Où avons-nous mangé des huîtres?", ["fr"], ["mange"]],
])("%s asks with words that weigh less", (question, languages, expected) => {
  expect(lightIn(question, languages)).toEqual(expected);
});

test("a word is light in its own language: Kind is a child in German", () => {
  expect(lightIn("Welches Kind ist gegen Nüsse allergisch?", ["en", "de"])).toEqual([]);
});

test("words that are looked for and ask nothing all weigh what they weigh", () => {
  expect(lightIn("eat kind time", ["en"])).toEqual([]);
});

test("what stands in quotes weighs what it weighs", () => {
  expect(lightIn('Where did I say "the time to eat"?', ["en"])).toEqual([]);
});

test("what is measured belongs to the question in German too", () => {
  const matter = parseQuery("Wie lange ist die Brücke gesperrt?", { languages: ["de"] }).words;
  expect(matter.flatMap(({ isStop, text }) => (isStop ? [] : [text]))).toEqual(["brucke", "gesperrt"]);
});
