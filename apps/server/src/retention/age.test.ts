import { seededRandom } from "@kaelix/base";
import { Calendar, DAY_MS, formatDay } from "@kaelix/recall";
import { expect, test } from "vitest";

import { agedAt, both, firstKept, lastDay, monthsAfter } from "./age.ts";

const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;
const from = (text: string, months: number): string => formatDay(monthsAfter(dayOf(text), months));
const kept = (text: string, months: number): string => formatDay(firstKept(dayOf(text), months));

test("monthsAfter keeps the day of the month, and takes the last one where there is no such day", () => {
  expect(from("2026-01-15", 84)).toBe("2033-01-15");
  expect(from("2024-02-29", 12)).toBe("2025-02-28");
  expect(from("2024-02-29", 48)).toBe("2028-02-29");
  expect(from("2026-01-31", 1)).toBe("2026-02-28");
});

test("firstKept is the day that is kept to the end of the day it is asked on", () => {
  expect(kept("2033-01-15", 84)).toBe("2026-01-15");
  expect(kept("2025-02-28", 12)).toBe("2024-02-28");
  expect(kept("2025-03-01", 12)).toBe("2024-03-01");
  expect(kept("2028-02-29", 12)).toBe("2027-03-01");
  expect(kept("2026-03-31", 1)).toBe("2026-03-01");
});

test("a memory goes on the day behind its last one and not a moment before, in every zone, over leap days and changed clocks", () => {
  const seed = Number(process.env["KAELIX_SEED"] ?? 4_711);
  const random = seededRandom(seed);
  const zones = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Apia", "Asia/Kathmandu"] as const;
  const calendars = zones.map((zone) => new Calendar(zone));
  for (let count = 0; count < 2_000; count++) {
    const calendar = calendars[random.integer(calendars.length)] ?? expect.fail();
    const months = 1 + random.integer(120);
    const rules = { months, sources: [] };
    const recordedAtMs = Date.UTC(2015, 0, 1) + random.integer(4_000) * DAY_MS + random.integer(DAY_MS);
    const last = lastDay(rules, calendar, { recordedAtMs, source: "rest" }) ?? expect.fail();
    const where = `KAELIX_SEED=${seed}, told ${recordedAtMs}, ${months} months, ${calendar.zone}`;
    const goesMs = calendar.startOf(last + 1);
    expect(agedAt(rules, calendar, goesMs - 1).before, where).toBeLessThanOrEqual(recordedAtMs);
    expect(agedAt(rules, calendar, goesMs).before, where).toBeGreaterThan(recordedAtMs);
  }
});

test("a source that is named goes by its own rule; both lets go what either would keep", () => {
  const calendar = new Calendar("UTC");
  const nowMs = Date.UTC(2026, 5, 10, 13);
  const one = agedAt({ months: 12, sources: [{ source: "whatsapp", months: 1 }] }, calendar, nowMs);
  expect(one).toEqual({
    before: Date.UTC(2025, 5, 10),
    sources: [{ source: "whatsapp", before: Date.UTC(2026, 4, 10) }],
  });
  const other = agedAt({ months: 6, sources: [{ source: "chat", months: null }] }, calendar, nowMs);
  expect(both(one, other)).toEqual({
    before: Date.UTC(2025, 5, 10),
    sources: [
      { source: "whatsapp", before: Date.UTC(2025, 11, 10) },
      { source: "chat", before: null },
    ],
  });
  const rules = { months: null, sources: [] };
  expect(agedAt(rules, calendar, nowMs).before).toBeNull();
  expect(lastDay(rules, calendar, { recordedAtMs: 0, source: "rest" })).toBeUndefined();
});
