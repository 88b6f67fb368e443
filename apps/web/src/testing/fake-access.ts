/** A person's own security as the fake has it: `123456` is the code, every change asks for a proof once. */
import type { RouteName } from "@kaelix/contract";

import type { OutputOf } from "../data/wire.ts";
import { fakeId } from "./fake-data.ts";
import { type FakeAnswer, FakeProblem, type FakeRequest, type FakeState, LEVELS } from "./fake-state.ts";

type WireKey = OutputOf<"keys.list">["data"][number];

const CODE = "123456";
const SENT = { request: "q83vEjRWeJq83vEjRWeJqA", expires_at: "2027-01-01T00:00:00.000Z" };
const SCOPES = {
  agent: ["memory.create", "memory.list", "memory.read", "memory.edit", "memory.search", "memory.ask", "user.read"],
  service: ["server.status", "server.verify"],
};

const RIGHTS = [
  "memory.search",
  "memory.read",
  "memory.list",
  "memory.ask",
  "memory.create",
  "people.read",
  "user.read",
];
const FAKE_APP: OutputOf<"apps.list">["data"][number] = {
  id: fakeId("key"),
  name: "Claude",
  host: "claude.example",
  redirect: "claude.example",
  resource: "mcp",
  scopes: RIGHTS,
  level: "general",
  reach: "person",
  created_at: "2026-11-01T09:00:00.000Z",
  expires_at: "2027-01-30T09:00:00.000Z",
  last_used_at: null,
  state: "open",
};
const FAKE_QUESTION: OutputOf<"apps.ask"> = {
  back: null,
  question: {
    name: "Claude",
    host: "claude.example",
    redirect: "127.0.0.1:49152",
    local: true,
    resource: "mcp",
    scopes: RIGHTS,
    denied: "http://127.0.0.1:1/back?error=access_denied",
  },
};

/** What the fake knows of factors and keys. */
export interface FakeAccess {
  keyVersion: number;
  totp: boolean;
  codesBy: ("email" | "sms")[];
  isProved: boolean;
  readonly keys: WireKey[];
}

function prove(state: FakeState, given: { readonly password?: string; readonly code?: string }): FakeAnswer {
  if (given.code !== undefined && given.code !== CODE) throw new FakeProblem(403, "code-wrong", "The code is wrong");
  if (given.code === undefined && given.password !== state.password)
    throw new FakeProblem(403, "password-wrong", "The password is not right");
  state.access.isProved = true;
  return { data: { proved_until: new Date(Date.now() + 300_000).toISOString() } };
}

/** Asks for a proof when there was none. @throws FakeProblem */
export function needProof({ access }: FakeState): void {
  if (!access.isProved) throw new FakeProblem(403, "proof-needed", "Prove again that it is you before doing this");
}

function codes(): FakeAnswer {
  return { data: { recovery_codes: Array.from({ length: 10 }, (_, at) => `R${at}CK-7PQW-M2X9-DV4T-K${at}HZ`) } };
}

function changeFactors(
  state: FakeState,
  name: string,
  body: { readonly code: string; readonly by?: "email" | "sms" },
): FakeAnswer {
  needProof(state);
  switch (name) {
    case "factors.beginTotp":
      return {
        data: {
          secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
          uri: "otpauth://totp/kaelix:%2B15550100?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=kaelix",
          expires_at: new Date(Date.now() + 600_000).toISOString(),
        },
      };
    case "factors.confirmTotp":
      if (body.code !== CODE) throw new FakeProblem(403, "code-wrong", "The code is wrong");
      state.access.totp = true;
      return codes();
    case "factors.removeTotp":
      state.access.totp = false;
      return {};
    case "factors.beginCodes":
      return { data: SENT };
    case "factors.confirmCodes":
      if (body.code !== CODE) throw new FakeProblem(403, "code-wrong", "The code is wrong");
      state.access.codesBy.push(body.by ?? "email");
      return codes();
    case "factors.removeCodes":
      state.access.codesBy = [];
      return {};
    default:
      return codes();
  }
}

function createKey(state: FakeState, body: Pick<WireKey, "name" | "kind" | "expires_at"> & KeyBody): FakeAnswer {
  needProof(state);
  const { name, kind, expires_at, level = 1, reach = "person" } = body;
  const times = { created_at: new Date().toISOString(), expires_at, last_used_at: null };
  const key: WireKey = {
    id: fakeId("key"),
    name,
    kind,
    scopes: [...body.scopes],
    level: LEVELS[level - 1] ?? "general",
    reach,
    ...times,
    state: "open",
  };
  state.access.keys.unshift(key);
  return { data: { secret: "klx_01JD8QYB3M6W5T0ZK1E9V7RXSC_an-invented-secret-of-the-fake-server", key } };
}

interface KeyBody {
  readonly scopes: readonly string[];
  readonly level?: number;
  readonly reach?: WireKey["reach"];
}

/** Answers what belongs to a person's own security. @throws FakeProblem */
export function access(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  // Parsed by the contract's schemas before it came here.
  const body = request.body as Parameters<typeof createKey>[1] & { code: string; password: string };
  const { totp, codesBy, keys } = state.access;
  switch (name as string) {
    case "auth.prove":
      return prove(state, body);
    case "factors.read": {
      const by = codesBy.length > 0 ? "password-and-code" : "password";
      const proof = { proof_by: totp ? "code" : by, proved_until: null };
      const codesNow = { codes_by: codesBy, codes_possible: ["email", "sms"] };
      return {
        data: { totp, ...codesNow, recovery_codes_left: totp || codesBy.length > 0 ? 10 : 0, passkeys: 0, ...proof },
      };
    }
    case "auth.proveCode":
    case "auth.logInCode":
      return { data: SENT };
    case "email.read":
      return { data: { address: null, available: true } };
    case "passkeys.list":
      return { data: { data: [] } };
    case "userKey.read":
      return { data: { version: state.access.keyVersion, renewing: false, behind: 0, at_work: false } };
    case "userKey.renew":
      needProof(state);
      return { status: 202, data: { version: ++state.access.keyVersion, renewing: false, behind: 0, at_work: false } };
    case "keys.list":
      return { data: { data: keys, scopes: SCOPES } };
    case "keys.create":
      return createKey(state, body);
    case "keys.undo":
      return { data: { forgotten: 3, put_back: 1 } };
    case "keys.end":
      for (const [at, key] of keys.entries())
        if (key.id === request.params["id"]) keys[at] = { ...key, state: "ended" };
      return {};
    case "apps.list":
      return { data: { data: [FAKE_APP] } };
    case "apps.ask":
      return { data: FAKE_QUESTION };
    case "apps.connect":
      needProof(state);
      return { data: { to: "http://127.0.0.1:1/back?code=fake" } };
    case "apps.end":
      return {};
    case "sessions.endOthers":
      return { data: { ended: 1 } };
    case "password.change":
      if (body.password !== state.password) throw new FakeProblem(403, "password-wrong", "The password is not right");
      return {};
    default:
      return name.startsWith("factors.") ? changeFactors(state, name, body) : undefined;
  }
}
