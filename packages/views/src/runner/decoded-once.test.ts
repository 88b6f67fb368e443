import { encodeEvent } from "@kaelix/model";
import { expect, test } from "vitest";

import { remembered } from "../relational/testing/events.ts";
import { DecodedOnce, type EventRecord } from "./decoded-once.ts";

function recordOf(offset: number): EventRecord {
  return { topic: "memories", partition: 0, offset, value: encodeEvent(remembered(1, offset)) };
}

test("DecodedOnce gives every view the same event, and keeps none that all have had", () => {
  const events = new DecodedOnce(() => 3);
  const record = recordOf(0);
  const first = events.decode(record);
  expect(first.type).toBe("event");
  expect(events.size).toBe(1);
  expect(events.decode(record)).toBe(first);
  expect(events.decode(record)).toBe(first);
  expect(events.size).toBe(0);
});

test("DecodedOnce keeps nothing for a topic of one view", () => {
  const events = new DecodedOnce(() => 1);
  events.decode(recordOf(0));
  expect(events.size).toBe(0);
});

test("DecodedOnce stays within its bound when a view lags, and decodes again for it", () => {
  const events = new DecodedOnce(() => 2);
  const first = events.decode(recordOf(0));
  for (let offset = 1; offset < 5_000; offset++) events.decode(recordOf(offset));
  expect(events.size).toBe(4_096);
  const again = events.decode(recordOf(0));
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});

test("DecodedOnce keeps nothing of what a view reads anew from the beginning", () => {
  const events = new DecodedOnce(() => 2);
  for (const _ of [1, 2]) for (let offset = 0; offset < 10; offset++) events.decode(recordOf(offset));
  expect(events.size).toBe(0);
  for (let offset = 0; offset < 10; offset++) events.decode(recordOf(offset));
  expect(events.size).toBe(0);
});
