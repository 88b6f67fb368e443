import { expect, test } from "vitest";

import { searchIndex, type SearchHit } from "./search.ts";
import { asksForSeveral, sameSessionShares } from "./several.ts";
import { conversationId, makeDocument, makeIndex } from "./testing.ts";

test.each([
  "What books has Ann read?",
  "Which European countries did we visit?",
  "What people has Mum met in Rome?",
  "What are her hobbies?",
  "What kind of films do I like?",
  "How many dogs do we have?",
  "What do Ann and Bob have in common?",
  "List the books I read",
  "Show me all my recipes",
  "Wie viele Bücher habe ich?",
  "¿Cuáles son mis libros?",
])("asksForSeveral says yes to %s", (question) => {
  expect(asksForSeveral(question)).toBe(true);
});

test.each([
  "When did we buy the house?",
  "What is Mum allergic to?",
  "What does Ann do on Sundays?",
  "What was the name of the film?",
  "Which bus is ours?",
  "Where do I live?",
  "harbour dinner",
])("asksForSeveral says no to %s", (question) => {
  expect(asksForSeveral(question)).toBe(false);
});

test("asksForSeveral reads a long run of words in no time that grows with its square", () => {
  expect(asksForSeveral("what ".repeat(20_000))).toBe(false);
  expect(asksForSeveral(`what ${"s".repeat(100_000)}`)).toBe(false);
});

test("sameSessionShares takes more from each further hit of a session and nothing from the first", () => {
  const shares = sameSessionShares([7, 7, 3, 7]);
  expect(shares[0]).toBe(0);
  expect(shares[2]).toBe(0);
  expect(shares[1]).toBeLessThan(0);
  expect(shares[3]).toBeLessThan(shares[1] ?? 0);
});

const DAY_MS = 86_400_000;
const started = makeDocument(0, "").occurredAtMs;

/** Three talks: in the first there is a lot about books that were read, in each of the others a line. */
const talks = makeIndex([
  ...[
    "I read a book about whales",
    "What a book, the one I read",
    "That book I read was long",
    "I read no book twice",
  ].map((text, at) => makeDocument(at + 1, text)),
  ...[10, 20].map((number) =>
    makeDocument(number, "This week I read a book of poems", {
      conversationId: conversationId(number),
      occurredAtMs: started + number * DAY_MS,
    }),
  ),
]);

function hitsOf(text: string, more: { skip?: number; limit?: number } = {}): readonly SearchHit[] {
  return searchIndex(talks, { text, ceiling: 2, limit: 50, ...more }).hits;
}

/** How many hits stand before all three talks have had one. */
function placesUntilAllTalks(hits: readonly SearchHit[]): number {
  const seen = new Set<string | null>();
  return hits.findIndex(({ document }) => seen.add(document.conversationId).size === 3) + 1;
}

test("a question for several things hears of each occasion earlier than the same words do otherwise", () => {
  const several = hitsOf("What books have I read?");
  const one = hitsOf("Which book was it that I read?");
  expect(new Set(several.map(({ document }) => document.memoryId))).toEqual(
    new Set(one.map(({ document }) => document.memoryId)),
  );
  expect(placesUntilAllTalks(several)).toBeLessThan(placesUntilAllTalks(one));
});

test("what a hit lost to others of its session stands among its signals, and scores fall from hit to hit", () => {
  const hits = hitsOf("What books have I read?");
  expect(hits.some(({ why }) => why.signals.some(({ signal }) => signal === "sameSession"))).toBe(true);
  for (const { why, score } of hits) {
    expect(why.signals.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score, 4);
  }
  const scores = hits.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((left, right) => right - left));
});

test("pages of such a question join to the whole", () => {
  const whole = hitsOf("What books have I read?").map(({ document }) => document.memoryId);
  const pages = whole.flatMap((_, skip) => hitsOf("What books have I read?", { skip, limit: 1 }));
  expect(pages.map(({ document }) => document.memoryId)).toEqual(whole);
});
