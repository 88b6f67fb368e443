import { seededRandom, systemRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { ClaimGate, hashCode, makeClaimCode, makeInviteCode } from "./codes.ts";
import { normaliseCode, parsePhone } from "./parse.ts";
import { makePasswords } from "./passwords.ts";
import { addressName, Throttle } from "./throttle.ts";

test("parsePhone drops what people write between digits and changes nothing else", () => {
  expect(parsePhone("+1234567890")).toBe("+1234567890");
  expect(parsePhone(" +41 (0)12 345-67.89 ")).toBe("+410123456789");
  expect(parsePhone("+410123456789")).toBe("+410123456789");
  expect(parsePhone("+123\u2013456\u00a07")).toBe("+1234567");
  for (const wrong of [
    "",
    "+",
    "1234567",
    "++1234567",
    "+0123456",
    "+1234567890123456",
    "+12345a7",
    "+１２３４５６７",
    `+${" ".repeat(60)}1234567`,
  ]) {
    expect(parsePhone(wrong)).toBeUndefined();
  }
});

test("makeClaimCode makes codes that survive being copied by hand", () => {
  const codes = new Set(Array.from({ length: 500 }, () => makeClaimCode(systemRandom)));
  expect(codes.size).toBe(500);
  for (const code of codes) expect(code).toMatch(/^[34679ACDEFGHJKMNPQRTUVWXY]{4}-[34679ACDEFGHJKMNPQRTUVWXY]{4}$/);
  expect(makeClaimCode(seededRandom(1))).toBe(makeClaimCode(seededRandom(1)));
  expect(makeInviteCode(systemRandom)).toMatch(/^(\w{4}-){6}\w{4}$/);
  expect(normaliseCode(" x7kd - 93qm ")).toBe("X7KD93QM");
  expect(hashCode("x7kd93qm")).toBe(hashCode("X7KD-93QM"));
});

test("ClaimGate looks at no code while it is frozen", () => {
  const gate = new ClaimGate("X7KD-93QM");
  for (let wrong = 0; wrong < 20; wrong++) expect(gate.check("nope", 5).type).toBe("wrong");
  expect(gate.check("X7KD-93QM", 60_004)).toEqual({ type: "frozen", waitMs: 1 });
  expect(gate.check("X7KD-93QM", 60_005)).toEqual({ type: "right" });
  expect(gate.check(undefined, 60_005)).toEqual({ type: "wrong" });
});

test("Throttle doubles the wait up to fifteen minutes and forgets after an hour of rest", () => {
  const throttle = new Throttle({ free: 5, namesMax: 10 });
  let nowMs = 0;
  const waits: number[] = [];
  for (let failure = 0; failure < 18; failure++) {
    throttle.attempt("a", nowMs);
    waits.push(throttle.waitMs("a", nowMs));
    nowMs += throttle.waitMs("a", nowMs);
  }
  expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
  expect(waits.at(-1)).toBe(900_000);
  throttle.attempt("a", nowMs + 3_600_001);
  expect(throttle.waitMs("a", nowMs + 3_600_001)).toBe(0);
});

test("Throttle remembers no more names than it may", () => {
  const throttle = new Throttle({ free: 1, namesMax: 10 });
  for (let name = 0; name < 1_000; name++) throttle.attempt(`${name}`, 0);
  expect(throttle.size).toBe(10);
  expect([throttle.waitMs("999", 0), throttle.waitMs("0", 0)]).toEqual([1_000, 0]);
});

test("addressName takes an IPv6 network and every spelling of an address as one", () => {
  expect(addressName("2001:db8::1")).toBe("2001:db8:0:0");
  expect(addressName("2001:0DB8:0:0:ffff::1%eth0")).toBe("2001:db8:0:0");
  expect(addressName("::1")).toBe("0:0:0:0");
  expect(addressName("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(addressName("192.0.2.7")).toBe("192.0.2.7");
});

test("makePasswords hashes as argon2id with 19 MiB and two passes, and knows the right password alone", async () => {
  const passwords = await makePasswords();
  const hash = await passwords.hash("testpassword");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(hash, "testpassword")).toBe(true);
  expect(await passwords.verify(hash, "testpassworD")).toBe(false);
  expect(await passwords.verify(undefined, "nobody has this password")).toBe(false);
  // Composed and decomposed letters are the same password; what follows the 72nd byte still counts.
  expect(await passwords.verify(await passwords.hash("caf\u00e9-caf\u00e9"), "cafe\u0301-cafe\u0301")).toBe(true);
  expect(await passwords.verify(await passwords.hash(`${"x".repeat(80)}a`), `${"x".repeat(80)}b`)).toBe(false);
});

test("makePasswords lets two work and the allowed number wait, and refuses the rest", async () => {
  const passwords = await makePasswords({ memoryKib: 64, passes: 1, waitingMax: 3 });
  const all = await Promise.allSettled(Array.from({ length: 9 }, async () => passwords.hash("testpassword")));
  expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(5);
  for (const one of all)
    if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "identity-busy", status: 503 });
  expect(await passwords.hash("again after the rush")).toContain("argon2id");
});
