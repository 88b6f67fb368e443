import { expect, test } from "vitest";
import { GRAM_BITS, Grams, GRAMS_MAX } from "./grams.ts";

function placesOf(text: string): number[] {
  const grams = new Grams();
  grams.read(text);
  return [...grams.places.subarray(0, grams.count)];
}

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
  expect(places.every((place) => place >= 0 && place < 1 << GRAM_BITS)).toBe(true);
});

test("Grams ends on half an emoji", () => {
  expect(placesOf("a \ud83d").every((place) => place >= 0)).toBe(true);
});
