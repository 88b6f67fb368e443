import { seededRandom } from "@kaelix/base";
import { type AccessEvent, DEFAULT_TENANT, makeId, type TenantId } from "@kaelix/model";
import fc from "fast-check";
import { expect, test } from "vitest";

import { type AccessState, accessSubject, foldAccess, foldAccessTombstone } from "./fold.ts";

const random = seededRandom(7);
const [ada, ben] = [makeId("usr", 1, random), makeId("usr", 2, random)];
const [key, grant] = [makeId("key", 3, random), makeId("grt", 4, random)];
const empty = (): AccessState => ({
  factors: new Map(),
  keys: new Map(),
  apps: new Map(),
  grants: new Map(),
  accounts: new Map(),
  ways: new Map(),
  seals: new Map(),
  tenants: new Map(),
});
const factors = (revision: number, step: number, tenant: TenantId = DEFAULT_TENANT): AccessEvent => ({
  type: "access.factors",
  v: 2,
  at: 1,
  tenant,
  user: ada,
  revision,
  totp: "AAAA",
  step,
  recovery: [`code-${step}`],
});

const events: fc.Arbitrary<AccessEvent> = fc
  .record({
    kind: fc.constantFrom("factors", "key", "grant"),
    user: fc.constantFrom(ada, ben),
    revision: fc.integer({ min: 1, max: 6 }),
    at: fc.integer({ min: 1, max: 100 }),
    ended: fc.option(fc.integer({ min: 1, max: 100 })),
    hash: fc.constantFrom("AAAA", "BBBB"),
  })
  .map(({ kind, user, revision, at, ended, hash }): AccessEvent => {
    const base = { v: 2, at, tenant: DEFAULT_TENANT, user, revision };
    if (kind === "factors") return { type: "access.factors", ...base, totp: hash, step: at, recovery: [] };
    const times = { expires_at: 200, ended_at: ended };
    if (kind === "key") {
      const shape = { key, kind: "agent", sealed: "AAAA", hash, scopes: ["memory.read"], ceiling: 2 } as const;
      return { type: "access.key", ...base, ...shape, ...times, created_at: 1, used_at: at };
    }
    const what = { type: "all" } as const;
    return { type: "access.grant", ...base, ...times, grant, to: ada, what, ceiling: 1, purpose: null, starts_at: 1 };
  });

test("foldAccess lets the first of two states of one revision stand, whatever order they were decided in", () => {
  const state = empty();
  expect(foldAccess(state, factors(1, 10))).toBe(true);
  expect(foldAccess(state, factors(1, 11))).toBe(false);
  expect(state.factors.get(ada)?.recovery).toEqual(["code-10"]);
  expect(foldAccess(state, factors(2, 9))).toBe(true);
  expect(state.factors.get(ada)?.step).toBe(10);
  expect(foldAccess(state, factors(3, 12, "acme" as TenantId))).toBe(false);
});

test("foldAccess keeps a key and a grant ended whatever a later state says", () => {
  const state = empty();
  const base = { v: 2, at: 1, tenant: DEFAULT_TENANT, user: ada, expires_at: 200 } as const;
  for (const [revision, ended_at] of [
    [1, 5],
    [2, null],
    [3, 9],
  ] as const) {
    const made = { sealed: "AAAA", hash: "AAAA", scopes: [], ceiling: 2, created_at: 1, used_at: null } as const;
    foldAccess(state, { ...base, ...made, type: "access.key", key, kind: "agent", revision, ended_at });
    const shared = { to: ben, what: { type: "all" }, ceiling: 1, purpose: null, starts_at: 1 } as const;
    foldAccess(state, { ...base, ...shared, type: "access.grant", grant, revision, ended_at });
    expect([state.keys.get(key)?.endedAtMs, state.grants.get(grant)?.endedAtMs]).toEqual([5, 5]);
  }
});

test("foldAccess gives the same in one go, in pieces and when every event comes twice", () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), (list) => {
      const [once, twice] = [empty(), empty()];
      for (const event of list) foldAccess(once, event);
      for (const event of list) for (let time = 0; time < 2; time++) foldAccess(twice, event);
      expect(twice).toEqual(once);
    }),
  );
});

test("foldAccess never moves a key or grant to somebody else, nor opens again what has ended", () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), (list) => {
      const state = empty();
      let owner: string | undefined;
      let hasEnded = false;
      for (const event of list) {
        foldAccess(state, event);
        const row = state.keys.get(key);
        owner ??= row?.user;
        expect(row?.user).toBe(owner);
        if (hasEnded) expect(row?.endedAtMs).not.toBeNull();
        hasEnded = row !== undefined && row.endedAtMs !== null;
      }
    }),
  );
});

test("foldAccess keeps an organisation ended whatever a later state says, and lets a suspended one go on", () => {
  const state = empty();
  const base = { type: "access.tenant", v: 8, at: 1, tenant: "acme" as TenantId, user: ada } as const;
  expect(foldAccess(state, { ...base, revision: 1, suspended_at: 5, ended_at: null })).toBe(true);
  expect(foldAccess(state, { ...base, revision: 1, suspended_at: null, ended_at: null })).toBe(false);
  expect(foldAccess(state, { ...base, revision: 2, suspended_at: null, ended_at: 9 })).toBe(true);
  expect(foldAccess(state, { ...base, revision: 3, suspended_at: null, ended_at: null })).toBe(true);
  expect(state.tenants.get(base.tenant)).toEqual({ tenant: "acme", revision: 3, suspendedAtMs: null, endedAtMs: 9 });
});

test("foldAccessTombstone forgets what stands under a record key", () => {
  const state = empty();
  foldAccess(state, factors(1, 10));
  foldAccessTombstone(state, accessSubject(factors(1, 10)));
  expect(state.factors.size).toBe(0);
  expect(foldAccess(state, factors(1, 3))).toBe(true);
});

test("a way in belongs to one person until it has ended, and its counter never goes back", () => {
  const state = empty();
  const way = (
    user: typeof ada,
    revision: number,
    more: { readonly counter?: number; readonly ended_at?: number } = {},
  ) =>
    foldAccess(state, {
      type: "access.way",
      v: 4,
      at: 1,
      tenant: DEFAULT_TENANT,
      user,
      revision,
      way: "hash",
      kind: "passkey",
      sealed: "AAAA",
      counter: 0,
      created_at: 1,
      used_at: null,
      ended_at: null,
      ...more,
    });
  expect(way(ada, 1, { counter: 7 })).toBe(true);
  expect(way(ben, 2)).toBe(false);
  expect(way(ada, 2, { counter: 3 })).toBe(true);
  expect(state.ways.get("hash")).toMatchObject({ user: ada, counter: 7 });
  expect(way(ada, 3, { ended_at: 9 })).toBe(true);
  expect(way(ben, 4, { counter: 1 })).toBe(true);
  expect(state.ways.get("hash")).toMatchObject({ user: ben, counter: 1, endedAtMs: null });
});
