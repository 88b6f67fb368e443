import { idFromBytes } from "@kaelix/model";
import { UserIndex } from "@kaelix/views";
import { expect, test } from "vitest";

import { searchMemories } from "./search.ts";
import type { RecallSource } from "./source.ts";
import { documentOf } from "./testing.ts";

const NOW_MS = Date.UTC(2024, 5, 12, 9);
const index = new UserIndex({ detectLanguage: () => "en" });
for (const [at, text] of ["The lighthouse keeper's daughter", "Bread and milk", "Boats in the harbour"].entries()) {
  const occurredAtMs = NOW_MS - (at + 1) * 86_400_000;
  index.put(documentOf(at + 1, text, { speaker: "Carla", occurredAtMs, recordedAtMs: NOW_MS }));
}
const source: RecallSource = {
  index: () => Promise.resolve(index),
  partitionOf: () => 0,
  nextOffset: () => Promise.resolve(3),
  detectLanguage: () => "en",
  monotonicMs: () => performance.now(),
  nowMs: () => NOW_MS,
};
const reasonsOf = async (text: string): Promise<string[]> => {
  const request = { userId: idFromBytes("usr", new Uint8Array(16)), ceiling: 2 as const, text };
  const { hits } = await searchMemories(source, request);
  return hits[0]?.reasons.map((reason) => reason.text) ?? [];
};

test("a hit says which word it was taken for", async () => {
  expect((await reasonsOf("lighthuose"))[0]).toBe("Holds lighthouse (nearly “lighthuose”)");
  expect((await reasonsOf("lighthouse"))[0]).toBe("Holds lighthouse");
});

test("a question finds what tells of nearly the same, and says so; keywords are taken as they are", async () => {
  expect((await reasonsOf("Who has a kid?"))[0]).toBe("Holds daughter (nearly “kid”)");
  expect(await reasonsOf("kid")).toEqual([]);
});

test("a hit says what narrowed the search to it", async () => {
  expect(await reasonsOf("person:carla -has:link harbour")).toEqual(
    expect.arrayContaining(["Holds harbour", "Fits person:carla", "Fits -has:link"]),
  );
  expect(await reasonsOf('"in the harbour"')).toContain("Holds the quoted words as they stand");
  expect(await reasonsOf("yesterday")).toEqual(["From “yesterday”: 11 June 2024"]);
  expect(await reasonsOf("")).toEqual([]);
});
