/** The keystore against a model that is a Map: random telling, moving, failing, settling, shredding, renewing and restarting. */
import { isKaelixError, seededRandom, systemRandom } from "@kaelix/base";
import { DEFAULT_TENANT, type Level, LEVELS, makeId, type MemoryId } from "@kaelix/model";
import { expect, test } from "vitest";

import { memoryKek } from "../testing/memory-kek.ts";
import { MemoryLog } from "@kaelix/log/testing";
import { openKeystore } from "./keystore.ts";

/** Key bytes by level; the level that is current. */
interface Known {
  readonly current: Level;
  readonly keys: ReadonlyMap<Level, string>;
}

test.each([1, 2])("Keystore answers like a Map through random work and restarts (seed %i)", async (seed) => {
  const random = seededRandom(seed);
  const log = new MemoryLog();
  const kek = memoryKek();
  const tenant = DEFAULT_TENANT;
  const user = makeId("usr", 1, systemRandom);
  const memories = Array.from({ length: 12 }, () => makeId("mem", 1, systemRandom));
  const model = new Map<MemoryId, Known>();
  let keystore = await openKeystore({ log, kek });
  await keystore.ensureUserKey(tenant, user);

  const tell = async (): Promise<void> => {
    const items = memories
      .filter(() => random.integer(4) === 0)
      .map((memory) => ({ tenant, user, memory, level: LEVELS[random.integer(4)] ?? 1 }));
    const prepared = await keystore.prepareMemoryKeys(items);
    if (random.integer(4) === 0) {
      prepared.discard();
      return;
    }
    await log.append("keys", 0, prepared.records);
    for (const { memory, level, key } of prepared.keys) {
      const keys = new Map(model.get(memory)?.keys);
      const bytes = key.export().toString("hex");
      expect(keys.get(level) ?? bytes, `seed ${seed}`).toBe(bytes);
      model.set(memory, { current: level, keys: keys.set(level, bytes) });
    }
  };
  const settle = async (): Promise<void> => {
    const some = memories.filter(() => random.integer(3) === 0);
    await keystore.settleMoves(some);
    for (const memory of some) {
      const known = model.get(memory);
      const bytes = known?.keys.get(known.current);
      if (known !== undefined && bytes !== undefined)
        model.set(memory, { ...known, keys: new Map([[known.current, bytes]]) });
    }
  };
  const shred = async (): Promise<void> => {
    const some = memories.filter(() => random.integer(6) === 0);
    await keystore.shredMemories(some);
    for (const memory of some) model.delete(memory);
  };
  let rewrapped: Promise<unknown> = Promise.resolve();
  const renew = async (): Promise<void> => {
    // Goes on beside everything else; what is on its way when it is over is left to the next.
    await rewrapped;
    await keystore.renewUserKey(user);
    rewrapped = keystore.rewrapMemoryKeys().catch((error: unknown) => {
      if (!isKaelixError(error, "key-busy")) throw error;
    });
  };
  const restart = async (): Promise<void> => {
    await rewrapped;
    await keystore.close();
    keystore = await openKeystore({ log, kek });
  };
  const check = async (step: number): Promise<void> => {
    for (const memory of memories) {
      for (const level of [undefined, ...LEVELS]) {
        const key = await keystore.memoryKey(memory, level);
        const known = model.get(memory);
        const expected = known?.keys.get(level ?? known.current);
        expect(key?.key.export().toString("hex"), `seed ${seed}, step ${step}`).toBe(expected);
      }
    }
  };

  for (let step = 0; step < 100; step++) {
    // Now and then the log's echo is given time to arrive; mostly work goes on before it.
    if (random.integer(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    const choice = random.integer(12);
    if (choice < 6) await tell();
    else if (choice < 8) await shred();
    else if (choice < 9) await settle();
    else if (choice < 11) await renew();
    else await restart();
    await check(step);
  }
  await restart();
  await keystore.rewrapMemoryKeys();
  expect(keystore.userKey(user)?.version, `seed ${seed}`).toBeGreaterThan(3);
  expect(keystore.usersRenewing(), `seed ${seed}`).toBe(0);
  await check(100);
  await keystore.close();
});
