import { searchIndex, UserIndex } from "@kaelix/views";
import { afterEach, expect, test, vi } from "vitest";

import { SharedIndexes, type SharedPart } from "./shared-indexes.ts";
import type { RecallSource } from "./source.ts";
import { documentOf, memoryOf, OWNER } from "./testing.ts";

let nowMs = 0;

function makeSource(): { readonly owned: UserIndex; readonly shared: SharedIndexes } {
  const owned = new UserIndex({ detectLanguage: () => "en" });
  const source: RecallSource = {
    index: () => Promise.resolve(owned),
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(0),
    detectLanguage: () => "en",
    monotonicMs: () => nowMs,
    nowMs: () => nowMs,
  };
  return { owned, shared: new SharedIndexes(source) };
}

const part: SharedPart = {
  owner: OWNER,
  key: "part",
  edition: 0,
  ownerName: "Ada",
  passes: ({ level }) => level === 1,
};

afterEach(() => {
  vi.useRealTimers();
});

test("what is shared is an index of its own: it follows the owner's, and nothing else of theirs weighs in it", async () => {
  const { owned, shared } = makeSource();
  owned.put(documentOf(1, "The harbour at dawn"));
  for (let at = 10; at < 40; at++)
    owned.put(documentOf(at, "The harbour, the harbourmaster and Marlowe", { level: 2 }));
  const alone = new UserIndex({ detectLanguage: () => "en" });
  alone.put({ ...documentOf(1, "The harbour at dawn"), speaker: "Ada" });
  const asked = { text: "harbur", ceiling: 2, limit: 10, facets: true } as const;
  const index = await shared.index(part);
  expect(searchIndex(index, asked)).toEqual(searchIndex(alone, asked));
  owned.put(documentOf(2, "The harbour at noon"));
  owned.remove(memoryOf(1));
  const texts = [...(await shared.index(part)).documents()].map(({ text }) => text);
  expect(texts).toEqual(["The harbour at noon"]);
});

test("a minute after nobody asked nothing of it is kept", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { owned, shared } = makeSource();
  owned.put(documentOf(1, "The harbour at dawn"));
  await shared.index(part);
  nowMs += 30_000;
  await shared.index({ ...part, key: "other" });
  nowMs += 30_000;
  vi.advanceTimersByTime(60_000);
  expect(shared.size).toBe(1);
  nowMs += 60_000;
  vi.advanceTimersByTime(60_000);
  expect(shared.size).toBe(0);
});
