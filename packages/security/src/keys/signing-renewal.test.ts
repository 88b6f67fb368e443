/** When the keys that the installation signs with are renewed, and what a failure leaves. */
import { ManualClock } from "@kaelix/base";
import { expect, test } from "vitest";

import { openAuditLog } from "../audit/audit-log.ts";
import { openTestAudit } from "../testing/audit.ts";
import { SigningRenewal } from "./signing-renewal.ts";

const DAY_MS = 86_400_000;

async function stage() {
  const house = await openTestAudit();
  const problems: string[] = [];
  const renewal = new SigningRenewal({ ...house, onProblem: (problem) => void problems.push(problem) });
  const numbers = (): readonly number[] => renewal.status().lines.map(({ number }) => number);
  const close = async (): Promise<void> => {
    await renewal.close();
    await house.audit.close();
    await house.keystore.close();
  };
  return { ...house, close, numbers, problems, renewal };
}

test("a key is renewed at 90 days and not before, and late a day after", async () => {
  const { clock, close, numbers, renewal } = await stage();
  clock.advance(90 * DAY_MS - 1);
  await renewal.tick();
  expect(numbers()).toEqual([1, 1, 1, 1]);
  clock.advance(DAY_MS);
  expect(renewal.status().lines.every(({ isLate }) => !isLate)).toBe(true);
  clock.advance(1);
  expect(renewal.status().lines.every(({ isLate }) => isLate)).toBe(true);
  await renewal.tick();
  expect(numbers()).toEqual([2, 2, 2, 2]);
  await renewal.tick();
  expect(numbers()).toEqual([2, 2, 2, 2]);
  await close();
});

test("a key that was made while the clock was years ahead is renewed, once", async () => {
  const { audit, clock, close, keystore, numbers, renewal } = await stage();
  clock.advance(3_000 * DAY_MS);
  await renewal.tick();
  clock.advance(-3_000 * DAY_MS);
  await renewal.tick();
  await renewal.tick();
  expect(numbers()).toEqual([3, 3, 3, 3]);
  await audit.record({ subject: "system", action: "a.b", level: 3, decision: "allow", reason: "own" });
  await audit.sign();
  expect(audit.status()).toMatchObject({ unsigned: 0, isIntact: true });
  // The one that was retired in those years verifies nothing now; the one that was retired just now does.
  expect(keystore.signing.keys("refresh").map(({ number }) => number)).toEqual([3, 2]);
  await close();
});

test("what fails is told and done at the next look, and holds up no other", async () => {
  const { clock, close, log, numbers, problems, renewal } = await stage();
  clock.advance(90 * DAY_MS);
  let appends = 0;
  log.beforeAppend = async (topic) => {
    if (topic === "keys" && ++appends === 3) throw new Error("disk");
  };
  await expect(renewal.tick()).rejects.toThrow("disk");
  expect(numbers()).toEqual([2, 2, 1, 2]);
  expect(problems).toEqual([expect.stringContaining("disk")]);
  expect(renewal.status().problem).toBe("disk");
  await renewal.tick();
  expect([numbers(), renewal.status().problem]).toEqual([[2, 2, 2, 2], undefined]);
  await close();
});

test("a renewal on request that failed in doubt is done at the next look, though nothing is due", async () => {
  const { close, log, numbers, renewal } = await stage();
  log.beforeAppend = async (topic) => {
    if (topic === "keys") throw new Error("disk");
  };
  await expect(renewal.renew(false)).rejects.toThrow("disk");
  log.beforeAppend = async () => undefined;
  await renewal.tick();
  expect(numbers()).toEqual([2, 2, 2, 2]);
  await close();
});

test("a key whose record reached the log although the log refused it is taken, and the audit log stays as it was signed", async () => {
  const house = await openTestAudit();
  const { audit, clock, keystore, log } = house;
  const append = log.append.bind(log);
  log.append = async (...given) => {
    await append(...given);
    throw new Error("disk");
  };
  await expect(audit.renewKey()).rejects.toThrow("disk");
  log.append = append;
  await expect.poll(() => keystore.signing.keys("audit")[0].number).toBe(2);
  clock.advance(DAY_MS);
  await audit.record({ subject: "system", action: "a.b", level: 3, decision: "allow", reason: "own" });
  await audit.sign();
  expect(audit.status().unsigned).toBe(1);
  await audit.renewKey();
  await audit.close();
  const again = await openAuditLog({ log, keystore, clock: new ManualClock(clock.nowMs()) });
  expect(again.status()).toMatchObject({ unsigned: 0, isIntact: true });
  expect(again.status().keys.map(({ number }) => number)).toEqual([1, 2, 3]);
  await again.close();
  await keystore.close();
});
