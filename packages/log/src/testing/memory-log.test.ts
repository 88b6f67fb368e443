import { encodeText } from "@kaelix/base";
import { expect, test } from "vitest";

import { logConformance } from "../conformance.ts";
import { MemoryLog } from "./memory-log.ts";

logConformance("in memory", async () => ({ log: new MemoryLog(), end: async () => undefined }));

test("MemoryLog fails appends while told to and keeps nothing of them", async () => {
  const log = new MemoryLog();
  await log.createTopic({ name: "t", partitions: 1 });
  log.failAppends = true;
  await expect(log.append("t", 0, [{ key: null, value: encodeText("a") }])).rejects.toMatchObject({
    code: "log-disk-full",
  });
  log.failAppends = false;
  expect(await log.append("t", 0, [{ key: null, value: encodeText("b") }])).toEqual({ baseOffset: 0 });
});

test("MemoryLog names damage once and serves the records around it", async () => {
  const log = new MemoryLog();
  await log.createTopic({ name: "t", partitions: 1 });
  for (let at = 0; at < 12; at += 1) await log.append("t", 0, [{ key: null, value: null }]);
  const range = { firstOffset: 2, nextOffset: 11, reason: "checksum" };
  log.damage("t", 0, range);
  const first = await log.read("t", 0, 0);
  expect([first.records.map(({ offset }) => offset), first.damaged]).toEqual([[0, 1], [range]]);
  const rest = await log.read("t", 0, first.nextOffset);
  expect([rest.records.map(({ offset }) => offset), rest.damaged]).toEqual([[11], []]);
});
