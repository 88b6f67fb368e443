import { encodeText, seededRandom } from "@kaelix/base";
import fc from "fast-check";
import { expect, test } from "vitest";

import { decodeEvent } from "./event-codec.ts";
import { EVENT_VERSION } from "./events.ts";
import { idFromBytes, makeId, parseId, parseTenantId } from "./ids.ts";
import { levelName, LEVELS, parseLevel } from "./level.ts";

test("parseId takes ids of its own kind alone", () => {
  const id = makeId("mem", 1_750_000_000_000, seededRandom(1));
  expect(parseId("mem", id)).toBe(id);
  expect(parseId("usr", id)).toBeUndefined();
  for (const text of ["", "mem_", "mem_short", `${id}x`, id.toLowerCase(), id.replace("mem_", "mem-")]) {
    expect(parseId("mem", text), text).toBeUndefined();
  }
  expect(parseId("con", idFromBytes("con", new Uint8Array(16).fill(9)))).toBeDefined();
});

test("parseLevel reads numbers and words both ways", () => {
  for (const level of LEVELS) {
    expect(parseLevel(level)).toBe(level);
    expect(parseLevel(levelName(level))).toBe(level);
    expect(parseLevel(String(level))).toBe(level);
  }
  for (const value of [0, 5, "", "Secret ", null, undefined, {}, 1.5]) expect(parseLevel(value)).toBeUndefined();
});

test("parseTenantId takes short lower-case names", () => {
  expect(parseTenantId("default")).toBe("default");
  for (const text of ["", "A", "-a", "a/b", "a".repeat(64)]) expect(parseTenantId(text)).toBeUndefined();
});

test("decodeEvent never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(encodeText)), (bytes) => {
      expect(decodeEvent(bytes).type).toBe("unreadable");
    }),
  );
  for (const text of [
    `{"v":${EVENT_VERSION + 1},"type":"memory.forgotten"}`,
    '{"v":1,"type":"toString"}',
    '{"v":1,"type":"__proto__"}',
  ]) {
    expect(decodeEvent(encodeText(text)).type).toBe("unreadable");
  }
});
