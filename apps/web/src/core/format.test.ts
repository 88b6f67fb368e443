import { expect, test } from "vitest";

import {
  countOf,
  formatBytes,
  formatDuration,
  formatLocal,
  formatMonth,
  formatWhen,
  monthRange,
  sourceLabel,
} from "./format.ts";

test("formatWhen says less the further away", () => {
  const now = new Date(2026, 10, 20, 14, 0).getTime();
  const at = (month: number, day: number, year = 2026) => new Date(year, month, day, 9, 5).toISOString();
  expect(formatWhen(at(10, 20), now)).toBe("09:05");
  expect(formatWhen(at(10, 19), now)).toBe("Yesterday");
  expect(formatWhen(at(10, 17), now)).toBe("Tue");
  expect(formatWhen(at(4, 3), now)).toBe("3 May");
  expect(formatWhen(at(4, 3, 2024), now)).toBe("3 May 2024");
  expect(formatWhen("nonsense", now)).toBe("");
});

test("formatLocal reads a time without a zone as it stands", () => {
  expect(formatLocal("2024-02-03T18:03:00")).toBe("3 February 2024, 18:03");
  expect(formatLocal("2024-02-03")).toBe("3 February 2024");
  expect(formatLocal("soon")).toBe("soon");
  expect(formatLocal(null)).toBe("");
});

test("formatDuration and formatBytes choose the unit", () => {
  expect([0.2, 41, 2_900, 240_000, 12_000_000].map(formatDuration)).toEqual([
    "under 1 ms",
    "41 ms",
    "2.9 s",
    "4 min",
    "3 h 20 min",
  ]);
  expect([0, 999, 2_100_000, 250_000_000].map(formatBytes)).toEqual(["0 B", "999 B", "2.1 MB", "250 MB"]);
});

test("countOf agrees with its noun", () => {
  expect([countOf(1, "memory", "memories"), countOf(12_480, "memory", "memories"), countOf(0, "hit")]).toEqual([
    "1 memory",
    "12,480 memories",
    "0 hits",
  ]);
});

test("monthRange covers a month and nothing else", () => {
  expect(monthRange("2024-12")).toEqual({ after: "2024-12-01T00:00:00.000Z", before: "2025-01-01T00:00:00.000Z" });
  expect(monthRange("2024")).toBeUndefined();
  expect(formatMonth("2024-12")).toBe("December 2024");
  expect(sourceLabel("whatsapp")).toBe("WhatsApp");
});
