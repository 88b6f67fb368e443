import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import type { SearchDocument } from "./document.ts";
import { parseQuery } from "./query.ts";
import { scoreCandidates, type ScoreShape, SIGNAL_COUNT, SIGNALS } from "./score.ts";
import { searchIndex } from "./search.ts";
import { conversationId, makeDocument, makeIndex, memoryId } from "./testing.ts";
import { indexedTerms, UserIndex } from "./user-index.ts";

const WORDS = "harbour dinner walnut cinema bicycle train winter garden letter piano kitchen river".split(" ");
const SHAPE: ScoreShape = {
  k1: [0.9, 1.8, 1.5],
  b: [0.3, 0.6, 0.4],
  reach: [0.6, 0.4, 0.4, 0.1],
  nameWeight: 1,
};
type Random = ReturnType<typeof seededRandom>;

function inventText(random: Random): string {
  const words = Array.from({ length: 1 + random.integer(9) }, () => WORDS[random.integer(WORDS.length)] ?? "");
  return words.join(" ");
}

function inventDocument(random: Random, number: number): SearchDocument {
  return makeDocument(number, inventText(random), {
    conversationId: random.integer(4) === 0 ? null : conversationId(random.integer(3)),
    // Coarse times, so that order often falls to the offset, and gaps that end sessions.
    occurredAtMs: Date.UTC(2024, 0, 1) + random.integer(12) * 1_300_000,
    level: random.integer(3) === 0 ? 2 : 1,
  });
}

interface Signals {
  readonly turn: number;
  readonly window: number;
  readonly session: number;
}

/** BM25 of turn, window and session the slow way: from texts, with no index. */
function naiveSignals(documents: readonly SearchDocument[], words: readonly string[]): Map<string, Signals> {
  const terms = new Map(documents.map((document) => [document, indexedTerms(document, "en").terms]));
  const threads = naiveSessions(documents);
  const count = (document: SearchDocument | undefined, word: string): number =>
    document === undefined ? 0 : (terms.get(document) ?? []).filter((term) => term === word).length;
  const lengthOf = (document: SearchDocument | undefined): number =>
    document === undefined ? 0 : (terms.get(document) ?? []).length;
  const total = documents.reduce((sum, document) => sum + lengthOf(document), 0);
  const average = total / documents.length;
  const idf = (all: number, holding: number): number => Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
  const saturate = (tf: number, length: number, at: 0 | 1 | 2): number =>
    tf === 0 ? 0 : tf / (tf + SHAPE.k1[at] * (1 - SHAPE.b[at] + SHAPE.b[at] * length));
  const [oneBefore, twoBefore, oneAfter, twoAfter] = SHAPE.reach;
  const weights = words.map((word) => idf(documents.length, documents.filter((one) => count(one, word) > 0).length));
  const reachable = weights.reduce((sum, weight) => sum + weight, 0);
  const signals = new Map<string, Signals>();
  for (const session of threads) {
    const sessionLength = session.reduce((sum, one) => sum + lengthOf(one), 0) / (total / threads.length);
    for (const [at, document] of session.entries()) {
      const reach: readonly (readonly [SearchDocument | undefined, number])[] = [
        [document, 1],
        [session[at - 1], oneBefore],
        [session[at - 2], twoBefore],
        [session[at + 1], oneAfter],
        [session[at + 2], twoAfter],
      ];
      const sums = { turn: 0, window: 0, session: 0 };
      for (const [place, word] of words.entries()) {
        const weight = weights[place] ?? 0;
        sums.turn += weight * saturate(count(document, word), lengthOf(document) / average, 0);
        const windowCount = reach.reduce((sum, [one, share]) => sum + share * count(one, word), 0);
        const windowLength = reach.reduce((sum, [one, share]) => sum + share * lengthOf(one), 0);
        const windowAverage = average * (1 + oneBefore + twoBefore + oneAfter + twoAfter);
        sums.window += weight * saturate(windowCount, windowLength / windowAverage, 1);
        const sessionsHolding = threads.filter((docs) => docs.some((one) => count(one, word) > 0)).length;
        const sessionCount = session.reduce((sum, one) => sum + count(one, word), 0);
        sums.session += idf(threads.length, sessionsHolding) * saturate(sessionCount, sessionLength, 2);
      }
      signals.set(document.memoryId, {
        turn: sums.turn / reachable,
        window: sums.window / reachable,
        session: sums.session / reachable,
      });
    }
  }
  return signals;
}

function naiveSessions(documents: readonly SearchDocument[]): SearchDocument[][] {
  const sessions: SearchDocument[][] = [];
  const byConversation = Map.groupBy(documents, (document) => document.conversationId);
  for (const docs of byConversation.values()) {
    docs.sort((left, right) => left.occurredAtMs - right.occurredAtMs || left.firstOffset - right.firstOffset);
    let last = -Infinity;
    for (const document of docs) {
      if (document.occurredAtMs - last > 3_600_000) sessions.push([]);
      sessions.at(-1)?.push(document);
      last = document.occurredAtMs;
    }
  }
  return sessions;
}

test("scoreCandidates agrees with BM25 computed from the texts, after any changes", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const index = new UserIndex({ detectLanguage: () => "en" });
    const there = new Map<string, SearchDocument>();
    for (let step = 0; step < 60; step++) {
      const document = { ...inventDocument(random, random.integer(30)), firstOffset: step, offset: step };
      if (random.integer(4) === 0) {
        index.remove(document.memoryId);
        there.delete(document.memoryId);
      } else {
        index.put(document);
        there.set(document.memoryId, document);
      }
      if (random.integer(30) === 0) index.sweep();
    }
    const words = [WORDS[random.integer(6)] ?? "", WORDS[6 + random.integer(6)] ?? ""];
    const ceiling = random.integer(2) === 0 ? 1 : 2;
    const visible = [...there.values()].filter((document) => document.level <= ceiling);
    const query = parseQuery(words.join(" "), { languages: ["en"] });
    const parts = index.parts(ceiling);
    const { docs, signals } = scoreCandidates(parts, query, { ceiling, shape: SHAPE });
    const oracle = naiveSignals(
      visible,
      query.words.map((word) => word.terms[0] ?? ""),
    );
    const found = new Map<string, Signals>();
    for (const [at, doc] of docs.entries()) {
      const value = (name: (typeof SIGNALS)[number]): number => signals[at * SIGNAL_COUNT + SIGNALS.indexOf(name)] ?? 0;
      const id = parts.table.document(doc)?.memoryId ?? "";
      found.set(id, { turn: value("turn"), window: value("window"), session: value("session") });
    }
    for (const [id, wanted] of oracle) {
      if (wanted.window === 0) {
        expect(found.has(id), `seed ${seed}`).toBe(false);
        continue;
      }
      for (const name of ["turn", "window", "session"] as const) {
        expect(found.get(id)?.[name], `seed ${seed} ${id} ${name}`).toBeCloseTo(wanted[name], 4);
      }
    }
  }
});

test("UserIndex.remove leaves nothing to find, list or read", () => {
  const documents = Array.from({ length: 200 }, (_, number) => makeDocument(number, `note ${number} about harbour`));
  const index = makeIndex([...documents, makeDocument(999, "the zanzibar ticket", { caption: "a walnut boat" })]);
  expect(index.remove(memoryId(999))).toBe(true);
  expect(index.remove(memoryId(999))).toBe(false);
  for (const text of ["zanzibar", "walnut", "boat ticket"]) {
    expect(searchIndex(index, { text, ceiling: 2, limit: 10 })).toMatchObject({ hits: [], total: 0 });
  }
  expect(index.document(memoryId(999))).toBeUndefined();
  index.sweep();
  expect(index.parts(2).postings.termId("zanzibar")).toBeUndefined();
  expect(index.size).toBe(200);
  expect(searchIndex(index, { text: "harbour", ceiling: 2, limit: 10 }).total).toBe(200);
});

test("UserIndex.put in the place of an older version finds the new words alone", () => {
  const index = makeIndex([makeDocument(1, "dinner at the harbour")]);
  index.put(makeDocument(1, "lunch at the river", { version: 2 }));
  expect(searchIndex(index, { text: "harbour", ceiling: 2, limit: 10 }).total).toBe(0);
  expect(searchIndex(index, { text: "river", ceiling: 2, limit: 10 }).hits[0]?.document.version).toBe(2);
  expect(index.size).toBe(1);
});

test("UserIndex answers the same whatever came and went before", () => {
  const random = seededRandom(11);
  const documents = Array.from({ length: 80 }, (_, number) => inventDocument(random, number));
  const straight = makeIndex(documents);
  const crooked = new UserIndex({ detectLanguage: () => "en" });
  for (const document of documents.toReversed()) {
    crooked.put(makeDocument(500, "something else entirely"));
    crooked.put({ ...document, text: "before it was edited" });
    crooked.put(document);
  }
  crooked.remove(memoryId(500));
  for (const text of ["harbour walnut", "when did the train leave?", "winter"]) {
    const ask = (index: UserIndex): unknown =>
      searchIndex(index, { text, ceiling: 2, limit: 100, facets: true }).hits.map((hit) => [
        hit.document,
        hit.score.toFixed(5),
      ]);
    expect(ask(crooked)).toEqual(ask(straight));
  }
  const list = (index: UserIndex): unknown =>
    [...index.documents()].toSorted((left, right) => left.firstOffset - right.firstOffset);
  expect(list(crooked)).toEqual(list(straight));
});

test("indexedTerms takes a time that no calendar knows", () => {
  expect(indexedTerms(makeDocument(1, "harbour", { occurredAtMs: 9e15 }), "en").terms).toContain("harbour");
});
