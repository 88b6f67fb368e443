/** The chain of the audit log's keys, and a log that was signed by several of them. */
import { expect, test } from "vitest";

import { openReceipt } from "../erasure/receipt.ts";
import { fillAudit, openTestAudit, type TestAudit } from "../testing/audit.ts";
import { checkIndependently, checkProof } from "../testing/independent-audit-verifier.ts";
import { openAuditKeys, soleAuditKey, splitAuditKeys, vouchFor } from "./audit-keys.ts";
import { openAuditLog } from "./audit-log.ts";
import { AuditVerifier, verifyAudit } from "./audit-verifier.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { NoteSigner } from "./signed-note.ts";

const DAY_MS = 86_400_000;
const FROM_MS = 1_796_700_000_000;
const secret = (byte: number): Uint8Array => Buffer.alloc(32, byte);
const noteOf = (by: number, number: number, fromMs = FROM_MS + number * DAY_MS): string =>
  vouchFor(secret(by), { secret: secret(number), number, fromMs });
const CHAIN = [noteOf(1, 1), noteOf(1, 2), noteOf(2, 3)];

async function closed({ audit, keystore }: TestAudit): Promise<void> {
  await audit.close();
  await keystore.close();
}

const problems = (house: TestAudit, lines: readonly Uint8Array[], kept: readonly string[] = []): readonly string[] => {
  const verifier = new AuditVerifier(house.audit.status().keys);
  for (const line of lines) verifier.take(line);
  return verifier.report(kept).problems;
};

test("openAuditKeys reads a chain and the time of each key, also out of one file", () => {
  const keys = openAuditKeys(CHAIN) ?? expect.fail();
  expect(keys.map(({ number, fromMs, untilMs }) => [number, fromMs, untilMs])).toEqual([
    [1, FROM_MS + DAY_MS, FROM_MS + 2 * DAY_MS],
    [2, FROM_MS + 2 * DAY_MS, FROM_MS + 3 * DAY_MS],
    [3, FROM_MS + 3 * DAY_MS, undefined],
  ]);
  expect(openAuditKeys(splitAuditKeys(CHAIN.join("")))).toEqual(keys);
  expect(openAuditKeys(splitAuditKeys(CHAIN.join("\n").replaceAll("\n", "\r\n")))).toEqual(keys);
});

test("openAuditKeys takes no chain with a link that is missing, moved, changed, or signed by another key", () => {
  const [one = "", two = "", three = ""] = CHAIN;
  for (const broken of [
    [],
    [""],
    ["kaelix/audit-key\n"],
    [two, three],
    [one, three],
    [two, one, three],
    [one, two, two],
    [one, two, three, two],
    [one, two.replace("number: 2", "number: 3"), three],
    [one, two.replace(/from: 2026/, "from: 2025"), three],
    [one, noteOf(3, 2), three],
    [one, noteOf(2, 2), three],
    [one, noteOf(1, 2, FROM_MS), three],
    [one, new NoteSigner(secret(1)).sign("kaelix/audit-key", ["number: 2", "key: x", "from: y"])],
    [new NoteSigner(secret(1)).sign("kaelix/audit", one.split("\n").slice(1, 4))],
  ])
    expect(openAuditKeys(broken), broken.join()).toBeUndefined();
});

test("a checkpoint is taken within the time of its key alone; the first key's may bear none", () => {
  const keys = openAuditKeys(CHAIN) ?? expect.fail();
  const root = Buffer.alloc(32, 7);
  const at = (by: number, atMs: number): string => signCheckpoint(new NoteSigner(secret(by)), { size: 5, root, atMs });
  const [first, last] = [FROM_MS + 2 * DAY_MS, FROM_MS + 3 * DAY_MS];
  for (const good of [first, first + 1, last]) expect(openCheckpoint(at(2, good), keys)?.key).toBe(2);
  for (const bad of [first - 1, last + 1, 0]) expect(openCheckpoint(at(2, bad), keys)).toBeUndefined();
  expect(openCheckpoint(at(3, last + 900 * DAY_MS), keys)?.atMs).toBe(last + 900 * DAY_MS);
  const timeless = (by: number): string =>
    new NoteSigner(secret(by)).sign("kaelix/audit", ["5", root.toString("base64")]);
  expect(openCheckpoint(timeless(1), keys)).toMatchObject({ size: 5, key: 1 });
  expect(openCheckpoint(timeless(2), keys)).toBeUndefined();
  for (const line of ["time x", "time 2026-11-23", `time ${"9".repeat(24)}`]) {
    const odd = new NoteSigner(secret(3)).sign("kaelix/audit", ["5", root.toString("base64"), line]);
    expect(openCheckpoint(odd, keys), line).toBeUndefined();
  }
});

test("a log over two renewals, restarts and a clock that jumps stays as it was signed, for two verifiers; an entry of any key's time is proved", async () => {
  const notes: string[] = [];
  const house = await openTestAudit({ onCheckpoint: (note) => void notes.push(note) });
  const old = house.audit.status().publicKey;
  await fillAudit(house, 10, 5);
  house.clock.advance(90 * DAY_MS);
  await house.audit.renewKey();
  await fillAudit(house, 10, 5);
  // The clock was years ahead for a while: what was signed then stays good, and so does what is signed after.
  house.clock.advance(3_000 * DAY_MS);
  await fillAudit(house, 5, 5);
  house.clock.advance(-3_000 * DAY_MS);
  await house.audit.renewKey();
  await fillAudit(house, 5, 5);
  await house.audit.close();
  const again = { ...house, audit: await openAuditLog(house) };
  await fillAudit(again, 5, 5);
  const { keys, publicKey, vouched, isIntact } = again.audit.status();
  expect([keys.length, keys[0]?.publicKey, keys[2]?.publicKey, isIntact]).toEqual([3, old, publicKey, true]);
  expect(await verifyAudit(house.log, keys, notes)).toMatchObject({
    entries: 35,
    unsigned: 0,
    checkpoints: 7,
    problems: [],
  });
  expect(checkIndependently(house.lines(), vouched, notes)).toEqual({ entries: 35, good: 7, bad: 0 });
  for (const index of [0, 12, 34])
    expect(checkProof((await again.audit.prove(index)) ?? expect.fail(), vouched)).toBe(true);
  // Who has the first key alone cannot follow, and nothing passes for what it is not.
  expect((await verifyAudit(house.log, soleAuditKey(old))).problems.length).toBeGreaterThan(0);
  await closed(again);
});

test("whoever has a retired key signs nothing that is taken: not with a time of today, nor with one of then", async () => {
  const house = await openTestAudit();
  await fillAudit(house, 10, 5);
  const stolen = house.keystore.signing.keys("audit")[0].secret.export();
  const thenMs = house.clock.nowMs();
  house.clock.advance(90 * DAY_MS);
  await house.audit.renewKey();
  await fillAudit(house, 10, 5);
  const { vouched } = house.audit.status();
  const lines = house.lines();
  expect(problems(house, lines)).toEqual([]);
  const root = Buffer.from(new NoteSigner(stolen).publicKey, "base64url");
  for (const atMs of [thenMs, house.clock.nowMs()]) {
    const note = signCheckpoint(new NoteSigner(stolen), { size: 20, root, atMs });
    const line = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(lines[5] ?? []).toString()), note }));
    expect(problems(house, [...lines, line])).toHaveLength(1);
    expect(checkIndependently([...lines, line], vouched).bad).toBe(1);
  }
  // The right root and a time of then, behind what the new key has signed.
  const { root: whole } =
    openCheckpoint(house.audit.status().checkpoint ?? "", house.audit.status().keys) ?? expect.fail();
  const late = signCheckpoint(new NoteSigner(stolen), { size: 20, root: whole, atMs: thenMs });
  const line = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(lines[5] ?? []).toString()), note: late }));
  expect(problems(house, [...lines, line])).toEqual([expect.stringContaining("retired before it")]);
  expect(checkIndependently([...lines, line], vouched).bad).toBe(1);
  await closed(house);
});

test("while a renewal has not reached the log nothing is signed, so that no checkpoint falls out of its key's time", async () => {
  const house = await openTestAudit();
  await fillAudit(house, 3, 3);
  house.log.beforeAppend = async (topic) => {
    if (topic === "keys") throw new Error("disk");
  };
  await expect(house.audit.renewKey()).rejects.toThrow("disk");
  await fillAudit(house, 3, 3);
  expect(house.audit.status()).toMatchObject({ unsigned: 3, isIntact: true });
  house.log.beforeAppend = async () => undefined;
  await house.audit.renewKey();
  await house.audit.sign();
  expect(house.audit.status()).toMatchObject({ unsigned: 0, isIntact: true });
  expect(problems(house, house.lines())).toEqual([]);
  await closed(house);
});

test("a receipt is checked for ever, and none that tells of what was after its key's time", () => {
  const keys = openAuditKeys(CHAIN) ?? expect.fail();
  const receipt = (by: number, unreadable: string, purged = "purged: by 2031-01-01T00:00:00.000Z"): string =>
    new NoteSigner(secret(by)).sign("kaelix/erasure", ["memories: 1", `unreadable: ${unreadable}`, purged]);
  const [inTime, after] = [FROM_MS + DAY_MS, FROM_MS + 9 * DAY_MS].map((ms) => new Date(ms).toISOString());
  expect(openReceipt(receipt(1, inTime ?? ""), keys)?.[0]).toEqual({ name: "memories", value: "1" });
  expect(openReceipt(receipt(3, after ?? ""), keys)).toBeDefined();
  expect(openReceipt(receipt(1, after ?? ""), keys)).toBeUndefined();
  expect(openReceipt(receipt(1, inTime ?? "", `purged: ${after}`), keys)).toBeUndefined();
  expect(openReceipt(receipt(4, inTime ?? ""), keys)).toBeUndefined();
});
