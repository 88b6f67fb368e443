/** Months of what the fake was told, in UTC. */
import type { RouteName } from "@kaelix/contract";

import { type FakeAnswer, type FakeMemory, type FakeRequest, type FakeState, visible } from "./fake-state.ts";

/** Answers what is about the timeline. */
export function timeline(state: FakeState, name: RouteName, { query }: FakeRequest): FakeAnswer | undefined {
  if (name !== "timeline.read") return undefined;
  const { person, source } = query;
  const saidIt = ({ speaker }: FakeMemory): boolean =>
    person === undefined || speaker?.toLowerCase().startsWith(person.toLowerCase()) === true;
  const said = visible(state).filter(saidIt);
  const shown = said.filter((memory) => source === undefined || memory.source === source);
  const sources = [...new Set(said.map((memory) => memory.source))];
  const data = [...Map.groupBy(shown, ({ occurred_at: at }) => at.slice(0, 7))].map(([key, of]) => {
    const [year = 0, month = 1] = key.split("-").map(Number);
    const at = (months: number): string => new Date(Date.UTC(year, month - 1 + months, 1)).toISOString();
    return { key, count: of.length, from: at(0), to: at(1) };
  });
  return { data: { zone: query["zone"] ?? "UTC", total: shown.length, data, sources, took_ms: 1 } };
}
