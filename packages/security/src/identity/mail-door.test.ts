import type { UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { totpCode, totpStep } from "../access/totp.ts";
import { fromBase32 } from "../testing/base32.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import type { MailDoor } from "./mail-door.ts";

const ADDRESS = "ann@example.com";
const FRESH = "walnut harbour at dusk";
const WRONG = { code: "email-code-wrong" };
const HOUR_MS = 3_600_000;

interface Person {
  readonly house: TestIdentity;
  readonly principal: UserPrincipal;
  readonly mail: MailDoor;
}

async function signedUp(): Promise<Person> {
  const house = await openTestIdentity();
  const principal = await principalOf(house, await house.identity.signUp(OWNER));
  await house.identity.prove({ principal, password: OWNER.password });
  const { mail } = house.identity;
  if (mail === undefined) throw new Error("No mail");
  return { house, principal, mail };
}

async function withAddress(): Promise<Person> {
  const person = await signedUp();
  await person.mail.begin(person.principal, ADDRESS);
  await person.mail.confirm(person.principal, lastCode(person));
  return person;
}

function lastCode({ house }: Pick<Person, "house">): string {
  return /\d{6}/.exec(house.mails.at(-1)?.text ?? "")?.[0] ?? "";
}

/** Another six digits. */
function wrongCode(person: Pick<Person, "house">): string {
  return String((Number(lastCode(person)) + 1) % 1_000_000).padStart(6, "0");
}

/** Asks and waits until whatever is sent was sent. */
async function ask({ mail, house }: Person, address = ADDRESS, place?: string): Promise<string> {
  const before = house.mails.length;
  const { request } = await mail.ask(address, place);
  for (let turn = 0; turn < 20 && house.mails.length === before; turn++)
    await new Promise((done) => setImmediate(done));
  return request;
}

async function another({ house, principal }: Person): Promise<UserPrincipal> {
  const { code } = await house.identity.createInvite(principal, "member");
  const person = { phone: "+49 30 1234567", name: "Bob", password: "harbour walnuts", inviteCode: code };
  const signedIn = await principalOf(house, await house.identity.signUp(person));
  await house.identity.prove({ principal: signedIn, password: person.password });
  return signedIn;
}

test("an address counts once its code came back, and is there after a restart", async () => {
  const person = await signedUp();
  const { house, principal, mail } = person;
  await mail.begin(principal, " Ann@Example.com ");
  expect(house.mails).toMatchObject([{ to: ADDRESS }]);
  expect(await mail.address(principal)).toBeNull();
  await expect(mail.confirm(principal, wrongCode(person))).rejects.toMatchObject(WRONG);
  const code = lastCode(person);
  expect(await mail.confirm(principal, code)).toBe(ADDRESS);
  await expect(mail.confirm(principal, code)).rejects.toMatchObject(WRONG);
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  expect(await again.identity.mail?.address(principal)).toBe(ADDRESS);
  await again.keystore.close();
});

test("an address is changed only by a session that has just proved itself, and belongs to one account", async () => {
  const person = await withAddress();
  const { house, principal, mail } = person;
  const other = await another(person);
  await mail.begin(other, ADDRESS);
  await expect(mail.confirm(other, lastCode(person))).rejects.toMatchObject({ code: "email-taken" });
  await mail.begin(principal, "new@example.com");
  house.identity.lock(principal);
  const needed = { code: "identity-proof-required" };
  await expect(mail.begin(principal, "x@example.com")).rejects.toMatchObject(needed);
  await expect(mail.confirm(principal, lastCode(person))).rejects.toMatchObject(needed);
  await expect(mail.remove(principal)).rejects.toMatchObject(needed);
  await house.identity.prove({ principal, password: OWNER.password });
  expect(await mail.confirm(principal, lastCode(person))).toBe("new@example.com");
  // The older one is free again.
  await mail.begin(other, ADDRESS);
  expect(await mail.confirm(other, lastCode(person))).toBe(ADDRESS);
  await mail.remove(principal);
  expect(await mail.address(principal)).toBeNull();
  await house.keystore.close();
});

test("a lost password: the code sets a new one, every session is over, the address is told", async () => {
  const person = await withAddress();
  const { house, mail } = person;
  const { accessToken } = await house.identity.logIn(OWNER);
  const request = await ask(person);
  const code = lastCode(person);
  await mail.finish({ request, code, newPassword: FRESH });
  expect(await house.identity.authenticate(accessToken)).toEqual({ type: "refused", why: "ended" });
  await expect(house.identity.logIn(OWNER)).rejects.toMatchObject({ code: "identity-credentials-wrong" });
  expect((await house.identity.logIn({ ...OWNER, password: FRESH })).profile.name).toBe(OWNER.name);
  expect(house.mails.at(-1)).toMatchObject({ to: ADDRESS, subject: "Your password was changed" });
  await expect(mail.finish({ request, code, newPassword: "another walnut boat" })).rejects.toMatchObject(WRONG);
  await house.keystore.close();
});

test("asking tells nobody whether an address is known: same answer, same refusals, nothing sent to strangers", async () => {
  const person = await withAddress();
  const { house, mail } = person;
  const sent = house.mails.length;
  const known = await mail.ask(ADDRESS, undefined);
  // The answer does not wait for what is sent.
  expect(house.mails).toHaveLength(sent);
  const unknown = await mail.ask("nobody@example.com", undefined);
  expect(Object.keys(unknown)).toEqual(Object.keys(known));
  expect(unknown.request).toHaveLength(known.request.length);
  await ask(person, "else@example.com");
  expect(house.mails.filter(({ to }) => to !== ADDRESS)).toEqual([]);
  for (const { request } of [known, unknown]) {
    const wrong = mail.finish({ request, code: wrongCode(person), newPassword: FRESH });
    await expect(wrong).rejects.toMatchObject(WRONG);
  }
  await house.keystore.close();
});

test("a code is good with its own request, five tries, ten minutes, and while the address is the person's", async () => {
  const person = await withAddress();
  const { house, mail, principal } = person;
  const first = await ask(person);
  const firstCode = lastCode(person);
  const second = await ask(person);
  await expect(mail.finish({ request: second, code: firstCode, newPassword: FRESH })).rejects.toMatchObject(WRONG);
  const wrong = wrongCode(person);
  for (let tries = 0; tries < 4; tries++) {
    await expect(mail.finish({ request: second, code: wrong, newPassword: FRESH })).rejects.toMatchObject(WRONG);
  }
  // Waiting out what slows wrong tries down does not bring the code back.
  house.clock.advance(60_000);
  const right = lastCode(person);
  await expect(mail.finish({ request: second, code: right, newPassword: FRESH })).rejects.toMatchObject(WRONG);
  await mail.remove(principal);
  await expect(mail.finish({ request: first, code: firstCode, newPassword: FRESH })).rejects.toMatchObject(WRONG);
  await house.keystore.close();
});

test("a code grows old", async () => {
  const person = await withAddress();
  const request = await ask(person);
  person.house.clock.advance(10 * 60_000);
  const late = person.mail.finish({ request, code: lastCode(person), newPassword: FRESH });
  await expect(late).rejects.toMatchObject(WRONG);
  await person.house.keystore.close();
});

test("whoever has a second factor gives it too, and a bad new password does not use the code up", async () => {
  const person = await withAddress();
  const { house, mail, principal } = person;
  const { uri } = await house.identity.beginTotp(principal);
  const secret = fromBase32(new URL(uri).searchParams.get("secret") ?? "");
  const factorCode = (): string => totpCode(secret, totpStep(house.clock.nowMs()));
  await house.identity.confirmTotp(principal, factorCode());
  house.clock.advance(30_000);
  const request = await ask(person);
  const given = { request, code: lastCode(person) };
  const bad = mail.finish({ ...given, newPassword: "short", factorCode: factorCode() });
  await expect(bad).rejects.toMatchObject({ code: "identity-password-invalid" });
  const without = mail.finish({ ...given, newPassword: FRESH });
  await expect(without).rejects.toMatchObject({ code: "identity-code-required" });
  const wrong = mail.finish({ ...given, newPassword: FRESH, factorCode: "000000" });
  await expect(wrong).rejects.toMatchObject({ code: "identity-code-wrong" });
  await mail.finish({ ...given, newPassword: FRESH, factorCode: factorCode() });
  await house.keystore.close();
});

test("whoever is suspended gets no way back in", async () => {
  const person = await withAddress();
  const { house, mail, principal } = person;
  const other = await another(person);
  await mail.begin(other, "bob@example.com");
  await mail.confirm(other, lastCode(person));
  await house.identity.members.suspend(principal, other.userId);
  const request = await ask(person, "bob@example.com");
  const finishing = mail.finish({ request, code: lastCode(person), newPassword: FRESH });
  await expect(finishing).rejects.toMatchObject({ code: "identity-suspended" });
  await house.keystore.close();
});

test("caps: three codes an hour to an address in silence, twenty from a place aloud", async () => {
  const person = await withAddress();
  const { house } = person;
  house.clock.advance(HOUR_MS);
  const sent = house.mails.length;
  for (let asked = 0; asked < 5; asked++) await ask(person, ADDRESS, "192.0.2.1");
  expect(house.mails.length - sent).toBe(3);
  for (let asked = 5; asked < 20; asked++) await ask(person, `a${asked}@example.com`, "192.0.2.1");
  await expect(person.mail.ask(ADDRESS, "192.0.2.1")).rejects.toMatchObject({ code: "email-too-many" });
  house.clock.advance(HOUR_MS);
  await ask(person, ADDRESS, "192.0.2.1");
  expect(house.mails.length - sent).toBe(4);
  await house.keystore.close();
});

test("ten codes an hour at most are asked for by one person, wherever they go", async () => {
  const person = await signedUp();
  const { house, mail, principal } = person;
  for (let asked = 0; asked < 10; asked++) await mail.begin(principal, `a${asked}@example.com`);
  await expect(mail.begin(principal, "b@example.com")).rejects.toMatchObject({ code: "email-too-many" });
  expect(house.mails).toHaveLength(10);
  await house.keystore.close();
});
