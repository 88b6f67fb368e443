import type { UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { totpCode, totpStep } from "../access/totp.ts";
import { vouchFor } from "../testing/memory-provider.ts";
import { fromBase32 } from "../testing/base32.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import type { ProviderReturn } from "./provider-door.ts";

// The checks of the protocol itself are tried against a real provider, on the whole house.
const BACK = "http://localhost/login/with/work";
const REFUSED = { code: "provider-refused" };
const MINUTE_MS = 60_000;

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

async function another({ house, principal }: Person): Promise<Person> {
  const { code } = await house.identity.createInvite(principal, "member");
  const person = { phone: "+49 30 1234567", name: "Bob", password: "harbour walnuts", inviteCode: code };
  const signedIn = await principalOf(house, await house.identity.signUp(person));
  await house.identity.prove({ principal: signedIn, password: person.password });
  return { house, principal: signedIn };
}

async function comeBackTo({ house, principal }: Person, subject: string, provider = "work"): Promise<ProviderReturn> {
  const { flow, url } = await house.identity.providers.beginLink(principal, provider, BACK);
  return { provider, flow, query: vouchFor(url, subject) };
}

async function link(person: Person, subject: string, provider = "work") {
  const back = await comeBackTo(person, subject, provider);
  return person.house.identity.providers.link(person.principal, back, undefined);
}

async function comeBack({ identity }: TestIdentity, subject: string, provider = "work"): Promise<ProviderReturn> {
  const { flow, url } = await identity.providers.begin(provider, BACK, undefined);
  return { provider, flow, query: vouchFor(url, subject) };
}

test("a linked account signs its person in, also after a restart, and says when; unlinked it does not", async () => {
  const person = await signedUp();
  const { house, principal } = person;
  await link(person, "ann");
  expect((await house.identity.providers.signIn(await comeBack(house, "ann"))).profile.name).toBe(OWNER.name);
  const again = await openTestIdentity(house.log, house.clock);
  const [row] = await again.identity.providers.list(principal);
  expect(row).toMatchObject({ provider: "work", name: "At work", label: "ann@example.com" });
  expect(row?.usedAtMs).not.toBeNull();
  const signedIn = await again.identity.providers.signIn(await comeBack(again, "ann"));
  const later = await principalOf(again, signedIn);
  expect(later).toMatchObject({ userId: principal.userId, ceiling: 2 });
  await expect(again.identity.providers.remove(later, row?.way ?? "")).rejects.toMatchObject({
    code: "identity-proof-required",
  });
  await again.identity.prove({ principal: later, password: OWNER.password });
  await again.identity.providers.remove(later, row?.way ?? "");
  const gone = again.identity.providers.signIn(await comeBack(again, "ann"));
  await expect(gone).rejects.toMatchObject({ code: "provider-unlinked" });
});

test("what was begun is good once, for ten minutes, for its provider, and whatever came of it", async () => {
  const person = await signedUp();
  const { house } = person;
  const { providers } = house.identity;
  await link(person, "ann");
  const used = await comeBack(house, "ann");
  await providers.signIn(used);
  await expect(providers.signIn(used)).rejects.toMatchObject(REFUSED);
  const failed = await comeBack(house, "ann");
  await expect(providers.signIn({ ...failed, query: "state=forged" })).rejects.toMatchObject(REFUSED);
  await expect(providers.signIn(failed)).rejects.toMatchObject(REFUSED);
  await expect(providers.signIn({ ...(await comeBack(house, "ann")), provider: "other" })).rejects.toMatchObject(
    REFUSED,
  );
  const late = await comeBack(house, "ann");
  const intime = await comeBack(house, "ann");
  house.clock.advance(10 * MINUTE_MS - 1);
  await providers.signIn(intime);
  house.clock.advance(1);
  await expect(providers.signIn(late)).rejects.toMatchObject(REFUSED);
});

test("a link wants a proof at its beginning and its end, and both in one session", async () => {
  const person = await signedUp();
  const { house, principal } = person;
  const { providers } = house.identity;
  const bob = await another(person);
  const begun = await comeBackTo(person, "ann");
  await expect(providers.link(bob.principal, begun, undefined)).rejects.toMatchObject(REFUSED);
  const onOtherDevice = await principalOf(house, await house.identity.logIn(OWNER));
  await house.identity.prove({ principal: onOtherDevice, password: OWNER.password });
  await expect(providers.link(onOtherDevice, begun, undefined)).rejects.toMatchObject(REFUSED);
  await expect(providers.signIn(begun)).rejects.toMatchObject(REFUSED);
  const toSignIn = await comeBack(house, "ann");
  await expect(providers.link(principal, toSignIn, undefined)).rejects.toMatchObject(REFUSED);
  house.clock.advance(6 * MINUTE_MS);
  const unproved = { code: "identity-proof-required" };
  await expect(providers.link(principal, begun, undefined)).rejects.toMatchObject(unproved);
  await expect(providers.beginLink(principal, "work", BACK)).rejects.toMatchObject(unproved);
  await house.identity.prove({ principal, password: OWNER.password });
  expect((await providers.link(principal, begun, undefined)).label).toBe("ann@example.com");
});

test("an account is its issuer and subject, and one person's", async () => {
  const person = await signedUp();
  const bob = await another(person);
  await link(person, "ann");
  await expect(link(person, "ann")).rejects.toMatchObject({ code: "provider-present" });
  await expect(link(bob, "ann")).rejects.toMatchObject({ code: "provider-taken" });
  await link(bob, "ann", "other");
  const { providers } = person.house.identity;
  expect((await providers.signIn(await comeBack(person.house, "ann", "other"))).profile.name).toBe("Bob");
  const [mine] = await providers.list(person.principal);
  const stolen = providers.remove(bob.principal, mine?.way ?? "");
  await expect(stolen).rejects.toMatchObject({ code: "provider-link-missing" });
});

test("the second factor is asked for by the same handle, and whoever is suspended stays out", async () => {
  const person = await signedUp();
  const { house, principal } = person;
  const { identity, clock } = house;
  await link(person, "ann");
  const { uri } = await identity.beginTotp(principal);
  const secret = fromBase32(new URL(uri).searchParams.get("secret") ?? "");
  const codes = await identity.confirmTotp(principal, totpCode(secret, totpStep(clock.nowMs())));
  const { query, ...handle } = await comeBack(house, "ann");
  const back = { ...handle, ...(query === undefined ? {} : { query }) };
  await expect(identity.providers.signIn(back)).rejects.toMatchObject({ code: "identity-code-required" });
  const wrong = identity.providers.signIn({ ...handle, code: "000000" });
  await expect(wrong).rejects.toMatchObject({ code: "identity-code-wrong" });
  expect((await identity.providers.signIn({ ...handle, code: codes[0] ?? "" })).profile.name).toBe(OWNER.name);
  const replayed = identity.providers.signIn({ ...handle, code: codes[1] ?? "" });
  await expect(replayed).rejects.toMatchObject(REFUSED);

  const bob = await another(person);
  await link(bob, "bob");
  await identity.prove({ principal, code: codes[2] ?? "" });
  await identity.members.suspend(principal, bob.principal.userId);
  const away = identity.providers.signIn(await comeBack(house, "bob"));
  await expect(away).rejects.toMatchObject({ code: "identity-suspended" });
});

test("a hundred sign-ins an hour are begun from one place", async () => {
  const { identity } = await openTestIdentity();
  for (let begun = 0; begun < 100; begun++) await identity.providers.begin("work", BACK, "192.0.2.1");
  const more = identity.providers.begin("work", BACK, "192.0.2.1");
  await expect(more).rejects.toMatchObject({ code: "provider-too-many" });
  await identity.providers.begin("work", BACK, "192.0.2.2");
  await expect(identity.providers.begin("nobody", BACK, undefined)).rejects.toMatchObject({ code: "provider-missing" });
});
