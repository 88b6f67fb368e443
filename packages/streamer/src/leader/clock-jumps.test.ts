import { ManualClock } from "@kaelix/base";
import { expect, test } from "vitest";

import { SimulatedDisk } from "../storage/simulated-disk.ts";
import { batchOf, openLed, sent } from "./testing.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

test.each([YEAR_MS, -YEAR_MS])(
  "a producer whose broker's clock jumps by %i ms is still known, also after a kill",
  async (jumpMs) => {
    const disk = new SimulatedDisk();
    const clock = new ManualClock();
    const { leader } = await openLed({ disk, clock, producerExpirationMs: 60_000 });
    const batch = (sequence: number): Uint8Array => batchOf(2, { producerId: 7, sequence, timestampMs: 0 });
    expect(sent(leader, batch(0))).toBe(0);
    await leader.durable(2);
    clock.jumpTo(clock.nowMs() + jumpMs);
    expect(sent(leader, batch(2))).toBe(2);
    await leader.durable(4);
    expect(leader.append(batch(0))).toMatchObject({ duplicate: true, baseOffset: 0 });
    clock.jumpTo(clock.nowMs() + jumpMs);
    const again = await openLed({ disk: disk.afterKill(), clock, producerExpirationMs: 60_000 });
    expect(again.leader.append(batch(2))).toMatchObject({ duplicate: true, baseOffset: 2 });
    expect(sent(again.leader, batch(4))).toBe(4);
  },
);
