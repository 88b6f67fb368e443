import type { UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { totpCode, totpStep } from "../access/totp.ts";
import { fromBase32 } from "../testing/base32.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import type { CodeSent } from "../access/sent-codes.ts";

const { claimCode: _claimCode, name: _name, ...CREDENTIALS } = OWNER;
const ADDRESS = "ann@example.com";
const PHONE = "+1234567890";
const WRONG = { code: "identity-code-wrong" };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Person {
  readonly house: TestIdentity;
  readonly principal: UserPrincipal;
  readonly recovery: readonly string[];
}

async function signedUp(): Promise<Person> {
  const house = await openTestIdentity();
  const principal = await principalOf(house, await house.identity.signUp(OWNER));
  await house.identity.prove({ principal, password: OWNER.password });
  return { house, principal, recovery: [] };
}

/** Somebody who has codes sent by mail, or by SMS. */
async function withCodes(by: "email" | "sms"): Promise<Person> {
  const { house, principal } = await signedUp();
  const { codes, mail } = house.identity;
  if (by === "email") {
    await mail?.begin(principal, ADDRESS);
    await mail?.confirm(principal, lastCode(house));
  }
  const { request } = await codes.begin(principal, by);
  const recovery = await codes.confirm(principal, by, { request, code: lastCode(house) });
  return { house, principal, recovery };
}

/** Of whatever was sent last by mail, else by SMS. */
function lastCode({ mails, texts }: TestIdentity, by: "email" | "sms" = mails.length > 0 ? "email" : "sms"): string {
  return /\d{6}/.exec((by === "email" ? mails : texts).at(-1)?.text ?? "")?.[0] ?? "";
}

/** Another six digits. */
function wrongCode(house: TestIdentity): string {
  return String((Number(lastCode(house)) + 1) % 1_000_000).padStart(6, "0");
}

function entry(house: TestIdentity, by: "email" | "sms" = "email"): Promise<CodeSent> {
  return house.identity.codes.sendForEntry({ ...CREDENTIALS, by });
}

test("signing in asks for a code once codes are sent, and each opens once, with its request", async () => {
  const { house } = await withCodes("email");
  const { identity } = house;
  await expect(identity.logIn(CREDENTIALS)).rejects.toMatchObject({
    code: "identity-code-required",
    details: { ways: ["email"] },
  });
  const { request: codeRequest } = await entry(house);
  expect(house.mails.at(-1)).toMatchObject({ to: ADDRESS });
  const code = lastCode(house);
  await expect(identity.logIn({ ...CREDENTIALS, code })).rejects.toMatchObject(WRONG);
  await expect(identity.logIn({ ...CREDENTIALS, code: wrongCode(house), codeRequest })).rejects.toMatchObject(WRONG);
  expect((await identity.logIn({ ...CREDENTIALS, code, codeRequest })).profile.role).toBe("owner");
  await expect(identity.logIn({ ...CREDENTIALS, code, codeRequest })).rejects.toMatchObject(WRONG);
  // A door that cannot ask for a code is shut.
  expect(await identity.verify(CREDENTIALS)).toBeUndefined();
  await house.keystore.close();
});

test("of many who use one code at once one gets in", async () => {
  const { house } = await withCodes("email");
  const { request: codeRequest } = await entry(house);
  const given = { ...CREDENTIALS, code: lastCode(house), codeRequest };
  const tries = await Promise.allSettled(Array.from({ length: 4 }, async () => house.identity.logIn(given)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await house.keystore.close();
});

test("a code is good with the request it was made for, and for what it was made for", async () => {
  const { house, principal } = await withCodes("email");
  const { identity } = house;
  const first = await entry(house);
  const code = lastCode(house);
  const second = await entry(house);
  await expect(identity.logIn({ ...CREDENTIALS, code, codeRequest: second.request })).rejects.toMatchObject(WRONG);
  const proof = { principal, password: OWNER.password, code, codeRequest: first.request };
  await expect(identity.prove(proof)).rejects.toMatchObject(WRONG);
  await identity.logIn({ ...CREDENTIALS, code, codeRequest: first.request });
  await house.keystore.close();
});

test("a code is gone after five tries and after ten minutes", async () => {
  const { house } = await withCodes("email");
  const { request: codeRequest } = await entry(house);
  const code = lastCode(house);
  for (let turn = 0; turn < 5; turn++) {
    const given = { ...CREDENTIALS, code: wrongCode(house), codeRequest };
    await expect(house.identity.logIn(given)).rejects.toMatchObject(WRONG);
    // What slows guessing down must not be what refuses the sixth.
    house.clock.advance(100_000);
  }
  await expect(house.identity.logIn({ ...CREDENTIALS, code, codeRequest })).rejects.toMatchObject(WRONG);
  house.clock.advance(HOUR_MS);
  const late = await entry(house);
  house.clock.advance(600_000);
  const given = { ...CREDENTIALS, code: lastCode(house), codeRequest: late.request };
  await expect(house.identity.logIn(given)).rejects.toMatchObject(WRONG);
  await house.keystore.close();
});

test("a code is sent only to who gave the password, and a wrong one reads as that of nobody", async () => {
  const { house } = await withCodes("email");
  const sent = house.mails.length;
  const { codes } = house.identity;
  const wrong = { code: "identity-credentials-wrong" };
  await expect(codes.sendForEntry({ ...CREDENTIALS, password: "not it at all", by: "email" })).rejects.toMatchObject(
    wrong,
  );
  await expect(codes.sendForEntry({ ...CREDENTIALS, phone: "+4930999999", by: "email" })).rejects.toMatchObject(wrong);
  await expect(codes.sendForEntry({ ...CREDENTIALS, by: "sms" })).rejects.toMatchObject({ code: "code-way-off" });
  expect(house.mails).toHaveLength(sent);
  expect(house.texts).toHaveLength(0);
  await house.keystore.close();
});

test("a proof is by the password and a code together, neither alone", async () => {
  const { house, principal } = await withCodes("sms");
  const { identity } = house;
  expect(house.texts.map(({ to }) => to)).toEqual([PHONE]);
  identity.lock(principal);
  expect(identity.proofNeeded(principal)).toEqual({ by: "password-and-code", provedUntilMs: null });
  const { request: codeRequest } = await identity.codes.sendForProof(principal, "sms");
  const code = lastCode(house);
  const { password } = OWNER;
  await expect(identity.unlock({ principal, password, ceiling: 3 })).rejects.toMatchObject({
    code: "identity-code-required",
    details: { ways: ["sms"] },
  });
  const alone = identity.unlock({ principal, code, codeRequest, ceiling: 3 });
  await expect(alone).rejects.toMatchObject({ code: "identity-credentials-wrong" });
  expect((await identity.unlock({ principal, password, code, codeRequest, ceiling: 3 })).level).toBe(3);
  await house.keystore.close();
});

test("where an app is set up a proof takes its code alone: nothing is sent", async () => {
  const { house, principal } = await withCodes("email");
  const { identity } = house;
  const secret = fromBase32((await identity.beginTotp(principal)).secret);
  await identity.confirmTotp(principal, totpCode(secret, totpStep(house.clock.nowMs())));
  const proof = identity.codes.sendForProof(principal, "email");
  await expect(proof).rejects.toMatchObject({ code: "code-way-off" });
  const { request: codeRequest } = await entry(house);
  const code = lastCode(house);
  const { password } = OWNER;
  await expect(identity.unlock({ principal, password, code, codeRequest, ceiling: 4 })).rejects.toMatchObject(WRONG);
  // At the door either does: the person asked for both.
  await expect(identity.logIn(CREDENTIALS)).rejects.toMatchObject({ details: { ways: ["app", "email"] } });
  await identity.logIn({ ...CREDENTIALS, code, codeRequest });
  await house.keystore.close();
});

test("a way counts once its code came back, signs the others out, and is there after a restart", async () => {
  const { house, principal } = await signedUp();
  const { identity } = house;
  await expect(identity.codes.begin(principal, "email")).rejects.toMatchObject({ code: "code-way-unavailable" });
  const other = await principalOf(house, await identity.logIn(CREDENTIALS));
  const { request } = await identity.codes.begin(principal, "sms");
  await identity.logIn(CREDENTIALS);
  const refused = identity.codes.confirm(principal, "sms", { request, code: wrongCode(house) });
  await expect(refused).rejects.toMatchObject(WRONG);
  const taken = identity.codes.confirm(principal, "email", { request, code: lastCode(house) });
  await expect(taken).rejects.toMatchObject(WRONG);
  const recovery = await identity.codes.confirm(principal, "sms", { request, code: lastCode(house) });
  expect(recovery).toHaveLength(10);
  expect((await identity.sessions(principal)).map(({ session }) => session)).toEqual([principal.sessionId]);
  expect(other.sessionId).not.toBe(principal.sessionId);
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  expect(again.identity.factors(principal)).toEqual({ totp: false, recoveryLeft: 10, sentBy: ["sms"] });
  await again.identity.logIn({ ...CREDENTIALS, code: recovery[0] ?? "" });
  const spent = again.identity.logIn({ ...CREDENTIALS, code: recovery[0] ?? "" });
  await expect(spent).rejects.toMatchObject(WRONG);
  await again.keystore.close();
});

test("ways are changed only after a proof; the address stays while codes go to it; the last way takes recovery codes along", async () => {
  const { house, principal } = await withCodes("email");
  const { codes, mail } = house.identity;
  await expect(mail?.remove(principal)).rejects.toMatchObject({ code: "email-in-use" });
  const { request } = await codes.begin(principal, "sms");
  const code = lastCode(house, "sms");
  house.identity.lock(principal);
  const needed = { code: "identity-proof-required" };
  await expect(codes.begin(principal, "sms")).rejects.toMatchObject(needed);
  await expect(codes.confirm(principal, "sms", { request, code })).rejects.toMatchObject(needed);
  await expect(codes.remove(principal, "email")).rejects.toMatchObject(needed);
  const sent = await codes.sendForProof(principal, "email");
  const proof = { principal, password: OWNER.password, code: lastCode(house), codeRequest: sent.request };
  await house.identity.prove(proof);
  // Recovery codes were shown before: they go on.
  expect(await codes.confirm(principal, "sms", { request, code })).toEqual([]);
  await codes.remove(principal, "email");
  expect(house.identity.factors(principal)).toEqual({ totp: false, recoveryLeft: 10, sentBy: ["sms"] });
  await mail?.remove(principal);
  await codes.remove(principal, "sms");
  expect(house.identity.factors(principal)).toEqual({ totp: false, recoveryLeft: 0, sentBy: [] });
  await expect(codes.remove(principal, "sms")).rejects.toMatchObject({ code: "code-way-off" });
  expect((await house.identity.logIn(CREDENTIALS)).profile.role).toBe("owner");
  await house.keystore.close();
});

test("a lost password takes a recovery code besides: mail twice is not two things", async () => {
  const { house, recovery } = await withCodes("email");
  const { mail } = house.identity;
  const before = house.mails.length;
  const asked = await mail?.ask(ADDRESS, undefined);
  await expect.poll(() => house.mails.length).toBe(before + 1);
  const given = { request: asked?.request ?? "", code: lastCode(house), newPassword: "walnut harbour at dusk" };
  await expect(mail?.finish(given)).rejects.toMatchObject({ code: "identity-code-required", details: { ways: [] } });
  await entry(house);
  await expect(mail?.finish({ ...given, factorCode: lastCode(house) })).rejects.toMatchObject(WRONG);
  await mail?.finish({ ...given, factorCode: recovery[0] ?? "" });
  await house.keystore.close();
});

test("codes are bounded by destination in an hour and by person in a day", async () => {
  const { house } = await withCodes("sms");
  const tooMany = { code: "code-too-many" };
  // One was sent to turn it on.
  await entry(house, "sms");
  await entry(house, "sms");
  await expect(entry(house, "sms")).rejects.toMatchObject(tooMany);
  for (const most of [3, 2]) {
    house.clock.advance(HOUR_MS + 1);
    for (let turn = 0; turn < most; turn++) await entry(house, "sms");
  }
  await expect(entry(house, "sms")).rejects.toMatchObject(tooMany);
  expect(house.texts).toHaveLength(8);
  house.clock.advance(DAY_MS);
  await entry(house, "sms");
  await house.keystore.close();
});

test("codes are bounded by network address, an IPv6 network being one", async () => {
  const { house } = await withCodes("email");
  const send = (host: string): Promise<CodeSent> =>
    house.identity.codes.sendForEntry({ ...CREDENTIALS, by: "email", address: `2001:db8:1:${host}` });
  // One was sent to turn it on: four more, then sixteen refused for the destination's sake, which count as well.
  for (let host = 1; host <= 4; host++) await send(`1::${host}`);
  house.clock.advance(HOUR_MS / 2);
  for (let host = 5; host <= 20; host++) await send(`1::${host}`).catch(() => undefined);
  house.clock.advance(HOUR_MS / 2 + 1);
  for (let host = 21; host <= 24; host++) await send(`1::${host}`);
  await expect(send("1::25")).rejects.toMatchObject({ code: "code-too-many" });
  await send("2::1");
  await house.keystore.close();
});

test("no code stands on the log or in what is thrown", async () => {
  const { house } = await withCodes("email");
  await entry(house);
  const code = lastCode(house);
  const failure: unknown = await house.identity.logIn({ ...CREDENTIALS, code }).catch((error: unknown) => error);
  expect(JSON.stringify(failure) + String(failure)).not.toContain(code);
  for (const topic of ["access", "identity"]) {
    const all = house.log.records(topic, 0).map(({ value }) => Buffer.from(value ?? []).toString());
    expect(all.length).toBeGreaterThan(0);
    expect(all.join("\n")).not.toContain(code);
  }
  await house.keystore.close();
});

test("nothing is sent to whoever may not come in", async () => {
  const { house, principal: owner } = await signedUp();
  const { codes } = house.identity;
  const invite = await house.identity.createInvite(owner, "member");
  const bob = { phone: "+49301234567", password: "harbour walnuts" };
  const more = { name: "Bob", inviteCode: invite.code };
  const principal = await principalOf(house, await house.identity.signUp({ ...bob, ...more }));
  await house.identity.prove({ principal, password: bob.password });
  const { request } = await codes.begin(principal, "sms");
  await codes.confirm(principal, "sms", { request, code: lastCode(house) });
  await house.identity.members.suspend(owner, principal.userId);
  const entering = codes.sendForEntry({ ...bob, by: "sms" });
  await expect(entering).rejects.toMatchObject({ code: "identity-suspended" });
  expect(house.texts).toHaveLength(1);
  await house.keystore.close();
});
