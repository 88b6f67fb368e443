import { seededRandom } from "@kaelix/base";
import type { Acknowledgement } from "@kaelix/log";
import { MemoryLog } from "@kaelix/log/testing";
import { DEFAULT_TENANT, makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import { openErasureLedger } from "./erasure/erasure-ledger.ts";
import { openTestAudit } from "./testing/audit.ts";
import { openTestIdentity, OWNER, principalOf } from "./testing/identity.ts";

/** A log that notes how its writers wanted to be answered, by topic. */
class NotingLog extends MemoryLog {
  readonly asked = new Map<string, Set<Acknowledgement | undefined>>();

  override append(
    topic: string,
    partition: number,
    records: Parameters<MemoryLog["append"]>[2],
    options?: { readonly acknowledge: Acknowledgement },
  ): ReturnType<MemoryLog["append"]> {
    this.asked.set(topic, (this.asked.get(topic) ?? new Set()).add(options?.acknowledge));
    return super.append(topic, partition, records);
  }
}

test("identity, access, keys, erasures and the audit log answer when what they wrote is on the disk, and not before", async () => {
  const log = new NotingLog();
  const house = await openTestIdentity(log);
  const principal = await principalOf(house, await house.identity.signUp(OWNER));
  await house.identity.prove({ principal, password: OWNER.password });
  await house.identity.accounts.endSessions(principal.userId);
  const random = seededRandom(4);
  const memory = makeId("mem", 1, random);
  await house.keystore.shredMemories([memory]);
  await house.keystore.shredUser(principal.userId);
  const ledger = await openErasureLedger(log);
  const erasure = makeId("era", 1, random);
  await ledger.name({ tenant: DEFAULT_TENANT, user: principal.userId, erasure, nowMs: 1 }, [memory]);
  const { audit } = await openTestAudit({}, log);
  await audit.record({
    subject: "system",
    resource: "house",
    action: "memory.read",
    decision: "allow",
    reason: "own",
    level: 3,
  });
  expect([...log.asked.keys()]).toEqual(expect.arrayContaining(["audit", "erasures", "identity", "keys"]));
  for (const [topic, answers] of log.asked) expect([topic, ...answers]).toEqual([topic, "durable"]);
});
