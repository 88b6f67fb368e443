import type { ConversationId, Level, SourceKind } from "@kaelix/model";

import type { DocumentTable } from "./document-table.ts";

/** One value of a facet and how many matches have it. */
export interface FacetCount<Value> {
  readonly value: Value;
  readonly count: number;
}

/** What the matches of a search have in common, most frequent first; months newest first. */
export interface Facets {
  /** Speakers; null is the owner. */
  readonly people: readonly FacetCount<string | null>[];
  readonly sources: readonly FacetCount<SourceKind>[];
  readonly levels: readonly FacetCount<Level>[];
  /** `2024-12`, UTC. */
  readonly months: readonly FacetCount<string>[];
  /** Null is "no conversation". */
  readonly conversations: readonly FacetCount<ConversationId | null>[];
}

/** Values of one facet that are returned at most. */
const FACET_VALUES_MAX = 50;

/** No matches, no facets. */
export const NO_FACETS: Facets = { people: [], sources: [], levels: [], months: [], conversations: [] };

/** Counts the facets of documents, each once. */
export function countFacets(table: DocumentTable, docs: ArrayLike<number>): Facets {
  const people = new Int32Array(table.speakerNames.count);
  const sources = new Int32Array(table.sourceNames.count);
  const levels = new Int32Array(5);
  const conversations = new Int32Array(table.conversationNames.count);
  const months = new Map<number, number>();
  // Neighbours are mostly of one month: the map is asked once a run.
  let run = { month: 0, count: 0 };
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at] ?? 0;
    bump(people, table.speakers[doc] ?? 0);
    bump(sources, table.sources[doc] ?? 0);
    bump(levels, table.levels[doc] ?? 0);
    bump(conversations, table.conversations[doc] ?? 0);
    const month = table.months[doc] ?? 0;
    if (month !== run.month) {
      addRun(months, run);
      run = { month, count: 0 };
    }
    run.count += 1;
  }
  addRun(months, run);
  const monthCounts = Array.from(months, ([month, count]) => ({ value: formatMonth(month), count }));
  return {
    people: ranked(people, (id) => table.speakerNames.name(id)),
    sources: ranked(sources, (id) => table.sourceNames.name(id) ?? "rest"),
    // Levels of documents that are there are 1 to 4.
    levels: ranked(levels, (level) => level as Level),
    months: firstCounts(monthCounts).sort((left, right) => (left.value < right.value ? 1 : -1)),
    conversations: ranked(conversations, (id) => table.conversationNames.name(id)),
  };
}

/** Facets of two disjoint sets of matches as one. */
export function addFacets(left: Facets, right: Facets): Facets {
  return {
    people: addCounts(left.people, right.people),
    sources: addCounts(left.sources, right.sources),
    levels: addCounts(left.levels, right.levels),
    months: addCounts(left.months, right.months).sort((one, other) => (one.value < other.value ? 1 : -1)),
    conversations: addCounts(left.conversations, right.conversations),
  };
}

function addCounts<Value extends string | number | null>(
  left: readonly FacetCount<Value>[],
  right: readonly FacetCount<Value>[],
): FacetCount<Value>[] {
  const counts = new Map<Value, number>();
  for (const { value, count } of [...left, ...right]) counts.set(value, (counts.get(value) ?? 0) + count);
  return firstCounts<Value>(Array.from(counts, ([value, count]) => ({ value, count })));
}

function addRun(
  months: Map<number, number>,
  { month, count }: { readonly month: number; readonly count: number },
): void {
  if (count > 0) months.set(month, (months.get(month) ?? 0) + count);
}

function bump(counts: Int32Array, id: number): void {
  counts[id] = (counts[id] ?? 0) + 1;
}

function formatMonth(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/** Counts by number as counts by name, those above 0. */
function ranked<Value extends string | number | null>(
  counts: Int32Array,
  name: (id: number) => Value,
): FacetCount<Value>[] {
  const found: FacetCount<Value>[] = [];
  for (const [id, count] of counts.entries()) if (count > 0) found.push({ value: name(id), count });
  return firstCounts<Value>(found);
}

/** Most frequent first; among equals by name, so that the order does not depend on who was seen first. */
function firstCounts<Value extends string | number | null>(counts: FacetCount<Value>[]): FacetCount<Value>[] {
  return counts
    .sort((left, right) => right.count - left.count || (String(left.value) < String(right.value) ? -1 : 1))
    .slice(0, FACET_VALUES_MAX);
}
