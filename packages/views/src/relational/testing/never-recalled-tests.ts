/** What is never to be recalled: kept, listed when that is asked for, and not given where memories are recalled or asked about. */
import type { MemoryEvent } from "@kaelix/model";
import { expect, test } from "vitest";

import type { View } from "../../runner/view.ts";
import type { Database } from "../database.ts";
import { listByTime } from "../memories/list.ts";
import type { MemoryStore } from "../memories/query.ts";
import type { SealedMemory } from "../memories/rows.ts";
import { baseOf, idOf, remembered, revised } from "./events.ts";

const me = idOf("usr", 1);

async function pagesOf(pages: AsyncIterable<readonly SealedMemory[]>): Promise<SealedMemory[]> {
  const all: SealedMemory[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/** Registers the tests for the house that is open. */
export function neverRecalledTests(
  house: () => { readonly database: Database; readonly view: View; readonly memories: MemoryStore },
): void {
  test("what is never to be recalled is kept and listed by that, and not given where memories are recalled or asked about", async () => {
    const { view, memories, database } = house();
    const fold = (events: readonly MemoryEvent[], from = 0): Promise<void> => {
      const positioned = events.map((event, index) => ({ offset: from + index, event }));
      const nextOffset = from + events.length;
      return view.fold({ topic: "memories", partition: 0, events: positioned, firstOffset: from, nextOffset });
    };
    const decided = { ...baseOf(1), type: "memory.recall-decided" } as const;
    await fold([
      remembered(1, 1, { level: 3, confidence: 0.5 }),
      remembered(1, 2, { level: 3, confidence: 0.5 }),
      remembered(1, 3, { level: 3, confidence: 0.5, never_recalled: true }),
      { ...decided, memory: idOf("mem", 1), never: true },
      { ...decided, memory: idOf("mem", 3), never: false },
    ]);
    const idsOf = (rows: readonly SealedMemory[]): string[] => rows.map(({ memoryId }) => memoryId).toSorted();
    const listed = async (neverRecalled?: "only" | "without"): Promise<string[]> => {
      const request = { ceiling: 4, limit: 9, ...(neverRecalled === undefined ? {} : { neverRecalled }) } as const;
      return idsOf((await listByTime(database, me, request)).rows);
    };
    const [one, two, three] = [idOf("mem", 1), idOf("mem", 2), idOf("mem", 3)];
    expect(await listed()).toEqual([one, two, three]);
    expect(await listed("only")).toEqual([one]);
    expect(await listed("without")).toEqual([two, three]);
    expect(idsOf(await pagesOf(memories.liveAtOrAbove(me, 3)))).toEqual([two, three]);
    const doubted = await memories.doubtfulOf(me, [{ level: 3, below: 0.9 }], 9);
    expect(idsOf(doubted.map(({ memory }) => memory))).toEqual([two, three]);
    expect(idsOf(await memories.doubtful({ levelMax: 3, below: 0.9 }, undefined, 9))).toEqual([two, three]);
    expect(await memories.memory(me, one)).toMatchObject({ state: "live", neverRecalled: true, offset: 3 });
    // It stays through a change and through forgetting and telling again; erasing ends it.
    await fold(
      [
        revised(1, 1, { level: 3 }),
        { ...baseOf(1), type: "memory.forgotten", memory: one },
        remembered(1, 1, { memory_version: 3 }),
      ],
      5,
    );
    expect(await memories.memory(me, one)).toMatchObject({ version: 3, neverRecalled: true });
    await fold(
      [
        { ...baseOf(1), type: "memory.erased", memory: one },
        { ...decided, memory: one, never: true },
        remembered(1, 1, { memory_version: 4 }),
      ],
      8,
    );
    expect(await memories.memory(me, one)).not.toHaveProperty("neverRecalled");
  });
}
