import type { UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { totpCode, totpStep } from "../access/totp.ts";
import { fromBase32 } from "../testing/base32.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";

const { claimCode: _claimCode, name: _name, ...CREDENTIALS } = OWNER;
const STEP_MS = 30_000;

interface Person {
  readonly house: TestIdentity;
  readonly principal: UserPrincipal;
  readonly secret: Uint8Array;
  readonly recovery: readonly string[];
  readonly code: () => string;
}

/** Somebody with an authenticator app, in a session that has just set it up. */
async function withApp(): Promise<Person> {
  const house = await openTestIdentity();
  const principal = await principalOf(house, await house.identity.signUp(OWNER));
  await house.identity.prove({ principal, password: OWNER.password });
  const secret = fromBase32((await house.identity.beginTotp(principal)).secret);
  const code = (): string => totpCode(secret, totpStep(house.clock.nowMs()));
  const recovery = await house.identity.confirmTotp(principal, code());
  house.clock.advance(STEP_MS);
  return { house, principal, secret, recovery, code };
}

test("logIn asks for a code once an app is set up, and takes each code once", async () => {
  const { house, code } = await withApp();
  const { identity } = house;
  await expect(identity.logIn(CREDENTIALS)).rejects.toMatchObject({ code: "identity-code-required", status: 401 });
  await expect(identity.logIn({ ...CREDENTIALS, code: "000000" })).rejects.toMatchObject({
    code: "identity-code-wrong",
  });
  await expect(identity.logIn({ ...CREDENTIALS, password: "wrong password", code: code() })).rejects.toMatchObject({
    code: "identity-credentials-wrong",
  });
  const used = code();
  expect((await identity.logIn({ ...CREDENTIALS, code: used })).profile.role).toBe("owner");
  await expect(identity.logIn({ ...CREDENTIALS, code: used })).rejects.toMatchObject({ code: "identity-code-wrong" });
  house.clock.advance(STEP_MS);
  expect((await identity.logIn({ ...CREDENTIALS, code: code() })).profile.role).toBe("owner");
  // A door that cannot ask for a code is shut.
  expect(await identity.verify(CREDENTIALS)).toBeUndefined();
  await house.keystore.close();
});

test("a code used before a restart is used after it", async () => {
  const { house, code } = await withApp();
  const used = code();
  await house.identity.logIn({ ...CREDENTIALS, code: used });
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  await expect(again.identity.logIn({ ...CREDENTIALS, code: used })).rejects.toMatchObject({
    code: "identity-code-wrong",
  });
  again.clock.advance(STEP_MS);
  expect((await again.identity.logIn({ ...CREDENTIALS, code: code() })).profile.name).toBe("Test User");
  await again.keystore.close();
});

test("of many who use one code at once one gets in", async () => {
  const { house, code, recovery } = await withApp();
  for (const one of [code(), recovery[0] ?? expect.fail()]) {
    const tries = await Promise.allSettled(
      Array.from({ length: 4 }, async () => house.identity.logIn({ ...CREDENTIALS, code: one })),
    );
    expect(tries.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    house.clock.advance(3_600_001);
  }
  await house.keystore.close();
});

test("of two processes that are given one code at once one takes it: the log decides", async () => {
  const { house, code } = await withApp();
  const other = await openTestIdentity(house.log, house.clock);
  const one = code();
  const tries = await Promise.allSettled(
    [house, other].map(async ({ identity }) => identity.logIn({ ...CREDENTIALS, code: one })),
  );
  expect(tries.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  await house.keystore.close();
  await other.keystore.close();
});

test("signUp takes no password that is guessed first, nor the person's own number", async () => {
  const house = await openTestIdentity();
  for (const [password, code] of [
    ["passw0rd", "identity-password-common"],
    ["1234567890!", "identity-password-common"],
    ["+1 234-567-890 x", "identity-password-personal"],
  ] as const) {
    await expect(house.identity.signUp({ ...OWNER, password })).rejects.toMatchObject({ code });
  }
  await house.keystore.close();
});

test("a code is not taken when the log refuses to keep that it was used", async () => {
  const { house, principal, code } = await withApp();
  house.clock.advance(300_000);
  house.log.beforeAppend = async (topic) => {
    if (topic === "access") throw new Error("disk");
  };
  await expect(house.identity.unlock({ principal, code: code(), ceiling: 3 })).rejects.toThrow("disk");
  expect(house.identity.proofNeeded(principal).provedUntilMs).toBeNull();
  house.log.beforeAppend = async () => undefined;
  expect((await house.identity.unlock({ principal, code: code(), ceiling: 3 })).level).toBe(3);
  await house.keystore.close();
});

test("recovery codes are ten, open once each however they are typed, and end when renewed or removed", async () => {
  const { house, principal, recovery } = await withApp();
  const { identity } = house;
  expect(new Set(recovery).size).toBe(10);
  expect(identity.factors(principal)).toEqual({ totp: true, recoveryLeft: 10, sentBy: [] });
  const [first = "", second = "", third = ""] = recovery;
  await identity.logIn({ ...CREDENTIALS, code: first.toLowerCase().replaceAll("-", " ") });
  await expect(identity.logIn({ ...CREDENTIALS, code: first })).rejects.toMatchObject({ code: "identity-code-wrong" });
  expect(identity.factors(principal).recoveryLeft).toBe(9);
  await identity.prove({ principal, code: second });
  const renewed = await identity.renewRecoveryCodes(principal);
  await expect(identity.logIn({ ...CREDENTIALS, code: third })).rejects.toMatchObject({ code: "identity-code-wrong" });
  await identity.logIn({ ...CREDENTIALS, code: renewed[0] ?? "" });
  await identity.removeTotp(principal);
  expect(identity.factors(principal)).toEqual({ totp: false, recoveryLeft: 0, sentBy: [] });
  expect((await identity.logIn(CREDENTIALS)).profile.role).toBe("owner");
  // Neither secret nor codes in clear on the log.
  const all = house.log.records("access", 0).map((record) => Buffer.from(record.value ?? []).toString());
  expect(all.length).toBeGreaterThan(3);
  for (const code of [...recovery, ...renewed]) expect(all.join()).not.toContain(code);
  await house.keystore.close();
});

test("setting up needs a fresh proof, a code of the app, and ten minutes at most; other sessions end", async () => {
  const house = await openTestIdentity();
  const { identity } = house;
  const principal = await principalOf(house, await identity.signUp(OWNER));
  const other = await identity.logIn(CREDENTIALS);
  await expect(identity.beginTotp(principal)).rejects.toMatchObject({ code: "identity-proof-required" });
  await identity.prove({ principal, password: OWNER.password });
  const secret = fromBase32((await identity.beginTotp(principal)).secret);
  await expect(identity.confirmTotp(principal, "000000")).rejects.toMatchObject({ code: "identity-code-wrong" });
  expect(identity.factors(principal).totp).toBe(false);
  house.clock.advance(600_000);
  const late = totpCode(secret, totpStep(house.clock.nowMs()));
  await expect(identity.confirmTotp(principal, late)).rejects.toMatchObject({ code: "factor-not-begun" });
  await expect(identity.beginTotp(principal)).rejects.toMatchObject({ code: "identity-proof-required" });
  await identity.prove({ principal, password: OWNER.password });
  const fresh = fromBase32((await identity.beginTotp(principal)).secret);
  await identity.confirmTotp(principal, totpCode(fresh, totpStep(house.clock.nowMs())));
  await expect(identity.beginTotp(principal)).rejects.toMatchObject({ code: "factor-present" });
  expect((await identity.sessions(principal)).map((row) => row.isCurrent)).toEqual([true]);
  await expect(identity.refresh(other.refreshToken)).rejects.toMatchObject({ code: "identity-refresh-invalid" });
  await house.keystore.close();
});

test("unlock takes a code and not the password once there is one", async () => {
  const { house, principal, code } = await withApp();
  const { identity } = house;
  expect(identity.proofNeeded(principal)).toMatchObject({ by: "code" });
  await expect(identity.unlock({ principal, password: OWNER.password, ceiling: 3 })).rejects.toMatchObject({
    code: "identity-code-required",
  });
  house.clock.advance(300_000);
  expect(identity.proofNeeded(principal).provedUntilMs).toBeNull();
  expect((await identity.unlock({ principal, code: code(), ceiling: 4 })).level).toBe(4);
  expect(identity.proofNeeded(principal).provedUntilMs).toBe(house.clock.nowMs() + 300_000);
  identity.lock(principal);
  expect(identity.proofNeeded(principal).provedUntilMs).toBeNull();
  await house.keystore.close();
});

test("guessing codes is slowed down, and a right password does not speed it up", async () => {
  const { house, code } = await withApp();
  for (let wrong = 0; wrong < 5; wrong++) {
    await expect(house.identity.logIn({ ...CREDENTIALS, code: "000000" })).rejects.toMatchObject({
      code: "identity-code-wrong",
    });
  }
  await expect(house.identity.logIn({ ...CREDENTIALS, code: code() })).rejects.toMatchObject({
    code: "identity-throttled",
  });
  await house.keystore.close();
});

test("changePassword needs the old one, ends every other session, and holds after a restart", async () => {
  const house = await openTestIdentity();
  const { identity } = house;
  const principal = await principalOf(house, await identity.signUp(OWNER));
  const other = await identity.logIn(CREDENTIALS);
  const otherPrincipal = await principalOf(house, other);
  const newPassword = "a river without fish";
  const change = { principal, password: OWNER.password, newPassword };
  await expect(identity.changePassword({ ...change, password: "wrong password" })).rejects.toMatchObject({
    code: "identity-credentials-wrong",
  });
  await expect(identity.changePassword({ ...change, newPassword: "+1 234-567-890 x" })).rejects.toMatchObject({
    code: "identity-password-personal",
  });
  await identity.changePassword(change);
  expect(await identity.authenticate(other.accessToken)).toEqual({ type: "refused", why: "ended" });
  await expect(identity.unlock({ principal: otherPrincipal, password: newPassword, ceiling: 3 })).rejects.toMatchObject(
    {
      code: "identity-session-ended",
    },
  );
  expect((await identity.sessions(principal)).map((row) => row.isCurrent)).toEqual([true]);
  await expect(identity.logIn(CREDENTIALS)).rejects.toMatchObject({ code: "identity-credentials-wrong" });
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  expect((await again.identity.logIn({ ...CREDENTIALS, password: newPassword })).profile.role).toBe("owner");
  await again.keystore.close();
});

test("changePassword asks for a proof by code when there is a second factor", async () => {
  const { house, principal, code } = await withApp();
  const change = { principal, password: OWNER.password, newPassword: "a river without fish" };
  house.clock.advance(300_000);
  await expect(house.identity.changePassword(change)).rejects.toMatchObject({ code: "identity-proof-required" });
  await house.identity.prove({ principal, code: code() });
  await house.identity.changePassword(change);
  await house.keystore.close();
});

test("one session's end is its owner's alone, and the list shows devices with their last use", async () => {
  const house = await openTestIdentity();
  const { identity, clock } = house;
  const principal = await principalOf(house, await identity.signUp({ ...OWNER, client: "Firefox" }));
  clock.advance(1_000);
  const phone = await identity.logIn({ ...CREDENTIALS, client: "Phone" });
  clock.advance(60_000);
  await identity.refresh(phone.refreshToken);
  expect(await identity.sessions(principal)).toMatchObject([
    { client: "Phone", usedAtMs: clock.nowMs(), startedAtMs: clock.nowMs() - 60_000, isCurrent: false },
    { client: "Firefox", isCurrent: true },
  ]);
  await identity.logOut(principal, phone.session);
  expect((await identity.sessions(principal)).map((row) => row.client)).toEqual(["Firefox"]);
  expect(await identity.logOutAll(principal)).toBe(1);
  await house.keystore.close();
});
