/** An identity service in memory: tokens are `good-<n>`, `expired-<n>`; anything else is forged. */
import { defineErrors, seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, type Level, makeId, type UserPrincipal } from "@kaelix/model";
import type { AgentSubject, ServiceSubject } from "@kaelix/security";

import type { Authentication, IdentityPort, SignedInPerson } from "../identity-port.ts";

export const fakeIdentityErrors = defineErrors({
  "identity-credentials-wrong": {
    kind: "denied",
    retry: false,
    status: 401,
    text: "Phone number or password is wrong",
  },
  "identity-code-required": { kind: "denied", retry: false, status: 401, text: "Give the code" },
  "identity-code-wrong": { kind: "denied", retry: false, status: 401, text: "This code is wrong" },
  "identity-refresh-invalid": { kind: "denied", retry: false, status: 401, text: "Session has ended: sign in again" },
  "policy-hidden": { kind: "missing", retry: false, status: 404, text: "There is no such thing" },
});

/** The fake with what tests turn. */
export interface FakeIdentity extends IdentityPort {
  /** The principal behind `good-<n>`; a role of owner for 1. */
  principal(number: number): UserPrincipal;
  setCeiling(number: number, level: Level): void;
  endAll(): void;
  /** Lets a key in: `klx_<name>` is whom it stands for. */
  admitKey(name: string, subject: AgentSubject | ServiceSubject): void;
  /** From now on the key opens nothing. */
  endKey(name: string): void;
  /** Counts a session as just proved until then, epoch ms. */
  setProved(number: number, untilMs: number): void;
  /** From now on signing in asks for the code 123456. */
  askForCode(): void;
}

export function fakeIdentity(options: { readonly synchronous?: boolean } = {}): FakeIdentity {
  const principals = new Map<number, UserPrincipal>();
  let asksForCode = false;
  const principal = (number: number): UserPrincipal => {
    const random = seededRandom(number);
    const made = principals.get(number) ?? {
      type: "user",
      tenantId: DEFAULT_TENANT,
      userId: makeId("usr", number, random),
      role: number === 1 ? "owner" : "member",
      sessionId: makeId("ses", number, random),
      ceiling: 2,
    };
    principals.set(number, made);
    return made;
  };
  const tokens = fakeTokens(principal);
  const profile = (number: number): SignedInPerson["profile"] => {
    const { tenantId: tenant, userId: user, role } = principal(number);
    return { user, tenant, role, phone: "+10000000000", name: "Alice", resetAtMs: null, heldSinceMs: null };
  };
  const signedIn = (): SignedInPerson => ({
    accessToken: "good-1",
    expiresInSeconds: 600,
    refreshToken: "refresh-1",
    ceiling: { level: 2, untilMs: null },
    profile: profile(1),
  });
  const setCeiling = (number: number, level: Level): void => {
    principals.set(number, { ...principal(number), ceiling: level });
  };
  return {
    principal,
    setCeiling,
    admitKey: (name, subject) => void tokens.keys.set(name, subject),
    endKey: (name) => void tokens.keys.delete(name),
    setProved: (number, untilMs) => void tokens.proved.set(number, untilMs),
    askForCode: () => {
      asksForCode = true;
    },
    endAll: () => [...principals.keys()].forEach((number) => tokens.ended.add(number)),
    authenticate: (token) =>
      options.synchronous === true ? tokens.authenticate(token) : Promise.resolve(tokens.authenticate(token)),
    signUp: async () => signedIn(),
    logIn: async ({ password, code }) => {
      if (password !== "testpassword") throw fakeIdentityErrors("identity-credentials-wrong");
      if (asksForCode && code === undefined) throw fakeIdentityErrors("identity-code-required");
      if (asksForCode && code !== "123456") throw fakeIdentityErrors("identity-code-wrong");
      return signedIn();
    },
    refresh: async (token) => {
      if (token !== "refresh-1") throw fakeIdentityErrors("identity-refresh-invalid");
      return signedIn();
    },
    logOut: async (who, session) => {
      if (session !== undefined && session !== who.sessionId) throw fakeIdentityErrors("policy-hidden");
    },
    unlock: async ({ password }) => {
      if (password !== "testpassword") throw fakeIdentityErrors("identity-credentials-wrong");
      return { level: 3, untilMs: 1_750_000_000_000 };
    },
    lock: async () => ({ level: 2, untilMs: null }),
    profile: async (user) => {
      const [number] = [...principals].find(([, known]) => known.userId === user) ?? [1];
      return profile(number);
    },
    sessions: async (who) => [{ session: who.sessionId, client: "test", startedAtMs: 0, usedAtMs: 1, isCurrent: true }],
    createInvite: async () => ({ invite: makeId("inv", 1, seededRandom(7)), code: "code", expiresAtMs: 5 }),
  };
}

interface FakeTokens {
  readonly ended: Set<number>;
  readonly keys: Map<string, AgentSubject | ServiceSubject>;
  readonly proved: Map<number, number>;
  authenticate(token: string): Authentication;
}

function fakeTokens(principal: (number: number) => UserPrincipal): FakeTokens {
  const ended = new Set<number>();
  const keys = new Map<string, AgentSubject | ServiceSubject>();
  const proved = new Map<number, number>();
  const authenticate = (token: string): Authentication => {
    if (token.startsWith("klx_")) {
      const subject = keys.get(token.slice(4));
      return subject === undefined ? { type: "refused", why: "key" } : { type: "key", subject };
    }
    const [, kind, number] = /^(good|expired)-(\d+)$/.exec(token) ?? [];
    if (kind === undefined || number === undefined) return { type: "refused", why: "forged" };
    if (kind === "expired") return { type: "refused", why: "expired" };
    if (ended.has(Number(number))) return { type: "refused", why: "ended" };
    const provedUntilMs = proved.get(Number(number)) ?? null;
    return { type: "user", principal: principal(Number(number)), ceilingUntilMs: null, provedUntilMs };
  };
  return { ended, keys, proved, authenticate };
}
