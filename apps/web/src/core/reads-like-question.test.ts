import { expect, test } from "vitest";

import { readsLikeQuestion } from "./reads-like-question.ts";

test.each([
  ["what is Mum allergic to", true],
  ["When did I last see Carla", true],
  ["how often did we go climbing", true],
  ["Shall we meet at eight?", true],
  ["¿Dónde vive Ana?  ", true],
  ["wann habe ich Carla gesehen", true],
  ["Mum is allergic to walnuts", false],
  ["What a day!", false],
  ["How nice of her", false],
  ["When we moved, Mum cried", false],
  ["", false],
  ["Talked to Ben.\nIs he well?", false],
  [`${"very ".repeat(80)}long?`, false],
])("readsLikeQuestion %j: %s", (text, isOne) => {
  expect(readsLikeQuestion(text)).toBe(isOne);
});
