import { expect, test } from "vitest";

import { runBrokerKills } from "./broker-kills.ts";

// More: npm run bench -- crash --kills 0 --cuts 0 --broker-kills 200 --seed S
const SEED = 1;

test(`a broker killed with producers, transactions and groups in flight keeps its word, seed ${SEED}`, async () => {
  const outcome = await runBrokerKills({ kills: 3, seed: SEED });
  expect(outcome.faults).toEqual([]);
  expect(outcome.kills).toBe(3);
  // Not idle while it was killed.
  expect(outcome.acknowledgedRecords).toBeGreaterThan(100);
  expect(outcome.committedTransactions).toBeGreaterThan(3);
  expect(outcome.sharedRecords).toBeGreaterThan(30);
});
