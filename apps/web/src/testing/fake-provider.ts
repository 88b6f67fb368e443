/** A provider that writes what was quoted, and judges a few. */
import type { RouteName } from "@kaelix/contract";

import type { WireProvider } from "../data/provider-api.ts";
import type { FakeAnswer } from "./fake-state.ts";

const PROVIDER: WireProvider = {
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

/** Answers a call about the provider. */
export function provider(name: RouteName): FakeAnswer | undefined {
  if (name === "provider.read") return { data: PROVIDER };
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
