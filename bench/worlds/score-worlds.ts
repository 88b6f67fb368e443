/**
 * How right a world is, against its annotation.
 *
 * Entities: an entity found matches an annotated one of the same type when they share a wording and a memory. Wordings are the name and
 * the aliases, folded (case, marks) and without leading articles and possessives; they are shared when equal (`exact`) or when one holds
 * the other as whole words (`hip op`, `the hip op`). Each matches at most one, equal wordings first, then the larger overlap of memories.
 * Relations: `(from, type, to)` after the matching of entities; `family`, `colleague`, `friend` and `neighbour` have no direction.
 * Pairs: only pairs that are annotated as connected or unconnected count, without order.
 * All three as F1 over the whole data set (counts summed over worlds).
 */
import type { WorldGraph } from "@kaelix/intelligence";

import type { GoldEntity, GoldWorld } from "./read-worlds.ts";

/** Right, found and wanted. */
export interface Counts {
  right: number;
  found: number;
  wanted: number;
}

/** Counts of one world, and per type. */
export interface WorldScore {
  readonly id: string;
  readonly language: string;
  readonly pairs: Counts;
  readonly entities: Counts;
  readonly exactEntities: Counts;
  readonly relations: Counts;
  readonly entityTypes: Map<string, Counts>;
  readonly relationTypes: Map<string, Counts>;
  /** What was missed and what was found wrongly, for people to read. */
  readonly mistakes: readonly string[];
}

const SYMMETRIC = new Set(["family", "colleague", "friend", "neighbour"]);
const LEADING =
  /^(?:the|a|an|my|our|his|her|their|der|die|das|den|dem|mein|meine|meinem|meiner|unser|unsere|el|la|los|las|un|una|mi|mis|su|le|les|l|mon|ma|mes|un|une|son|sa|il|lo|i|gli|mio|mia|o|os|as|meu|minha|seu|sua|à|do|da|mera|meri|mere) (?=.)/;

/** F1 of counts; 1 when nothing was wanted and nothing found. */
export function f1(counts: Counts): number {
  if (counts.found + counts.wanted === 0) return 1;
  return (2 * counts.right) / (counts.found + counts.wanted);
}

function wording(text: string): string {
  const folded = text
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll("ı", "i")
    .replaceAll(/[^\p{L}\p{N}'&-]+/gu, " ")
    .trim();
  let cut = folded;
  while (LEADING.test(cut)) cut = cut.replace(LEADING, "");
  return cut;
}

interface Side {
  readonly type: string;
  readonly wordings: readonly string[];
  readonly memories: ReadonlySet<string>;
}

function holdsWords(long: string, short: string): boolean {
  return short.length > 1 && ` ${long} `.includes(` ${short} `);
}

function likeness(gold: Side, found: Side): number {
  if (gold.type !== found.type) return 0;
  let overlap = 0;
  for (const id of gold.memories) if (found.memories.has(id)) overlap += 1;
  if (overlap === 0) return 0;
  const isEqual = gold.wordings.some((one) => found.wordings.includes(one));
  const isPart =
    isEqual ||
    gold.wordings.some((one) => found.wordings.some((other) => holdsWords(one, other) || holdsWords(other, one)));
  if (!isPart) return 0;
  return (isEqual ? 10 : 1) + overlap / (gold.memories.size + found.memories.size);
}

function sideOfGold(entity: GoldEntity): Side {
  return {
    type: entity.type,
    wordings: [entity.name, ...entity.aliases].map(wording),
    memories: new Set(entity.memoryIds),
  };
}

/** Which found entity each annotated one is, by index. */
function matchEntities(gold: readonly Side[], found: readonly Side[]): { matches: Map<number, number>; exact: number } {
  const candidates = gold
    .flatMap((one, left) => found.map((other, right) => ({ left, right, value: likeness(one, other) })))
    .filter(({ value }) => value > 0)
    .toSorted((one, other) => other.value - one.value);
  const matches = new Map<number, number>();
  const taken = new Set<number>();
  let exact = 0;
  for (const { left, right, value } of candidates) {
    if (matches.has(left) || taken.has(right)) continue;
    matches.set(left, right);
    taken.add(right);
    if (value >= 10) exact += 1;
  }
  return { matches, exact };
}

/** Scores one world. */
export function scoreWorld(gold: GoldWorld, graph: WorldGraph): WorldScore {
  const mistakes: string[] = [];
  const goldSides = gold.entities.map(sideOfGold);
  const foundSides = graph.entities.map((entity) => ({
    type: entity.type,
    wordings: [entity.name, ...entity.aliases].map(wording),
    memories: new Set(entity.memoryIds),
  }));
  const { matches, exact } = matchEntities(goldSides, foundSides);
  const matched = new Map([...matches].map(([left, right]) => [right, left]));
  const entityTypes = new Map<string, Counts>();
  for (const [at, entity] of gold.entities.entries()) {
    count(entityTypes, entity.type, { right: matches.has(at) ? 1 : 0, found: 0, wanted: 1 });
    if (!matches.has(at)) mistakes.push(`entity missed: ${entity.type} ${entity.name} (${entity.memoryIds.join(" ")})`);
  }
  for (const [at, entity] of graph.entities.entries()) {
    count(entityTypes, entity.type, { right: 0, found: 1, wanted: 0 });
    if (!matched.has(at))
      mistakes.push(
        `entity wrong: ${entity.type} ${entity.name} [${entity.aliases.join(" | ")}] (${entity.memoryIds.join(" ")})`,
      );
  }
  const relations = scoreRelations(gold, graph, matched, mistakes);
  return {
    id: gold.id,
    language: gold.language ?? "unknown",
    pairs: scorePairs(gold, graph, mistakes),
    entities: { right: matches.size, found: graph.entities.length, wanted: gold.entities.length },
    exactEntities: { right: exact, found: graph.entities.length, wanted: gold.entities.length },
    relations: relations.counts,
    entityTypes,
    relationTypes: relations.types,
    mistakes,
  };
}

function count(table: Map<string, Counts>, key: string, add: Counts): void {
  const known = table.get(key) ?? { right: 0, found: 0, wanted: 0 };
  table.set(key, { right: known.right + add.right, found: known.found + add.found, wanted: known.wanted + add.wanted });
}

function relationKey(from: string, type: string, to: string): string {
  return SYMMETRIC.has(type) && to < from ? `${to} ${type} ${from}` : `${from} ${type} ${to}`;
}

function scoreRelations(
  gold: GoldWorld,
  graph: WorldGraph,
  matched: ReadonlyMap<number, number>,
  mistakes: string[],
): { counts: Counts; types: Map<string, Counts> } {
  const nameOf = new Map<string, string>();
  for (const [at, entity] of graph.entities.entries()) {
    const left = matched.get(at);
    nameOf.set(entity.id, left === undefined ? `(${entity.name})` : (gold.entities[left]?.name ?? ""));
  }
  const wanted = new Map(gold.relations.map((one) => [relationKey(one.from, one.type, one.to), one.type]));
  const found = new Map(
    graph.relations.map((one) => [
      relationKey(nameOf.get(one.from) ?? "", one.type, nameOf.get(one.to) ?? ""),
      one.type,
    ]),
  );
  const types = new Map<string, Counts>();
  let right = 0;
  for (const [key, type] of wanted) {
    const isFound = found.has(key);
    right += isFound ? 1 : 0;
    count(types, type, { right: isFound ? 1 : 0, found: 0, wanted: 1 });
    if (!isFound) mistakes.push(`relation missed: ${key}`);
  }
  for (const [key, type] of found) {
    count(types, type, { right: 0, found: 1, wanted: 0 });
    if (!wanted.has(key)) mistakes.push(`relation wrong: ${key}`);
  }
  return { counts: { right, found: found.size, wanted: wanted.size }, types };
}

function scorePairs(gold: GoldWorld, graph: WorldGraph, mistakes: string[]): Counts {
  const key = (left: string, right: string): string => (left < right ? `${left} ${right}` : `${right} ${left}`);
  const found = new Set(graph.connections.map((one) => key(one.from, one.to)));
  const counts = { right: 0, found: 0, wanted: gold.connected.length };
  for (const [left, right] of gold.connected) {
    const isFound = found.has(key(left, right));
    counts.right += isFound ? 1 : 0;
    counts.found += isFound ? 1 : 0;
    if (!isFound) mistakes.push(`pair missed: ${left} ${right}`);
  }
  for (const [left, right] of gold.unconnected) {
    if (!found.has(key(left, right))) continue;
    counts.found += 1;
    mistakes.push(`pair wrong: ${left} ${right}`);
  }
  return counts;
}
