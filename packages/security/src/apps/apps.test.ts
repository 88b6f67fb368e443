import { createHash } from "node:crypto";

import { type ManualClock, systemRandom } from "@kaelix/base";
import { makeId, type UserPrincipal } from "@kaelix/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { ACTIONS, type Action } from "../policy/actions.ts";
import { decide } from "../policy/decide.ts";
import { OWNER, openTestIdentity, principalOf, type TestIdentity } from "../testing/identity.ts";
import { type Apps, type CodeExchange, type RefreshExchange, type TokenOutcome } from "./apps.ts";

const ISSUER = "https://kaelix.example";
const REDIRECT = "https://app.example/back";
const VERIFIER = "v".repeat(43);
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const DAY_MS = 86_400_000;

let house: TestIdentity;
let apps: Apps;
let clock: ManualClock;
let ann: UserPrincipal;
let clientId: string;

beforeEach(async () => {
  house = await openTestIdentity();
  ({ clock } = house);
  ({ apps } = house.identity);
  ann = await principalOf(house, await house.identity.signUp(OWNER));
  clientId = apps.clients.register({ client_name: "An app", redirect_uris: [REDIRECT] }).id;
});

afterEach(() => house.keystore.close());

function queryOf(more: Readonly<Record<string, string | undefined>> = {}): string {
  const fields = {
    client_id: clientId,
    redirect_uri: REDIRECT,
    response_type: "code",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    scope: "memory.search memory.read",
    resource: `${ISSUER}/mcp`,
    state: "s1",
    ...more,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, value);
  return query.toString();
}

async function codeOf(query = queryOf(), ceiling: 1 | 2 = 1, days = 7): Promise<string> {
  const { to } = await apps.connect(ann, { query, issuer: ISSUER, ceiling, days });
  return new URL(to).searchParams.get("code") ?? expect.fail(to);
}

function exchangeOf(code: string, more: Partial<CodeExchange> = {}): CodeExchange {
  return { code, clientId, redirect: REDIRECT, verifier: VERIFIER, resource: "mcp", jkt: null, ...more };
}

function renewalOf(refreshToken: string, more: Partial<RefreshExchange> = {}): RefreshExchange {
  return { refreshToken, clientId, scopes: undefined, resource: undefined, jkt: null, ...more };
}

type Tokens = Extract<TokenOutcome, { type: "tokens" }>;

function good(outcome: TokenOutcome): Tokens {
  return outcome.type === "tokens" ? outcome : expect.fail(outcome.why);
}

function errorOf(outcome: TokenOutcome): string {
  return outcome.type === "refused" ? outcome.error : "none";
}

async function signedIn(more: Partial<CodeExchange> = {}): Promise<Tokens> {
  return good(await apps.redeem(exchangeOf(await codeOf(), more)));
}

test("an app is let in, acts within what it was given, and nothing secret of it is on the log", async () => {
  const code = await codeOf(queryOf(), 2);
  const tokens = good(await apps.redeem(exchangeOf(code)));
  const known = await apps.authenticate(tokens.accessToken);
  const subject = { type: "agent", userId: ann.userId, role: "owner", ceiling: 2 };
  expect(known).toMatchObject({ type: "app", resource: "mcp", jkt: null, subject });
  expect(await apps.list(ann)).toMatchObject([
    { name: "An app", host: null, redirect: "app.example", state: "open", ceiling: 2, resource: "mcp" },
  ]);
  const stored = house.log
    .records("access", 0)
    .map(({ value }) => Buffer.from(value ?? []).toString())
    .join("\n");
  const secrets = [code, tokens.accessToken, tokens.refreshToken, VERIFIER, "An app", REDIRECT];
  for (const secret of secrets) expect(stored).not.toContain(secret);
});

test("its right is what was given, cut by what its person may and by level 2", async () => {
  const tokens = await signedIn();
  const known = await apps.authenticate(tokens.accessToken);
  const subject = known.type === "app" ? known.subject : expect.fail(known.why);
  const may = (action: Action, level?: 1 | 2 | 3 | 4, owner = ann.userId): boolean => {
    const resource = { type: "owned", tenant: ann.tenantId, owner, ...(level === undefined ? {} : { level }) } as const;
    return decide(subject, action, resource, { nowMs: clock.nowMs() }).allow;
  };
  expect(may("memory.read", 1)).toBe(true);
  for (const level of [2, 3, 4] as const) expect(may("memory.read", level)).toBe(false);
  expect(may("memory.read", 1, makeId("usr", 1, systemRandom))).toBe(false);
  const others = (Object.keys(ACTIONS) as Action[]).filter((action) => !subject.scopes.includes(action));
  expect(others.filter((action) => action !== "public" && may(action, 1))).toEqual([]);
  // What only a person may is not for apps, even if the record said so.
  const beyond: readonly Action[] = ["session.unlock", "memory.erase", "key.create", "app.connect", "export.run"];
  const greedy = { ...subject, scopes: [...subject.scopes, ...beyond], ceiling: 4 } as const;
  const own = { type: "owned", tenant: ann.tenantId, owner: ann.userId } as const;
  const context = { nowMs: clock.nowMs(), provedUntilMs: clock.nowMs() + 1_000 };
  for (const action of beyond) expect(decide(greedy, action, own, context).allow, action).toBe(false);
  expect(decide(greedy, "memory.read", { ...own, level: 3 }, context).allow).toBe(false);
});

describe("what an app may not ask for goes back to it, and no code with it", () => {
  test.each<readonly [string, Record<string, string | undefined>, string]>([
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["PKCE plain", { code_challenge_method: "plain" }, "invalid_request"],
    ["no method, which means plain", { code_challenge_method: undefined }, "invalid_request"],
    ["a short challenge", { code_challenge: "abc" }, "invalid_request"],
    ["a token at once", { response_type: "token" }, "unsupported_response_type"],
    ["code and token", { response_type: "code token" }, "unsupported_response_type"],
    ["no response type", { response_type: undefined }, "unsupported_response_type"],
    ["an answer behind #", { response_mode: "fragment" }, "invalid_request"],
    ["a scope that is none", { scope: "memory.search everything" }, "invalid_scope"],
    ["a scope that is not for apps", { scope: "memory.erase" }, "invalid_scope"],
    ["the step up", { scope: "session.unlock" }, "invalid_scope"],
    ["making keys", { scope: "key.create" }, "invalid_scope"],
    ["a name of Object.prototype", { scope: "constructor" }, "invalid_scope"],
    ["another server", { resource: "https://other.example/mcp" }, "invalid_target"],
    ["a part of this server that is no door", { resource: `${ISSUER}/admin` }, "invalid_target"],
    ["a request by reference", { request_uri: "https://app.example/request" }, "request_not_supported"],
    ["a request as an object", { request: "eyJ" }, "request_not_supported"],
    ["an endless state", { state: "x".repeat(2_001) }, "invalid_request"],
  ])("%s", async (_what, more, error) => {
    const asked = await apps.ask(queryOf(more), ISSUER);
    const to = new URL(asked.type === "back" ? asked.to : expect.fail("It was taken"));
    expect(`${to.origin}${to.pathname}`).toBe(REDIRECT);
    expect(to.searchParams.get("error")).toBe(error);
    expect(to.searchParams.get("iss")).toBe(ISSUER);
    const connected = await apps.connect(ann, { query: queryOf(more), issuer: ISSUER, ceiling: 1, days: 1 });
    expect(connected.to).toBe(asked.type === "back" ? asked.to : "");
    expect(house.log.records("access", 0)).toHaveLength(0);
  });

  test.each(["state", "scope", "resource", "code_challenge", "code_challenge_method", "response_type"])(
    "%s twice",
    async (name) => {
      const query = new URLSearchParams(queryOf());
      query.append(name, query.get(name) ?? "");
      expect((await apps.ask(query.toString(), ISSUER)).type).toBe("back");
    },
  );
});

describe("where it cannot be said who asks, nothing goes anywhere", () => {
  test.each<readonly [string, Record<string, string | undefined>, string]>([
    ["no client", { client_id: undefined }, "app-request-invalid"],
    ["an unknown client", { client_id: "app" }, "app-client-unknown"],
    ["an address that is not taken here", { client_id: "https://app.example/client.json" }, "app-client-unknown"],
    ["no redirect", { redirect_uri: undefined }, "app-request-invalid"],
    ["another redirect", { redirect_uri: "https://evil.example/back" }, "app-request-invalid"],
    ["a longer path", { redirect_uri: `${REDIRECT}/more` }, "app-request-invalid"],
    ["a query", { redirect_uri: `${REDIRECT}?next=https://evil.example` }, "app-request-invalid"],
    ["dots", { redirect_uri: "https://app.example/x/../back" }, "app-request-invalid"],
    ["another port", { redirect_uri: "https://app.example:8443/back" }, "app-request-invalid"],
    ["a name before @", { redirect_uri: "https://app.example@evil.example/back" }, "app-request-invalid"],
    ["a backslash", { redirect_uri: "https://app.example\\@evil.example/back" }, "app-request-invalid"],
    ["capitals", { redirect_uri: "https://APP.example/back" }, "app-request-invalid"],
    ["a script", { redirect_uri: "javascript:alert(1)//app.example/back" }, "app-request-invalid"],
  ])("%s", async (_what, more, code) => {
    await expect(apps.ask(queryOf(more), ISSUER)).rejects.toMatchObject({ code });
    const consent = { query: queryOf(more), issuer: ISSUER, ceiling: 1, days: 1 } as const;
    await expect(apps.connect(ann, consent)).rejects.toMatchObject({ code });
  });

  test("a client or a redirect that stands twice", async () => {
    for (const twice of ["client_id=other", "redirect_uri=https%3A%2F%2Fevil.example%2F"]) {
      await expect(apps.ask(`${queryOf()}&${twice}`, ISSUER)).rejects.toMatchObject({ code: "app-request-invalid" });
    }
  });

  test("a registration with any letter changed is no client", async () => {
    for (let at = 0; at < clientId.length; at += 3) {
      const forged = `${clientId.slice(0, at)}${clientId[at] === "A" ? "B" : "A"}${clientId.slice(at + 1)}`;
      await expect(apps.ask(queryOf({ client_id: forged }), ISSUER)).rejects.toMatchObject({
        code: "app-client-unknown",
      });
    }
  });
});

describe("a code", () => {
  test.each<readonly [string, () => Partial<CodeExchange>]>([
    ["with another verifier", () => ({ verifier: "w".repeat(43) })],
    ["with the challenge in place of the verifier", () => ({ verifier: CHALLENGE })],
    ["with a short verifier", () => ({ verifier: "v" })],
    ["by another client", () => ({ clientId: apps.clients.register({ redirect_uris: [REDIRECT] }).id })],
    ["with another redirect", () => ({ redirect: "https://app.example/other" })],
  ])("%s gives nothing and is spent", async (_what, more) => {
    const code = await codeOf();
    expect(errorOf(await apps.redeem(exchangeOf(code, more())))).toBe("invalid_grant");
    expect(errorOf(await apps.redeem(exchangeOf(code)))).toBe("invalid_grant");
  });

  test("for another resource gives nothing", async () => {
    expect(errorOf(await apps.redeem(exchangeOf(await codeOf(), { resource: "api" })))).toBe("invalid_target");
  });

  test("after a minute gives nothing, also when the clock is set back", async () => {
    const code = await codeOf();
    clock.advance(60_000);
    expect(errorOf(await apps.redeem(exchangeOf(code)))).toBe("invalid_grant");
    clock.jumpTo(clock.nowMs() - 59_000);
    expect(errorOf(await apps.redeem(exchangeOf(code)))).toBe("invalid_grant");
  });

  test("with any letter changed gives nothing and spends nothing", async () => {
    const code = await codeOf();
    for (const at of [0, 5, 29, 31, 45, code.length - 2]) {
      const forged = `${code.slice(0, at)}${code[at] === "A" ? "B" : "A"}${code.slice(at + 1)}`;
      expect(errorOf(await apps.redeem(exchangeOf(forged)))).toBe("invalid_grant");
    }
    good(await apps.redeem(exchangeOf(code)));
  });

  test("a second time ends the app and all its tokens, also after a restart", async () => {
    const code = await codeOf();
    const tokens = good(await apps.redeem(exchangeOf(code)));
    expect(errorOf(await apps.redeem(exchangeOf(code)))).toBe("invalid_grant");
    expect(await apps.authenticate(tokens.accessToken)).toEqual({ type: "refused", why: "ended" });
    expect(errorOf(await apps.refresh(renewalOf(tokens.refreshToken)))).toBe("invalid_grant");
    expect(house.suspicions).toMatchObject([{ reason: "app-token-copied", user: ann.userId }]);
    const again = await openTestIdentity(house.log, clock);
    expect(await again.identity.apps.authenticate(tokens.accessToken)).toEqual({ type: "refused", why: "ended" });
    await again.keystore.close();
  });

  test("ten times at once gives tokens once, and they are ended", async () => {
    const code = await codeOf();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => apps.redeem(exchangeOf(code))));
    const given = outcomes.filter((one) => one.type === "tokens");
    expect(given).toHaveLength(1);
    expect(await apps.authenticate(given[0]?.accessToken ?? "")).toEqual({ type: "refused", why: "ended" });
  });

  test("is taken after a restart, and of codes that nobody fetched nothing stays", async () => {
    const unfetched = await codeOf();
    clock.advance(61_000);
    const code = await codeOf();
    const again = await openTestIdentity(house.log, clock);
    good(await again.identity.apps.redeem(exchangeOf(code)));
    expect(errorOf(await again.identity.apps.redeem(exchangeOf(unfetched)))).toBe("invalid_grant");
    expect(house.log.records("access", 0).filter(({ value }) => value === null)).toHaveLength(1);
    await again.keystore.close();
  });
});

describe("a refresh token", () => {
  test("is exchanged once; an older one ends the app", async () => {
    const first = await signedIn();
    const second = good(await apps.refresh(renewalOf(first.refreshToken)));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    clock.advance(10_000);
    expect(errorOf(await apps.refresh(renewalOf(first.refreshToken)))).toBe("invalid_grant");
    expect(errorOf(await apps.refresh(renewalOf(second.refreshToken)))).toBe("invalid_grant");
    for (const { accessToken } of [first, second]) {
      expect(await apps.authenticate(accessToken)).toEqual({ type: "refused", why: "ended" });
    }
    expect(await apps.list(ann)).toMatchObject([{ state: "ended" }]);
    expect(house.suspicions).toHaveLength(1);
  });

  test("whose answer was lost gets the same successor for ten seconds, and only the last one", async () => {
    const first = await signedIn();
    const second = good(await apps.refresh(renewalOf(first.refreshToken)));
    expect(good(await apps.refresh(renewalOf(first.refreshToken))).refreshToken).toBe(second.refreshToken);
    good(await apps.refresh(renewalOf(second.refreshToken)));
    expect(errorOf(await apps.refresh(renewalOf(first.refreshToken)))).toBe("invalid_grant");
  });

  test.each<readonly [string, () => Partial<RefreshExchange>, string]>([
    [
      "by another client",
      () => ({ clientId: apps.clients.register({ redirect_uris: [REDIRECT] }).id }),
      "invalid_grant",
    ],
    ["for more than was given", () => ({ scopes: ["memory.search", "memory.forget"] }), "invalid_scope"],
    ["for another resource", () => ({ resource: "api" }), "invalid_target"],
  ])("%s gives nothing, and its owner goes on", async (_what, more, error) => {
    const { refreshToken } = await signedIn();
    expect(errorOf(await apps.refresh(renewalOf(refreshToken, more())))).toBe(error);
    good(await apps.refresh(renewalOf(refreshToken)));
  });

  test("with any letter changed ends nothing", async () => {
    const { refreshToken } = await signedIn();
    for (let at = 0; at < refreshToken.length; at += 2) {
      const forged = `${refreshToken.slice(0, at)}${refreshToken[at] === "A" ? "B" : "A"}${refreshToken.slice(at + 1)}`;
      expect(errorOf(await apps.refresh(renewalOf(forged)))).toBe("invalid_grant");
    }
    good(await apps.refresh(renewalOf(refreshToken)));
  });

  test("is not an access token, nor the other way round, nor a code", async () => {
    const { accessToken, refreshToken } = await signedIn();
    expect(errorOf(await apps.refresh(renewalOf(accessToken)))).toBe("invalid_grant");
    expect(errorOf(await apps.redeem(exchangeOf(refreshToken)))).toBe("invalid_grant");
    for (const typed of [refreshToken, accessToken.replace("kla_", "klr_"), refreshToken.replace("klr_", "kla_"), ""]) {
      expect(await apps.authenticate(typed)).toEqual({ type: "refused", why: "malformed" });
    }
  });

  test("that is bound to a key is nobody's without it, and a thief cannot end the app", async () => {
    const { isBound, refreshToken } = await signedIn({ jkt: "thumbprint" });
    expect(isBound).toBe(true);
    for (const jkt of [null, "another"]) {
      expect(errorOf(await apps.refresh(renewalOf(refreshToken, { jkt })))).toBe("invalid_grant");
    }
    const { accessToken } = good(await apps.refresh(renewalOf(refreshToken, { jkt: "thumbprint" })));
    expect(await apps.authenticate(accessToken)).toMatchObject({ type: "app", jkt: "thumbprint" });
  });
});

describe("an end", () => {
  test("an access token opens for ten minutes", async () => {
    const { accessToken } = await signedIn();
    clock.advance(599_000);
    expect((await apps.authenticate(accessToken)).type).toBe("app");
    clock.advance(1_000);
    expect(await apps.authenticate(accessToken)).toEqual({ type: "refused", why: "expired" });
  });

  test("an app ends after its days, and when it did not come for thirty", async () => {
    const short = good(await apps.redeem(exchangeOf(await codeOf(queryOf(), 1, 1))));
    const long = good(await apps.redeem(exchangeOf(await codeOf(queryOf(), 1, 90))));
    clock.advance(DAY_MS);
    expect(errorOf(await apps.refresh(renewalOf(short.refreshToken)))).toBe("invalid_grant");
    const renewed = good(await apps.refresh(renewalOf(long.refreshToken)));
    clock.advance(30 * DAY_MS);
    expect(errorOf(await apps.refresh(renewalOf(renewed.refreshToken)))).toBe("invalid_grant");
    expect((await apps.list(ann)).map(({ state }) => state)).toEqual(["expired", "expired"]);
  });

  test("by its person is an end at once, and nobody else can", async () => {
    const { accessToken, refreshToken } = await signedIn();
    const [app] = await apps.list(ann);
    const id = app?.key ?? expect.fail();
    const stranger = { ...ann, userId: makeId("usr", 1, systemRandom) };
    await expect(apps.end(stranger, id)).rejects.toMatchObject({ code: "app-missing", status: 404 });
    expect(await apps.nameOf(stranger, id)).toBeUndefined();
    expect(await apps.list(stranger)).toEqual([]);
    await apps.end(ann, id);
    expect(await apps.authenticate(accessToken)).toEqual({ type: "refused", why: "ended" });
    expect(errorOf(await apps.refresh(renewalOf(refreshToken)))).toBe("invalid_grant");
  });

  test.each(["accessToken", "refreshToken"] as const)("by the client with its %s, by no other client", async (name) => {
    const tokens = await signedIn();
    await apps.revoke(tokens[name], apps.clients.register({ redirect_uris: [REDIRECT] }).id);
    await apps.revoke("klr_nothing", clientId);
    expect((await apps.authenticate(tokens.accessToken)).type).toBe("app");
    await apps.revoke(tokens[name], clientId);
    expect((await apps.authenticate(tokens.accessToken)).type).toBe("refused");
  });

  test("a person who is gone takes their apps along", async () => {
    const { accessToken, refreshToken } = await signedIn();
    await house.identity.accounts.end(ann.tenantId, ann.userId);
    clock.advance(1_001);
    expect(await apps.authenticate(accessToken)).toEqual({ type: "refused", why: "ended" });
    expect(errorOf(await apps.refresh(renewalOf(refreshToken)))).toBe("invalid_grant");
  });
});

test.each([
  { ceiling: 3 as const, days: 7 },
  { ceiling: 4 as const, days: 7 },
  { ceiling: 1 as const, days: 91 },
  { ceiling: 1 as const, days: 0 },
  { ceiling: 1 as const, days: Number.NaN },
])("a person cannot give %j", async (given) => {
  const consent = { query: queryOf(), issuer: ISSUER, ...given };
  await expect(apps.connect(ann, consent)).rejects.toMatchObject({ code: "app-request-invalid" });
});

test("there are a hundred apps at most; those that have ended make room", async () => {
  for (let at = 0; at < 100; at++) await signedIn();
  await expect(codeOf()).rejects.toMatchObject({ code: "app-too-many" });
  const [newest] = await apps.list(ann);
  await apps.end(ann, newest?.key ?? expect.fail());
  await signedIn();
  expect(await apps.list(ann)).toHaveLength(100);
});
