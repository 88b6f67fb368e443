import type { UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { totpCode, totpStep } from "../access/totp.ts";
import { fromBase32 } from "../testing/base32.ts";
import { SoftwarePasskey } from "../testing/software-passkey.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";

const SITE = { rpId: "kaelix.example", origin: "https://kaelix.example" };
const FRESH = "walnut harbour at dusk";
const HALF_AN_HOUR_MS = 30 * 60_000;
const WRONG = { code: "reset-link-wrong" };
const HELD = { code: "account-held" };

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

async function withApp(person: Person): Promise<{ readonly codes: readonly string[] }> {
  const { clock, identity } = person.house;
  const { secret } = await identity.beginTotp(person.principal);
  const code = totpCode(fromBase32(secret), totpStep(clock.nowMs()));
  return { codes: await identity.confirmTotp(person.principal, code) };
}

async function signIn(
  { house }: Person,
  password: string,
  more: { readonly code?: string } = {},
): Promise<UserPrincipal> {
  return principalOf(house, await house.identity.logIn({ phone: OWNER.phone, password, ...more }));
}

/** Sets a new password by a link, as whoever has nothing else. */
async function reset({ house, principal }: Person, newPassword = FRESH): Promise<void> {
  const { code } = await house.identity.resets.begin(principal.userId);
  await house.identity.resets.finish({ code, newPassword });
}

test("ResetDoor sets a new password by a link, once, and ends every session", async () => {
  const person = await signedUp();
  const { house, principal } = person;
  const { code } = await house.identity.resets.begin(principal.userId);
  await expect(house.identity.resets.finish({ code, newPassword: "short" })).rejects.toMatchObject({
    code: "identity-password-invalid",
  });
  await house.identity.resets.finish({ code: code.toLowerCase(), newPassword: FRESH });
  await expect(house.identity.resets.finish({ code, newPassword: "another one entirely" })).rejects.toMatchObject(
    WRONG,
  );
  await expect(signIn(person, OWNER.password)).rejects.toMatchObject({ code: "identity-credentials-wrong" });
  await signIn(person, FRESH);
  expect(await house.identity.sessions(principal)).toHaveLength(1);
});

test("ResetDoor takes no link that is older than half an hour, of before a newer one, or of nobody", async () => {
  const { house, principal } = await signedUp();
  const { resets } = house.identity;
  const first = await resets.begin(principal.userId);
  const second = await resets.begin(principal.userId);
  await expect(resets.finish({ code: first.code, newPassword: FRESH })).rejects.toMatchObject(WRONG);
  house.clock.advance(HALF_AN_HOUR_MS);
  await expect(resets.finish({ code: second.code, newPassword: FRESH })).rejects.toMatchObject(WRONG);
});

test("what is above Confidential stays shut to the new password, and to whatever is set up with it", async () => {
  const person = await signedUp();
  const { house } = person;
  const { code } = await house.identity.createInvite(person.principal, "member");
  const other = await principalOf(
    house,
    await house.identity.signUp({
      phone: "+49 30 1234567",
      name: "Bob",
      password: "harbour walnuts",
      inviteCode: code,
    }),
  );
  await reset(person);
  const principal = await signIn(person, FRESH);
  for (const ceiling of [3, 4]) {
    await expect(house.identity.unlock({ principal, password: FRESH, ceiling })).rejects.toMatchObject(HELD);
  }
  const grant = {
    to: other.userId,
    what: { type: "all" },
    purpose: null,
    expiresAtMs: house.clock.nowMs() + 60_000,
  } as const;
  await expect(house.identity.grants.give(principal, { ...grant, ceiling: 3 })).rejects.toMatchObject(HELD);
  await house.identity.grants.give(principal, { ...grant, ceiling: 2 });
  const { codes } = await withApp({ house, principal });
  await expect(house.identity.unlock({ principal, code: codes[0] ?? "", ceiling: 3 })).rejects.toMatchObject(HELD);
  // A second link does not make the password of the first one from before.
  await house.identity.resets.finish({
    code: (await house.identity.resets.begin(principal.userId)).code,
    newPassword: "another one entirely",
    isFactorLost: true,
  });
  const again = await signIn(person, "another one entirely");
  await expect(house.identity.resets.regain({ principal: again, password: FRESH })).rejects.toMatchObject({
    code: "identity-credentials-wrong",
  });
});

test("the password from before opens it again, and that holds after a restart", async () => {
  const person = await signedUp();
  const { house } = person;
  await reset(person);
  const principal = await signIn(person, FRESH);
  expect(await house.identity.profile(principal.userId)).toMatchObject({ heldSinceMs: house.clock.nowMs() });
  await house.identity.resets.regain({ principal, password: OWNER.password });
  expect((await house.identity.unlock({ principal, password: FRESH, ceiling: 3 })).level).toBe(3);
  await house.keystore.close();
  const restarted = await openTestIdentity(house.log, house.clock);
  const standing = restarted.identity.resets.standing(principal.userId);
  expect(standing).toEqual({ resetAtMs: house.clock.nowMs(), heldSinceMs: null });
  await restarted.keystore.close();
});

test("with a code of the second factor nothing is held; without one it is asked for, or goes off and holds", async () => {
  const person = await signedUp();
  const { house, principal } = person;
  const { codes } = await withApp(person);
  const { resets } = house.identity;
  const { code } = await resets.begin(principal.userId);
  const given = { code, newPassword: FRESH };
  await expect(resets.finish(given)).rejects.toMatchObject({ code: "identity-code-required" });
  await expect(resets.finish({ ...given, factorCode: "000000" })).rejects.toMatchObject({
    code: "identity-code-wrong",
  });
  await resets.finish({ ...given, factorCode: codes[0] ?? "" });
  const back = await signIn(person, FRESH, { code: codes[1] ?? "" });
  expect((await house.identity.unlock({ principal: back, code: codes[2] ?? "", ceiling: 4 })).level).toBe(4);

  const next = await resets.begin(principal.userId);
  await resets.finish({ code: next.code, newPassword: "another one entirely", isFactorLost: true });
  const bare = await signIn(person, "another one entirely");
  expect(house.identity.factors(bare)).toMatchObject({ totp: false, recoveryLeft: 0 });
  await expect(
    house.identity.unlock({ principal: bare, password: "another one entirely", ceiling: 3 }),
  ).rejects.toMatchObject(HELD);
});

test("a passkey from before opens it again, one that was made since does not", async () => {
  const person = await signedUp();
  const { house } = person;
  const { passkeys, resets } = house.identity;
  const addTo = async (principal: UserPrincipal, key: SoftwarePasskey): Promise<void> => {
    const creation = key.create(await passkeys.begin(principal, SITE), SITE.origin);
    await passkeys.add(principal, SITE, { name: "Phone", creation });
  };
  const [older, newer] = [new SoftwarePasskey(), new SoftwarePasskey()];
  await addTo(person.principal, older);
  house.clock.advance(1);
  await reset(person);
  const principal = await signIn(person, FRESH);
  await house.identity.prove({ principal, password: FRESH });
  await addTo(principal, newer);
  const proofBy = async (key: SoftwarePasskey) => {
    const answer = key.answer(await passkeys.proofOptions(principal, SITE), SITE.origin);
    return { principal, passkey: { answer, site: SITE } };
  };
  await expect(house.identity.unlock({ ...(await proofBy(newer)), ceiling: 4 })).rejects.toMatchObject(HELD);
  await expect(resets.regain(await proofBy(newer))).rejects.toMatchObject(HELD);
  // It sets a new password, by which nothing opens either.
  await house.identity.changePassword({ ...(await proofBy(newer)), newPassword: "another one entirely" });
  const unlock = { principal, password: "another one entirely", ceiling: 3 };
  await expect(house.identity.unlock(unlock)).rejects.toMatchObject(HELD);
  await resets.regain(await proofBy(older));
  expect((await house.identity.unlock({ ...(await proofBy(newer)), ceiling: 4 })).level).toBe(4);
});

test("nobody who is kept out comes in by a link", async () => {
  const { house, principal } = await signedUp();
  const { code } = await house.identity.createInvite(principal, "member");
  const bob = { phone: "+49 30 1234567", name: "Bob", password: "harbour walnuts", inviteCode: code };
  const { userId } = await principalOf(house, await house.identity.signUp(bob));
  const link = await house.identity.resets.begin(userId);
  await house.identity.members.suspend(principal, userId);
  await expect(house.identity.resets.finish({ code: link.code, newPassword: FRESH })).rejects.toMatchObject({
    code: "identity-suspended",
  });
});
