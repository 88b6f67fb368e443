import { expect, test } from "vitest";

import { connectMemory } from "./connect-memory.ts";
import { decodeWorld, emptyWorld, encodeWorld, type World, WORLD_BOUNDS } from "./world.ts";
import { graphOfWorld } from "./world-graph.ts";

type Line = readonly [day: string, text: string];

function tell(lines: readonly Line[], language = "en", world: World = emptyWorld()): World {
  for (const [at, [day, text]] of lines.entries())
    connectMemory(world, { memoryId: `m${at + 1}`, at: day, text, language });
  return world;
}

function person(world: World, name: string): readonly string[] | undefined {
  return graphOfWorld(world).entities.find((entity) => entity.type === "person" && entity.aliases.includes(name))
    ?.memoryIds;
}

function relations(world: World): string[] {
  const { entities, relations: all } = graphOfWorld(world);
  const names = new Map(entities.map((entity) => [entity.id, entity.name]));
  return all.map((one) => `${names.get(one.from)} ${one.type} ${names.get(one.to)}`);
}

function pairs(world: World): string[] {
  return world.connections.map((one) => `${one.from} ${one.to}`);
}

const HOSPITAL: readonly Line[] = [
  ["2024-03-04", "mum's hip op is finally booked, 9th of april, the Royal"],
  ["2024-03-06", "Carla in payroll messed up my overtime again"],
  ["2024-03-15", "told my mother i'd do her shopping every saturday"],
  ["2024-04-10", "she came through it fine, groggy"],
  ["2024-04-20", "Carla from work is leaving"],
];

test("connectMemory knows one person by several words, and by a pronoun", () => {
  expect(person(tell(HOSPITAL), "mum")).toEqual(["m1", "m3", "m4"]);
});

test("connectMemory connects what goes on, and says why", () => {
  const world = tell(HOSPITAL);
  expect(pairs(world)).toContain("m1 m4");
  expect(world.connections.find((one) => one.from === "m1" && one.to === "m4")?.reason.type).toBe("on-the-day");
  expect(pairs(world)).not.toContain("m1 m2");
});

test("connectMemory keeps two people of one name apart", () => {
  const world = tell([
    ["2024-03-06", "Carla in payroll messed up my overtime"],
    ["2024-03-08", "my aunt Carla rang, she wants a puppy"],
  ]);
  expect(graphOfWorld(world).entities.filter((entity) => entity.name.includes("Carla"))).toHaveLength(2);
});

test("connectMemory never makes one of two names that are only alike", () => {
  const world = tell([
    ["2024-03-06", "met Marie for lunch"],
    ["2024-03-07", "met Maria for lunch"],
    ["2024-03-08", "Jonas called"],
    ["2024-03-09", "Jonah called"],
  ]);
  expect(
    graphOfWorld(world).entities.filter((entity) => entity.type === "person" && entity.name !== "me"),
  ).toHaveLength(4);
});

test("connectMemory takes a short name and a tie told later for the same person, and notes it", () => {
  const world = tell([
    ["2024-05-06", "lent Dec the van for the weekend"],
    ["2024-05-08", "the brother rang, clutch is making a noise"],
    ["2024-05-14", "Declan owes me for the clutch, 480"],
  ]);
  expect(relations(world)).toContain("me family Declan");
  expect(relations(world)).toContain("me owns van");
  expect(world.proposals).toMatchObject([{ reason: "same-context", isApplied: true, memoryId: "m3" }]);
});

test("connectMemory shows a moved day instead of resolving it", () => {
  const world = tell([
    ["2025-01-17", "harbor demo is on jan 28, now sweating"],
    ["2025-01-28", "harbor demo moved to feb 6, thank god"],
  ]);
  expect(world.contradictions).toMatchObject([
    { type: "scheduled_for", values: ["2025-01-28", "2025-02-06"], memoryIds: ["m1", "m2"] },
  ]);
  const days = graphOfWorld(world).relations.filter((one) => one.type === "scheduled_for");
  expect(days.map((one) => one.until)).toEqual(["2025-01-28", undefined]);
});

test("connectMemory gives the same world in whatever batches, stored and read in between", () => {
  const straight = tell(HOSPITAL);
  let stored = emptyWorld();
  for (const [at, [day, text]] of HOSPITAL.entries()) {
    connectMemory(stored, { memoryId: `m${at + 1}`, at: day, text, language: "en" });
    stored = decodeWorld(encodeWorld(stored));
  }
  expect(encodeWorld(stored)).toBe(encodeWorld(straight));
});

test("connectMemory is told the same memory twice and changes nothing", () => {
  const world = tell(HOSPITAL);
  const before = encodeWorld(world);
  expect(
    connectMemory(world, { memoryId: "m2", at: "2024-03-06", text: "Carla in payroll", language: "en" }),
  ).toBeUndefined();
  expect(encodeWorld(world)).toBe(before);
});

test("connectMemory keeps a world within its bounds, and its answer says what changed", () => {
  const world = emptyWorld();
  for (let at = 0; at < WORLD_BOUNDS.digestsMax + 20; at += 1) {
    const changes = connectMemory(world, {
      memoryId: `m${at}`,
      at: "2024-03-06",
      text: "constructor and toString met Priya",
      language: "en",
    });
    expect(changes?.entities.map((entity) => entity.name)).toEqual(["Priya"]);
    expect(changes?.connections.length ?? 0).toBeLessThanOrEqual(24);
  }
  expect(world.digests).toHaveLength(WORLD_BOUNDS.digestsMax);
  expect(world.connections.length).toBeLessThanOrEqual(WORLD_BOUNDS.connectionsMax);
  expect(person(world, "Priya")).toHaveLength(WORLD_BOUNDS.evidenceMax);
});
