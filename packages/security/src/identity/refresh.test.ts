import { isKaelixError } from "@kaelix/base";
import { expect, test } from "vitest";

import { OWNER, openTestIdentity, type TestIdentity } from "../testing/identity.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "ok";
  } catch (error) {
    return isKaelixError(error) ? error.code : String(error);
  }
}

async function revocations({ log }: TestIdentity): Promise<number> {
  const events = log.records("identity", 0).map((record) => Buffer.from(record.value ?? []).toString());
  return events.filter((text) => text.includes('"session.revoked"') && text.includes('"reuse"')).length;
}

test("refresh exchanges a token durably before it answers", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const before = house.log.records("identity", 0).length;
  const next = await house.identity.refresh(signed.refreshToken);
  expect(house.log.records("identity", 0)).toHaveLength(before + 1);
  expect(next.session).toBe(signed.session);
  expect(next.refreshToken).not.toBe(signed.refreshToken);
  house.log.failAppends = true;
  await expect(house.identity.refresh(next.refreshToken)).rejects.toMatchObject({ code: "log-disk-full" });
  house.log.failAppends = false;
  // Nothing was exchanged, so the same token still works.
  expect(await codeOf(house.identity.refresh(next.refreshToken))).toBe("ok");
  await house.keystore.close();
});

test("refresh answers a repeated token with the same successor for ten seconds, then ends the family", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const next = await house.identity.refresh(signed.refreshToken);
  house.clock.advance(9_999);
  expect((await house.identity.refresh(signed.refreshToken)).refreshToken).toBe(next.refreshToken);
  house.clock.advance(1);
  expect(await codeOf(house.identity.refresh(signed.refreshToken))).toBe("identity-refresh-reused");
  expect(await codeOf(house.identity.refresh(next.refreshToken))).toBe("identity-refresh-invalid");
  expect(await house.identity.authenticate(next.accessToken)).toEqual({ type: "refused", why: "ended" });
  expect(await revocations(house)).toBe(1);
  await house.keystore.close();
});

test("refresh gives no grace to a token two generations old", async () => {
  const house = await openTestIdentity();
  const first = await house.identity.signUp(OWNER);
  const second = await house.identity.refresh(first.refreshToken);
  await house.identity.refresh(second.refreshToken);
  expect(await codeOf(house.identity.refresh(first.refreshToken))).toBe("identity-refresh-reused");
  await house.keystore.close();
});

test("refresh refuses invented tokens without touching the session they name", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const [session = "", generation = "", secret = "", mac = ""] = signed.refreshToken.split(".");
  const invented = [
    "",
    "rubbish",
    `${session}.0.${"A".repeat(43)}.${"A".repeat(22)}`,
    `${session}.0.${secret}.${"A".repeat(22)}`,
    `${session}.1.${secret}.${mac}`,
    `${session}.00.${secret}.${mac}`,
    `${session}.${generation}.${secret}`,
    `${signed.refreshToken}A`,
    ` ${signed.refreshToken}`,
  ];
  for (let at = 0; at < signed.refreshToken.length; at++) {
    const letter = signed.refreshToken[at] === "B" ? "C" : "B";
    invented.push(signed.refreshToken.slice(0, at) + letter + signed.refreshToken.slice(at + 1));
  }
  for (const token of invented)
    expect(await codeOf(house.identity.refresh(token)), token).toBe("identity-refresh-invalid");
  const next = await house.identity.refresh(signed.refreshToken);
  // Now generation 0 is an old one; only a token that was truly made counts as its return.
  for (const token of invented)
    expect(await codeOf(house.identity.refresh(token)), token).toBe("identity-refresh-invalid");
  expect(await codeOf(house.identity.refresh(next.refreshToken))).toBe("ok");
  expect(await revocations(house)).toBe(0);
  await house.keystore.close();
});

test("refresh ends after 30 days without use and after 90 days in any case", async () => {
  const house = await openTestIdentity();
  const idle = await house.identity.signUp(OWNER);
  let used = await house.identity.logIn(OWNER);
  const day = 86_400_000;
  for (let days = 0; days < 75; days += 25) {
    house.clock.advance(25 * day);
    used = await house.identity.refresh(used.refreshToken);
  }
  expect(await codeOf(house.identity.refresh(idle.refreshToken))).toBe("identity-refresh-invalid");
  house.clock.advance(15 * day);
  expect(await codeOf(house.identity.refresh(used.refreshToken))).toBe("identity-refresh-invalid");
  await house.keystore.close();
});
