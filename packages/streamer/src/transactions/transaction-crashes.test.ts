import { expect, test } from "vitest";

import { runTransactionCrashes } from "./transaction-crashes.ts";

const SEEDS = Number(process.env["SEEDS"] ?? 3);
const FIRST_SEED = Number(process.env["SEED"] ?? 1);

// Ten thousand more seeds run in `npm run bench -- simulate`.
test("transactions are whole, certain and once, whatever crashes", async () => {
  let ended = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const outcome = await runTransactionCrashes({ seed, crashes: 2 });
    const again = `SEED=${seed} SEEDS=1 npx vitest run --project pure packages/streamer/src/transactions/transaction-crashes.test.ts`;
    expect(outcome.faults, again).toEqual([]);
    ended += outcome.committedCount + outcome.abortedCount;
  }
  // Without a transaction that ended nothing was shown.
  expect(ended).toBeGreaterThan(SEEDS);
}, 600_000);
