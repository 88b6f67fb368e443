import { DEFAULT_TENANT, LEVELS, makeId, type Principal, type Role, type TenantId } from "@kaelix/model";
import { seededRandom } from "@kaelix/base";
import fc from "fast-check";
import { expect, test } from "vitest";

import { ACTIONS, type Action, parseAction } from "./actions.ts";
import { decide, denialError, type Resource } from "./decide.ts";

const random = seededRandom(5);
const tenants = [DEFAULT_TENANT, "acme" as TenantId];
const people = [1, 2, 3].map((at) => makeId("usr", at, random));
const sessionId = makeId("ses", 1, random);
const roles: readonly Role[] = ["owner", "admin", "member", "guest"];
// The names come from the table itself.
const actions = Object.keys(ACTIONS) as Action[];
const nowMs = 1_750_000_000_000;

const subjects: fc.Arbitrary<Principal> = fc.oneof(
  fc.record({ type: fc.constant("anonymous" as const), tenantId: fc.constantFrom(...tenants) }),
  fc.record({
    type: fc.constant("user" as const),
    tenantId: fc.constantFrom(...tenants),
    userId: fc.constantFrom(...people),
    role: fc.constantFrom(...roles),
    sessionId: fc.constant(sessionId),
    ceiling: fc.constantFrom(...LEVELS),
  }),
);
const resources: fc.Arbitrary<Resource> = fc.oneof(
  fc.record({ type: fc.constant("installation" as const), tenant: fc.constantFrom(...tenants) }),
  fc.record(
    {
      type: fc.constant("owned" as const),
      tenant: fc.constantFrom(...tenants),
      owner: fc.constantFrom(...people),
      level: fc.constantFrom(...LEVELS),
    },
    { requiredKeys: ["type", "tenant", "owner"] },
  ),
);
const ends = fc.constantFrom(undefined, null, nowMs - 1, nowMs, nowMs + 1);

/** The reference: the list of all that is allowed, spelled out, with nothing in common with the rules of the code. */
const SERVER = new Set(["owner server.rebuild"]);
for (const role of ["owner", "admin"]) {
  for (const verb of ["invite.create", "server.status", "server.verify", "server.metrics"])
    SERVER.add(`${role} ${verb}`);
}
for (const role of ["owner", "admin", "member"]) SERVER.add(`${role} streams.use`);
for (const role of ["owner", "admin"]) SERVER.add(`${role} streams.administer`);
const OPEN = /^(memory\.create|user\.read|session\.(list|end|unlock|lock))$/;
const NOT_FOR_GUESTS = /^(import\.(create|list|undo)|export\.run)$/;
const SHOWS = /^(memory\.(list|read|edit|move|forget|search|ask)|export\.run|events\.follow)$/;
const IMPORTS = /^import\./;

function reference(who: Principal, verb: string, what: Resource, until: number | null | undefined): boolean {
  if (verb === "public") return true;
  if (who.type === "anonymous" || who.tenantId !== what.tenant) return false;
  if (what.type === "installation") return SERVER.has(`${who.role} ${verb}`);
  const isMine = what.owner === who.userId;
  const top = until === undefined || until === null || until > nowMs ? who.ceiling : [1, 2, 2, 2][who.ceiling - 1];
  const isLow = (what.level ?? 1) <= (top ?? 0);
  const isForMe = who.role !== "guest" || !NOT_FOR_GUESTS.test(verb);
  return isMine && isForMe && (OPEN.test(verb) || IMPORTS.test(verb) || (SHOWS.test(verb) && isLow));
}

test("decide agrees with a reference model written as a list of what is allowed", () => {
  let allowed = 0;
  fc.assert(
    fc.property(subjects, fc.constantFrom(...actions), resources, ends, (subject, action, resource, until) => {
      const context = until === undefined ? { nowMs } : { nowMs, ceilingUntilMs: until };
      const decision = decide(subject, action, resource, context);
      if (decision.allow) allowed++;
      expect(decision.allow).toBe(reference(subject, action, resource, until));
    }),
    { numRuns: 5_000 },
  );
  expect(allowed).toBeGreaterThan(100);
});

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
