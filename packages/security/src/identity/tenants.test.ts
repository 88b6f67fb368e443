import { encodeText } from "@kaelix/base";
import { DEFAULT_TENANT, encodeEvent, EVENT_VERSION, TOPICS, type UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { SYSTEM_USER } from "../keys/keystore-types.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import { MemoryIdentityStore } from "../testing/memory-identity-store.ts";

let numbers = 0;

async function signUp(house: TestIdentity, more: Readonly<Record<string, string>>): Promise<UserPrincipal> {
  const phone = `+49301234${String(numbers++).padStart(3, "0")}`;
  const { claimCode: _code, ...person } = OWNER;
  return principalOf(house, await house.identity.signUp({ ...person, phone, ...more }));
}

async function twoTenants() {
  const house = await openTestIdentity();
  const { members } = house.identity;
  const root = await signUp(house, { claimCode: OWNER.claimCode });
  const made = await members.tenants.add("acme");
  const ann = await signUp(house, { inviteCode: made.code });
  return { ann, house, made, members, root };
}

test("add lets the first owner in, of that organisation and nothing else", async () => {
  const { ann, house, made, members, root } = await twoTenants();
  expect(made).toMatchObject({ tenant: "acme", role: "owner" });
  expect(ann).toMatchObject({ tenantId: "acme", role: "owner" });
  expect(root.tenantId).toBe(DEFAULT_TENANT);
  const { code } = await members.invite(ann, "member");
  const ben = await signUp(house, { inviteCode: code });
  expect(ben).toMatchObject({ tenantId: "acme", role: "member" });
  expect((await members.list(ann)).map(({ user }) => user)).toEqual([ann.userId, ben.userId]);
  expect((await members.list(root)).map(({ user }) => user)).toEqual([root.userId]);
  expect(await members.invites(root)).toEqual([]);
  const [open, first] = await members.invites(ann);
  expect(first).toMatchObject({ role: "owner", createdBy: SYSTEM_USER, usedBy: ann.userId });
  if (open === undefined) throw new Error("The invitation is listed");
  await expect(members.endInvite(root, open.invite)).rejects.toMatchObject({ code: "invite-missing" });
  for (const [asker, whom] of [
    [root, ben],
    [ann, root],
  ] as const) {
    await expect(members.setRole(asker, whom.userId, "guest")).rejects.toMatchObject({ code: "policy-hidden" });
    await expect(members.suspend(asker, whom.userId)).rejects.toMatchObject({ code: "policy-hidden" });
  }
  await house.keystore.close();
});

test("add gives no organisation away that has people, and voids the code that nobody used", async () => {
  const { house, members } = await twoTenants();
  for (const name of ["acme", "default"]) {
    await expect(members.tenants.add(name)).rejects.toMatchObject({ code: "tenant-taken" });
  }
  for (const name of ["", "Acme", "-a", "a/b", "a".repeat(64), "__proto__"]) {
    await expect(members.tenants.add(name)).rejects.toMatchObject({ code: "tenant-invalid" });
  }
  const [first, second] = [await members.tenants.add("globex"), await members.tenants.add("globex")];
  await expect(signUp(house, { inviteCode: first.code })).rejects.toMatchObject({ code: "identity-invite-invalid" });
  expect((await signUp(house, { inviteCode: second.code })).tenantId).toBe("globex");
  await house.keystore.close();
});

test("list knows who is there, who may come, and who is gone; the log alone tells the same", async () => {
  const { ann, house, members } = await twoTenants();
  const { expiresAtMs } = await members.tenants.add("globex");
  const expected = [
    { tenant: "acme", people: 1, invitedUntilMs: null },
    { tenant: "default", people: 1, invitedUntilMs: null },
    { tenant: "globex", people: 0, invitedUntilMs: expiresAtMs },
  ];
  const standing = { suspendedAtMs: null, endedAtMs: null };
  expect(await members.tenants.list()).toEqual(expected.map((row) => ({ ...row, ...standing })));
  const again = new MemoryIdentityStore(house.log);
  await again.caughtUp({ topic: "identity", partition: 0, offset: house.log.records("identity", 0).length - 1 });
  expect(await again.tenants()).toEqual(expected);
  // Whoever is alone in an organisation may go, whatever people other organisations have.
  await house.identity.accounts.checkMayEnd(ann.userId);
  await house.identity.accounts.end(ann.tenantId, ann.userId);
  expect(await members.tenants.list()).toContainEqual({ tenant: "acme", people: 0, invitedUntilMs: null, ...standing });
  expect((await members.tenants.add("acme")).tenant).toBe("acme");
  await house.keystore.close();
});

test("a house whose own people are gone is claimed by the code again, not by another organisation", async () => {
  const { ann, house, root } = await twoTenants();
  await house.identity.accounts.end(root.tenantId, root.userId);
  expect(await house.identity.isClaimed()).toBe(false);
  await expect(signUp(house, {})).rejects.toMatchObject({ code: "identity-claim-wrong" });
  const { code } = await house.identity.members.invite(ann, "member");
  expect((await signUp(house, { inviteCode: code })).tenantId).toBe("acme");
  expect(await signUp(house, { claimCode: OWNER.claimCode })).toMatchObject({ tenantId: "default", role: "owner" });
  await house.keystore.close();
});

const isOpen = async (door: Promise<unknown>): Promise<boolean> =>
  door.then(
    (answer) => answer !== undefined,
    () => false,
  );

test("suspend shuts every door of an organisation at once, resume opens them again; the log alone tells the same", async () => {
  const { ann, house, members, root } = await twoTenants();
  const { identity } = house;
  const { claimCode: _code, ...person } = OWNER;
  const phone = "+49301239001";
  const { code } = await members.invite(ann, "member");
  const session = await identity.signUp({ ...person, phone, inviteCode: code });
  const ben = await principalOf(house, session);
  const { code: open } = await members.invite(ann, "member");
  const request = { name: "a program", kind: "agent", scopes: ["memory.read"], expiresAtMs: null } as const;
  const { key } = await identity.apiKeys.create(ben, request);
  const credentials = { phone, password: OWNER.password };
  /** Doors that open, of a house that was opened over the same log, too. */
  const doors = async ({ identity: at }: TestIdentity) => ({
    token: (await at.authenticate(session.accessToken)).type === "user",
    password: await isOpen(at.logIn(credentials)),
    kafka: await isOpen(at.verify(credentials)),
    key: (await at.apiKeys.authenticate(key)).type === "key",
  });
  const all = { token: true, password: true, kafka: true, key: true };
  const none = { token: false, password: false, kafka: false, key: false };
  expect(await doors(house)).toEqual(all);

  await members.tenants.suspend("acme");
  expect(await doors(house)).toEqual(none);
  expect(await isOpen(identity.refresh(session.refreshToken))).toBe(false);
  await expect(identity.logIn(credentials)).rejects.toMatchObject({ code: "identity-suspended" });
  await expect(signUp(house, { inviteCode: open })).rejects.toMatchObject({ code: "identity-invite-invalid" });
  expect(await members.tenants.list()).toContainEqual({
    tenant: "acme",
    people: 2,
    invitedUntilMs: expect.any(Number),
    suspendedAtMs: house.clock.nowMs(),
    endedAtMs: null,
  });
  // Nobody else is kept out.
  expect(identity.members.isSuspended({ user: root.userId, tenant: root.tenantId })).toBe(false);
  const again = await openTestIdentity(house.log, house.clock);
  expect(await doors(again)).toEqual(none);
  await again.keystore.close();

  await members.tenants.resume("acme");
  // The sessions of before have ended.
  expect(await doors(house)).toEqual({ ...all, token: false });
  expect((await signUp(house, { inviteCode: open })).tenantId).toBe("acme");
  await house.keystore.close();
});

test("a session is refused from the moment that its organisation is suspended, before it has ended itself", async () => {
  const { house } = await twoTenants();
  const { code } = await house.identity.members.tenants.add("globex");
  const { claimCode: _code, ...person } = OWNER;
  const session = await house.identity.signUp({ ...person, phone: "+49301239002", inviteCode: code });
  const { tenantId: tenant } = await principalOf(house, session);
  const at = house.clock.nowMs();
  const base = { v: EVENT_VERSION, at, tenant, user: SYSTEM_USER, revision: 1 };
  const value = encodeEvent({ type: "access.tenant", ...base, suspended_at: at, ended_at: null });
  const record = { key: encodeText("tenant/globex"), value, timestampMs: at };
  await house.log.append(TOPICS.access.name, 0, [record]);
  await expect.poll(() => house.identity.authenticate(session.accessToken)).toEqual({ type: "refused", why: "ended" });
  await house.keystore.close();
});

test("end is for ever: no door, no invitation, no new organisation of that name", async () => {
  const { ann, house, members } = await twoTenants();
  const { code } = await members.invite(ann, "member");
  expect(await members.tenants.endable("acme")).toBe("acme");
  await members.tenants.end(ann.tenantId);
  await members.tenants.end(ann.tenantId);
  await expect(signUp(house, { inviteCode: code })).rejects.toMatchObject({ code: "identity-invite-invalid" });
  expect(members.isSuspended({ user: ann.userId, tenant: ann.tenantId })).toBe(true);
  const { tenants } = members;
  for (const again of [tenants.resume("acme"), tenants.suspend("acme"), tenants.endable("acme"), tenants.add("acme")]) {
    await expect(again).rejects.toMatchObject({ code: "tenant-ended" });
  }
  for (const change of [tenants.suspend("default"), tenants.resume("default"), tenants.endable("default")]) {
    await expect(change).rejects.toMatchObject({ code: "tenant-protected" });
  }
  for (const name of ["globex", "__proto__", ""]) {
    await expect(tenants.suspend(name)).rejects.toMatchObject({ code: "tenant-missing" });
  }
  await house.keystore.close();
});
