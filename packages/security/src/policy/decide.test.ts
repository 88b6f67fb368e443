import { DEFAULT_TENANT, LEVELS, makeId, type Principal, type Role } from "@kaelix/model";
import { seededRandom } from "@kaelix/base";
import { expect, test } from "vitest";

import { ACTIONS, type Action, parseAction } from "./actions.ts";
import { decide, denialError } from "./decide.ts";

const random = seededRandom(5);
const people = [1, 2, 3].map((at) => makeId("usr", at, random));
const sessionId = makeId("ses", 1, random);
const roles: readonly Role[] = ["owner", "admin", "member", "guest"];
// The names come from the table itself.
const actions = Object.keys(ACTIONS) as Action[];
const nowMs = 1_750_000_000_000;

test("decide denies every action that is not in the list", () => {
  const user: Principal = {
    type: "user",
    tenantId: DEFAULT_TENANT,
    userId: people[0] ?? expect.fail(),
    role: "owner",
    sessionId,
    ceiling: 4,
  };
  for (const name of [
    "",
    "memory.readAll",
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "PUBLIC",
    "memory.read ",
  ]) {
    expect(parseAction(name)).toBeUndefined();
    for (const resource of [
      { type: "installation", tenant: DEFAULT_TENANT },
      { type: "owned", tenant: DEFAULT_TENANT, owner: people[0] ?? expect.fail() },
    ] as const) {
      // What a caller without types could pass.
      expect(decide(user, name as Action, resource, { nowMs })).toEqual({ allow: false, reason: "action" });
    }
  }
});

test("decide lets no administrator read another's content and answers alike at every level", () => {
  for (const role of roles) {
    const admin = {
      type: "user",
      tenantId: DEFAULT_TENANT,
      userId: people[0] ?? expect.fail(),
      role,
      sessionId,
      ceiling: 1,
    } as const;
    for (const level of LEVELS) {
      const resource = { type: "owned", tenant: DEFAULT_TENANT, owner: people[1] ?? expect.fail(), level } as const;
      for (const action of actions.filter((name) => ACTIONS[name].scope === "own")) {
        expect(decide(admin, action, resource, { nowMs })).toEqual({ allow: false, reason: "owner" });
      }
    }
  }
});

test("denialError hides what belongs to others", () => {
  expect([denialError("owner"), denialError("tenant")].map((error) => [error.code, error.status])).toEqual([
    ["policy-hidden", 404],
    ["policy-hidden", 404],
  ]);
  expect([denialError("sign-in").status, denialError("level").status, denialError("role").status]).toEqual([
    401, 403, 403,
  ]);
});
