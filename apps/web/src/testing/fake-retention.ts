/** How long the fake's person keeps what they told: as they choose; a short rule lets all of it go in a week. */
import type { RouteName } from "@kaelix/contract";

import type { WireRules } from "../data/retention-api.ts";
import {
  type FakeAnswer,
  FakeProblem,
  type FakeMemory,
  type FakeRequest,
  type FakeState,
  visible,
  wire,
} from "./fake-state.ts";

const WEEK_MS = 604_800_000;
const HOUSE: WireRules = { months: 84, sources: [] };
const UNTIL = "2033-01-10";

interface FakeRetention {
  rules: WireRules | null;
  readonly kept: Set<string>;
}

const standing = new WeakMap<FakeState, FakeRetention>();

function of(state: FakeState): FakeRetention {
  const found = standing.get(state) ?? { rules: null, kept: new Set<string>() };
  standing.set(state, found);
  return found;
}

function leavingOf(state: FakeState, rules: WireRules): readonly FakeMemory[] {
  const isShort = rules.months !== null && rules.months <= 12;
  return isShort ? visible(state).filter(({ id }) => !of(state).kept.has(id)) : [];
}

function countsOf(state: FakeState, rules: WireRules) {
  const total = leavingOf(state, rules).length;
  return { total, sources: total === 0 ? [] : [{ source: "chat" as const, count: total }] };
}

function view(state: FakeState): FakeAnswer {
  const { kept, rules } = of(state);
  const counts = countsOf(state, rules ?? HOUSE);
  return {
    data: {
      rules: rules ?? HOUSE,
      chosen_at: rules === null ? null : new Date().toISOString(),
      house: HOUSE,
      announced: counts.total === 0 ? null : { on: new Date(Date.now() + WEEK_MS).toISOString(), ...counts },
      next_30_days: counts.total,
      kept: kept.size,
    },
  };
}

/** Answers one call about how long memories are kept; undefined when it is about something else. */
export function retention(state: FakeState, name: RouteName, request: FakeRequest): FakeAnswer | undefined {
  const { kept, rules } = of(state);
  const id = request.params["id"] ?? "";
  // The contract's schemas have parsed it.
  const body = request.body as { readonly rules?: WireRules | null; readonly kept?: boolean } | undefined;
  if (name === "retention.read") return view(state);
  if (name === "retention.choose") {
    if (!state.access.isProved) throw new FakeProblem(403, "proof-needed", "Prove that it is you first");
    of(state).rules = body?.rules ?? null;
    return view(state);
  }
  if (name === "retention.preview") {
    const counts = countsOf(state, body?.rules ?? HOUSE);
    return { data: { on: new Date(Date.now() + WEEK_MS).toISOString(), ...counts, next_30_days: counts.total } };
  }
  if (name === "retention.leaving") {
    const leaving = leavingOf(state, rules ?? HOUSE);
    return {
      data: { total: leaving.length, data: leaving.map((memory) => ({ until: UNTIL, memory: wire(memory) })) },
    };
  }
  if (name !== "memories.keep" && name !== "memories.kept") return undefined;
  if (name === "memories.keep" && body?.kept === true) kept.add(id);
  if (name === "memories.keep" && body?.kept === false) kept.delete(id);
  return { data: { kept: kept.has(id), until: kept.has(id) ? null : UNTIL } };
}
