import { readFileSync } from "node:fs";
import { join } from "node:path";

import { encodeText } from "@kaelix/base";
import { expect, test } from "vitest";

import { decodeEvent, encodeEvent } from "./event-codec.ts";

const FIXTURE = readFileSync(join(import.meta.dirname, "../fixtures/events-v1.jsonl"), "utf8");
const LINES = FIXTURE.trimEnd().split("\n");

test("decodeEvent reads every event of version 1 as it was written, for ever", () => {
  const types = new Set<string>();
  for (const line of LINES) {
    const decoded = decodeEvent(encodeText(line));
    if (decoded.type === "unreadable") throw new Error(`${decoded.problem}: ${line}`);
    types.add(decoded.event.type);
    expect(JSON.parse(Buffer.from(encodeEvent(decoded.event)).toString())).toEqual(JSON.parse(line));
  }
  // A new event type needs a line in the fixture of the version that brought it.
  expect(types.size).toBe(15);
});

test("decodeEvent refuses an event that lacks any one of its fields", () => {
  for (const line of LINES) {
    const whole: Record<string, unknown> = { ...JSON.parse(line) };
    for (const field of Object.keys(whole)) {
      const { [field]: _removed, ...rest } = whole;
      expect(decodeEvent(encodeText(JSON.stringify(rest))).type, `${String(whole["type"])} without ${field}`).toBe(
        "unreadable",
      );
    }
  }
});
