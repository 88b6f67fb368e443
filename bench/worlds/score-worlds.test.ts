import { expect, test } from "vitest";

import { connectMemory, emptyWorld, graphOfWorld } from "../../packages/intelligence/src/index.ts";
import { readWorlds } from "./read-worlds.ts";
import { f1, scoreWorld } from "./score-worlds.ts";

const line = JSON.stringify({
  id: "w1",
  lang: "en",
  memories: [
    { id: "a", at: "2024-03-04", text: "my sister Ana rang" },
    { id: "b", at: "2024-03-05", text: "Ana is at the beach" },
  ],
  entities: [
    { name: "me", type: "person", aliases: [], memory_ids: ["a"] },
    { name: "Ana", type: "person", aliases: ["my sister"], memory_ids: ["a", "b"] },
  ],
  relations: [{ from: "Ana", type: "family", to: "me", evidence: ["a"] }],
  connected_pairs: [["b", "a"]],
  unconnected_pairs: [],
});

test("scoreWorld gives one to what is right, relations without direction included", () => {
  const [world] = readWorlds(line);
  const state = emptyWorld();
  for (const memory of world?.memories ?? [])
    connectMemory(state, { memoryId: memory.id, at: memory.at, text: memory.text, language: "en" });
  const score = world === undefined ? undefined : scoreWorld(world, graphOfWorld(state));
  expect(score?.mistakes).toEqual([]);
  expect(score === undefined ? 0 : f1(score.pairs) + f1(score.entities) + f1(score.relations)).toBe(3);
});

test("f1 counts what is missing and what is too much", () => {
  expect(f1({ right: 1, found: 2, wanted: 2 })).toBe(0.5);
  expect(f1({ right: 0, found: 0, wanted: 0 })).toBe(1);
});

test.each([
  ["{", "Cannot read line 2: it is no JSON"],
  ["[]", "Cannot read line 2: it is no object"],
  ['{"id":"x"}', "Cannot read line 2: `memories` is no list"],
  ['{"id":"x","memories":[{"id":"a","at":"never","text":""}]}', "Cannot read line 2: `at` of memory a is no date"],
  [
    '{"id":"x","memories":[],"connected_pairs":[["a","b"]]}',
    "Cannot read line 2: `connected_pairs`[0] names a memory that is not in the world",
  ],
])("readWorlds says where a line is bad: %s", (bad, message) => {
  expect(() => readWorlds(`${line}\n${bad}\n`)).toThrow(message);
});
