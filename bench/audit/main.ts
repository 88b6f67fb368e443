/**
 * Audit: falsified logs given to the verifier and to a second one that shares no code with it, and what writing an entry costs.
 *
 *     npm run bench -- audit [--quick] [seed]
 *
 * Ten thousand falsifications (edit, delete, insert, reorder, truncate, repeat, flipped bit), 500 with --quick. It fails when either
 * verifier misses one, and names the seed and the try. The log is in memory: the cost is of sealing, hashing and signing, not of a disk.
 */
import { seededRandom } from "@kaelix/base";
import { AuditVerifier } from "@kaelix/security";
import { AUDITED, checkIndependently, fillAudit, openTestAudit, tamper } from "@kaelix/security/testing";

import type { BenchRow } from "../row.ts";

const ENTRIES = 60;
const SIGNED_EVERY = 10;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const falsifications = options.quick ? 500 : 10_000;
  const seed = Number(options.arguments[0] ?? 1);
  const random = seededRandom(seed);
  const house = await openTestAudit();
  await fillAudit(house, ENTRIES / 2, SIGNED_EVERY);
  await house.audit.renewKey();
  await fillAudit(house, ENTRIES / 2, SIGNED_EVERY);
  const { checkpoint = "", keys, vouched } = house.audit.status();
  const lines = house.lines();
  let tried = 0;
  while (tried < falsifications) {
    const falsified = tamper(lines, random);
    if (falsified === undefined) continue;
    tried++;
    const verifier = new AuditVerifier(keys);
    for (const line of falsified.lines) verifier.take(line);
    const isFound = verifier.report([checkpoint]).problems.length > 0;
    const isFoundTwice = checkIndependently(falsified.lines, vouched, [checkpoint]).bad > 0;
    if (!isFound || !isFoundTwice) throw new Error(`Try ${tried} of seed ${seed} (${falsified.how}) was not found`);
  }
  const writes = options.quick ? 500 : 5_000;
  const startedMs = performance.now();
  const origin = { address: "198.51.100.7", client: "bench" };
  const note = { subject: AUDITED, action: "memory.read", level: 3, decision: "allow", reason: "own", origin } as const;
  for (let at = 0; at < writes; at++) await house.audit.record(note);
  const tookMs = performance.now() - startedMs;
  await house.keystore.close();
  return [
    { name: "falsified logs", value: tried, unit: "logs" },
    { name: "not found by both verifiers", value: 0, unit: "logs", target: 0, reached: true },
    { name: "one entry of level 3, sealed and hashed", value: (tookMs * 1_000) / writes, unit: "µs" },
  ];
}
