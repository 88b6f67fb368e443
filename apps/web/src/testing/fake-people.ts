/** People as the fake has them: invented, whatever was told, so that every state of the screens can be seen. */
import type { RouteName } from "@kaelix/contract";

import type { WireEvidence, WireGraph, WirePerson, WirePersonPage } from "../data/people-api.ts";
import { fakeId } from "./fake-data.ts";
import { type FakeAnswer, FakeProblem, type FakeRequest, type FakeState, visible } from "./fake-state.ts";

const TIMES = { first_at: "2026-01-03T10:00:00Z", last_at: "2026-04-09T10:00:00Z" };

function person(at: number, name: string, more: Partial<WirePerson> = {}): WirePerson {
  const id = `per_0000000000000000000000000${at}`;
  return { id, name, aliases: [], relation: null, memories: 3, ...TIMES, confidence: 0.95, sure: true, ...more };
}

const CARLA = person(1, "Carla", { aliases: ["Mum"], relation: "mother", memories: 5 });
const TOM = person(2, "Tom", { relation: "brother", memories: 4 });
const PRIYA = person(3, "Priya", { memories: 2 });
const LAYLA = person(4, "ليلى", { memories: 1 });
const DUNE = person(5, "Dune", { memories: 1, confidence: 0.7, sure: false });
const SURE = [CARLA, TOM, PRIYA, LAYLA];

function evidence(state: FakeState, quote: string, at: string): WireEvidence {
  const [memory] = visible(state);
  return {
    memory_id: memory?.id ?? fakeId("mem"),
    at,
    level: "general",
    speaker: null,
    quote,
    range: [0, quote.length],
  };
}

function pageOf(state: FakeState, somebody: WirePerson): WirePersonPage {
  const leeds = evidence(state, "My brother Tom lives in Leeds now", "2026-01-08T10:00:00Z");
  const manchester = evidence(state, "Tom moved to Manchester last week", "2026-02-20T10:00:00Z");
  const fact = { other: { id: null, kind: "me", name: "you" }, confidence: 0.9 } as const;
  return {
    ...somebody,
    facts: [
      { ...fact, type: "family", text: "is your brother", since: "2026-01-08", until: null, evidence: [leeds] },
      {
        ...fact,
        type: "lives_in",
        text: "lives in Manchester",
        since: "2026-02-20",
        until: null,
        evidence: [manchester],
      },
      {
        ...fact,
        type: "lives_in",
        text: "lived in Leeds",
        since: "2026-01-08",
        until: "2026-02-20",
        evidence: [leeds],
      },
    ],
    told_differently: [
      {
        type: "lives_in",
        statements: [
          { value: "Leeds", evidence: leeds },
          { value: "Manchester", evidence: manchester },
        ],
      },
    ],
    near: [{ id: PRIYA.id, kind: "person", name: "Priya", together: 2, evidence: [leeds] }],
    mentions: [manchester, leeds],
    last_contact: evidence(state, "Tom called about the car", "2026-03-01T10:00:00Z"),
  };
}

function graphOf(somebody: WirePerson, hops: string): WireGraph {
  const edge = { confidence: 0.9, since: "2026-01-08", until: null, memory_ids: [] };
  const nodes: WireGraph["nodes"] = [
    { id: somebody.id, kind: "person", name: somebody.name, hops: 0 },
    { id: "me", kind: "me", name: "you", hops: 1 },
    { id: PRIYA.id, kind: "person", name: "Priya", hops: 1 },
    { id: "ent_1", kind: "place", name: "Manchester", hops: 1 },
    { id: "ent_2", kind: "place", name: "Leeds", hops: 1 },
  ];
  const edges: WireGraph["edges"] = [
    { ...edge, from: "me", to: somebody.id, type: "family" },
    { ...edge, from: somebody.id, to: PRIYA.id, type: "together" },
    { ...edge, from: somebody.id, to: "ent_1", type: "lives_in" },
    { ...edge, from: somebody.id, to: "ent_2", type: "lives_in", until: "2026-02-20" },
  ];
  if (hops !== "2") return { nodes, edges };
  return {
    nodes: [...nodes, { id: "ent_3", kind: "organisation", name: "Halden Rail", hops: 2 }],
    edges: [...edges, { ...edge, from: PRIYA.id, to: "ent_3", type: "works_at" }],
  };
}

/** Who may be one with whom, and what was decided. */
export function merges(state: FakeState): FakeAnswer {
  const said = evidence(state, "Priya is starting at Halden Rail", "2026-01-05T10:00:00Z");
  const proposals = [
    {
      type: "was-taken",
      person: TOM,
      other: null,
      wording: "the brother",
      reason: "“the brother” was taken to mean Tom, as both speak of the same matter",
      evidence: [said],
    },
    { type: "may-be-one", person: PRIYA, other: LAYLA, wording: null, reason: "Priya may be ليلى", evidence: [said] },
  ];
  const decisions = state.isDecided
    ? [{ id: "dec_00000000000000000000000001", what: "merge", at: TIMES.last_at, person: CARLA, other: "Mum" }]
    : [];
  return { data: { proposals: state.isDecided ? proposals.slice(1) : proposals, decisions } };
}

/** Answers what is about people. A fake that was told nothing knows nobody. @throws FakeProblem */
export function people(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  const isTold = visible(state).length > 0;
  const find = (): WirePerson => {
    const found = SURE.find((one) => one.id === request.params["id"]);
    if (found === undefined || !isTold) throw new FakeProblem(404, "not-found", "There is no such thing");
    return found;
  };
  switch (name as string) {
    case "people.list": {
      const data = request.query["unsure"] === "true" ? [...SURE, DUNE] : SURE;
      return { data: isTold ? { data, unsure: 1 } : { data: [], unsure: 0 } };
    }
    case "people.read":
      return { data: pageOf(state, find()) };
    case "people.graph":
      return { data: graphOf(find(), request.query["hops"] ?? "1") };
    case "people.reading":
      return { data: { reading: null } };
    case "people.merges":
      return isTold ? merges(state) : { data: { proposals: [], decisions: [] } };
    case "people.decide":
      state.isDecided = true;
      return { status: 201, data: { id: "dec_00000000000000000000000001", outcome: "decided" } };
    case "people.undo":
      state.isDecided = false;
      return {};
    case "memories.connections":
      return { data: linksOf(state, request.params["id"] ?? "") };
    default:
      return undefined;
  }
}

function linksOf(state: FakeState, id: string): unknown {
  const others = visible(state).filter((memory) => memory.id !== id);
  return {
    named: [
      { id: CARLA.id, kind: "person", name: "Carla" },
      { id: "ent_1", kind: "place", name: "Harbour" },
    ],
    data: others.slice(0, 2).map(({ id: other, level, occurred_at, speaker, text }) => ({
      memory: { id: other, text, speaker, level, occurred_at },
      score: 0.9,
      reason: "Both speak of Carla",
    })),
  };
}
