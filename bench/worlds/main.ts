/**
 * How right entities, relations and connections between memories are. `--dataset FILE` takes JSON lines
 * `{id, lang?, memories:[{id, at, text}], entities:[{name, type, aliases, memory_ids}], relations:[{from, type, to, evidence}],
 * connected_pairs, unconnected_pairs}`; without it our own development worlds are judged. `--per-world` adds rows per world, language and
 * type, `--mistakes` prints what was missed and what was wrong on standard error. What counts as right: score-worlds.ts.
 *
 * The annotation is never shown to what is judged: of each world it gets the memories alone, in order, and the world's `lang`.
 */
import { readFileSync } from "node:fs";

import { connectMemory, emptyWorld, graphOfWorld } from "@kaelix/intelligence";

import type { BenchRow } from "../row.ts";
import { type GoldWorld, readWorlds } from "./read-worlds.ts";
import { type Counts, f1, scoreWorld, type WorldScore } from "./score-worlds.ts";

const OWN_WORLDS = new URL("dev.jsonl", import.meta.url);

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const at = options.arguments.indexOf("--dataset");
  const worlds = readWorlds(readFileSync(at < 0 ? OWN_WORLDS : (options.arguments[at + 1] ?? ""), "utf8"));
  const timesUs: number[] = [];
  if (!options.quick) for (const world of worlds) judge(world, []);
  const scores = worlds.map((world) => judge(world, timesUs));
  if (options.arguments.includes("--mistakes"))
    for (const score of scores) for (const mistake of score.mistakes) console.error(`${score.id} ${mistake}`);
  timesUs.sort((left, right) => left - right);
  return [
    row("pair_f1", f1(sum(scores.map((one) => one.pairs))), "fraction", 0.85),
    row("entity_f1", f1(sum(scores.map((one) => one.entities))), "fraction", 0.85),
    row("relation_f1", f1(sum(scores.map((one) => one.relations))), "fraction", 0.75),
    row("entity_f1_exact", f1(sum(scores.map((one) => one.exactEntities))), "fraction"),
    row("worlds", worlds.length, "worlds"),
    row("memories", timesUs.length, "memories"),
    row("connect one memory, p50", timesUs[Math.floor(timesUs.length * 0.5)] ?? 0, "µs", 1000),
    row("connect one memory, p99", timesUs[Math.floor(timesUs.length * 0.99)] ?? 0, "µs"),
    ...(options.quick ? [] : [row(`connect one more to ${FULL} memories, mean of CPU time`, oneMoreUs(worlds), "µs")]),
    ...(options.arguments.includes("--per-world") ? detailRows(scores) : []),
  ];
}

/** A life that is told for years: all worlds as one person's, over and over. */
const FULL = 5_000;
const MEASURED = 500;

function oneMoreUs(worlds: readonly GoldWorld[]): number {
  const texts = worlds.flatMap((world) => world.memories.map((memory) => memory.text));
  const state = emptyWorld();
  let before = process.cpuUsage();
  for (let number = 0; number < FULL + MEASURED; number++) {
    if (number === FULL) before = process.cpuUsage();
    const at = new Date(Date.UTC(2020, 0, 1) + number * 21_600_000).toISOString();
    connectMemory(state, { memoryId: `m${number}`, at, text: `${texts[number % texts.length]} ${number}` });
  }
  const { system, user } = process.cpuUsage(before);
  return (system + user) / MEASURED;
}

function judge(world: GoldWorld, timesUs: number[]): WorldScore {
  const state = emptyWorld();
  for (const memory of world.memories) {
    const startMs = performance.now();
    connectMemory(state, {
      memoryId: memory.id,
      at: memory.at,
      text: memory.text,
      ...(world.language === undefined ? {} : { language: world.language }),
    });
    timesUs.push((performance.now() - startMs) * 1000);
  }
  return scoreWorld(world, graphOfWorld(state));
}

function sum(counts: readonly Counts[]): Counts {
  const total = { right: 0, found: 0, wanted: 0 };
  for (const one of counts) {
    total.right += one.right;
    total.found += one.found;
    total.wanted += one.wanted;
  }
  return total;
}

function row(name: string, value: number, unit: string, target?: number): BenchRow {
  const rounded = Math.round(value * 10_000) / 10_000;
  if (target === undefined) return { name, value: rounded, unit };
  return { name, value: rounded, unit, target, reached: unit === "fraction" ? value >= target : value <= target };
}

function three(name: string, scores: readonly WorldScore[]): BenchRow[] {
  return [
    row(`${name}: pair_f1`, f1(sum(scores.map((one) => one.pairs))), "fraction"),
    row(`${name}: entity_f1`, f1(sum(scores.map((one) => one.entities))), "fraction"),
    row(`${name}: relation_f1`, f1(sum(scores.map((one) => one.relations))), "fraction"),
  ];
}

function detailRows(scores: readonly WorldScore[]): BenchRow[] {
  const languages = [...new Set(scores.map((one) => one.language))].sort();
  const types = (of: (score: WorldScore) => Map<string, Counts>): string[] =>
    [...new Set(scores.flatMap((one) => [...of(one).keys()]))].sort();
  const typeRows = (label: string, of: (score: WorldScore) => Map<string, Counts>): BenchRow[] =>
    types(of).map((type) =>
      row(
        `${label} ${type}: f1`,
        f1(sum(scores.map((one) => of(one).get(type) ?? { right: 0, found: 0, wanted: 0 }))),
        "fraction",
      ),
    );
  return [
    ...scores.flatMap((score) => three(score.id, [score])),
    ...languages.flatMap((language) =>
      three(
        `language ${language}`,
        scores.filter((one) => one.language === language),
      ),
    ),
    ...typeRows("entity", (score) => score.entityTypes),
    ...typeRows("relation", (score) => score.relationTypes),
  ];
}
