import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, LEVELS, makeId, type Principal, type TenantId } from "@kaelix/model";
import { expect, test } from "vitest";

import type { GrantRow } from "../access/rows.ts";
import { referenceAllows } from "../testing/policy-reference.ts";
import { PolicyWorlds } from "../testing/policy-worlds.ts";
import { ACTIONS, type Action } from "./actions.ts";
import { decide, denialError, explain } from "./decide.ts";
import { parseDenyRules } from "./deny-rules.ts";
import { filterFor, passesFilter } from "./filter.ts";
import type { AgentSubject, Resource, Subject } from "./subjects.ts";

const nowMs = 1_750_000_000_000;
const ids = seededRandom(3);
const [ada, ben] = [makeId("usr", 1, ids), makeId("usr", 2, ids)];
const person: Principal = {
  type: "user",
  tenantId: DEFAULT_TENANT,
  userId: ada,
  role: "owner",
  sessionId: makeId("ses", 1, ids),
  ceiling: 4,
};
// The names come from the table itself.
const names = Object.keys(ACTIONS) as Action[];

// The whole million: `npm run bench -- policy`.
test("decide and explain agree with the reference model on 20,000 random questions (seed 11)", () => {
  const worlds = new PolicyWorlds(seededRandom(11));
  const reasons = new Map<string, number>();
  for (let count = 0; count < 20_000; count++) {
    const { subject, action, resource, context } = worlds.next();
    const decision = decide(subject, action, resource, context);
    if (decision.allow !== referenceAllows(subject, action, resource, context)) {
      expect.fail(`Question ${count} of seed 11: ${JSON.stringify({ subject, action, resource, context, decision })}`);
    }
    reasons.set(decision.reason, (reasons.get(decision.reason) ?? 0) + 1);
    if (count % 20 !== 0) continue;
    const explained = explain(subject, action, resource, context);
    expect(explained.decision).toEqual(decision);
    expect(explained.steps.at(-1)?.answer === "denies").toBe(!decision.allow);
    expect(explained.steps.slice(0, -1).some((step) => step.answer === "denies")).toBe(false);
  }
  // Every reason there is has been met, or the questions are no test.
  for (const reason of [
    "public",
    "own",
    "role",
    "grant",
    "key",
    "tenant",
    "sign-in",
    "scope",
    "rule",
    "owner",
    "reach",
    "level",
    "proof",
  ]) {
    expect(reasons.get(reason) ?? 0, reason).toBeGreaterThan(20);
  }
});

test("filterFor lets through exactly what decide allows, item by item (seed 12)", () => {
  const worlds = new PolicyWorlds(seededRandom(12));
  let [through, kept] = [0, 0];
  for (let world = 0; world < 1_500; world++) {
    const { subject, action, context } = worlds.next();
    const filter = filterFor(subject, action, context);
    if (action === "public") continue;
    for (let count = 0; count < 12; count++) {
      const item = worlds.item();
      const isAllowed: boolean = decide(subject, action, item, context).allow;
      if (passesFilter(filter, item) !== isAllowed) {
        expect.fail(
          `World ${world} of seed 12: ${JSON.stringify({ subject, action, item, context, filter, isAllowed })}`,
        );
      }
      if (isAllowed) through++;
      else kept++;
    }
  }
  expect(Math.min(through, kept)).toBeGreaterThan(1_000);
});

test("an agent may do nothing that its person may not, and never what is above level 2 or needs a proof", () => {
  const agent: AgentSubject = {
    type: "agent",
    tenantId: DEFAULT_TENANT,
    keyId: makeId("key", 1, ids),
    userId: ada,
    role: "owner",
    scopes: names,
    ceiling: 4,
    reach: "all",
  };
  const context = { nowMs, provedUntilMs: nowMs + 1, ceilingUntilMs: nowMs + 1 };
  for (const action of names) {
    for (const level of LEVELS) {
      const resource: Resource = { type: "owned", tenant: DEFAULT_TENANT, owner: ada, level };
      const byAgent = decide(agent, action, resource, context);
      if (byAgent.allow) expect(decide(person, action, resource, context).allow).toBe(true);
      if (byAgent.allow && ACTIONS[action].reveals) expect(level).toBeLessThanOrEqual(2);
      if (byAgent.allow) expect(ACTIONS[action].proof).toBe(false);
    }
  }
  for (const action of [
    "session.unlock",
    "factor.change",
    "key.create",
    "grant.give",
    "export.run",
    "memory.move",
    "memory.never-recall",
  ] as const) {
    const own: Resource = { type: "owned", tenant: DEFAULT_TENANT, owner: ada };
    expect(decide(agent, action, own, context)).toEqual({ allow: false, reason: "key" });
  }
});

test.each([
  ["own", [true, false, false]],
  ["person", [true, true, false]],
  ["all", [true, true, true]],
] as const)("a program whose reach is %s reads its own words, its person's and another program's: %j", (reach, may) => {
  const [keyId, rival] = [makeId("key", 2, ids), makeId("key", 3, ids)];
  const mine: Resource = { type: "owned", tenant: DEFAULT_TENANT, owner: ada, level: 1 };
  const agent: AgentSubject = {
    type: "agent",
    tenantId: DEFAULT_TENANT,
    keyId,
    userId: ada,
    role: "owner",
    scopes: ["memory.read", "memory.list"],
    ceiling: 2,
    reach,
  };
  const standIn: Principal = { ...person, ceiling: 2, program: { key: keyId, reach } };
  for (const [at, namespace] of [keyId, null, rival].entries()) {
    const decision = { allow: may[at], reason: may[at] === true ? "own" : "reach" };
    for (const subject of [agent, standIn]) {
      expect(decide(subject, "memory.read", { ...mine, namespace }, { nowMs })).toEqual(decision);
      const item = { ...mine, level: 1, namespace } as const;
      expect(passesFilter(filterFor(subject, "memory.read", { nowMs }), item)).toBe(may[at]);
    }
    expect(decide(person, "memory.read", { ...mine, namespace }, { nowMs }).allow).toBe(true);
  }
  expect(decide(agent, "memory.list", mine, { nowMs }).allow).toBe(true);
  expect(denialError("reach").code).toBe("policy-hidden");
});

test("nobody of another organisation does anything to the house, to this organisation, or to what is somebody's in it", () => {
  const resources: readonly Resource[] = [
    { type: "house" },
    { type: "installation", tenant: DEFAULT_TENANT },
    { type: "owned", tenant: DEFAULT_TENANT, owner: ada, level: 1 },
  ];
  const context = { nowMs, provedUntilMs: nowMs + 1 };
  const tenantId = "acme" as TenantId;
  const keyId = makeId("key", 1, ids);
  for (const action of names.filter((name) => ACTIONS[name].scope !== "public")) {
    const allows = (subject: Subject): boolean =>
      resources.some((resource) => decide(subject, action, resource, context).allow);
    expect(allows(person) || allows({ type: "service", tenantId: DEFAULT_TENANT, keyId, scopes: names })).toBe(true);
    expect(allows({ ...person, tenantId }), action).toBe(false);
    expect(allows({ type: "service", tenantId, keyId, scopes: names }), action).toBe(false);
  }
});

test("a grant from another organisation opens nothing, neither one by one nor in a list", () => {
  const grant: GrantRow = {
    grant: makeId("grt", 1, ids),
    tenant: "acme" as TenantId,
    from: ben,
    to: ada,
    revision: 1,
    what: { type: "all" },
    ceiling: 2,
    purpose: null,
    startsAtMs: 0,
    expiresAtMs: nowMs + 1,
    endedAtMs: null,
  };
  const theirs = { type: "owned", tenant: DEFAULT_TENANT, owner: ben, level: 1 } as const;
  for (const [tenant, isAllowed] of [
    [grant.tenant, false],
    [DEFAULT_TENANT, true],
  ] as const) {
    const context = { nowMs, grants: [{ ...grant, tenant }] };
    expect(decide(person, "memory.read", theirs, context).allow).toBe(isAllowed);
    expect(passesFilter(filterFor(person, "memory.read", context), { ...theirs, namespace: null })).toBe(isAllowed);
  }
});

test("what changes keys, factors and shares needs a proof that is still fresh", () => {
  const resource: Resource = { type: "owned", tenant: DEFAULT_TENANT, owner: ada };
  for (const action of ["factor.change", "key.create", "grant.give"] as const) {
    expect(decide(person, action, resource, { nowMs })).toEqual({ allow: false, reason: "proof" });
    expect(decide(person, action, resource, { nowMs, provedUntilMs: nowMs }).allow).toBe(false);
    expect(decide(person, action, resource, { nowMs, provedUntilMs: nowMs + 1 }).allow).toBe(true);
  }
  expect(denialError("proof").code).toBe("identity-proof-required");
  expect(denialError("rule").status).toBe(403);
});

test("explain names the rule that decided", () => {
  const denyRules = parseDenyRules([{ id: "no-export", actions: ["export.run"] }]);
  const mine: Resource = { type: "owned", tenant: DEFAULT_TENANT, owner: ada, level: 2 };
  expect(explain(person, "export.run", mine, { nowMs, denyRules })).toMatchObject({
    decision: { allow: false, reason: "rule", rule: "no-export" },
    steps: [
      { question: "tenant", answer: "passes" },
      { question: "sign-in", answer: "passes" },
      { question: "rule", answer: "denies", text: "Rule no-export of the installation forbids it" },
    ],
  });
  const admin: Principal = { ...person, role: "admin" };
  const theirs: Resource = { type: "owned", tenant: DEFAULT_TENANT, owner: ben, level: 1 };
  expect(explain(admin, "memory.read", theirs, { nowMs }).steps.at(-1)).toEqual({
    question: "owner",
    answer: "denies",
    text: "It belongs to somebody else, who has not shared it",
  });
});

test.each([
  [{}, "list"],
  [[{ id: "A b", actions: "all" }], "id"],
  [[{ id: "a", actions: [] }], "actions"],
  [[{ id: "a", actions: ["memory.rea"] }], "actions"],
  [[{ id: "a", actions: "all", role: ["guest"] }], "field role is unknown"],
  [[{ id: "a", actions: "all", levelMin: 5 }], "levelMin"],
  [[{ id: "a", actions: "all", network: "local" }], "network"],
  [[{ id: "a", actions: "all", minutes: { from: 0, until: 1_440 } }], "minutes"],
  [[{ id: "a", actions: "all", roles: ["owner", "king"] }], "roles"],
  [
    [
      { id: "a", actions: "all" },
      { id: "a", actions: "all" },
    ],
    "same id",
  ],
  [[null], "object"],
])("parseDenyRules refuses %j", (value, why) => {
  expect(() => parseDenyRules(value)).toThrow(why);
});
