import { seededRandom } from "@kaelix/base";
import { expect, test, vi } from "vitest";

import { searchIndex } from "./search.ts";
import { conversationId, makeDocument, makeIndex, memoryId } from "./testing.ts";
import { UserIndex } from "./user-index.ts";
import { codesOf, VectorTable } from "./vectors.ts";

type Random = ReturnType<typeof seededRandom>;

const MODEL = "invented";

function inventVector(random: Random, dimension: number): Float32Array {
  const vector = Float32Array.from({ length: dimension }, () => random.fraction() - 0.5);
  return unit(vector);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((part) => part / length);
}

function cosine(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, part, at) => sum + part * (right[at] ?? 0), 0);
}

test("VectorTable gives the cosines of floats within a hundredth, whatever was set, set anew and cleared", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const dimension = 1 + random.integer(70);
    const table = new VectorTable(MODEL, dimension);
    const kept = new Map<number, Float32Array>();
    for (let step = 0; step < 60; step++) {
      const doc = random.integer(30);
      if (random.integer(4) === 0) {
        table.clear(doc);
        kept.delete(doc);
        continue;
      }
      const vector = inventVector(random, dimension);
      const codes = codesOf(vector);
      if (codes !== undefined) table.set(doc, codes);
      kept.set(doc, vector);
    }
    const query = inventVector(random, dimension);
    const cosines = new Float32Array(30).fill(-7);
    table.cosines(query, (doc) => doc !== 3, cosines);
    for (let doc = 0; doc < 30; doc++) {
      const vector = doc === 3 ? undefined : kept.get(doc);
      if (vector === undefined) expect(cosines[doc], `seed ${seed} document ${doc}`).toBe(-7);
      else expect(Math.abs((cosines[doc] ?? 0) - cosine(query, vector)), `seed ${seed}`).toBeLessThan(0.01);
    }
    expect(table.size).toBe(kept.size);
  }
});

test("codesOf knows no direction of nothing", () => {
  expect(codesOf(new Float32Array(4))).toBeUndefined();
  expect(codesOf(Float32Array.from([Number.NaN, 1]))).toBeUndefined();
});

test("VectorTable.clear overwrites the row and no other", () => {
  const table = new VectorTable(MODEL, 3);
  table.set(0, Int8Array.from([1, 2, 3]));
  table.set(1, Int8Array.from([4, 5, 6]));
  const fill = vi.spyOn(Int8Array.prototype, "fill");
  table.clear(0);
  expect(fill.mock.calls).toEqual([[0, 0, 3]]);
  fill.mockRestore();
  expect([table.codes(0), table.codes(1)]).toEqual([undefined, Int8Array.from([4, 5, 6])]);
});

test("UserIndex keeps the vector of a version as long as that version is there, and of no other", () => {
  const index = makeIndex([makeDocument(1, "harbour dinner"), makeDocument(2, "night train")]);
  const vector = Float32Array.from([1, 0]);
  const set = (number: number, version = 1): boolean =>
    index.setVector(memoryId(number), version, { model: MODEL, vector });
  expect([set(1), set(2), set(1, 2), set(9)]).toEqual([true, true, false, false]);
  // Told again as it was: the vector stays. Another version, level or text: it goes.
  index.put(makeDocument(1, "harbour dinner", { lastOffset: 9 }));
  expect(index.codes(memoryId(1))).toBeDefined();
  index.put(makeDocument(1, "harbour dinner", { level: 2 }));
  expect(index.codes(memoryId(1))).toBeUndefined();
  index.put(makeDocument(2, "night train to Vienna", { version: 2 }));
  expect(index.codes(memoryId(2))).toBeUndefined();
  expect([...index.withoutVector(MODEL, 1)].map((document) => document.memoryId)).toEqual([memoryId(2)]);
  expect(index.countWithoutVector(MODEL, 2)).toBe(2);
  // What is taken out leaves no row behind.
  set(2, 2);
  expect(index.parts(2).vectors?.size).toBe(1);
  index.remove(memoryId(2));
  expect(index.parts(2).vectors?.size).toBe(0);
  index.put(makeDocument(2, "night train to Vienna", { version: 2 }));
  // Vectors of another model take the place of all.
  set(2, 2);
  index.setVector(memoryId(1), 1, { model: "other", vector: Float32Array.from([1, 0, 0]) });
  expect(index.codes(memoryId(2))).toBeUndefined();
  expect(index.parts(2).vectors).toMatchObject({ model: "other", dimension: 3, size: 1 });
});

test("UserIndex keeps the right vectors when it sweeps", () => {
  const documents = Array.from({ length: 200 }, (_, number) => makeDocument(number, `word${number}`));
  const index = makeIndex(documents);
  const random = seededRandom(5);
  const vectors = documents.map(() => inventVector(random, 8));
  for (const [number, vector] of vectors.entries()) index.setVector(memoryId(number), 1, { model: MODEL, vector });
  for (let number = 0; number < 120; number++) index.remove(memoryId(number));
  index.sweep();
  expect(index.parts(2).table.count).toBe(80);
  for (let number = 120; number < 200; number++)
    expect(index.codes(memoryId(number))).toEqual(codesOf(vectors[number] ?? new Float32Array(8)));
});

const WORDS = "harbour dinner walnut cinema bicycle train winter garden".split(" ");

/** The same documents and vectors, without some of them. */
function indexOf(seed: number, keeps: (level: number) => boolean): UserIndex {
  const random = seededRandom(seed);
  const index = new UserIndex({ detectLanguage: () => "en" });
  for (let number = 0; number < 40; number++) {
    const text = Array.from({ length: 1 + random.integer(4) }, () => WORDS[random.integer(WORDS.length)]).join(" ");
    const level = random.integer(3) === 0 ? 2 : 1;
    const speaker = random.integer(2) === 0 ? "Ines" : "Jonas";
    const vector = inventVector(random, 6);
    const hasVector = random.integer(4) > 0;
    if (!keeps(level)) continue;
    index.put(makeDocument(number, text, { level, speaker, conversationId: conversationId(number % 3) }));
    if (hasVector) index.setVector(memoryId(number), 1, { model: MODEL, vector });
  }
  return index;
}

test("searchIndex with meaning is, under a ceiling and filters, as if nothing else existed", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(1_000 + seed);
    const meaning = { model: MODEL, vector: inventVector(random, 6) };
    const text = `${WORDS[random.integer(WORDS.length)] ?? ""} zeppelin`;
    const all = indexOf(seed, () => true);
    const lower = indexOf(seed, (level) => level === 1);
    const asked = { text, meaning, limit: 50, facets: true };
    const seen = searchIndex(all, { ...asked, ceiling: 1 });
    const alone = searchIndex(lower, { ...asked, ceiling: 1 });
    const shown = (result: typeof seen): unknown =>
      result.hits.map(({ document, score, why }) => [document.memoryId, score, why.meaning, why.coverage]);
    expect(shown(seen), `seed ${seed}`).toEqual(shown(alone));
    expect([seen.total, seen.facets], `seed ${seed}`).toEqual([alone.total, alone.facets]);
    const narrowed = searchIndex(all, { ...asked, ceiling: 2, filters: { people: ["Ines"], levels: [1] } });
    for (const { document } of narrowed.hits) expect([document.speaker, document.level]).toEqual(["Ines", 1]);
    expect(narrowed.total, `seed ${seed}`).toBe(narrowed.hits.length);
    // Vectors of one model say nothing of another's query: the same as without any.
    const other = searchIndex(all, { ...asked, ceiling: 2, meaning: { ...meaning, model: "other" } });
    expect(other.hits.every(({ why }) => why.meaning === undefined && why.coverageAround > 0)).toBe(true);
  }
});

test("searchIndex lets what does not pass take no place among the nearest", () => {
  const index = new UserIndex({ detectLanguage: () => "en" });
  for (let number = 0; number < 201; number++) {
    index.put(
      makeDocument(number, "kitten", { speaker: number === 200 ? "Ines" : "Jonas", level: number < 100 ? 2 : 1 }),
    );
    index.setVector(memoryId(number), 1, {
      model: MODEL,
      vector: unit(Float32Array.from([1, number === 200 ? 1 : 0])),
    });
  }
  const meaning = { model: MODEL, vector: Float32Array.from([1, 0]) };
  const asked = { text: "cat", limit: 300, meaning, ceiling: 1 } as const;
  const found = searchIndex(index, { ...asked, filters: { people: ["Ines"] } });
  expect(found.hits.map(({ document }) => document.memoryId)).toEqual([memoryId(200)]);
  expect(searchIndex(index, asked).total).toBe(100);
});

test("searchIndex without meaning is the same with vectors as without", () => {
  const bare = makeIndex(
    Array.from({ length: 12 }, (_, number) => makeDocument(number, `${WORDS[number % 8] ?? ""} boat`)),
  );
  const rich = makeIndex(
    Array.from({ length: 12 }, (_, number) => makeDocument(number, `${WORDS[number % 8] ?? ""} boat`)),
  );
  for (let number = 0; number < 12; number++)
    rich.setVector(memoryId(number), 1, { model: MODEL, vector: inventVector(seededRandom(number + 1), 4) });
  const asked = { text: "when was the harbour boat?", ceiling: 2, limit: 20, facets: true } as const;
  expect(searchIndex(rich, asked)).toEqual(searchIndex(bare, asked));
});

test("searchIndex finds by meaning alone what no word leads to, and says how near it is", () => {
  const index = makeIndex([
    makeDocument(1, "kitten from the shelter"),
    makeDocument(2, "the rent went up", { occurredAtMs: 1 }),
  ]);
  index.setVector(memoryId(1), 1, { model: MODEL, vector: unit(Float32Array.from([0.9, 0.1])) });
  index.setVector(memoryId(2), 1, { model: MODEL, vector: unit(Float32Array.from([-0.2, 1])) });
  const meaning = { model: MODEL, vector: Float32Array.from([1, 0]) };
  const { hits, total } = searchIndex(index, { text: "cat", ceiling: 2, limit: 5, meaning });
  expect(total).toBe(1);
  expect(hits[0]?.document.memoryId).toBe(memoryId(1));
  expect(hits[0]?.why).toMatchObject({ words: [], isContext: false });
  expect(hits[0]?.why.meaning).toBeCloseTo(0.994, 2);
});
