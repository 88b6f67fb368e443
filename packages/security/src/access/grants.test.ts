import { systemRandom } from "@kaelix/base";
import { makeId, type TenantId, type UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { decide } from "../policy/decide.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import type { GrantRequest } from "./grants.ts";

interface Two {
  readonly house: TestIdentity;
  readonly ada: UserPrincipal;
  readonly ben: UserPrincipal;
  readonly request: GrantRequest;
}

async function withTwo(): Promise<Two> {
  const house = await openTestIdentity();
  const ada = await principalOf(house, await house.identity.signUp(OWNER));
  const { code: inviteCode } = await house.identity.createInvite(ada, "guest");
  const signed = await house.identity.signUp({ ...OWNER, phone: "+442071838750", inviteCode });
  const ben = await principalOf(house, signed);
  const what = { type: "about", subject: "per_mother" } as const;
  const request = {
    to: ben.userId,
    what,
    ceiling: 2,
    purpose: null,
    expiresAtMs: house.clock.nowMs() + 1_000,
  } as const;
  return { house, ada, ben, request };
}

function mayRead({ house, ada, ben }: Two, about: readonly string[]): boolean {
  const resource = { type: "owned", tenant: ada.tenantId, owner: ada.userId, level: 2, about } as const;
  const context = { nowMs: house.clock.nowMs(), grants: house.identity.grants.openFor(ben) };
  return decide(ben, "memory.read", resource, context).allow;
}

test("a grant opens what it says until it ends, and either of the two may end it", async () => {
  const two = await withTwo();
  const { house, ada, ben, request } = two;
  const { grants } = house.identity;
  expect(mayRead(two, ["per_mother"])).toBe(false);
  for (const ender of [ada, ben]) {
    const given = await grants.give(ada, request);
    expect([mayRead(two, ["per_mother"]), mayRead(two, ["per_father"]), mayRead(two, [])]).toEqual([
      true,
      false,
      false,
    ]);
    await expect(grants.end({ ...ada, userId: makeId("usr", 1, systemRandom) }, given.grant)).rejects.toMatchObject({
      code: "grant-missing",
    });
    await grants.end(ender, given.grant);
    expect(mayRead(two, ["per_mother"])).toBe(false);
  }
  const stranger = { ...ada, tenantId: "acme" as TenantId };
  await expect(grants.give(stranger, request)).rejects.toThrow("no such person");
  expect(grants.givenBy(ada)).toHaveLength(2);
  expect(grants.givenBy(ben)).toHaveLength(0);
  await house.keystore.close();
});

test("a grant that is over stays over when the clock is set back and after a restart", async () => {
  const two = await withTwo();
  const { house, ada, ben, request } = two;
  const startMs = house.clock.nowMs();
  await house.identity.grants.give(ada, request);
  expect(mayRead(two, ["per_mother"])).toBe(true);
  house.clock.advance(1_000);
  expect(house.identity.grants.openFor(ben)).toEqual([]);
  await expect.poll(() => house.identity.grants.givenBy(ada)[0]?.endedAtMs).toBe(startMs + 1_000);
  house.clock.jumpTo(startMs);
  expect(house.identity.grants.openFor(ben)).toEqual([]);
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  expect(again.identity.grants.openFor(ben)).toEqual([]);
  await again.keystore.close();
});

test.each([
  [{ ceiling: 4 }, "level 4"],
  [{ expiresAtMs: 1 }, "after now"],
  [{ expiresAtMs: Number.MAX_SAFE_INTEGER }, "ten years"],
  [{ purpose: "Two words" }, "one word"],
  [{ what: { type: "about", subject: "" } }, "about"],
  [{ what: { type: "time", from: 5, until: 5 } }, "range"],
  [{ to: makeId("usr", 1, systemRandom) }, "no such person"],
] as const)("a grant cannot be given with %j", async (change, why) => {
  const { house, ada, request } = await withTwo();
  await expect(house.identity.grants.give(ada, { ...request, ...change })).rejects.toThrow(why);
  await expect(house.identity.grants.give(ada, { ...request, to: ada.userId })).rejects.toThrow("yourself");
  await house.keystore.close();
});
