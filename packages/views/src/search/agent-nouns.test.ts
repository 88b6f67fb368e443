import { expect, test } from "vitest";

import { searchIndex } from "./search.ts";
import { conversationId, makeDocument, memoryId } from "./testing.ts";
import { UserIndex } from "./user-index.ts";

const SAID = [
  "The roofer comes on Thursday, he wants 900 euros",
  "Our baker has closed for August",
  "A plumber from Leeds looked at it",
  "Met a swimmer from the club",
  "The painter left his ladder here",
  "Such a nice corner to sit in",
  "It rained, and the roof of the shed is leaking",
];

/** What is found, the best first, each in a conversation of its own; `hidden`: the texts that are confidential. */
function found(
  text: string,
  said: readonly string[] = SAID,
  {
    ceiling = 2,
    hidden = [],
    language = "en",
  }: { ceiling?: 1 | 2; hidden?: readonly string[]; language?: string } = {},
): { readonly texts: readonly string[]; readonly terms: readonly string[] } {
  const index = new UserIndex({ detectLanguage: () => language });
  for (const [at, words] of said.entries())
    index.put(
      makeDocument(at + 1, words, { conversationId: conversationId(at + 1), level: hidden.includes(words) ? 2 : 1 }),
    );
  const { hits, query } = searchIndex(index, { text, ceiling, limit: 20 });
  const texts = hits.map(({ document }) => said.find((_, at) => memoryId(at + 1) === document.memoryId) ?? "");
  return { texts, terms: query.words.flatMap(({ terms }) => terms) };
}

test.each([
  ["bake", "Our baker has closed for August"],
  ["baking", "Our baker has closed for August"],
  ["Who looked at the plumbing?", "A plumber from Leeds looked at it"],
  ["swimming", "Met a swimmer from the club"],
  ["paint", "The painter left his ladder here"],
])("searchIndex finds for %s who does it", (text, expected) => {
  expect(found(text).texts[0]).toBe(expected);
});

test("what holds the word itself comes first", () => {
  expect(found("roof").texts).toEqual([SAID[6], SAID[0]]);
});

test("searchIndex takes no other word for who does it, and nobody in other languages", () => {
  expect(found("corn").texts).toEqual([]);
  expect(found("roof", SAID.slice(0, 6), { language: "pl" }).texts).toEqual([]);
});

test("who may not be seen is not looked for, and takes no room", () => {
  const [roofer = "", ...others] = SAID;
  const told = [roofer, ...others];
  expect(found("roof", told, { ceiling: 1, hidden: [roofer] })).toEqual({ texts: [SAID[6]], terms: ["roof"] });
  expect(found("roof", told, { ceiling: 1, hidden: [roofer] })).toEqual(found("roof", others, { ceiling: 1 }));
});
