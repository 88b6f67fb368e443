import { encodeText } from "@kaelix/base";
import { encodeEvent, type KaelixEvent } from "@kaelix/model";
import { expect, test } from "vitest";

import { baseOf, idOf, remembered } from "../relational/testing/events.ts";
import { ListView } from "./testing/list-view.ts";
import { MemoryLog } from "./testing/memory-log.ts";
import { verify } from "./verify.ts";
import { ViewRunner } from "./view-runner.ts";

const story: readonly KaelixEvent[] = [
  remembered(1, 1),
  remembered(1, 2),
  remembered(1, 3),
  remembered(1, 4),
  { ...baseOf(1), type: "memory.forgotten", memory: idOf("mem", 2) },
  { ...baseOf(1), type: "memory.erased", memory: idOf("mem", 3) },
];

async function followed(): Promise<{ readonly log: MemoryLog; readonly view: ListView; readonly runner: ViewRunner }> {
  const log = new MemoryLog();
  await log.createTopic({ name: "memories", partitions: 2 });
  await log.append(
    "memories",
    1,
    story.map((event) => ({ key: null, value: encodeEvent(event) })),
  );
  const view = new ListView("list");
  const runner = new ViewRunner({ log, views: [view], snapshotEveryMs: 0, deadLetters: false });
  await runner.catchUp();
  return { log, view, runner };
}

test("verify agrees when a view holds what the log says", async () => {
  const { log, view, runner } = await followed();
  const proof = await runner.whilePaused(() => verify(log, [view]));
  expect(proof).toMatchObject({ agree: true, views: [{ name: "list", agrees: true, atSameOffsets: true }] });
  expect(proof.log).toMatchObject({ memoriesLive: 2, memoriesForgotten: 1, memoriesErased: 1, records: 6 });
  await runner.stop();
});

test("verify names what a view lacks and what it has too much", async () => {
  const { log, view, runner } = await followed();
  const [one] = view.memories.values();
  if (one === undefined) throw new Error("Nothing was folded");
  view.memories.delete(idOf("mem", 1));
  view.memories.set(idOf("mem", 2), { ...one, state: "live" });
  view.memories.set(idOf("mem", 99), one);
  const { agree, views } = await verify(log, [view]);
  expect(agree).toBe(false);
  expect(views[0]?.missing).toEqual({ total: 1, ids: [idOf("mem", 1)] });
  expect(views[0]?.extra).toEqual({ total: 2, ids: [idOf("mem", 2), idOf("mem", 99)] });
  await runner.stop();
});

test("verify counts unreadable records and names damaged ranges", async () => {
  const { log, view, runner } = await followed();
  await log.append("memories", 0, [
    { key: null, value: encodeText("?") },
    { key: null, value: encodeText("?") },
  ]);
  await runner.waitFor({ position: { topic: "memories", partition: 0, offset: 1 }, timeoutMs: 5_000 });
  log.damage("memories", 0, { firstOffset: 1, nextOffset: 2, reason: "checksum" });
  const { agree, log: census } = await verify(log, [view]);
  expect(agree).toBe(false);
  expect(census.unreadableRecords).toBe(1);
  expect(census.damagedRanges).toEqual([
    { topic: "memories", partition: 0, firstOffset: 1, nextOffset: 2, reason: "checksum" },
  ]);
  await runner.stop();
});

test("verify says so when a view stands at other offsets", async () => {
  const { log, view, runner } = await followed();
  await runner.stop();
  await log.append("memories", 0, [{ key: null, value: encodeEvent(remembered(2, 7)) }]);
  expect(await verify(log, [view])).toMatchObject({ agree: false, views: [{ atSameOffsets: false }] });
});
