import { seededRandom } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import { TOPICS } from "@kaelix/model";
import { fillAudit, openTestAudit, tamper } from "@kaelix/security/testing";
import { expect, test } from "vitest";

import { verifyEntries } from "./verify-entries.ts";

const SEED = Number(process.env["KAELIX_TEST_SEED"] ?? 11);

async function logOf(lines: readonly Uint8Array[]): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.createTopic(TOPICS.audit);
  const records = lines.map((value) => ({ key: null, value, timestampMs: 0 }));
  if (records.length > 0) await log.append("audit", 0, records);
  return log;
}

/** Index among the entries of the first line that is another; the number of entries when only some are missing at the end. */
function firstOther(lines: readonly Uint8Array[], others: readonly Uint8Array[]): number {
  let entries = 0;
  for (const [at, line] of lines.entries()) {
    if (!Buffer.from(line).equals(others[at] ?? Buffer.alloc(0))) return entries;
    if (Buffer.from(line).includes('"audit.entry"')) entries++;
  }
  return entries;
}

test("verifyEntries says nothing of a whole log", async () => {
  const audit = await openTestAudit();
  await fillAudit(audit, 30, 7);
  const { keys } = audit.audit.status();
  const found = await verifyEntries(await logOf(audit.lines()), keys, []);
  expect(found).toMatchObject({ entries: 30, problems: [], firstBad: null });
  await audit.audit.close();
});

test(`verifyEntries names a range that holds the first entry that was falsified (KAELIX_TEST_SEED=${SEED})`, async () => {
  const audit = await openTestAudit();
  await fillAudit(audit, 60, 10);
  const { keys, checkpoint = "" } = audit.audit.status();
  const random = seededRandom(SEED);
  let checked = 0;
  for (let turn = 0; turn < 60; turn++) {
    const lines = audit.lines();
    const tampered = tamper(lines, random);
    if (tampered === undefined) continue;
    const found = await verifyEntries(await logOf(tampered.lines), keys, [checkpoint]);
    const first = firstOther(lines, tampered.lines);
    expect(found.problems.length, `${tampered.how} at ${first}`).toBeGreaterThan(0);
    expect(found.firstBad, `${tampered.how} at ${first}`).not.toBeNull();
    expect(found.firstBad?.from, `${tampered.how} at ${first}`).toBeLessThanOrEqual(first);
    expect(found.firstBad?.to, `${tampered.how} at ${first}`).toBeGreaterThanOrEqual(first);
    checked++;
  }
  expect(checked).toBeGreaterThan(40);
  await audit.audit.close();
});

test("verifyEntries tells a log written anew with the same key, or cut off, by checkpoints that were kept", async () => {
  const audit = await openTestAudit();
  await fillAudit(audit, 10, 10);
  const { checkpoint: early = "" } = audit.audit.status();
  await fillAudit(audit, 10, 10);
  const { keys, checkpoint: late = "" } = audit.audit.status();
  const anew = await openTestAudit({ keystore: audit.keystore }, new MemoryLog());
  anew.clock.advance(5);
  await fillAudit(anew, 25, 5);
  const log = await logOf(anew.lines());
  expect(await verifyEntries(log, keys, [])).toMatchObject({ problems: [], firstBad: null });
  expect((await verifyEntries(log, keys, [late])).firstBad).toEqual({ from: 0, to: 19 });
  expect((await verifyEntries(log, keys, [late, early])).firstBad).toEqual({ from: 0, to: 9 });
  const cut = await logOf(audit.lines().slice(0, 14));
  expect((await verifyEntries(cut, keys, [early])).firstBad).toBeNull();
  expect((await verifyEntries(cut, keys, [early, late])).firstBad).toEqual({ from: 13, to: 13 });
  await Promise.all([audit.audit.close(), anew.audit.close()]);
});
