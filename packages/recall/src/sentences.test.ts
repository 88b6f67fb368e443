import fc from "fast-check";
import { expect, test } from "vitest";

import { splitSentences } from "./sentences.ts";

test.each([
  ["Wer holt Oma am 28. November vom Bahnhof ab? Ich!", ["Wer holt Oma am 28. November vom Bahnhof ab?", "Ich!"]],
  ["Wir sind vom 1. bis 14. August weg. Gießt ihr?", ["Wir sind vom 1. bis 14. August weg.", "Gießt ihr?"]],
  ["Termin bei Dr. Müller am 3. Okt. um 9", ["Termin bei Dr. Müller am 3. Okt. um 9"]],
  ["Mrs. Smith came. Prof. Lee too.", ["Mrs. Smith came.", "Prof. Lee too."]],
  ["Opa wird zum 3. Mal Opa. Er wohnt im 2. Stock", ["Opa wird zum 3. Mal Opa.", "Er wohnt im 2. Stock"]],
  ["Obst, z. B. Kirschen. Fertig.", ["Obst, z. B. Kirschen.", "Fertig."]],
  ["We ate at 7. Max came late.", ["We ate at 7.", "Max came late."]],
  ["It cost 3.50. August was hot.", ["It cost 3.50.", "August was hot."]],
  ["Room 28.\nNovember rent is due.", ["Room 28.", "November rent is due."]],
])("splitSentences keeps days and titles together: %s", (text, sentences) => {
  expect(splitSentences(text).map((one) => one.text)).toEqual(sentences);
});

test("splitSentences gives places of the text itself, in order", () => {
  const piece = fc.constantFrom("am 28. ", "November ", "Dr. ", "Ann came. ", "z. B. ", "\n", " ", "5. ", "Was? ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      let last = 0;
      for (const { end, start, text: sentence } of splitSentences(text)) {
        expect(text.slice(start, end)).toBe(sentence);
        expect(start).toBeGreaterThanOrEqual(last);
        last = end;
      }
    }),
  );
});
