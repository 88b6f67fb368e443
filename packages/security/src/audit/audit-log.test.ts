import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, parseTenantId } from "@kaelix/model";
import { expect, test } from "vitest";

import { AUDITED, fillAudit, openTestAudit, type TestAudit } from "../testing/audit.ts";
import { checkIndependently, checkProof } from "../testing/independent-audit-verifier.ts";
import { tamper } from "../testing/tampering.ts";
import { AuditVerifier, verifyAudit } from "./audit-verifier.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { verifyConsistency } from "./merkle.ts";

const READ = { subject: AUDITED, action: "memory.read", resource: "mem_1", decision: "allow", reason: "own" } as const;

async function closed({ keystore }: TestAudit): Promise<void> {
  await keystore.close();
}

test("guard does nothing at levels 3 and 4 while the audit log cannot be written, and goes on at 1 and 2", async () => {
  const house = await openTestAudit();
  let opened = 0;
  const open = async (): Promise<number> => ++opened;
  house.log.failAppends = true;
  for (const level of [3, 4] as const) {
    await expect(house.audit.guard({ ...READ, level }, open)).rejects.toMatchObject({
      code: "audit-unavailable",
      status: 503,
    });
  }
  expect(opened).toBe(0);
  expect(await house.audit.guard({ ...READ, level: 2 }, open)).toBe(1);
  house.log.failAppends = false;
  expect(await house.audit.guard({ ...READ, level: 3 }, open)).toBe(2);
  // What waited is there too; what was refused is not.
  await house.audit.sign();
  const { records } = await house.audit.list({ limit: 10 });
  expect(records.map(({ entry }) => entry.level)).toEqual([3, 2]);
  await closed(house);
});

test("an entry of level 3 is durable before the work begins", async () => {
  const house = await openTestAudit();
  const before = house.lines().length;
  const seen = await house.audit.guard({ ...READ, level: 3 }, async () => house.lines().length);
  expect(seen).toBe(before + 1);
  await closed(house);
});

test("list and prove keep to one organisation, and what the system did stands with whom it concerns", async () => {
  const house = await openTestAudit();
  const acme = parseTenantId("acme");
  if (acme === undefined) throw new Error("The name is well formed");
  const note = { action: "memory.erase", decision: "allow", reason: "1 memories" } as const;
  for (const [at, subject] of [AUDITED, { ...AUDITED, tenantId: acme }].entries()) {
    await house.audit.record({ ...READ, subject, resource: `mem_${at}`, level: 3 });
  }
  await house.audit.record({ ...note, subject: "system", tenant: acme, resource: "era_1", level: 3 });
  await house.audit.record({ ...note, subject: "system", resource: "house", level: 3 });
  await house.audit.sign();
  const of = async (tenant: typeof acme): Promise<unknown> =>
    (await house.audit.list({ tenant, limit: 10 })).records.map(({ entry }) => entry.resource);
  expect(await of(acme)).toEqual(["era_1", "mem_1"]);
  expect(await of(DEFAULT_TENANT)).toEqual(["house", "mem_0"]);
  expect(await Promise.all([0, 1, 2, 3].map(async (at) => (await house.audit.prove(at, acme))?.index))).toEqual([
    undefined,
    1,
    2,
    undefined,
  ]);
  await closed(house);
});

test("nobody waits for ever when the log refuses a full queue", async () => {
  const house = await openTestAudit();
  house.log.failAppends = true;
  const many = Array.from({ length: 1_200 }, async () => house.audit.record({ ...READ, level: 3 }));
  const outcomes = await Promise.allSettled(many);
  expect(outcomes.every((one) => one.status === "rejected")).toBe(true);
  for (let at = 0; at < 10_500; at++) void house.audit.record(READ);
  await expect(house.audit.record({ ...READ, level: 3 })).rejects.toMatchObject({ code: "audit-unavailable" });
  expect(house.audit.status().lost).toBe(500);
  house.log.failAppends = false;
  await house.audit.sign();
  await house.audit.sign();
  const { records } = await house.audit.list({ limit: 5 });
  expect(records.map(({ entry }) => [entry.action, entry.reason])).toContainEqual(["audit.lost", "500 entries"]);
  await closed(house);
});

test("entries say who and what, seal where from, and hold no content", async () => {
  const house = await openTestAudit();
  const origin = { address: "198.51.100.7", client: "Firefox" };
  const agent = { type: "agent", tenantId: DEFAULT_TENANT, keyId: makeId("key", 1, seededRandom(1)) } as const;
  await house.audit.record({ ...READ, level: 3, origin });
  const subject = { ...agent, userId: AUDITED.userId, role: "owner", scopes: [], ceiling: 2, reach: "all" } as const;
  await house.audit.record({ ...READ, level: 3, subject });
  await house.audit.record({ ...READ, level: 3, subject: { type: "anonymous", tenantId: DEFAULT_TENANT }, origin });
  await house.audit.record({ ...READ, level: 3, subject: "system" });
  const { records } = await house.audit.list({ limit: 10 });
  expect(records.map(({ entry }) => entry.actor)).toEqual(["system", "anonymous", "agent", "user"]);
  expect(records.at(3)?.entry).toMatchObject({ session: AUDITED.sessionId, user: AUDITED.userId, key: null });
  expect(records.at(2)?.entry).toMatchObject({ session: null, key: agent.keyId });
  const all = house
    .lines()
    .map((line) => Buffer.from(line).toString())
    .join();
  for (const secret of ["198.51", "Firefox"]) expect(all).not.toContain(secret);
  const { sealed, at } = records.at(3)?.entry ?? expect.fail();
  const place = { user: AUDITED.userId, purpose: "audit", subject: `${at}` } as const;
  const opened = await house.keystore.openForUser(place, Buffer.from(sealed ?? "", "base64url"));
  expect(opened.type === "opened" && JSON.parse(opened.bytes.toString())).toEqual(origin);
  await closed(house);
});

test("checkpoints, proofs of inclusion and of consistency hold for a verifier that shares no code", async () => {
  const notes: string[] = [];
  const house = await openTestAudit({ onCheckpoint: (note) => void notes.push(note) });
  await fillAudit(house, 47, 10);
  const { keys, unsigned, vouched } = house.audit.status();
  expect(unsigned).toBe(7);
  expect(await house.audit.prove(46)).toBeUndefined();
  await house.audit.close();
  expect(checkIndependently(house.lines(), vouched, notes)).toEqual({ entries: 47, good: 5, bad: 0 });
  expect(await verifyAudit(house.log, keys, notes)).toMatchObject({
    entries: 47,
    checkpoints: 5,
    unsigned: 0,
    problems: [],
  });
  for (let index = 0; index < 47; index++) {
    const proof = (await house.audit.prove(index)) ?? expect.fail();
    expect(checkProof(proof, vouched)).toBe(true);
    expect(checkProof({ ...proof, index: (index + 1) % 47 }, vouched)).toBe(false);
    expect(checkProof({ ...proof, entry: proof.entry.replace("memory.read", "memory.list") }, vouched)).toBe(false);
  }
  const last = openCheckpoint(notes.at(-1) ?? "", keys) ?? expect.fail();
  for (const note of notes) {
    const first = openCheckpoint(note, keys) ?? expect.fail();
    const { path } = house.audit.proveConsistency(first.size) ?? expect.fail();
    expect(
      verifyConsistency(
        first,
        last,
        path.map((hash) => Buffer.from(hash, "base64")),
      ),
    ).toBe(true);
  }
  await closed(house);
});

test("openCheckpoint takes no other text, key or signature", async () => {
  const house = await openTestAudit();
  const other = await openTestAudit();
  await fillAudit(house, 3, 3);
  const { checkpoint: note = "", keys } = house.audit.status();
  expect(openCheckpoint(note, keys)?.size).toBe(3);
  for (const forged of [
    note.replace("\n3\n", "\n4\n"),
    note.replace("kaelix", "Kaelix"),
    `${note}\n`,
    note.slice(1),
    "",
  ]) {
    expect(openCheckpoint(forged, keys)).toBeUndefined();
  }
  // Every installation of these tests has a key of its own.
  expect(openCheckpoint(note, other.audit.status().keys)).toBeUndefined();
  await closed(house);
  await closed(other);
});

// The whole ten thousand: `npm run bench -- audit`.
test("40 falsified logs are found, by the room's verifier and by the other (seed 21)", async () => {
  const house = await openTestAudit();
  await fillAudit(house, 40, 8);
  const { checkpoint = "", keys, vouched } = house.audit.status();
  const random = seededRandom(21);
  let tried = 0;
  while (tried < 40) {
    const lines = house.lines();
    const falsified = tamper(lines, random);
    if (falsified === undefined) continue;
    tried++;
    const verifier = new AuditVerifier(keys);
    for (const line of falsified.lines) verifier.take(line);
    const found = verifier.report([checkpoint]).problems.length > 0;
    if (!found) expect.fail(`Try ${tried} of seed 21 was not found: ${falsified.how}`);
    expect(checkIndependently(falsified.lines, vouched, [checkpoint]).bad, falsified.how).toBeGreaterThan(0);
  }
  await closed(house);
});

test("a log cut off behind its last checkpoint is found by a checkpoint that was kept elsewhere, and by that alone", async () => {
  const house = await openTestAudit();
  await fillAudit(house, 20, 10);
  const { checkpoint = "", keys } = house.audit.status();
  const cut = house.lines().slice(0, 11);
  const report = (kept: readonly string[]): readonly string[] => {
    const verifier = new AuditVerifier(keys);
    for (const line of cut) verifier.take(line);
    return verifier.report(kept).problems;
  };
  expect(report([])).toEqual([]);
  expect(report([checkpoint])).toMatchObject([expect.stringContaining("the log was cut off")]);
  await closed(house);
});

test("after a restart the log goes on where it was; one that was changed meanwhile is reported and signed no more", async () => {
  const first = await openTestAudit();
  await fillAudit(first, 12, 5);
  await first.audit.close();
  await first.keystore.close();
  const again = await openTestAudit({}, first.log);
  expect(again.audit.status()).toMatchObject({ entries: 12, unsigned: 0, isIntact: true });
  await fillAudit(again, 3, 3);
  expect(await verifyAudit(again.log, again.audit.status().keys)).toMatchObject({ entries: 15, problems: [] });
  await again.keystore.close();
  const records = again.log.records("audit", 0);
  const record = records[0] ?? expect.fail();
  const changed = Buffer.from(record.value ?? [])
    .toString()
    .replace('"allow"', '"deny"');
  records[0] = { ...record, value: Buffer.from(changed) };
  const problems: string[] = [];
  const third = await openTestAudit({ onProblem: (problem) => void problems.push(problem) }, first.log);
  expect(problems).toMatchObject([expect.stringContaining("does not fit")]);
  expect(third.audit.status().isIntact).toBe(false);
  const before = third.lines().length;
  await third.audit.sign();
  expect(third.lines().length).toBe(before);
  await closed(third);
});

test("two processes that write to one log hash the same list", async () => {
  const left = await openTestAudit();
  const right = await openTestAudit({}, left.log);
  for (let round = 0; round < 5; round++) {
    await fillAudit(left, 3, 3);
    await fillAudit(right, 2, 2);
  }
  await left.audit.sign();
  expect(await verifyAudit(left.log, left.audit.status().keys)).toMatchObject({
    entries: 25,
    unsigned: 0,
    problems: [],
  });
  await closed(left);
  await closed(right);
});

test("list gives the entries of one person, newest first, page by page", async () => {
  const house = await openTestAudit();
  for (let at = 0; at < 30; at++) {
    await house.audit.record({
      ...READ,
      level: 3,
      resource: `mem_${at}`,
      ...(at % 2 === 0 ? {} : { subject: "system" }),
    });
  }
  const seen: (string | null)[] = [];
  let before: number | null = 30;
  do {
    const page = await house.audit.list({
      limit: 4,
      user: AUDITED.userId,
      before,
    });
    seen.push(...page.records.map(({ entry }) => entry.resource));
    before = page.nextBefore;
  } while (before !== null);
  expect(seen).toEqual(Array.from({ length: 15 }, (_, at) => `mem_${28 - 2 * at}`));
  await closed(house);
});
