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
  for (const text of [
    "Mummy August mein aayegi, ticket le li",
    "Rent agle August tak fix hai",
    "Exam ke baad, August ke end mein milte hain",
  ])
    expect(people(text)).toEqual([]);
  expect(people("Kal August ko bola ki chabi le aana")).toEqual(["August"]);
});

test.each([
  ["Hey Nora! What's up?", ["Nora"]],
  ["You've got guts. They’d love it", []],
  ["Yeah Mel, that was fun", ["Mel"]],
  ["OMG Carla congratulations!!!", ["Carla"]],
  ["Welcome Emilia!!! So happy for you", ["Emilia"]],
  ["Glad Max liked it", ["Max"]],
  ["Life is so much more", []],
  ["Ed Sheeran sang, then Matt Patterson", ["Ed Sheeran", "Matt Patterson"]],
])("extractFromText knows whoever is called without the call: %s", (text, names) => {
  expect(people(text)).toEqual(names);
});

test("connectMemory takes whoever is written to for nobody else that is spoken of", () => {
  const world = emptyWorld();
  const day = (at: number): string => `2026-03-${String(at + 10)}`;
  const talk: readonly (readonly [string | undefined, string])[] = [
    ["Nate", "The picnic with the dogs at the park was great, the weather and the food too"],
    [undefined, "I had a picnic with the wife and kids at the park, great weather"],
    ["Nate", "Picnic again? The dogs love the park and the food"],
    [undefined, "my brother loves dogs, the picnic food and the park"],
  ];
  for (const [at, [speaker, text]] of talk.entries())
    connectMemory(world, { memoryId: `m${at}`, at: day(at), text, ...(speaker === undefined ? {} : { speaker }) });
  const nate = graphOfWorld(world).entities.find(({ name }) => name === "Nate");
  expect(nate?.aliases).toEqual(["Nate"]);
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
