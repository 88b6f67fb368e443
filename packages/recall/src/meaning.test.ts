import { idFromBytes, type UserId } from "@kaelix/model";
import { type SearchDocument, UserIndex } from "@kaelix/views";
import { expect, test } from "vitest";

import type { AskRequest } from "./answer.ts";
import { ask } from "./ask.ts";
import { type RecallSearchRequest, searchMemories } from "./search.ts";
import { SharedIndexes } from "./shared-indexes.ts";
import type { QueryMeaning, RecallSource } from "./source.ts";
import { documentOf, memoryOf, OWNER as ANN } from "./testing.ts";

const BOB: UserId = idFromBytes("usr", new Uint8Array(16).fill(2));
const MODEL = "invented";
const unit = (...parts: readonly number[]): Float32Array =>
  Float32Array.from(parts, (part) => part / Math.hypot(...parts));

/** Ann has memories, and vectors of some; what was asked of the provider. */
function makeHouse(answer: QueryMeaning = { type: "meant", meaning: { model: MODEL, vector: unit(1, 0, 0) } }): {
  readonly source: RecallSource;
  readonly index: UserIndex;
  readonly asked: string[];
} {
  const index = new UserIndex({ detectLanguage: () => "en" });
  index.put(documentOf(1, "kitten from the shelter"));
  index.put(documentOf(2, "the rent went up"));
  index.put(documentOf(3, "a tiger in the zoo", { level: 2 }));
  const asked: string[] = [];
  const source: RecallSource = {
    index: (user) => Promise.resolve(user === ANN ? index : new UserIndex({ detectLanguage: () => "en" })),
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(9),
    embedQuery: (text) => {
      asked.push(text);
      return Promise.resolve(answer);
    },
    detectLanguage: () => "en",
    monotonicMs: () => 0,
    nowMs: () => 0,
  };
  return { source, index, asked };
}

function give(index: UserIndex, number: number, ...parts: readonly number[]): void {
  index.setVector(memoryOf(number), 1, { model: MODEL, vector: unit(...parts) });
}

const request = (text: string, more: Partial<RecallSearchRequest> = {}): RecallSearchRequest => ({
  userId: ANN,
  ceiling: 2,
  text,
  ...more,
});

test("searchMemories finds by meaning and says how near it is; qualifiers are no part of what is meant", async () => {
  const { asked, index, source } = makeHouse();
  give(index, 1, 0.9, 0.1, 0);
  give(index, 2, -0.1, 1, 0);
  const found = await searchMemories(source, request("cat source:chat"));
  expect(asked).toEqual(["cat"]);
  expect(found).toMatchObject({ meaning: "used", total: 1 });
  expect(found.hits[0]?.document.memoryId).toBe(memoryOf(1));
  expect(found.hits[0]?.reasons.map(({ text }) => text)).toEqual(["Meaning 0.99", "Fits source:chat"]);
});

test("searchMemories asks nobody while nothing that may be seen has a vector, nor for no words", async () => {
  const { asked, index, source } = makeHouse();
  expect((await searchMemories(source, request("cat"))).meaning).toBe("none");
  // What stands above the ceiling must not even show in whether a provider is asked.
  give(index, 3, 1, 0, 0);
  expect(await searchMemories(source, request("cat", { ceiling: 1 }))).toMatchObject({ meaning: "none", total: 0 });
  expect((await searchMemories(source, request("level:2"))).meaning).toBe("none");
  expect(asked).toEqual([]);
  expect((await searchMemories(source, request("cat"))).meaning).toBe("used");
});

test("searchMemories answers by words and says so when meaning was missed", async () => {
  for (const why of ["late", "down", "withheld"] as const) {
    const { index, source } = makeHouse({ type: "missed", why });
    give(index, 1, 1, 0, 0);
    const bare = makeHouse();
    const found = await searchMemories(source, request("shelter"));
    expect(found.meaning).toBe(why);
    expect(found.hits).toEqual((await searchMemories(bare.source, request("shelter"))).hits);
  }
});

test("ask quotes what is near in meaning too, once there is an answer", async () => {
  const { asked, index, source } = makeHouse();
  index.put(documentOf(4, "the kitten from the shelter sleeps all day"));
  index.put(documentOf(5, "we fetched her where strays are kept"));
  for (const number of [1, 2, 3, 4]) give(index, number, 0, 1, 0);
  give(index, 5, 1, 0, 0);
  const question = "where is the kitten from?";
  const quotedBy = async (more: Partial<AskRequest> = {}): Promise<readonly string[]> =>
    (await ask(source, { userId: ANN, ceiling: 2, question, ...more })).citations.map(({ memoryId }) => memoryId);
  const byWords = await quotedBy({ byWords: true });
  expect(byWords).toContain(memoryOf(1));
  expect(byWords).not.toContain(memoryOf(5));
  expect(asked).toEqual([]);
  expect(await quotedBy()).toContain(memoryOf(5));
  expect(asked).toEqual([question]);
});

test("ask sends out no question whose words leave next to no chance of an answer, and answers by them when meaning is missed", async () => {
  const { asked, index, source } = makeHouse();
  give(index, 1, 1, 0, 0);
  const nothing = await ask(source, { userId: ANN, ceiling: 2, question: "who is the captain of the submarine?" });
  expect(nothing.kind).toBe("nothing");
  expect(asked).toEqual([]);
  const question = "where is the kitten from?";
  const bare = makeHouse();
  const { why: _, ...byWords } = await ask(bare.source, { userId: ANN, ceiling: 2, question });
  for (const why of ["late", "down", "withheld"] as const) {
    const house = makeHouse({ type: "missed", why });
    give(house.index, 1, 1, 0, 0);
    expect(await ask(house.source, { userId: ANN, ceiling: 2, question })).toMatchObject(byWords);
    expect(house.asked).toEqual([question]);
  }
});

/** A house with `fillers` memories of all sorts beside the kitten's; `near` is the kitten's cosine, which a model tells as `tells` does. */
async function askAmong(fillers: number, near: number, tells: (cosine: number) => number): Promise<string> {
  const { index, source } = makeHouse();
  const withCosine = (cosine: number): readonly number[] => [cosine, Math.sqrt(1 - cosine * cosine), 0];
  give(index, 1, ...withCosine(tells(near)));
  for (let number = 10; number < 10 + fillers; number++) {
    index.put(documentOf(number, `nothing but talk of day ${number}`));
    give(index, number, ...withCosine(tells(0.1 * Math.sin(number))));
  }
  return (await ask(source, { userId: ANN, ceiling: 2, question: "who washed the kitten in the shelter?" })).kind;
}

test("ask answers what words leave open when the best by words stands out in meaning, and not when it does not", async () => {
  const asMeant = (cosine: number): number => cosine;
  expect(await askAmong(120, 0.7, asMeant)).toBe("quoted");
  expect(await askAmong(120, -0.1, asMeant)).toBe("nothing");
});

test("ask decides alike for a model whose cosines are all large and close together", async () => {
  const asSqueezed = (cosine: number): number => 0.8 + 0.05 * cosine;
  expect(await askAmong(120, 0.7, asSqueezed)).toBe("quoted");
  expect(await askAmong(120, -0.1, asSqueezed)).toBe("nothing");
});

test("ask goes by words where too few memories have vectors to say what stands out", async () => {
  const asMeant = (cosine: number): number => cosine;
  expect(await askAmong(50, 0.7, asMeant)).toBe("nothing");
  expect(await askAmong(50, -0.1, asMeant)).toBe("nothing");
});

test("SharedIndexes gives what is shared its vectors and nothing else's, as soon as they are there", async () => {
  const { index, source } = makeHouse();
  const shared = new SharedIndexes(source);
  const part = { owner: ANN, key: "k", edition: 0, passes: (one: SearchDocument) => one.level === 1, ownerName: "Ann" };
  const before = await shared.index(part);
  expect(before.hasVectors(2)).toBe(false);
  give(index, 1, 1, 0, 0);
  give(index, 3, 1, 0, 0);
  const after = await shared.index(part);
  expect(after.codes(memoryOf(1))).toEqual(index.codes(memoryOf(1)));
  expect(after.codes(memoryOf(3))).toBeUndefined();
  const found = await searchMemories(source, {
    ...request("cat"),
    userId: BOB,
    withoutOwn: true,
    shared: [{ owner: ANN, index: after }],
  });
  expect(found).toMatchObject({ meaning: "used", total: 1 });
  expect(found.hits[0]).toMatchObject({ owner: ANN, document: { memoryId: memoryOf(1), speaker: "Ann" } });
  // A share that ends takes the vector with the memory.
  index.remove(memoryOf(1));
  expect((await shared.index(part)).codes(memoryOf(1))).toBeUndefined();
  index.dropVectors();
  expect((await shared.index(part)).hasVectors(2)).toBe(false);
});
