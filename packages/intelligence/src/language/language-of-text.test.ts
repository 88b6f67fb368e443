import { expect, test } from "vitest";

import { languageOfText } from "./language-of-text.ts";

const TEXTS: readonly (readonly [string, string | undefined])[] = [
  ["I think the ferry leaves at ten and we should bring the umbrella", "en"],
  ["Ich glaube, die Fähre fährt um zehn, und wir sollten den Schirm mitnehmen", "de"],
  ["Creo que el barco sale a las diez y deberíamos llevar el paraguas", "es"],
  ["Je crois que le bateau part à dix heures et nous devrions prendre le parapluie", "fr"],
  ["Sanırım vapur saat onda kalkıyor ve şemsiyeyi yanımıza almalıyız", "tr"],
  ["ok thanks", undefined],
  ["", undefined],
  ["1234 5678 !!!", undefined],
];

test("languageOfText tells the language of sentences and is silent about scraps", () => {
  for (const [text, language] of TEXTS) expect(languageOfText(text), text).toBe(language);
});

test("languageOfText answers the same whatever was asked before", () => {
  const first = TEXTS.map(([text]) => languageOfText(text));
  const again = TEXTS.toReversed().map(([text]) => languageOfText(text));
  expect(again.toReversed()).toEqual(first);
});
