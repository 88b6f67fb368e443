/** Users, invitations and the audit log as the fake has them. To change somebody asks for a proof once. */
import type { RouteName } from "@kaelix/contract";

import type { WireEntry, WireMember, WireTenant } from "../data/keeper-api.ts";
import type { OutputOf } from "../data/wire.ts";
import { needProof } from "./fake-access.ts";
import { fakeId } from "./fake-data.ts";
import type { FakeAnswer, FakeRequest, FakeState } from "./fake-state.ts";

type WireInvite = OutputOf<"invites.list">["data"][number];

const HOUR_MS = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();

/** What the fake knows of users and invitations besides its owner. */
export interface FakeKeeping {
  readonly others: WireMember[];
  readonly invites: WireInvite[];
  readonly tenants: WireTenant[];
}

/** A seeded house: an admin, a guest who was suspended, an open invitation. */
export function makeKeeping(): FakeKeeping {
  const ben: WireMember = {
    id: fakeId("usr"),
    name: "Ben Okafor",
    phone: "+15550111",
    role: "admin",
    registered_at: ago(2_000),
    last_seen_at: ago(5),
    suspended_at: null,
  };
  const dora: WireMember = { ...ben, id: fakeId("usr"), name: "Dora", phone: "+15550112", role: "guest" };
  const invite: WireInvite = {
    id: fakeId("inv"),
    role: "member",
    created_by: ben.id,
    expires_at: ago(-100),
    used_by: null,
    state: "open",
  };
  const house: WireTenant = {
    id: "default",
    people: 3,
    state: "used",
    invited_until: null,
    suspended_at: null,
    ended_at: null,
  };
  const tenants: WireTenant[] = [
    { ...house, id: "acme", people: 12 },
    house,
    { ...house, id: "globex", people: 0, state: "waiting", invited_until: ago(-100) },
    { ...house, id: "initech", people: 0, state: "ended", ended_at: ago(300) },
    {
      ...house,
      id: "a-house-with-a-rather-long-name-of-sixty-letters-in-all-it-has",
      people: 4,
      state: "suspended",
      suspended_at: ago(30),
    },
  ];
  return { others: [ben, { ...dora, last_seen_at: null, suspended_at: ago(30) }], invites: [invite], tenants };
}

/** What the fake does to an organisation. */
function changeTenant(state: FakeState, id: string | undefined, to: Partial<WireTenant>): FakeAnswer {
  needProof(state);
  const { tenants } = state.keeping;
  for (const [at, tenant] of tenants.entries()) if (tenant.id === id) tenants[at] = { ...tenant, ...to };
  return {};
}

function organisations(state: FakeState, name: string, { params, body }: FakeRequest): FakeAnswer | undefined {
  const { tenants } = state.keeping;
  switch (name) {
    case "tenants.list":
      return { data: { data: tenants.toSorted((left, right) => left.id.localeCompare(right.id)) } };
    case "tenants.create": {
      // Parsed by the contract's schemas before it came here.
      const { id } = body as Pick<WireTenant, "id">;
      const waiting = { people: 0, state: "waiting", suspended_at: null, ended_at: null } as const;
      const known = tenants.findIndex((tenant) => tenant.id === id);
      if (known >= 0) tenants.splice(known, 1);
      tenants.push({ id, ...waiting, invited_until: ago(-168) });
      return { status: 201, data: { id, code: "K7PQ-W2M9", role: "owner", expires_at: ago(-168) } };
    }
    case "tenants.suspend":
      return changeTenant(state, params["id"], { state: "suspended", suspended_at: ago(0) });
    case "tenants.resume":
      return changeTenant(state, params["id"], { state: "used", suspended_at: null });
    default:
      return undefined;
  }
}

function entries(state: FakeState): readonly WireEntry[] {
  const me = state.user?.id ?? "";
  const ben = state.keeping.others[0]?.id ?? me;
  const base = { actor: "user", session: null, key: null, level: null, decision: "allow", origin: null } as const;
  return [
    {
      ...base,
      index: 5,
      at: ago(1),
      user: ben,
      action: "audit.read",
      resource: null,
      decision: "deny",
      reason: "role",
    },
    {
      ...base,
      index: 4,
      at: ago(2),
      user: me,
      action: "memory.read",
      resource: fakeId("mem"),
      reason: "own",
      level: "secret",
    },
    { ...base, index: 3, at: ago(3), user: me, action: "grant.give", resource: fakeId("grt"), reason: "done" },
    {
      ...base,
      index: 2,
      at: ago(4),
      user: ben,
      actor: "agent",
      action: "memory.forget",
      resource: fakeId("mem"),
      reason: "done",
    },
    {
      ...base,
      index: 1,
      at: ago(30),
      user: me,
      action: "user.suspend",
      resource: state.keeping.others[1]?.id ?? me,
      reason: "done",
    },
    { ...base, index: 0, at: ago(31), user: me, action: "identity.login", resource: null, reason: "done" },
  ];
}

function change(state: FakeState, id: string | undefined, to: Partial<WireMember>): FakeAnswer {
  needProof(state);
  const { others } = state.keeping;
  for (const [at, member] of others.entries()) if (member.id === id) others[at] = { ...member, ...to };
  return {};
}

function explained(state: FakeState): FakeAnswer {
  const subject = { user: state.user?.id ?? "", role: "admin", open_up_to: "confidential" };
  const steps = [
    { question: "tenant", answer: "passes", text: "It belongs to the same organisation" },
    { question: "sign-in", answer: "passes", text: "A user is known" },
    { question: "owner", answer: "denies", text: "It belongs to somebody else, who has not shared it" },
  ];
  return { data: { allow: false, reason: "owner", text: steps[2]?.text, subject, action: "memory.read", steps } };
}

/** Answers what belongs to running the house. @throws FakeProblem */
export function keeping(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  const { params, body, query } = request;
  const { user } = state;
  const { others, invites } = state.keeping;
  switch (name as string) {
    case "users.list": {
      const me = { id: user?.id, name: user?.name, phone: user?.phone, role: user?.role };
      return {
        data: { data: [{ ...me, registered_at: ago(9_000), last_seen_at: ago(0), suspended_at: null }, ...others] },
      };
    }
    case "users.setRole":
      // Parsed by the contract's schemas before it came here.
      return change(state, params["id"], { role: (body as Pick<WireMember, "role">).role });
    case "users.suspend":
      return change(state, params["id"], { suspended_at: ago(0), last_seen_at: null });
    case "users.restore":
      return change(state, params["id"], { suspended_at: null });
    case "invites.list":
      return { data: { data: invites } };
    case "invites.end":
      for (const [at, invite] of invites.entries())
        if (invite.id === params["id"]) invites[at] = { ...invite, state: "over" };
      return {};
    case "audit.list": {
      const wanted = entries(state).filter(({ action }) => (query["action"] ?? action) === action);
      return { data: { data: wanted, page: { next: null } } };
    }
    case "audit.verify":
      return {
        data: { whole: true, entries: 6, checkpoints: 1, unsigned: 0, root: "", first_bad: null, problems: [] },
      };
    case "policy.explain":
      return explained(state);
    default:
      return organisations(state, name, request);
  }
}
