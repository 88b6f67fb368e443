import { encodeText } from "@kaelix/base";
import type { GroupRecord } from "@kaelix/log";
import fc from "fast-check";
import { expect, test } from "vitest";

import { draftOfRecord, externalIdOf } from "./record-draft.ts";
import type { RecordMapping } from "./source-spec.ts";

const mapping: RecordMapping = {
  value: "json",
  text: { type: "value", names: ["message", "body"] },
  author: { type: "value", names: ["from"] },
  time: { type: "value", names: ["at"] },
  person: { type: "header", name: "person" },
  conversation: { type: "value", names: ["thread"] },
  externalId: { type: "value", names: ["id"] },
};
const source = { name: "s" };

function record(value: unknown, more: Partial<GroupRecord> = {}): GroupRecord {
  return {
    topic: "t",
    topicId: "id",
    partition: 2,
    offset: 7,
    timestampMs: 1000,
    key: null,
    value: typeof value === "string" ? encodeText(value) : encodeText(JSON.stringify(value)),
    headers: new Map(),
    ...more,
  };
}

test("draftOfRecord maps fields by their paths", () => {
  const headers = new Map([["person", encodeText("Mum")]]);
  const value = { message: { body: "hello" }, from: "Ann", at: "2026-01-02T03:04:05Z", thread: 12, id: "x1" };
  expect(draftOfRecord(record(value, { headers }), mapping, { name: "s", level: 3 })).toEqual({
    type: "draft",
    draft: {
      text: "hello",
      source: "kafka",
      externalId: "s:x1",
      occurredAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      speaker: "Ann",
      context: { person: "Mum" },
      conversation: { key: "s:12", title: "12" },
      level: 3,
    },
  });
});

test("draftOfRecord falls back to the record's own time and position", () => {
  const outcome = draftOfRecord(record({ message: { body: "hello" } }), mapping, source);
  expect(outcome).toEqual({
    type: "draft",
    draft: { text: "hello", source: "kafka", externalId: "t/2/7@id", occurredAtMs: 1000 },
  });
});

test("draftOfRecord takes text values as they are, and tells nothing of deletions", () => {
  const text: RecordMapping = { value: "text", author: { type: "key" } };
  expect(draftOfRecord(record("plain {words", { key: encodeText("Bob") }), text, source)).toMatchObject({
    draft: { text: "plain {words", speaker: "Bob" },
  });
  expect(draftOfRecord(record("", { value: null }), text, source)).toEqual({ type: "nothing" });
});

test.each([
  ["{", "JSON"],
  [{ message: {} }, "text"],
  [{ message: { body: "  " } }, "text"],
  [{ message: { body: ["a"] } }, "a list"],
  [{ message: { body: { a: 1 } } }, "an object"],
  [{ message: { body: "x" }, at: "yesterday" }, "time"],
  [{ message: { body: "x" }, at: {} }, "time"],
  [{ message: { body: "x" }, from: {} }, "author"],
  ["null", "text"],
])("draftOfRecord gives the reason why %j is no memory, and none of its words", (value, word) => {
  expect(draftOfRecord(record(value), mapping, source)).toMatchObject({
    type: "bad",
    why: expect.stringContaining(word),
  });
});

test("draftOfRecord refuses bytes that are no UTF-8", () => {
  expect(draftOfRecord(record("", { value: new Uint8Array([0xff, 0xfe]) }), mapping, source)).toMatchObject({
    type: "bad",
  });
});

test("draftOfRecord finds own properties alone", () => {
  const inherited: RecordMapping = { value: "json", text: { type: "value", names: ["constructor", "name"] } };
  expect(draftOfRecord(record({}), inherited, source)).toMatchObject({ type: "bad" });
});

test("externalIdOf differs for every record of every incarnation of a topic", () => {
  const places = [
    {},
    { offset: 8 },
    { partition: 3 },
    { topic: "u" },
    { topicId: "other" },
    { topic: "t/2", partition: 7, offset: 1 },
  ];
  expect(new Set(places.map((place) => externalIdOf(record("", place)))).size).toBe(places.length);
});

test("draftOfRecord answers any value whatever", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (value) => {
      expect(["draft", "bad"]).toContain(draftOfRecord(record(value), mapping, source).type);
    }),
  );
});
