/** Sharing as the fake has it: two neighbours, one of whom shares a conversation; to share asks for a proof once. */
import type { RouteName } from "@kaelix/contract";

import type { ShareRequest, WireShare, WireSubject } from "../data/sharing-api.ts";
import { needProof } from "./fake-access.ts";
import { fakeId } from "./fake-data.ts";
import { type FakeAnswer, type FakeRequest, type FakeState, LEVELS, tell } from "./fake-state.ts";

const DAY_MS = 86_400_000;
const BEN = { id: fakeId("usr"), name: "Ben Okafor" };
const DORA = { id: fakeId("usr"), name: "Dora" };

const SUBJECTS: readonly WireSubject[] = [
  {
    id: "per_00000000000000000000000001",
    kind: "person",
    name: "Carla",
    aliases: ["Mum"],
    relation: "mother",
    memories: { general: 3, confidential: 5 },
  },
  {
    id: "ent_00000000000000000000000001",
    kind: "place",
    name: "Leeds",
    aliases: [],
    relation: null,
    memories: { general: 0, confidential: 2 },
  },
];

function isCalled(name: string, typed: string): boolean {
  return name.toLowerCase().startsWith(typed.trim().toLowerCase());
}

/** What the fake knows of shares. */
export interface FakeShares {
  readonly given: WireShare[];
  readonly received: WireShare[];
}

/** Shares of a seeded fake: Ben's conversation, and a source for a purpose. */
export function seedShares(state: FakeState): void {
  const { user, shares } = state;
  if (user === null) return;
  const times = {
    starts_at: new Date(Date.now() - DAY_MS).toISOString(),
    expires_at: new Date(Date.now() + 30 * DAY_MS).toISOString(),
    ended_at: null,
    state: "open",
  } as const;
  const to = { id: user.id, name: user.name };
  const id = fakeId("grt");
  const shared = { by: BEN, grant: id, until: times.expires_at };
  for (const [text, hours] of [
    ["The landlord comes on Tuesday at nine", 50],
    ["He brings the new keys and the meter readings", 49],
  ] as const) {
    const at = new Date(Date.now() - hours * 3_600_000).toISOString();
    const conversation = { key: "flat", title: "The new flat" };
    const memory = tell(state, { text, at, speaker: BEN.name, source: "whatsapp", conversation });
    memory.shared = shared;
  }
  const conversation = state.conversationIds.get("flat") ?? "";
  const flat = { type: "conversation", conversation } as const;
  const base = { from: BEN, to, label: null, level: "confidential", purpose: null, covers: null, ...times } as const;
  shares.received.push(
    { ...base, id, what: flat, label: "The new flat" },
    { ...base, id: fakeId("grt"), what: { type: "source", source: "csv" }, level: "general", purpose: "tax" },
  );
}

function give(state: FakeState, body: ShareRequest): FakeAnswer {
  needProof(state);
  const { user, shares } = state;
  const to = [BEN, DORA].find(({ id }) => id === body.to) ?? BEN;
  const level = typeof body.level === "number" ? LEVELS[body.level - 1] : body.level;
  const share: WireShare = {
    id: fakeId("grt"),
    from: { id: user?.id ?? "", name: user?.name ?? "" },
    to,
    what: body.what,
    label: body.what.type === "conversation" || body.what.type === "about" ? "Carla" : null,
    covers: body.what.type === "about" ? 5 : null,
    level: level ?? "general",
    purpose: body.purpose ?? null,
    starts_at: new Date().toISOString(),
    expires_at: body.expires_at,
    ended_at: null,
    state: "open",
  };
  shares.given.unshift(share);
  return { status: 201, data: share };
}

function end({ given, received }: FakeShares, id: string | undefined): FakeAnswer {
  const at = received.findIndex((share) => share.id === id);
  if (at >= 0) received.splice(at, 1);
  for (const [place, share] of given.entries())
    if (share.id === id) given[place] = { ...share, state: "ended", ended_at: new Date().toISOString() };
  return {};
}

/** Answers what belongs to sharing. @throws FakeProblem */
export function sharing(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  switch (name as string) {
    case "directory.list":
      return { data: { data: [BEN, DORA] } };
    case "grants.list":
      return { data: state.shares };
    case "grants.subjects":
      return { data: { data: SUBJECTS.filter(({ name }) => isCalled(name, request.query["query"] ?? "")) } };
    case "grants.create":
      // Parsed by the contract's schemas before it came here.
      return give(state, request.body as ShareRequest);
    case "grants.end":
      return end(state.shares, request.params["id"]);
    default:
      return undefined;
  }
}
