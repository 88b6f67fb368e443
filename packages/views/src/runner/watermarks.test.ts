import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Watermarks } from "./watermarks.ts";

const AT = { topic: "memories", partition: 3 };
const WAITED = { position: { ...AT, offset: 9 }, timeoutMs: 60_000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function reached(marks: Watermarks): () => true | undefined {
  return () => (marks.get("rows", AT.topic, AT.partition) > WAITED.position.offset ? true : undefined);
}

/** Whether a view that gathers events is done with it before its time. */
async function isHurried(marks: Watermarks): Promise<boolean> {
  let isDone = false;
  void marks.linger(AT, 100, new AbortController().signal).then(() => (isDone = true));
  await vi.advanceTimersByTimeAsync(0);
  const early = isDone;
  await vi.advanceTimersByTimeAsync(100);
  expect(isDone).toBe(true);
  return early;
}

test("a view lingers for nobody who waits in haste, before or meanwhile", async () => {
  const marks = new Watermarks();
  expect(await isHurried(marks)).toBe(false);
  const hasty = marks.wait(WAITED, reached(marks));
  expect(await isHurried(marks)).toBe(true);
  marks.set({ view: "rows", ...AT, nextOffset: 10 });
  await hasty;
  expect(await isHurried(marks)).toBe(false);

  const gathering = isHurried(marks);
  const again = marks.wait({ ...WAITED, position: { ...AT, offset: 19 } }, () => undefined);
  expect(await gathering).toBe(true);
  await vi.advanceTimersByTimeAsync(WAITED.timeoutMs);
  expect(await again).toBeUndefined();
  expect(await isHurried(marks)).toBe(false);
});

test("a view lingers on while somebody waits patiently, who gets the answer all the same", async () => {
  const marks = new Watermarks();
  const patient = marks.wait({ ...WAITED, isPatient: true }, reached(marks));
  expect(await isHurried(marks)).toBe(false);
  marks.set({ view: "rows", ...AT, nextOffset: 10 });
  expect(await patient).toBe(true);
});
