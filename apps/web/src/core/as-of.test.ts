import { expect, test } from "vitest";

import { asOfIn, asOfWords, endOfDay } from "./as-of.ts";
import { addressOf, isIdle, searchOf } from "./search-query.ts";

test("a day that is chosen means its end, and is called by its own name again", () => {
  const end = endOfDay("2022-02-28") ?? "";
  expect(new Date(end).getTime()).toBe(new Date(2022, 2, 1).getTime());
  expect(asOfWords(end)).toBe("As of 28 February 2022");
  // Also in an address that somebody types.
  expect([asOfIn("2022-02-28"), asOfWords("2022-02-28")]).toEqual([end, "As of 28 February 2022"]);
  for (const none of ["", "soon", "2022-02-30", "2022-13-01", "2022-00-10"])
    expect([none, endOfDay(none), asOfIn(none)]).toEqual([none, undefined, undefined]);
  expect([asOfIn("keys/0@3"), asOfIn(null)]).toEqual([undefined, undefined]);
});

test("an address holds what a search is as of: a time or a position, there and back", () => {
  for (const as_of of ["2022-06-01T00:00:00.000Z", "memories/4@88412"]) {
    const parameters = new URLSearchParams(addressOf({ query: "Jonas", filter: { person: "Carla" }, as_of }));
    expect(searchOf(parameters)).toEqual({ query: "Jonas", filter: { person: "Carla" }, as_of });
  }
  expect(isIdle(new URLSearchParams("as_of=memories/4@1"))).toBe(false);
  expect(isIdle(new URLSearchParams("as_of=soon"))).toBe(true);
  expect(asOfWords("memories/4@88412")).toBe("As told up to memories/4@88412");
});
