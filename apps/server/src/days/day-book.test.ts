import { MemoryLog } from "@kaelix/log/testing";
import { type DayMade, decodeEvent, DEFAULT_TENANT, EVENT_VERSION, makeId, TOPICS } from "@kaelix/model";
import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { type DayBook, daySubject, openDayBook } from "./day-book.ts";

const USER = makeId("usr", 1, seededRandom(5));

function made(revision: number, day: string, more: Partial<DayMade> = {}): DayMade {
  const base = { v: EVENT_VERSION, at: 1_000 + revision, tenant: DEFAULT_TENANT, user: USER } as const;
  return { type: "day.made", ...base, revision, day, told: true, seen_at: null, ways: [], ...more };
}

/** What a compacted topic keeps: the last record of each key. */
async function keptOf(log: MemoryLog): Promise<readonly unknown[]> {
  const { endOffset } = await log.bounds(TOPICS.days.name, 0);
  const kept = new Map<string, unknown>();
  for (let offset = 0; offset < endOffset;) {
    const batch = await log.read(TOPICS.days.name, 0, offset);
    for (const { key, value } of batch.records) {
      const decoded = value === null ? undefined : decodeEvent(value);
      kept.set(Buffer.from(key ?? []).toString(), decoded?.type === "event" ? decoded.event : undefined);
    }
    offset = batch.nextOffset;
  }
  return [...kept.values()];
}

test("of two nodes that make the same day one does, and what stands is what compaction keeps", async () => {
  const log = new MemoryLog();
  const books: readonly DayBook[] = [await openDayBook(log), await openDayBook(log)];
  const outcomes = await Promise.all(books.map((book, at) => book.put(made(1, "2026-11-22", { at: 5_000 + at }))));
  expect(outcomes.toSorted()).toEqual(["done", "late"]);
  const winner = 5_000 + outcomes.indexOf("done");
  const third = await openDayBook(log);
  for (const book of [...books, third]) expect(book.made(USER)?.at).toBe(winner);
  expect(await keptOf(log)).toMatchObject([{ at: winner }]);
});

test("a day never goes back and a state never to an older one", async () => {
  const book = await openDayBook(new MemoryLog());
  expect(await book.put(made(1, "2026-11-22"))).toBe("done");
  expect(await book.put(made(2, "2026-11-21"))).toBe("late");
  expect(await book.put(made(1, "2026-11-23"))).toBe("late");
  expect(book.made(USER)?.day).toBe("2026-11-22");
});

test("remove takes everything of a person away, also for who opens the book later", async () => {
  const log = new MemoryLog();
  const book = await openDayBook(log);
  await book.put(made(1, "2026-11-22"));
  const base = { v: EVENT_VERSION, at: 1, tenant: DEFAULT_TENANT, user: USER, revision: 1 } as const;
  await book.put({ type: "day.judged", ...base, mark: "AAAA", kind: "quiet", sealed: "" });
  expect(book.users()).toEqual([USER]);
  await book.remove(USER);
  expect(book.users()).toEqual([]);
  expect((await openDayBook(log)).judged(USER)).toEqual([]);
  expect(daySubject(made(1, "2026-11-22"))).toBe(`made/${USER}`);
});
