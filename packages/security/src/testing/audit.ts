/** An audit log in memory for this room's tests. */
import { ManualClock } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type UserPrincipal } from "@kaelix/model";
import { seededRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";

import { type AuditLog, type AuditOptions, openAuditLog } from "../audit/audit-log.ts";
import { type Keystore, openKeystore } from "../keys/keystore.ts";
import { memoryKek } from "./memory-kek.ts";

const random = seededRandom(9);

/** Somebody whose doings are written down. */
export const AUDITED: UserPrincipal = {
  type: "user",
  tenantId: DEFAULT_TENANT,
  userId: makeId("usr", 1, random),
  role: "owner",
  sessionId: makeId("ses", 1, random),
  ceiling: 2,
};

/** A log with an audit log over it. */
export interface TestAudit {
  readonly log: MemoryLog;
  readonly keystore: Keystore;
  readonly clock: ManualClock;
  readonly audit: AuditLog;
  /** Values of the topic, in order. */
  readonly lines: () => readonly Uint8Array[];
}

/** Opens one, over a log that may hold entries already. */
export async function openTestAudit(options: Partial<AuditOptions> = {}, log = new MemoryLog()): Promise<TestAudit> {
  const clock = new ManualClock();
  const keystore = await openKeystore({ log, kek: memoryKek(), clock });
  await keystore.ensureUserKey(AUDITED.tenantId, AUDITED.userId);
  const audit = await openAuditLog({ log, keystore, clock, ...options });
  return {
    log,
    keystore,
    clock,
    audit,
    lines: () => log.records("audit", 0).map((record) => record.value ?? Buffer.alloc(0)),
  };
}

/** Writes a number of entries, signing after every `signedEvery`. */
export async function fillAudit({ audit, clock }: TestAudit, count: number, signedEvery: number): Promise<void> {
  for (let at = 1; at <= count; at++) {
    clock.advance(1);
    const decision = at % 3 === 0 ? "deny" : "allow";
    await audit.record({
      subject: AUDITED,
      action: "memory.read",
      resource: `mem_${at}`,
      level: 3,
      decision,
      reason: "own",
    });
    if (at % signedEvery === 0) await audit.sign();
  }
}
