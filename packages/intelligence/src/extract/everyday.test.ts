import { expect, test } from "vitest";

import { connectMemory } from "../connect/connect-memory.ts";
import { emptyWorld } from "../connect/world.ts";
import { graphOfWorld } from "../connect/world-graph.ts";
import { extractFromText } from "./extract.ts";
import { ME } from "./extraction.ts";

function facts(text: string): string[] {
  const { facts: found, mentions } = extractFromText(text, { at: "2026-03-02" });
  const name = (at: number): string => (at === ME ? "me" : (mentions[at]?.text ?? ""));
  return found.map((fact) => `${name(fact.from)} ${fact.type} ${name(fact.to)}`);
}

function people(text: string): string[] {
  return extractFromText(text, { at: "2026-03-02" }).mentions.flatMap(({ form, kind, text: name }) =>
    kind === "person" && form === "name" ? [name] : [],
  );
}

test("extractFromText gives a first day to whose it is", () => {
  expect(facts("Priya's first day at Halden Rail went well")).toEqual(["Priya works_at Halden Rail"]);
  expect(facts("first day at Halden Rail went well")).toEqual(["me works_at Halden Rail"]);
});

test("extractFromText takes the nearer of two words: joined our team, she studied at", () => {
  expect(facts("Olivia Chen joined our team, she studied at Imperial College")).toContain(
    "she studies_at Imperial College",
  );
});

test("extractFromText takes days in the plural for no place, and a month behind until for nobody", () => {
  expect(facts("Book club moved to Thursdays")).toEqual([]);
  expect(people("Ingrid is on leave until August")).toEqual(["Ingrid"]);
  expect(people("told August about the garden")).toEqual(["August"]);
});

test("connectMemory takes what somebody else says for no statement about the writer", () => {
  const world = emptyWorld();
  const at = "2026-03-02";
  connectMemory(world, { memoryId: "m1", at, text: "My mum moved to Leeds, I love you Priya", speaker: "Tom Reed" });
  connectMemory(world, { memoryId: "m2", at, text: "Tom is coming over" });
  connectMemory(world, { memoryId: "m3", at, text: "call me back", speaker: "+44 7700 900123" });
  const { entities, relations } = graphOfWorld(world);
  const named = entities.filter(({ type }) => type === "person").map(({ memoryIds, name }) => [name, memoryIds]);
  expect(named).toEqual([
    ["Priya", ["m1"]],
    ["Tom Reed", ["m1", "m2"]],
  ]);
  expect(relations).toEqual([]);
});
