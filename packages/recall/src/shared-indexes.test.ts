import { idFromBytes, type Level, type UserId } from "@kaelix/model";
import { type SearchDocument, searchIndex, UserIndex } from "@kaelix/views";
import { afterEach, expect, test, vi } from "vitest";

import { SharedIndexes, type SharedPart } from "./shared-indexes.ts";
import type { RecallSource } from "./source.ts";

const OWNER: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));
let nowMs = 0;

function makeDocument(number: number, text: string, level: Level = 1): SearchDocument {
  return {
    memoryId: idFromBytes("mem", new Uint8Array(16).fill(number, 15)),
    conversationId: null,
    text,
    occurredAtMs: number,
    recordedAtMs: number,
    level,
    source: "chat",
    importId: null,
    version: 1,
    offset: number,
    firstOffset: number,
    lastOffset: number,
  };
}

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
  owned.put(makeDocument(1, "The harbour at dawn"));
  for (let at = 10; at < 40; at++) owned.put(makeDocument(at, "The harbour, the harbourmaster and Marlowe", 2));
  const alone = new UserIndex({ detectLanguage: () => "en" });
  alone.put({ ...makeDocument(1, "The harbour at dawn"), speaker: "Ada" });
  const asked = { text: "harbur", ceiling: 2, limit: 10, facets: true } as const;
  const index = await shared.index(part);
  expect(searchIndex(index, asked)).toEqual(searchIndex(alone, asked));
  owned.put(makeDocument(2, "The harbour at noon"));
  owned.remove(makeDocument(1, "").memoryId);
  const texts = [...(await shared.index(part)).documents()].map(({ text }) => text);
  expect(texts).toEqual(["The harbour at noon"]);
});

test("a minute after nobody asked nothing of it is kept", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { owned, shared } = makeSource();
  owned.put(makeDocument(1, "The harbour at dawn"));
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
