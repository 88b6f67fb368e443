import { makeId } from "@kaelix/model";
import { systemRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { OWNER, openTestIdentity, principalOf } from "../testing/identity.ts";
import { MemoryIdentityStore } from "../testing/memory-identity-store.ts";

test("signUp makes the first user the owner and signs them in", async () => {
  const house = await openTestIdentity();
  expect(await house.identity.isClaimed()).toBe(false);
  const signed = await house.identity.signUp({ ...OWNER, client: "  Firefox  " });
  expect(signed).toMatchObject({ expiresInSeconds: 600, ceiling: { level: 2, untilMs: null } });
  expect(signed.profile).toMatchObject({ phone: "+1234567890", name: "Test User", role: "owner", tenant: "default" });
  const principal = await principalOf(house, signed);
  expect(principal).toMatchObject({ type: "user", role: "owner", ceiling: 2, userId: signed.profile.user });
  expect(await house.identity.sessions(principal)).toMatchObject([{ client: "Firefox", isCurrent: true }]);
  expect(await house.identity.isClaimed()).toBe(true);
  await house.keystore.close();
});

test("signUp keeps neither phone, name, password nor tokens in clear on the log", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const all = [...house.log.records("identity", 0), ...house.log.records("keys", 0)]
    .map((record) => Buffer.from(record.value ?? []).toString())
    .join("\n");
  expect(all).toContain("user.registered");
  for (const secret of ["1234567890", "Test User", "testpassword", signed.refreshToken, signed.accessToken]) {
    expect(all).not.toContain(secret);
  }
  await house.keystore.close();
});

test("signUp is closed without the claim code first and without an invitation afterwards", async () => {
  const house = await openTestIdentity();
  const { claimCode, ...stranger } = OWNER;
  await expect(house.identity.signUp(stranger)).rejects.toMatchObject({ code: "identity-claim-wrong" });
  await expect(house.identity.signUp({ ...stranger, claimCode: "X7KD-93QX" })).rejects.toMatchObject({
    code: "identity-claim-wrong",
  });
  // Two at once with the right code: one is the owner.
  const both = await Promise.allSettled([
    house.identity.signUp(OWNER),
    house.identity.signUp({ ...OWNER, phone: "+4915112345678" }),
  ]);
  expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await house.store.userCount()).toBe(1);
  await expect(house.identity.signUp({ ...OWNER, phone: "+442071838750" })).rejects.toMatchObject({
    code: "identity-signup-closed",
  });
  await expect(
    house.identity.signUp({ ...OWNER, phone: "+442071838750", inviteCode: claimCode }),
  ).rejects.toMatchObject({ code: "identity-invite-invalid" });
  await house.keystore.close();
});

test("signUp freezes the claim code for a minute after twenty wrong ones", async () => {
  const house = await openTestIdentity();
  for (let wrong = 0; wrong < 20; wrong++) {
    await expect(house.identity.signUp({ ...OWNER, claimCode: `${wrong}` })).rejects.toMatchObject({ status: 403 });
  }
  await expect(house.identity.signUp(OWNER)).rejects.toMatchObject({
    code: "identity-claim-frozen",
    details: { retryAfterMs: 60_000 },
  });
  house.clock.advance(60_000);
  expect((await house.identity.signUp(OWNER)).profile.role).toBe("owner");
  await house.keystore.close();
});

test("createInvite lets one person in once, with its role, until it expires", async () => {
  const house = await openTestIdentity();
  const owner = await principalOf(house, await house.identity.signUp(OWNER));
  const invitation = await house.identity.createInvite(owner, "member");
  const inviteCode = invitation.code.toLowerCase().replaceAll("-", " ");
  const both = await Promise.allSettled(
    ["+442071838750", "+442071838751"].map(async (phone) => house.identity.signUp({ ...OWNER, phone, inviteCode })),
  );
  expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  const signed = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(signed[0]?.profile.role).toBe("member");
  const member = await principalOf(house, signed[0] ?? expect.fail());
  await expect(house.identity.createInvite(member, "guest")).rejects.toMatchObject({ code: "identity-role-invalid" });
  await expect(house.identity.createInvite(owner, "owner")).rejects.toMatchObject({ code: "identity-role-invalid" });
  const late = await house.identity.createInvite(owner, "guest");
  house.clock.advance(7 * 86_400_000);
  await expect(
    house.identity.signUp({ ...OWNER, phone: "+442071838752", inviteCode: late.code }),
  ).rejects.toMatchObject({ code: "identity-invite-invalid" });
  // A number that is taken, whatever way it is written.
  const again = await house.identity.createInvite(owner, "guest");
  await expect(
    house.identity.signUp({ ...OWNER, phone: "+1-234-567.890", inviteCode: again.code }),
  ).rejects.toMatchObject({ code: "identity-phone-taken" });
  await house.keystore.close();
});

test("signUp gives the phone number back when the log refuses the event", async () => {
  const house = await openTestIdentity();
  house.log.beforeAppend = async (topic) => {
    if (topic === "identity") throw new Error("disk");
  };
  await expect(house.identity.signUp(OWNER)).rejects.toThrow("disk");
  house.log.beforeAppend = async () => undefined;
  expect((await house.identity.signUp(OWNER)).profile.phone).toBe("+1234567890");
  await house.keystore.close();
});

test.each([
  ["phone", "12345678", "identity-phone-invalid"],
  ["phone", "+0234567890", "identity-phone-invalid"],
  ["phone", "+123456", "identity-phone-invalid"],
  ["phone", "+1234567890123456", "identity-phone-invalid"],
  ["phone", "+1234a67890", "identity-phone-invalid"],
  ["name", "   ", "identity-name-invalid"],
  ["name", "a\u0000b", "identity-name-invalid"],
  ["password", "short12", "identity-password-invalid"],
  ["password", "x".repeat(1_025), "identity-password-invalid"],
])("signUp refuses the %s %j", async (field, value, code) => {
  const house = await openTestIdentity();
  await expect(house.identity.signUp({ ...OWNER, [field]: value })).rejects.toMatchObject({ code, status: 400 });
  await house.keystore.close();
});

test("logIn answers an unknown number, an unreadable one and a wrong password alike", async () => {
  const house = await openTestIdentity();
  await house.identity.signUp(OWNER);
  const answers = await Promise.allSettled(
    [
      { phone: OWNER.phone, password: "testpassworD" },
      { phone: OWNER.phone, password: "x".repeat(2_000) },
      { phone: "+49301234567", password: OWNER.password },
      { phone: "nonsense", password: OWNER.password },
    ].map(async (request) => house.identity.logIn(request)),
  );
  const errors = answers.map((answer): unknown => (answer.status === "rejected" ? answer.reason : answer.status));
  for (const error of errors) expect(error).toMatchObject({ code: "identity-credentials-wrong", status: 401 });
  expect(new Set(errors.map((error) => (error instanceof Error ? error.message : ""))).size).toBe(1);
  const signed = await house.identity.logIn({ phone: "+1234567890", password: "testpassword" });
  expect(signed.profile.name).toBe("Test User");
  await house.keystore.close();
});

test("logIn throttles a number after five failures, known or not, however many come at once", async () => {
  const house = await openTestIdentity();
  await house.identity.signUp(OWNER);
  for (const phone of [OWNER.phone, "+49301234567"]) {
    const answers = await Promise.allSettled(
      Array.from({ length: 30 }, async (_, at) => house.identity.logIn({ phone, password: `wrong ${at}` })),
    );
    const codes = answers.map((answer) =>
      answer.status === "rejected" ? (answer.reason as { code: string }).code : "",
    );
    expect(codes.filter((code) => code === "identity-credentials-wrong")).toHaveLength(5);
    expect(codes.filter((code) => code === "identity-throttled")).toHaveLength(25);
  }
  await expect(house.identity.logIn(OWNER)).rejects.toMatchObject({
    code: "identity-throttled",
    status: 429,
    details: { retryAfterMs: 1_000 },
  });
  house.clock.advance(1_000);
  await expect(house.identity.logIn({ ...OWNER, password: "wrong" })).rejects.toMatchObject({ status: 401 });
  await expect(house.identity.logIn(OWNER)).rejects.toMatchObject({ details: { retryAfterMs: 2_000 } });
  house.clock.advance(2_000);
  expect((await house.identity.logIn(OWNER)).profile.name).toBe("Test User");
  expect((await house.identity.logIn(OWNER)).profile.name).toBe("Test User");
  await house.keystore.close();
});

test("logIn throttles a client's address over many numbers, an IPv6 network as one", async () => {
  const house = await openTestIdentity();
  await house.identity.signUp(OWNER);
  for (let at = 0; at < 20; at++) {
    const attempt = { phone: `+4930123${1_000 + at}`, password: "wrong", address: `2001:db8:0:7::${at}` };
    await expect(house.identity.logIn(attempt)).rejects.toMatchObject({ status: 401 });
  }
  await expect(house.identity.logIn({ ...OWNER, address: "2001:db8:0:7:ffff::1" })).rejects.toMatchObject({
    status: 429,
  });
  expect((await house.identity.logIn({ ...OWNER, address: "2001:db8:0:8::1" })).profile.name).toBe("Test User");
  await house.keystore.close();
});

test("unlock raises the ceiling for 15 minutes by the password alone, and lock lowers it", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const principal = await principalOf(house, signed);
  const unlock = { principal, password: OWNER.password, ceiling: 3 };
  await expect(house.identity.unlock({ ...unlock, password: "wrong" })).rejects.toMatchObject({ status: 401 });
  await expect(house.identity.unlock({ ...unlock, ceiling: 2 })).rejects.toMatchObject({ status: 400 });
  expect((await principalOf(house, signed)).ceiling).toBe(2);
  const raised = await house.identity.unlock(unlock);
  expect(raised).toEqual({ level: 3, untilMs: house.clock.nowMs() + 900_000 });
  expect((await principalOf(house, signed)).ceiling).toBe(3);
  // Another session of the same person stays where it is.
  const other = await house.identity.logIn(OWNER);
  expect((await principalOf(house, other)).ceiling).toBe(2);
  expect(house.identity.lock(principal)).toEqual({ level: 2, untilMs: null });
  expect((await principalOf(house, signed)).ceiling).toBe(2);
  await house.identity.unlock({ ...unlock, ceiling: 4 });
  house.clock.advance(300_000);
  const fresh = await house.identity.refresh(signed.refreshToken);
  expect((await principalOf(house, fresh)).ceiling).toBe(4);
  // The wall clock set back does not keep it open.
  house.clock.jumpTo(house.clock.nowMs() - 600_000);
  house.clock.advance(600_000);
  expect((await principalOf(house, fresh)).ceiling).toBe(2);
  await house.keystore.close();
});

test("logOut refuses the session's tokens in the same tick, and foreign sessions are hidden", async () => {
  const house = await openTestIdentity();
  const first = await house.identity.signUp(OWNER);
  const second = await house.identity.logIn(OWNER);
  const principal = await principalOf(house, first);
  await house.identity.logOut(principal, second.session);
  expect(await house.identity.authenticate(second.accessToken)).toEqual({ type: "refused", why: "ended" });
  await expect(house.identity.refresh(second.refreshToken)).rejects.toMatchObject({ code: "identity-refresh-invalid" });
  expect((await house.identity.authenticate(first.accessToken)).type).toBe("user");
  const stranger = { ...principal, userId: makeId("usr", 1, systemRandom) };
  await expect(house.identity.logOut(stranger, first.session)).rejects.toMatchObject({ status: 404 });
  const third = await house.identity.logIn(OWNER);
  expect(await house.identity.logOutAll(principal)).toBe(2);
  for (const { accessToken } of [first, third]) {
    expect(await house.identity.authenticate(accessToken)).toEqual({ type: "refused", why: "ended" });
  }
  await house.keystore.close();
});

test("authenticate sees within a second a revocation that another process wrote", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const row = (await house.store.session(signed.session)) ?? expect.fail();
  expect((await house.identity.authenticate(signed.accessToken)).type).toBe("user");
  const { tenant, user, session } = row;
  house.store.fold({ type: "session.revoked", v: 1, at: 1, tenant, user, session, reason: "logout" });
  house.clock.advance(1_000);
  expect((await house.identity.authenticate(signed.accessToken)).type).toBe("refused");
  await house.keystore.close();
});

test("openIdentity after a restart knows people, sessions and tokens, and has locked the levels", async () => {
  const before = await openTestIdentity();
  const signed = await before.identity.signUp(OWNER);
  await before.identity.unlock({ principal: await principalOf(before, signed), password: OWNER.password, ceiling: 3 });
  await before.keystore.close();
  const after = await openTestIdentity(before.log, before.clock);
  expect(after.store.rows()).toEqual(before.store.rows());
  expect((await principalOf(after, signed)).ceiling).toBe(2);
  const next = await after.identity.refresh(signed.refreshToken);
  expect(next.profile).toEqual(signed.profile);
  expect(await after.identity.profile(signed.profile.user)).toEqual(signed.profile);
  await after.keystore.close();
});

test("foldIdentity gives the same rows when every event comes twice", async () => {
  const house = await openTestIdentity();
  const signed = await house.identity.signUp(OWNER);
  const owner = await principalOf(house, signed);
  const { code } = await house.identity.createInvite(owner, "member");
  await house.identity.signUp({ ...OWNER, phone: "+442071838750", inviteCode: code });
  await house.identity.refresh((await house.identity.refresh(signed.refreshToken)).refreshToken);
  await house.identity.logOut(owner);
  const records = house.log.records("identity", 0);
  records.push(...records.map((record, at) => ({ ...record, offset: records.length + at })));
  const twice = new MemoryIdentityStore(house.log);
  await twice.caughtUp({ topic: "identity", partition: 0, offset: records.length - 1 });
  expect(twice.rows()).toEqual(house.store.rows());
  await house.keystore.close();
});
