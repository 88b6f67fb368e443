/** What the installation signs with: made, renewed, retired, forgotten, and read again by whoever opens the log next. */
import { ManualClock } from "@kaelix/base";
import { MemoryLog } from "@kaelix/log/testing";
import type { SigningPurpose } from "@kaelix/model";
import { expect, test } from "vitest";

import { openAuditKeys } from "../audit/audit-keys.ts";
import { memoryKek } from "../testing/memory-kek.ts";
import { KekRotation } from "./kek-rotation.ts";
import { type Keystore, openKeystore } from "./keystore.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PURPOSES: readonly SigningPurpose[] = ["access-tokens", "app-tokens", "audit", "refresh"];
const RETIRED: readonly SigningPurpose[] = ["access-tokens", "app-tokens", "refresh"];

function stage() {
  const [clock, log] = [new ManualClock(1_796_700_000_000), new MemoryLog()];
  const kek = memoryKek(1, clock);
  const problems: string[] = [];
  const open = (): Promise<Keystore> =>
    openKeystore({ log, kek, clock, onProblem: (problem) => void problems.push(problem) });
  return { clock, kek, log, open, problems };
}

const numbers = ({ signing }: Keystore, purpose: SigningPurpose): readonly number[] =>
  signing.keys(purpose).map(({ number }) => number);

/** Every key of a line, to be compared with that of another opening. */
const all = ({ signing }: Keystore): unknown =>
  PURPOSES.map((purpose) =>
    signing.keys(purpose).map(({ secret, ...key }) => ({ ...key, secret: secret.export().toString("hex") })),
  );

test("the first key of each line is the one of before there were lines, and later ones are nobody's but their own", async () => {
  const { open } = stage();
  const keystore = await open();
  for (const purpose of PURPOSES) {
    expect(keystore.signing.keys(purpose)[0].secret.export()).toEqual(keystore.systemSecret(purpose));
    await keystore.signing.renew(purpose);
  }
  const secrets = PURPOSES.flatMap((purpose) =>
    keystore.signing.keys(purpose).map(({ secret }) => secret.export().toString("hex")),
  );
  expect(new Set(secrets).size).toBe(7);
  await keystore.close();
});

test.each([
  ["access-tokens", 11 * MINUTE_MS],
  ["app-tokens", 90 * DAY_MS],
  ["refresh", 30 * DAY_MS],
] as const)(
  "a retired key of %s verifies for %i ms, and on either side of its retirement alone",
  async (purpose, overlapMs) => {
    const { clock, log, open } = stage();
    const keystore = await open();
    clock.advance(DAY_MS);
    await keystore.signing.renew(purpose);
    const [current, former] = keystore.signing.keys(purpose);
    expect([current.number, current.retiredAtMs, former?.number, former?.retiredAtMs]).toEqual([
      2,
      undefined,
      1,
      clock.nowMs(),
    ]);
    clock.advance(overlapMs - 1);
    expect(numbers(keystore, purpose)).toEqual([2, 1]);
    await keystore.signing.forget();
    expect(numbers(keystore, purpose)).toEqual([2, 1]);
    clock.advance(1);
    expect(numbers(keystore, purpose)).toEqual([2]);
    // Not yet forgotten, so a clock set back brings it back; from then on nothing does.
    clock.advance(-1);
    expect(numbers(keystore, purpose)).toEqual([2, 1]);
    clock.advance(-2 * overlapMs);
    expect(numbers(keystore, purpose)).toEqual([2]);
    await keystore.signing.forget();
    clock.advance(overlapMs);
    expect(numbers(keystore, purpose)).toEqual([2]);
    await keystore.close();
    const again = await open();
    expect(numbers(again, purpose)).toEqual([2]);
    expect(log.records("keys", 0).at(-1)).toMatchObject({ value: null });
    await again.close();
  },
);

test("a renewal at once forgets every key before, with the same append", async () => {
  const { log, open } = stage();
  const keystore = await open();
  for (const purpose of RETIRED) {
    await keystore.signing.renew(purpose);
    await keystore.signing.renew(purpose);
    expect(numbers(keystore, purpose)).toEqual([3, 2, 1]);
    const appends = log.records("keys", 0).length;
    await keystore.signing.renew(purpose, { atOnce: true });
    expect(numbers(keystore, purpose)).toEqual([4]);
    expect(log.records("keys", 0).length - appends).toBe(4);
  }
  await keystore.close();
  const again = await open();
  for (const purpose of RETIRED) expect(numbers(again, purpose)).toEqual([4]);
  await again.close();
});

test("however often a line is renewed, eight retired keys stay at most", async () => {
  const { open } = stage();
  const keystore = await open();
  for (let at = 0; at < 12; at++) await keystore.signing.renew("refresh");
  expect(numbers(keystore, "refresh")).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5]);
  await keystore.close();
});

test("whoever opens the log next has the same keys, also under a new key-encryption key whose old versions are destroyed", async () => {
  const { clock, kek, open } = stage();
  const keystore = await open();
  for (const purpose of PURPOSES) await keystore.signing.renew(purpose);
  const before = all(keystore);
  const rotation = new KekRotation({ kek, keystore, clock, kept: 0 });
  await rotation.rotate();
  expect(keystore.usersBehind(kek.currentVersion())).toBe(0);
  expect(all(keystore)).toEqual(before);
  await keystore.close();
  const again = await open();
  expect(all(again)).toEqual(before);
  await again.close();
});

test("another process's keys are taken from the log, and its own are not made twice", async () => {
  const { open } = stage();
  const [one, other] = [await open(), await open()];
  expect(all(other)).toEqual(all(one));
  await one.signing.renew("access-tokens");
  await expect.poll(() => all(other)).toEqual(all(one));
  await one.signing.renew("access-tokens", { atOnce: true });
  await expect.poll(() => all(other)).toEqual(all(one));
  await one.close();
  await other.close();
});

test.each([
  ["is no event any more", () => "{"],
  ["does not open", (text: string) => text.replace(/"wrapped":"...../, `"wrapped":"AAAAA`)],
])(
  "a key whose record %s is replaced by a new one, never by one that was retired or can be made again",
  async (_, spoil) => {
    const { log, open, problems } = stage();
    const first = await open();
    for (const purpose of PURPOSES) await first.signing.renew(purpose);
    const before = first.signing.vouched();
    await first.close();
    const records = log.records("keys", 0);
    for (const [at, record] of records.entries()) {
      const name = Buffer.from(record.key ?? []).toString();
      const value = Buffer.from(spoil(Buffer.from(record.value ?? []).toString()));
      if (name.startsWith("signing/") && name.endsWith("/2")) records[at] = { ...record, value };
    }
    const second = await open();
    for (const purpose of RETIRED) expect(numbers(second, purpose)).toEqual([3, 1]);
    expect(numbers(second, "audit")).toEqual([3]);
    for (const purpose of PURPOSES)
      expect(second.signing.keys(purpose)[0].secret.export()).not.toEqual(second.systemSecret(purpose));
    // Nothing vouches for it: what was signed before is not of its chain, and a verifier says so.
    expect(openAuditKeys(second.signing.vouched())?.map(({ number }) => number)).toEqual([3]);
    expect(openAuditKeys(before)?.map(({ number }) => number)).toEqual([1, 2]);
    expect(problems).toHaveLength(4);
    await second.close();
  },
);

test("a key stands in its own place: another line's or number's record, another time or other notes do not open", async () => {
  const { log, open } = stage();
  const first = await open();
  for (const purpose of PURPOSES) await first.signing.renew(purpose);
  await first.close();
  const records = [...log.records("keys", 0)];
  const at = records.findIndex(({ key }) => Buffer.from(key ?? []).toString() === "signing/audit/2");
  const event = JSON.parse(Buffer.from(records[at]?.value ?? []).toString());
  for (const change of [
    { since: event.since + 1 },
    { vouched: event.vouched.slice(1) },
    { vouched: [...event.vouched, event.vouched[0]] },
    { purpose: "app-tokens" },
  ]) {
    const other = { ...event, ...change };
    log.records("keys", 0).splice(0, Number.POSITIVE_INFINITY, ...records);
    log.records("keys", 0)[at] = {
      ...(records[at] ?? expect.fail()),
      key: Buffer.from(`signing/${other.purpose}/2`),
      value: Buffer.from(JSON.stringify(other)),
    };
    const again = await open();
    const purpose: SigningPurpose = other.purpose;
    expect(numbers(again, purpose)[0], JSON.stringify(change)).toBe(3);
    await again.close();
  }
});

test("while a renewal is not on the log its line is not settled, and the next try settles it", async () => {
  const { log, open } = stage();
  const keystore = await open();
  log.beforeAppend = async () => {
    expect(keystore.signing.isSettled("audit")).toBe(false);
    throw new Error("disk");
  };
  await expect(keystore.signing.renew("audit")).rejects.toThrow("disk");
  expect([keystore.signing.isSettled("audit"), keystore.signing.isSettled("refresh")]).toEqual([false, true]);
  expect(numbers(keystore, "audit")).toEqual([1]);
  log.beforeAppend = async () => undefined;
  await keystore.signing.renew("audit");
  expect([keystore.signing.isSettled("audit"), numbers(keystore, "audit")]).toEqual([true, [2]]);
  await keystore.close();
});
