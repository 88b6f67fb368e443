/** A provider that writes what was quoted, and judges a few. */
import type { RouteName } from "@kaelix/contract";

import type { WireProvider } from "../data/provider-api.ts";
import type { FakeAnswer, FakeRequest, FakeState } from "./fake-state.ts";

const PROVIDER: Omit<WireProvider, "choice"> = {
  writer: {
    host: "llm.example.org",
    model: "small-1",
    level_max: "general",
    writes: true,
    judges_below: 0.8,
    state: "ready",
    problem: null,
    requests: 41,
    waiting: 12,
    judged: 318,
    raised: 9,
    silent: 1,
    tokens_today: 48_211,
    tokens_per_day: 2_000_000,
    cost_today: 0.0093,
    cost_per_day: 1,
  },
  meaning: null,
};

const chosen = new WeakMap<FakeState, WireProvider["choice"]>();

/** Answers a call about the provider. */
export function provider(state: FakeState, name: RouteName, { body }: FakeRequest): FakeAnswer | undefined {
  if (name === "provider.choose") {
    const allowed = typeof body === "object" && body !== null && "allowed" in body && body.allowed === true;
    chosen.set(state, { allowed, chosen_at: new Date().toISOString() });
    return { data: chosen.get(state) };
  }
  if (name === "provider.read")
    return { data: { ...PROVIDER, choice: chosen.get(state) ?? { allowed: true, chosen_at: null } } };
  const text = "It answers as it should";
  if (name === "provider.test")
    return { data: { ok: true, model: "small-1", host: "llm.example.org", took_ms: 212, problem: null, text } };
  return undefined;
}

/** The stream of an answer that nobody writes. */
export function writtenAnswer(answer: unknown): FakeAnswer {
  const data = JSON.stringify(answer);
  return {
    text: `event: quoted\ndata: ${data}\n\nevent: done\ndata: ${data}\n\n`,
    headers: { "content-type": "text/event-stream" },
  };
}
