import type { UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { totpCode, totpStep } from "../access/totp.ts";
import { fromBase32 } from "../testing/base32.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import { type PasskeyFlaws, SoftwarePasskey } from "../testing/software-passkey.ts";

const SITE = { rpId: "kaelix.example", origin: "https://kaelix.example" };
const ELSEWHERE = { rpId: "evil.example", origin: "https://evil.example" };

interface Person {
  readonly house: TestIdentity;
  readonly principal: UserPrincipal;
}

async function signedUp(): Promise<Person> {
  const house = await openTestIdentity();
  const principal = await principalOf(house, await house.identity.signUp(OWNER));
  await house.identity.prove({ principal, password: OWNER.password });
  return { house, principal };
}

async function withPasskey(key = new SoftwarePasskey()): Promise<Person & { readonly key: SoftwarePasskey }> {
  const { house, principal } = await signedUp();
  await add({ house, principal }, key);
  return { house, principal, key };
}

async function add({ house, principal }: Person, key: SoftwarePasskey, flaws: PasskeyFlaws = {}): Promise<string> {
  const { passkeys } = house.identity;
  const creation = key.create(await passkeys.begin(principal, SITE), SITE.origin, flaws);
  return (await passkeys.add(principal, SITE, { name: " My phone ", creation })).way;
}

/** Somebody else of the installation. */
async function another({ house, principal }: Person): Promise<UserPrincipal> {
  const { code } = await house.identity.createInvite(principal, "member");
  const person = { phone: "+49 30 1234567", name: "Bob", password: "harbour walnuts", inviteCode: code };
  const signedIn = await principalOf(house, await house.identity.signUp(person));
  await house.identity.prove({ principal: signedIn, password: person.password });
  return signedIn;
}

test("a passkey signs its owner in without password and code, and says when it did", async () => {
  const { house, principal, key } = await withPasskey();
  const { passkeys } = house.identity;
  expect((await passkeys.list(principal))[0]).toMatchObject({ name: "My phone", rpId: SITE.rpId, usedAtMs: null });
  const answer = key.answer(passkeys.signInOptions(SITE), SITE.origin);
  const signedIn = await passkeys.signIn({ answer, site: SITE, phone: OWNER.phone, client: "Browser" });
  expect(signedIn.profile.user).toBe(principal.userId);
  expect((await house.identity.authenticate(signedIn.accessToken)).type).toBe("user");
  expect((await passkeys.list(principal))[0]?.usedAtMs).toBe(house.clock.nowMs());
  await house.keystore.close();
});

test("a passkey opens levels 3 and 4 also where a code would be asked for", async () => {
  const { house, principal, key } = await withPasskey();
  const { identity } = house;
  identity.lock(principal);
  const proof = { answer: key.answer(await identity.passkeys.proofOptions(principal, SITE), SITE.origin), site: SITE };
  expect((await identity.unlock({ principal, passkey: proof, ceiling: 4 })).level).toBe(4);
  await expect(identity.unlock({ principal, passkey: proof, ceiling: 4 })).rejects.toMatchObject({
    code: "passkey-refused",
  });
  await house.keystore.close();
});

test("a passkey stands for the old password, once, also where a code would be asked for besides", async () => {
  const { house, principal, key } = await withPasskey();
  const { identity } = house;
  const secret = fromBase32((await identity.beginTotp(principal)).secret);
  const code = (): string => totpCode(secret, totpStep(house.clock.nowMs()));
  await identity.confirmTotp(principal, code());
  house.clock.advance(300_000);
  const other = await identity.logIn({ phone: OWNER.phone, password: OWNER.password, code: code() });
  const options = await identity.passkeys.proofOptions(principal, SITE);
  const change = { principal, passkey: { answer: key.answer(options, SITE.origin), site: SITE } };
  const newPassword = "a river without fish";
  await identity.changePassword({ ...change, newPassword });
  expect(await identity.authenticate(other.accessToken)).toEqual({ type: "refused", why: "ended" });
  await expect(identity.changePassword({ ...change, newPassword: "another river" })).rejects.toMatchObject({
    code: "passkey-refused",
  });
  await house.keystore.close();
});

const FLAWS: readonly (readonly [string, PasskeyFlaws])[] = [
  ["of another page", { origin: "https://evil.example" }],
  ["of another port of the same name", { origin: "https://kaelix.example:8443" }],
  ["for another name", { rpId: "evil.example" }],
  ["to a challenge of its own", { challenge: "bm90IG91cnM" }],
  ["without looking whether it is the owner", { isVerified: false }],
  ["without anybody there", { isPresent: false }],
  ["of the other ceremony", { type: "webauthn.create" }],
  ["signed by another key", { forger: new SoftwarePasskey() }],
  ["asked for inside a frame of another page", { isFramed: true }],
  ["that says it is somebody else's", { userHandle: "dXNyX2V2aWw" }],
  ["that does not say whose it is", { userHandle: null }],
];

test.each(FLAWS)("an answer %s is refused", async (_what, flaws) => {
  const { house, key } = await withPasskey();
  const { passkeys } = house.identity;
  const answer = key.answer(passkeys.signInOptions(SITE), SITE.origin, flaws);
  await expect(passkeys.signIn({ answer, site: SITE })).rejects.toMatchObject({ code: "passkey-refused" });
  await house.keystore.close();
});

test.each([
  ["of another page", { origin: "https://evil.example" }],
  ["for another name", { rpId: "evil.example" }],
  ["to a challenge of its own", { challenge: "bm90IG91cnM" }],
  ["without looking whether it is the owner", { isVerified: false }],
  ["asked for inside a frame", { isFramed: true }],
])("a passkey made %s is not kept", async (_what, flaws: PasskeyFlaws) => {
  const person = await signedUp();
  await expect(add(person, new SoftwarePasskey(), flaws)).rejects.toMatchObject({ code: "passkey-refused" });
  expect(person.house.identity.passkeys.count(person.principal)).toBe(0);
  await person.house.keystore.close();
});

test("a challenge is good once, for five minutes, for its purpose, its session and its address", async () => {
  const { house, principal, key } = await withPasskey();
  const { passkeys } = house.identity;
  const refused = { code: "passkey-refused" };
  const answer = key.answer(passkeys.signInOptions(SITE), SITE.origin);
  await passkeys.signIn({ answer, site: SITE });
  await expect(passkeys.signIn({ answer, site: SITE })).rejects.toMatchObject(refused);
  // Of the step-up, used at the door; and of one session, used in another.
  const ofProof = key.answer(await passkeys.proofOptions(principal, SITE), SITE.origin);
  await expect(passkeys.signIn({ answer: ofProof, site: SITE })).rejects.toMatchObject(refused);
  const later = await principalOf(
    house,
    await passkeys.signIn({ answer: key.answer(passkeys.signInOptions(SITE), SITE.origin), site: SITE }),
  );
  const ofLater = key.answer(await passkeys.proofOptions(later, SITE), SITE.origin);
  const passkey = { answer: ofLater, site: SITE };
  await expect(house.identity.prove({ principal, passkey })).rejects.toMatchObject(refused);
  const old = passkeys.signInOptions(SITE);
  house.clock.advance(5 * 60_000);
  await expect(passkeys.signIn({ answer: key.answer(old, SITE.origin), site: SITE })).rejects.toMatchObject(refused);
  // Asked for at one address, given at another.
  const there = key.answer(passkeys.signInOptions(ELSEWHERE), ELSEWHERE.origin);
  await expect(passkeys.signIn({ answer: there, site: ELSEWHERE })).rejects.toMatchObject(refused);
  await house.keystore.close();
});

test("a counter that does not go up is refused and told, a forged one is not told", async () => {
  const key = new SoftwarePasskey({ counter: 5 });
  const { house } = await withPasskey(key);
  const { passkeys } = house.identity;
  const sign = (flaws: PasskeyFlaws = {}) =>
    passkeys.signIn({ answer: key.answer(passkeys.signInOptions(SITE), SITE.origin, flaws), site: SITE });
  await sign();
  await expect(sign({ counter: 6 })).rejects.toMatchObject({ code: "passkey-copied" });
  expect(house.suspicions).toMatchObject([{ reason: "passkey-copied" }]);
  await expect(sign({ counter: 1, forger: new SoftwarePasskey() })).rejects.toMatchObject({ code: "passkey-refused" });
  expect(house.suspicions).toHaveLength(1);
  await sign({ counter: 60 });
  await house.keystore.close();
});

test("a passkey belongs to one person: nobody else can add it, prove or sign in with it, or take it away", async () => {
  const person = await withPasskey();
  const { house, principal, key } = person;
  const { identity } = house;
  const other = await another(person);
  const way = (await identity.passkeys.list(principal))[0]?.way ?? "";
  const twin = new SoftwarePasskey({ id: key.id });
  await expect(add({ house, principal: other }, twin)).rejects.toMatchObject({ code: "passkey-present" });
  await expect(identity.passkeys.remove(other, way)).rejects.toMatchObject({ code: "passkey-missing" });
  expect(await identity.passkeys.list(other)).toEqual([]);
  // Their challenge, another's passkey.
  await add({ house, principal: other }, new SoftwarePasskey());
  const answer = key.answer(await identity.passkeys.proofOptions(other, SITE), SITE.origin);
  const proof = { principal: other, passkey: { answer, site: SITE } };
  await expect(identity.prove(proof)).rejects.toMatchObject({ code: "passkey-refused" });
  const named = key.answer(identity.passkeys.signInOptions(SITE), SITE.origin);
  const request = { answer: named, site: SITE, phone: "+49 30 1234567" };
  await expect(identity.passkeys.signIn(request)).rejects.toMatchObject({ code: "passkey-refused" });
  await house.keystore.close();
});

test("passkeys are added and removed by a session that has just proved itself, and open nothing once removed", async () => {
  const { house, principal, key } = await withPasskey();
  const { passkeys } = house.identity;
  const way = (await passkeys.list(principal))[0]?.way ?? "";
  const creation = new SoftwarePasskey().create(await passkeys.begin(principal, SITE), SITE.origin);
  house.identity.lock(principal);
  const needed = { code: "identity-proof-required" };
  await expect(passkeys.begin(principal, SITE)).rejects.toMatchObject(needed);
  await expect(passkeys.add(principal, SITE, { name: "x", creation })).rejects.toMatchObject(needed);
  await expect(passkeys.remove(principal, way)).rejects.toMatchObject(needed);
  await house.identity.prove({ principal, password: OWNER.password });
  await passkeys.remove(principal, way);
  expect(passkeys.count(principal)).toBe(0);
  const answer = key.answer(passkeys.signInOptions(SITE), SITE.origin);
  await expect(passkeys.signIn({ answer, site: SITE })).rejects.toMatchObject({ code: "passkey-refused" });
  await house.keystore.close();
});

test("passkeys, their counters and their removal are there after a restart, a challenge is not", async () => {
  const key = new SoftwarePasskey({ counter: 3 });
  const { house, principal } = await withPasskey(key);
  const removed = new SoftwarePasskey();
  await house.identity.passkeys.remove(principal, await add({ house, principal }, removed));
  const { passkeys } = house.identity;
  const before = passkeys.signInOptions(SITE);
  await passkeys.signIn({ answer: key.answer(passkeys.signInOptions(SITE), SITE.origin), site: SITE });
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  const door = again.identity.passkeys;
  expect(door.count(principal)).toBe(1);
  const sign = (one: SoftwarePasskey, options = door.signInOptions(SITE), flaws: PasskeyFlaws = {}) =>
    door.signIn({ answer: one.answer(options, SITE.origin, flaws), site: SITE });
  await expect(sign(key, before)).rejects.toMatchObject({ code: "passkey-refused" });
  await expect(sign(removed)).rejects.toMatchObject({ code: "passkey-refused" });
  await expect(sign(key, door.signInOptions(SITE), { counter: 4 })).rejects.toMatchObject({ code: "passkey-copied" });
  expect((await sign(key)).profile.user).toBe(principal.userId);
  await again.keystore.close();
});

test("nobody suspended comes in by a passkey, and an erased account's passkey opens nothing", async () => {
  const person = await withPasskey();
  const { house } = person;
  const other = await another(person);
  const key = new SoftwarePasskey();
  await add({ house, principal: other }, key);
  const { identity } = house;
  const sign = () =>
    identity.passkeys.signIn({ answer: key.answer(identity.passkeys.signInOptions(SITE), SITE.origin), site: SITE });
  await identity.members.suspend(person.principal, other.userId);
  await expect(sign()).rejects.toMatchObject({ code: "identity-suspended" });
  await identity.members.restore(person.principal, other.userId);
  await sign();
  await identity.accounts.end(other.tenantId, other.userId);
  await expect(sign()).rejects.toMatchObject({ code: "passkey-refused" });
  await house.keystore.close();
});

test("wrong answers slow down their address", async () => {
  const { house, key } = await withPasskey();
  const { passkeys } = house.identity;
  const wrong = () => {
    const answer = key.answer(passkeys.signInOptions(SITE), SITE.origin, { isVerified: false });
    return passkeys.signIn({ answer, site: SITE, address: "192.0.2.1" });
  };
  for (let tries = 0; tries < 5; tries++) await expect(wrong()).rejects.toMatchObject({ code: "passkey-refused" });
  await expect(wrong()).rejects.toMatchObject({ code: "identity-throttled" });
  await house.keystore.close();
});
