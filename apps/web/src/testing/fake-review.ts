/** What waits as the fake has it: unsure memories, the people it proposes, and one thing that a program wants remembered. */
import type { RouteName } from "@kaelix/contract";

import { merges } from "./fake-people.ts";
import { type FakeAnswer, FakeProblem, type FakeRequest, type FakeState, LEVELS, visible, wire } from "./fake-state.ts";

const WRITE_ID = "wri_AAAAAAAAAAAAAAAAAAAAAA";
const WHO_ID = "who_AAAAAAAAAAAAAAAAAAAAAA";

function itemsOf(state: FakeState): { readonly id: string; readonly kind: string }[] {
  const all = visible(state);
  const { proposals = [] } = all.length === 0 ? {} : proposalsOf(state);
  const write = {
    id: WRITE_ID,
    kind: "write",
    answers: ["accept", "refuse"],
    alike: null,
    write: {
      text: "The alarm at the workshop is switched off with 4711",
      level: "confidential",
      client: "Claude",
      reasons: ["a code that opens something"],
      occurred_at: null,
      proposed_at: new Date(Date.now() - 3_600_000).toISOString(),
    },
  };
  const people = proposals.map((proposal, at) => ({
    id: `${WHO_ID.slice(0, -1)}${at}`,
    kind: "person",
    answers: ["accept", "refuse"],
    alike: null,
    people: proposal,
  }));
  const doubts = all
    .filter((memory) => memory.level_decided_by === "rule")
    .slice(0, 4)
    .map((memory, nth) => {
      const at = LEVELS.indexOf(memory.level);
      const answers = ["accept", ...(at < 3 ? ["up"] : []), ...(at > 0 ? ["down"] : [])];
      const doubted = {
        id: memory.id,
        kind: "level",
        answers,
        alike: null,
        memory: { ...wire(memory), confidence: 0.56 },
      };
      return nth > 0 ? doubted : { ...doubted, said: { times: 18, since: "2024-03-01T08:00:00.000Z" } };
    });
  return [...(state.isAnswered || all.length === 0 ? [] : [write]), ...people, ...doubts];
}

function proposalsOf(state: FakeState): { readonly proposals?: readonly unknown[] } {
  const { data } = merges(state);
  return typeof data === "object" && data !== null ? data : {};
}

/** Answers what is about the review queue. @throws FakeProblem */
export function review(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  if (!name.startsWith("review.")) return undefined;
  const items = itemsOf(state);
  const of = (kind: string): number => items.filter((item) => item.kind === kind).length;
  const counts = { level: of("level"), person: of("person"), write: of("write"), total: items.length };
  if (name === "review.list") return { data: { data: items, counts } };
  if (name === "review.count") return { data: counts };
  if (name === "review.undo") return { data: { undone: takenBack(state, request) } };
  const item = items.find(({ id }) => id === request.params["id"]);
  if (item === undefined) throw new FakeProblem(404, "not-found", "There is no such thing");
  if (item.kind === "write") state.isAnswered = true;
  if (item.kind === "person") {
    state.isDecided = true;
    return { data: { kind: "person", memory: null, decision: "dec_00000000000000000000000001", settled: [] } };
  }
  const memory = state.memories.get(item.id);
  if (memory === undefined) return { data: { kind: item.kind, memory: null, decision: null, settled: [] } };
  memory.level_decided_by = "person";
  const settled = [{ id: memory.id, version: memory.version }];
  return { data: { kind: item.kind, memory: wire(memory), decision: null, settled } };
}

function takenBack(state: FakeState, { body }: FakeRequest): number {
  const settled = (body as { readonly settled: readonly { readonly id: string }[] }).settled;
  for (const { id } of settled) {
    const memory = state.memories.get(id);
    if (memory !== undefined) memory.level_decided_by = "rule";
  }
  return settled.length;
}
