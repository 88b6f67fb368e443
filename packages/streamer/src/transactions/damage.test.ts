import { expect, test } from "vitest";

import { TRANSACTION_STATE_TOPIC } from "./transaction-store.ts";
import { identityIn, openHouse, reopen, type TestHouse } from "./testing.ts";

async function close({ leaders, storage, transactions }: TestHouse): Promise<void> {
  await transactions.close();
  await leaders.close();
  await storage.close();
}

async function takeIds(house: TestHouse, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const asked = { transactionalId: null, timeoutMs: 0, expected: undefined };
    ids.push(identityIn(await house.transactions.initProducer(asked)).producerId);
  }
  return ids;
}

test("producer ids are not given twice when any byte of what says which were given is damaged", async () => {
  const house = await openHouse();
  const given = new Set(await takeIds(house, 2100));
  await close(house);
  const path = house.disk.paths().find((name) => name.includes(TRANSACTION_STATE_TOPIC) && name.endsWith(".log"));
  if (path === undefined) throw new Error("There is no log");
  const size = house.disk.size(path) ?? 0;
  for (let at = 0; at < size; at += 13) {
    const disk = house.disk.afterKill();
    disk.corrupt(path, (bytes) => bytes.map((byte, index) => (index === at ? byte ^ 4 : byte)));
    const again = await reopen(house, disk);
    const ids = await takeIds(again, 3);
    expect(
      ids.filter((id) => given.has(id)),
      `byte ${at}`,
    ).toEqual([]);
    await close(again);
    const third = await reopen(again, disk);
    expect(
      (await takeIds(third, 3)).filter((id) => given.has(id) || ids.includes(id)),
      `byte ${at}, again`,
    ).toEqual([]);
  }
});
