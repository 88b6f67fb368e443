import { expect, test } from "vitest";
import { PLACE_BITS } from "./gram-table.ts";
import { Grams, GRAMS_MAX } from "./grams.ts";
import { CONCEPT_COUNT, conceptNumber, type LexicalConcept } from "./rules/concepts.ts";
import { ConceptMap } from "./rules/match.ts";

function placesOf(text: string): number[] {
  const grams = new Grams();
  grams.read(text);
  return [...grams.places.subarray(0, grams.count)];
}

function orderOf(...nouns: readonly (readonly [concept: LexicalConcept, word: number])[]): number[] {
  const concepts = new ConceptMap();
  for (const [concept, word] of nouns) concepts.add(conceptNumber(concept), word, word, -1);
  const grams = new Grams();
  grams.readOrder(concepts);
  return [...grams.places.subarray(0, grams.count)];
}

test("Grams knows which noun comes first and whether the other is near, wherever in a text both stand", () => {
  const near = orderOf(["negation", 4], ["illness", 6]);
  expect(near).toHaveLength(1);
  expect(orderOf(["illness", 30], ["negation", 28])).toEqual(near);
  expect(orderOf(["illness", 4], ["negation", 6])).not.toEqual(near);
  expect(orderOf(["negation", 4], ["illness", 12])).not.toEqual(near);
  expect(orderOf(["negation", 4], ["illness", 17])).toEqual([]);
});

test("Grams reads the order of nouns within bounds, however many there are", () => {
  const concepts = new ConceptMap();
  for (let word = 0; word < 300; word += 1)
    for (let concept = 0; concept < CONCEPT_COUNT; concept += 1) concepts.add(concept, word, word, -1);
  const grams = new Grams();
  grams.readOrder(concepts);
  expect(grams.count).toBeGreaterThan(0);
  expect(grams.count).toBeLessThanOrEqual((60 * 59) / 2);
});

test("Grams knows numbers by their shape alone: no digit changes a place", () => {
  expect(placesOf("the shed opens with 4471")).toEqual(placesOf("the shed opens with 9038"));
  expect(placesOf("the shed opens with 4471")).not.toEqual(placesOf("the shed opens with 447"));
});

test("Grams folds case, diacritics and apostrophes", () => {
  expect(placesOf("DON'T tell Zoé")).toEqual(placesOf("dont tell zoe"));
});

test("Grams sees a word's neighbours", () => {
  expect(placesOf("he hits her")).not.toEqual(placesOf("her hits he"));
});

test("Grams keeps places inside the table and stops at its bound", () => {
  const places = placesOf("wörd 😀 123 =x ".repeat(4000));
  expect(places.length).toBeGreaterThan(GRAMS_MAX - 64);
  expect(places.length).toBeLessThan(GRAMS_MAX + 64);
  expect(places.every((place) => place >= 0 && place < 1 << PLACE_BITS)).toBe(true);
});

test("Grams ends on half an emoji", () => {
  expect(placesOf("a \ud83d").every((place) => place >= 0)).toBe(true);
});
