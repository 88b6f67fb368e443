/** Levels nobody is sure of: the same words are one question, and nothing of what is not asked about is counted in it. */
import { expect, test } from "vitest";

import type { View } from "../../runner/view.ts";
import type { MemoryStore } from "../memories/query.ts";
import { baseOf, idOf, remembered } from "./events.ts";

/** Registers the tests for the house that is open. */
export function doubtedTests(house: () => { readonly view: View; readonly memories: MemoryStore }): void {
  test("the same words at the same level are one question, counted as often as they wait and no more", async () => {
    const { memories, view } = house();
    const me = idOf("usr", 1);
    const unsure = { level: 2, confidence: 0.2, digest: "said-often" } as const;
    const events = [
      remembered(1, 1, { ...unsure, occurred_at: 300 }),
      remembered(1, 2, { ...unsure, confidence: 0.1, occurred_at: 700 }),
      remembered(1, 3, { ...unsure, occurred_at: 200 }),
      remembered(1, 4, { ...unsure, occurred_at: 100, level: 3 }),
      remembered(1, 5, { ...unsure, occurred_at: 90, level_by: "person" }),
      remembered(1, 6, { ...unsure, occurred_at: 80, never_recalled: true }),
      remembered(1, 7, { ...unsure, occurred_at: 70 }),
      { ...baseOf(1), type: "memory.forgotten", memory: idOf("mem", 7) } as const,
      remembered(1, 8, { level: 2, confidence: 0.15 }),
      remembered(2, 9, { ...unsure, occurred_at: 60 }),
    ].map((event, offset) => ({ offset, event }));
    const nextOffset = events.length;
    await view.fold({ topic: "memories", partition: 0, events, firstOffset: 0, nextOffset });
    const upTo2 = [{ level: 2, below: 0.3 }] as const;
    const upTo3 = [...upTo2, { level: 3, below: 0.5 }] as const;
    const listed = async (asked: typeof upTo2 | typeof upTo3, limit = 9): Promise<readonly unknown[]> =>
      (await memories.doubtfulOf(me, asked, limit)).map(({ memory, sinceMs, times }) => [
        memory.memoryId,
        times,
        sinceMs,
      ]);
    const [often, once] = [
      [idOf("mem", 2), 3, 200],
      [idOf("mem", 8), 1, 500],
    ];
    expect(await listed(upTo2)).toEqual([often, once]);
    expect(await listed(upTo2, 1)).toEqual([often]);
    expect(await listed(upTo3)).toEqual([often, once, [idOf("mem", 4), 1, 100]]);
    expect(await memories.doubtfulCountOf(me, upTo2)).toBe(2);
    expect(await memories.doubtfulCountOf(me, upTo3)).toBe(3);
    const [first] = await memories.doubtfulOf(me, upTo2, 1);
    if (first === undefined) throw new Error("Something is doubted");
    const same = async (limit: number): Promise<readonly string[]> =>
      (await memories.sameDoubts(first.memory, upTo3, limit)).map(({ memoryId }) => memoryId);
    expect(await same(9)).toEqual([idOf("mem", 3), idOf("mem", 1)]);
    expect(await same(1)).toEqual([idOf("mem", 3)]);
  });
}
