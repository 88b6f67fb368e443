/**
 * Latency of single records under an open schedule: each record has a time at which it is due, is sent then whether or not the ones
 * before it were answered, and is measured from that time. A broker that stalls pays for everything that was due meanwhile.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { type Percentiles, percentilesOf } from "./samples.ts";

/** Sends at a rate for some seconds; how long the answers took. The first tenth is left out. */
export async function openLoop(
  send: () => Promise<unknown>,
  options: { readonly perSecond: number; readonly seconds: number },
): Promise<Percentiles> {
  const count = Math.round(options.perSecond * options.seconds);
  const intervalMs = 1_000 / options.perSecond;
  const tookMs = new Float64Array(count);
  const answers: Promise<void>[] = [];
  const beganMs = performance.now();
  for (let at = 0; at < count; at += 1) {
    const dueMs = beganMs + at * intervalMs;
    const waitMs = dueMs - performance.now();
    if (waitMs > 2) await sleep(waitMs - 1.5);
    // Never before its time, and never without letting answers in.
    do await new Promise((resolve) => setImmediate(resolve));
    while (performance.now() < dueMs);
    answers.push(
      send().then(() => {
        tookMs[at] = performance.now() - dueMs;
        return undefined;
      }),
    );
  }
  await Promise.all(answers);
  return percentilesOf(tookMs.subarray(Math.round(count / 10)));
}
