/** What the fake's person taught: as much as they moved. */
import type { RouteName } from "@kaelix/contract";

import { type FakeAnswer, type FakeState, visible } from "./fake-state.ts";

const forgotten = new WeakMap<FakeState, number>();

/** Answers one call about lessons; undefined when it is about something else. */
export function lessons(state: FakeState, name: RouteName): FakeAnswer | undefined {
  if (name === "lessons.forget") {
    forgotten.set(state, Date.now());
    return {};
  }
  if (name !== "lessons.read") return undefined;
  const atMs = forgotten.get(state);
  const moved = visible(state).filter((memory) => memory.level_decided_by === "person");
  const total = atMs === undefined ? moved.length : 0;
  const data = total === 0 ? [] : [{ from: "general", to: "confidential", count: total }];
  return { data: { total, data, forgotten_at: atMs === undefined ? null : new Date(atMs).toISOString() } };
}
