import { JudgeThread } from "@kaelix/intelligence";
import type { MemoryDraft } from "@kaelix/model";
import { afterEach, expect, test, vi } from "vitest";

import { ImportJudging } from "./import-judging.ts";
import { judge } from "./judge.ts";

const drafts: readonly MemoryDraft[] = [
  { text: "see you at the station", source: "whatsapp" },
  { text: "look", caption: "my password is hunter2!", source: "whatsapp" },
  { text: "my password is hunter2!", source: "whatsapp", level: 2 },
  { text: "see you", source: "jsonl", judged: { level: 3, confidence: 0.9, decidedBy: "rule", reasons: [] } },
  { text: "look", source: "jsonl", context: { note: "my password is hunter2!" } },
];

afterEach(() => void vi.restoreAllMocks());

test("ImportJudging.judged leaves every draft with the level that telling it one by one would give", async () => {
  const judging = new ImportJudging();
  const end = judging.begin();
  // While the thread loads, drafts are left as they are.
  expect(await judging.judged(drafts)).toEqual(drafts);
  await expect.poll(async () => (await judging.judged(drafts))[0]?.judged).toBeDefined();
  const judged = await judging.judged(drafts);
  await end();
  expect(judged.map((draft) => judge(draft))).toEqual(drafts.map((draft) => judge(draft)));
  expect(judged.map((draft) => judge(draft).level)).toEqual([1, 4, 2, 3, 4]);
  expect(judged.map((draft) => draft.judged === undefined)).toEqual([false, false, true, false, false]);
});

test("ImportJudging.judged leaves drafts to Remember when the thread is dead, and ends it with the last import", async () => {
  const ends = vi.spyOn(JudgeThread.prototype, "end");
  const judging = new ImportJudging();
  const [endOne, endTwo] = [judging.begin(), judging.begin()];
  vi.spyOn(JudgeThread.prototype, "isReady", "get").mockReturnValue(true);
  vi.spyOn(JudgeThread.prototype, "judge").mockRejectedValueOnce(new Error("Thread that judges has ended"));
  expect(await judging.judged(drafts)).toEqual(drafts);
  await endOne();
  expect(ends).not.toHaveBeenCalled();
  await endTwo();
  expect(ends).toHaveBeenCalledOnce();
});
