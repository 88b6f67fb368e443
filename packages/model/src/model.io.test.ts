import { readFileSync } from "node:fs";
import { join } from "node:path";

import { encodeText } from "@kaelix/base";
import { expect, test } from "vitest";

import { decodeEvent, encodeEvent } from "./event-codec.ts";

const LINES_BY_VERSION = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17].map((version) =>
  readFileSync(join(import.meta.dirname, `../fixtures/events-v${version}.jsonl`), "utf8")
    .trimEnd()
    .split("\n"),
);
const LINES = LINES_BY_VERSION.flat();

// A new event type needs a line in the fixture of the version that brought it; the numbers are of the types up to that version.
test.each([
  [1, 15],
  [2, 21],
  [3, 29],
  [4, 35],
  [5, 37],
  [6, 38],
  [7, 39],
  [8, 40],
  [9, 43],
  [10, 43],
  [11, 43],
  [12, 43],
  [13, 43],
  [14, 44],
  [15, 44],
  [16, 44],
  [17, 45],
])("decodeEvent reads every event of version %i as it was written, for ever", (version, typeCount) => {
  const types = new Set<string>();
  for (const line of LINES_BY_VERSION.slice(0, version).flat()) {
    const decoded = decodeEvent(encodeText(line));
    if (decoded.type === "unreadable") throw new Error(`${decoded.problem}: ${line}`);
    types.add(decoded.event.type);
    expect(JSON.parse(Buffer.from(encodeEvent(decoded.event)).toString())).toEqual(JSON.parse(line));
  }
  expect(types.size).toBe(typeCount);
});

/** Marks that an event may have or not. */
const OPTIONAL = new Set([
  "client_sealed",
  "held_password",
  "held_since",
  "kept",
  "never_recalled",
  "reach",
  "renewing",
  "reset_at",
  "sent",
  "vouched",
]);

test("decodeEvent refuses an event that lacks any one of its fields", () => {
  for (const line of LINES) {
    const whole: Record<string, unknown> = { ...JSON.parse(line) };
    for (const field of Object.keys(whole)) {
      if (OPTIONAL.has(field)) continue;
      const { [field]: _removed, ...rest } = whole;
      expect(decodeEvent(encodeText(JSON.stringify(rest))).type, `${String(whole["type"])} without ${field}`).toBe(
        "unreadable",
      );
    }
  }
});
