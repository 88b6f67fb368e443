import { expect, test } from "vitest";

import { importPlace, importShare } from "./import-place.ts";

test("importPlace names a line, a conversation with an assistant, or nothing for the whole file", () => {
  expect([
    importPlace("csv", 12),
    importPlace(null, 1),
    importPlace("chatgpt", 3),
    importPlace("claude", 4),
    importPlace("claude", 0),
  ]).toEqual(["line 12", "line 1", "conversation 3", "conversation 4", undefined]);
});

const NONE = { bytes_done: 0, bytes_total: 400, total: 5, added: 0, known: 0, failed: 0 };

test("importShare goes by what is told, whatever of the file was read", () => {
  expect(importShare({ ...NONE, bytes_done: 400 })).toBe(0);
  expect(importShare({ ...NONE, added: 2, known: 1 })).toBeCloseTo(0.6);
  expect(importShare({ ...NONE, bytes_done: 400, added: 3, known: 1, failed: 1 })).toBe(1);
  expect(importShare({ ...NONE, added: 6 })).toBe(1);
});

test("importShare goes by bytes where nobody knows how many there are", () => {
  expect(importShare({ ...NONE, total: null, bytes_done: 100 })).toBe(0.25);
  expect(importShare({ ...NONE, total: null, bytes_total: 0 })).toBe(0);
});
