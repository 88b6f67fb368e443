import fc from "fast-check";
import { expect, test } from "vitest";

import { advanceWatermarks, isUnindexed, tickOf, tickWords, watermarkKey, type Watermarks } from "./ticks.ts";

const memory = (offset: number, level = "general") => ({
  position: `memories/4@${offset}`,
  level,
  progress: { stored: true, searchable: false, classified: true },
});

test("tickOf is stored until both views have passed the position", () => {
  let marks: Watermarks = {};
  expect(tickOf(memory(7), marks)).toBe("stored");
  marks = advanceWatermarks(marks, "relational", { topic: "memories", partition: 4, offset: 9 });
  expect(tickOf(memory(7), marks)).toBe("stored");
  marks = advanceWatermarks(marks, "search", { topic: "memories", partition: 4, offset: 7 });
  expect(tickOf(memory(7), marks)).toBe("searchable");
  expect(tickOf(memory(8), marks)).toBe("stored");
});

test("tickOf does not take another partition's watermark", () => {
  const marks = { "relational|memories/3": 99, "search|memories/3": 99 };
  expect(tickOf(memory(7), marks)).toBe("stored");
});

test("tickOf never promises search of what is not indexed", () => {
  const marks = { "relational|memories/4": 99, "search|memories/4": 99 };
  expect(tickOf(memory(7, "secret"), marks)).toBe("stored");
  expect(tickOf({ ...memory(7), never_recalled: true }, marks)).toBe("stored");
  expect(isUnindexed(memory(7, "confidential"))).toBe(false);
});

test("tickOf believes the server that it is searchable, and an unreadable position is only stored", () => {
  const read = { ...memory(7), progress: { stored: true, searchable: true, classified: true } };
  expect(tickOf(read, {})).toBe("searchable");
  expect(tickOf({ ...memory(7), position: "nonsense" }, {})).toBe("stored");
});

test("advanceWatermarks only ever advances", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), (offsets) => {
      let marks: Watermarks = {};
      for (const offset of offsets)
        marks = advanceWatermarks(marks, "search", { topic: "memories", partition: 0, offset });
      expect(marks[watermarkKey("search", { topic: "memories", partition: 0 })]).toBe(Math.max(...offsets));
    }),
  );
});

test("tickWords spells a tick out", () => {
  expect(tickWords("searchable", "18:04", "Confidential")).toBe("Stored 18:04, searchable, Confidential");
  expect(tickWords("stored", "18:04", undefined)).toBe("Stored 18:04");
  expect(tickWords("waiting", "18:04", undefined)).toBe("Waiting for the connection");
});
