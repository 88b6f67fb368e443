import { seededRandom } from "@kaelix/base";
import { describe, expect, test } from "vitest";

import { StreamingAllocationManager } from "./allocation.ts";

const KIB = 1024;

/** A manager of 64 KiB, 16 KiB a stream. */
function manager(): StreamingAllocationManager {
  return new StreamingAllocationManager({ bytesMax: 64 * KIB, streamBytesMax: 16 * KIB });
}

interface Held {
  readonly slot: number;
  readonly bytes: number;
}

async function serve(
  memory: StreamingAllocationManager,
  request: Held & { readonly priority: number },
  held: Held[],
): Promise<void> {
  await memory.take(request.slot, request.bytes, request.priority);
  held.push(request);
}

async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return done;
}

describe("StreamingAllocationManager", () => {
  test("grows a grant by doubling and shrinks it when it is not used", () => {
    const memory = manager();
    expect(memory.tryTake(1, 100)).toBe(true);
    expect(memory.metrics().grantedBytes).toBe(4 * KIB);
    expect(memory.tryTake(1, 5 * KIB)).toBe(true);
    expect(memory.metrics().grantedBytes).toBe(8 * KIB);
    memory.give(1, 5 * KIB + 100);
    memory.tick();
    expect(memory.metrics().grantedBytes).toBe(8 * KIB);
    memory.tick();
    expect(memory.metrics().grantedBytes).toBe(4 * KIB);
    memory.release(1);
    expect(memory.metrics()).toMatchObject({ grantedBytes: 0, usedBytes: 0, streams: 0 });
  });

  test("takes spare memory of other streams before anybody waits", () => {
    const memory = manager();
    for (let slot = 0; slot < 16; slot += 1) {
      expect(memory.tryTake(slot, 1)).toBe(true);
      memory.give(slot, 1);
    }
    expect(memory.metrics().grantedBytes).toBe(64 * KIB);
    expect(memory.tryTake(99, 16 * KIB)).toBe(true);
    expect(memory.metrics().grantedBytes).toBeLessThanOrEqual(64 * KIB);
  });

  test("makes a request wait when the bound is spent and serves it when memory comes back", async () => {
    const memory = manager();
    for (let slot = 0; slot < 4; slot += 1) expect(memory.tryTake(slot, 16 * KIB)).toBe(true);
    const waiting = memory.take(9, 8 * KIB, 0);
    expect(await settled(waiting)).toBe(false);
    expect(memory.metrics()).toMatchObject({ waiting: 1, waitedTotal: 1 });
    memory.give(0, 4 * KIB);
    expect(await settled(waiting)).toBe(false);
    memory.give(0, 4 * KIB);
    expect(await settled(waiting)).toBe(true);
  });

  test("does not let small requests overtake a large one for ever", async () => {
    const memory = manager();
    for (let slot = 0; slot < 4; slot += 1) memory.tryTake(slot, 16 * KIB);
    const large = memory.take(9, 16 * KIB, 0);
    memory.give(0, 1 * KIB);
    expect(memory.tryTake(10, 100)).toBe(false);
    memory.give(0, 15 * KIB);
    expect(await settled(large)).toBe(true);
  });

  test("a stream at its own bound waits alone", async () => {
    const memory = manager();
    expect(memory.tryTake(1, 16 * KIB)).toBe(true);
    const own = memory.take(1, 1 * KIB, 0);
    const other = memory.take(2, 1 * KIB, 7);
    expect(await settled(other)).toBe(true);
    expect(memory.tryTake(3, 1 * KIB)).toBe(true);
    expect(await settled(own)).toBe(false);
    memory.give(1, 1 * KIB);
    expect(await settled(own)).toBe(true);
  });

  test("refuses what can never be had", async () => {
    await expect(manager().take(1, 17 * KIB, 0)).rejects.toMatchObject({ code: "stream-record-too-large" });
  });

  test("close refuses whoever waits", async () => {
    const memory = manager();
    memory.tryTake(1, 16 * KIB);
    const waiting = memory.take(1, 1, 0);
    memory.close();
    await expect(waiting).rejects.toMatchObject({ code: "streams-closed" });
  });

  test("never grants more than the bound and serves everybody in the end", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed);
      const memory = manager();
      const held: Held[] = [];
      const asked = 400;
      for (let at = 0; at < asked; at += 1) {
        const slot = random.integer(12);
        const bytes = 1 + random.integer(16 * KIB);
        void serve(memory, { slot, bytes, priority: random.integer(8) }, held);
        await Promise.resolve();
        if (random.integer(2) === 0) {
          const [back] = held.splice(random.integer(held.length), 1);
          if (back !== undefined) memory.give(back.slot, back.bytes);
        }
        if (random.integer(10) === 0) memory.tick();
        if (random.integer(10) === 0) memory.release(random.integer(12));
        const { grantedBytes, usedBytes } = memory.metrics();
        if (grantedBytes > 64 * KIB || usedBytes > grantedBytes)
          expect.fail(`seed ${seed}: ${grantedBytes}, ${usedBytes}`);
      }
      for (let turn = 0; turn < 10 * asked; turn += 1) {
        const back = held.shift();
        if (back !== undefined) memory.give(back.slot, back.bytes);
        await Promise.resolve();
      }
      expect(memory.metrics(), `seed ${seed}`).toMatchObject({ waiting: 0, usedBytes: 0 });
    }
  });
});
