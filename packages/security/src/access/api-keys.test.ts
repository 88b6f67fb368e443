import { systemRandom } from "@kaelix/base";
import { makeId, type UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { decide } from "../policy/decide.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import { makeApiKey, parseApiKey } from "./api-key-format.ts";
import type { ApiKeyRequest } from "./api-keys.ts";

const REQUEST: ApiKeyRequest = { name: "My agent", kind: "agent", scopes: ["memory.search"], expiresAtMs: null };

async function withOwner(): Promise<{ readonly house: TestIdentity; readonly principal: UserPrincipal }> {
  const house = await openTestIdentity();
  return { house, principal: await principalOf(house, await house.identity.signUp(OWNER)) };
}

test("a key is shown once, kept as a hash, and opens what it says", async () => {
  const { house, principal } = await withOwner();
  const keys = house.identity.apiKeys;
  const { key, info } = await keys.create(principal, { ...REQUEST, ceiling: 2 });
  expect(key).toMatch(/^klx_[0-9A-Z]{26}_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/);
  expect(await keys.authenticate(key)).toMatchObject({
    type: "key",
    subject: { type: "agent", userId: principal.userId, role: "owner", scopes: ["memory.search"], ceiling: 2 },
  });
  const stored = house.log
    .records("access", 0)
    .map((record) => Buffer.from(record.value ?? []).toString())
    .join();
  expect(stored).toContain(info.key);
  for (const secret of [key, key.slice(31, 74), "My agent"]) expect(stored).not.toContain(secret);
  expect(await keys.list(principal)).toMatchObject([{ name: "My agent", state: "open", ceiling: 2 }]);
  await house.keystore.close();
});

test("a key with any letter changed, cut or added opens nothing", async () => {
  const { house, principal } = await withOwner();
  const { key } = await house.identity.apiKeys.create(principal, REQUEST);
  for (let at = 0; at < key.length; at++) {
    const other = key.charAt(at) === "A" ? "B" : "A";
    for (const forged of [
      key.slice(0, at) + other + key.slice(at + 1),
      key.slice(0, at),
      `${key}${other}`,
      ` ${key}`,
    ]) {
      expect((await house.identity.apiKeys.authenticate(forged)).type, forged).toBe("refused");
    }
  }
  expect(parseApiKey(key.slice(0, 40) + (key.charAt(40) === "A" ? "B" : "A") + key.slice(41))).toBeUndefined();
  // A well-formed key of the same id with another secret, and of an id that never was.
  const id = parseApiKey(key) ?? expect.fail();
  for (const forged of [makeApiKey(id, systemRandom), makeApiKey(makeId("key", 1, systemRandom), systemRandom)]) {
    expect(await house.identity.apiKeys.authenticate(forged)).toEqual({ type: "refused", why: "unknown" });
  }
  await house.keystore.close();
});

test("an ended key is ended at once and after a restart, and only by its maker", async () => {
  const { house, principal } = await withOwner();
  const keys = house.identity.apiKeys;
  const { key, info } = await keys.create(principal, REQUEST);
  const stranger = { ...principal, userId: makeId("usr", 1, systemRandom) };
  await expect(keys.end(stranger, info.key)).rejects.toMatchObject({ code: "api-key-missing", status: 404 });
  expect(await keys.list(stranger)).toEqual([]);
  await keys.end(principal, info.key);
  expect(await keys.authenticate(key)).toEqual({ type: "refused", why: "ended" });
  await keys.end(principal, info.key);
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  expect(await again.identity.apiKeys.authenticate(key)).toEqual({ type: "refused", why: "ended" });
  expect(await again.identity.apiKeys.list(principal)).toMatchObject([{ state: "ended" }]);
  await again.keystore.close();
});

test("an expired key stays expired when the clock is set back, also after a restart", async () => {
  const { house, principal } = await withOwner();
  const startMs = house.clock.nowMs();
  const { key } = await house.identity.apiKeys.create(principal, { ...REQUEST, expiresAtMs: startMs + 1_000 });
  const unseen = await house.identity.apiKeys.create(principal, { ...REQUEST, expiresAtMs: startMs + 1_000 });
  expect((await house.identity.apiKeys.authenticate(key)).type).toBe("key");
  house.clock.advance(1_000);
  expect(await house.identity.apiKeys.authenticate(key)).toEqual({ type: "refused", why: "expired" });
  house.clock.jumpTo(startMs);
  // Nobody has tried this one after its end: it is the register's clock that does not go back.
  expect(await house.identity.apiKeys.authenticate(unseen.key)).toEqual({ type: "refused", why: "expired" });
  await house.keystore.close();
  const again = await openTestIdentity(house.log, house.clock);
  expect((await again.identity.apiKeys.authenticate(key)).type).toBe("refused");
  await again.keystore.close();
});

test("last use is kept, and written at most every ten minutes", async () => {
  const { house, principal } = await withOwner();
  const keys = house.identity.apiKeys;
  const { key } = await keys.create(principal, REQUEST);
  const written = (): number => house.log.records("access", 0).length;
  const before = written();
  for (let use = 0; use < 50; use++) await keys.authenticate(key);
  await expect.poll(written).toBe(before + 1);
  const firstMs = house.clock.nowMs();
  await expect.poll(async () => (await keys.list(principal))[0]?.usedAtMs).toBe(firstMs);
  house.clock.advance(600_000);
  await keys.authenticate(key);
  await expect.poll(async () => (await keys.list(principal))[0]?.usedAtMs).toBe(firstMs + 600_000);
  await house.keystore.close();
});

test("the person behind a key is asked for at most once a second", async () => {
  const { house, principal } = await withOwner();
  const { key } = await house.identity.apiKeys.create(principal, REQUEST);
  let asked = 0;
  const find = house.store.user.bind(house.store);
  house.store.user = async (id) => {
    asked++;
    return find(id);
  };
  for (let use = 0; use < 20; use++) expect((await house.identity.apiKeys.authenticate(key)).type).toBe("key");
  expect(asked).toBe(1);
  house.clock.advance(1_000);
  await house.identity.apiKeys.authenticate(key);
  expect(asked).toBe(2);
  await house.keystore.close();
});

test.each([
  [{ name: " " }, "name"],
  [{ scopes: [] }, "scopes"],
  [{ scopes: ["session.unlock"] }, "scopes"],
  [{ scopes: ["memory.search", "toString"] }, "scopes"],
  [{ kind: "service", scopes: ["memory.search"] }, "scopes"],
  [{ ceiling: 3 }, "level"],
  [{ expiresAtMs: 1 }, "past"],
] as const)("a key cannot be made with %j", async (change, why) => {
  const { house, principal } = await withOwner();
  await expect(house.identity.apiKeys.create(principal, { ...REQUEST, ...change })).rejects.toThrow(why);
  await house.keystore.close();
});

test("a service's key opens the house as far as it says, and nobody's things", async () => {
  const { house, principal } = await withOwner();
  const keys = house.identity.apiKeys;
  const { key } = await keys.create(principal, { ...REQUEST, kind: "service", scopes: ["server.metrics"] });
  const answer = await keys.authenticate(key);
  const subject = answer.type === "key" ? answer.subject : expect.fail(answer.why);
  const context = { nowMs: house.clock.nowMs() };
  const tenant = principal.tenantId;
  expect(decide(subject, "server.metrics", { type: "house" }, context).allow).toBe(true);
  expect(decide(subject, "server.status", { type: "house" }, context).allow).toBe(false);
  const mine = { type: "owned", tenant, owner: principal.userId, level: 1 } as const;
  expect(decide(subject, "memory.read", mine, context).allow).toBe(false);
  await house.keystore.close();
});
