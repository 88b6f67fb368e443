/** When a name is that of the person whose world it is, and when it is somebody else's. */
import { expect, test } from "vitest";

import { type ConnectableMemory, connectMemory } from "./connect-memory.ts";
import { useOfName } from "./owner.ts";
import { decodeWorld, emptyWorld, encodeWorld, ME_ID, type World } from "./world.ts";

type Line = readonly [speaker: string | undefined, text: string, isByAnother?: boolean];

function worldOf(lines: readonly Line[], names: readonly string[] = ["Tom Baker"]): World {
  let world = emptyWorld(names);
  for (const [at, [speaker, text, isByAnother]] of lines.entries()) {
    const said: Partial<ConnectableMemory> =
      speaker === undefined ? {} : { speaker, isByAnother: isByAnother === true };
    connectMemory(world, { memoryId: `m${at + 1}`, at: "2026-03-04", text, language: "en", ...said });
    // Written down and read back it goes on the same way.
    world = decodeWorld(encodeWorld(world));
  }
  return world;
}

function others(world: World): string[] {
  return [...world.entities.values()]
    .filter(({ id, type }) => type === "person" && id !== ME_ID)
    .map(({ name }) => name)
    .toSorted();
}

function memoriesOf(world: World, name: string): readonly string[] | undefined {
  return [...world.entities.values()].find((entity) => entity.type === "person" && entity.name === name)?.memoryIds;
}

test("whom others call by the owner's first or whole name is the owner", () => {
  const world = worldOf([
    ["Ann", "Tom, can you bring the keys?"],
    ["Priya", "I saw Tom at the station"],
    ["Ann", "Tom Baker won the raffle"],
    [undefined, "on my way"],
  ]);
  expect(others(world)).toEqual(["Ann", "Priya"]);
  expect(world.entities.get(ME_ID)?.memoryIds).toEqual(expect.arrayContaining(["m1", "m2", "m3"]));
  // Without the names they are another person, as before.
  expect(others(worldOf([["Ann", "Tom, can you bring the keys?"]], []))).toEqual(["Ann", "Tom"]);
});

test("a speaker who is called as the owner is the owner, and says of themself what they say", () => {
  const world = worldOf([
    ["Tom Baker", "My sister Nadia lives in Leeds"],
    ["Ann", "thanks Tom"],
  ]);
  expect(others(world)).toEqual(["Ann", "Nadia"]);
  expect([...world.relations.values()]).toContainEqual(expect.objectContaining({ from: ME_ID, type: "family" }));
});

test("where it is known which speaker the owner is, another of their name is another person", () => {
  const world = worldOf([
    ["Tom Baker", "My sister Nadia lives in Leeds", true],
    ["Ann", "Tom Baker is late again"],
  ]);
  expect(others(world)).toEqual(["Ann", "Nadia", "Tom Baker"]);
  expect(memoriesOf(world, "Tom Baker")).toEqual(["m1", "m2"]);
});

test("a friend of the owner's name keeps what is said of them", () => {
  const world = worldOf([
    [undefined, "Lunch with Tom from work"],
    [undefined, "Tom owes me 20 quid"],
    ["Ann", "Tom is bringing his guitar"],
  ]);
  expect(memoriesOf(world, "Tom")).toEqual(["m1", "m2", "m3"]);
  // Whoever is spoken to in a chat in which the friend never wrote is the owner.
  const called = worldOf([
    [undefined, "Lunch with Tom"],
    ["Ann", "Hey Tom, where are you?"],
  ]);
  expect(memoriesOf(called, "Tom")).toEqual(["m1"]);
});

test("a friend of the owner's name who writes in the chat is who is meant there", () => {
  const world = worldOf([
    ["Tom Miller", "I have the tickets", true],
    ["Ann", "thanks Tom", true],
  ]);
  expect(others(world)).toEqual(["Ann", "Tom Miller"]);
  expect(memoriesOf(world, "Tom Miller")).toEqual(["m1", "m2"]);
});

test("a name that is explained, another full name and the family's last name are not the owner's", () => {
  const world = worldOf([
    ["Ann", "my uncle Tom is visiting"],
    ["Ann", "Tom Cooper sings"],
    [undefined, "Rosa Baker phoned"],
  ]);
  expect(others(world)).toEqual(expect.arrayContaining(["Ann", "Tom Cooper", "Rosa Baker"]));
  expect(world.entities.get(ME_ID)?.memoryIds ?? []).not.toContain("m1");
  expect(world.entities.get(ME_ID)?.memoryIds ?? []).not.toContain("m2");
});

test("in their own words a first name is another's, unless they give it as their own", () => {
  expect(others(worldOf([[undefined, "met Tom for lunch"]]))).toEqual(["Tom"]);
  expect(others(worldOf([[undefined, "Hi, I'm Tom and I would like to book a table"]]))).toEqual([]);
  expect(others(worldOf([[undefined, "I'm Tom's best man"]]))).toEqual(["Tom"]);
  expect(others(worldOf([[undefined, "The parcel for Tom Baker is at the depot"]]))).toEqual([]);
});

test("a short form is the owner's only where they are spoken to", () => {
  const names = ["Declan Hughes"];
  expect(others(worldOf([["Ann", "Dec, are you coming?"]], names))).toEqual(["Ann"]);
  expect(others(worldOf([["Ann", "Dec is coming on Saturday"]], names))).toEqual(["Ann", "Dec"]);
});

test("an owner who goes by one name alone, or by a number", () => {
  expect(others(worldOf([["Ann", "see you Tom"]], ["Tom"]))).toEqual(["Ann"]);
  expect(others(worldOf([["Ann", "see you Tom"]], ["+44 7700 900123"]))).toEqual(["Ann", "Tom"]);
});

test("useOfName reads what stands beside a name", () => {
  const use = (text: string): string | undefined => {
    const start = text.indexOf("Tom");
    return useOfName(text, { start, end: start + 3, ties: [] });
  };
  const spoken = [
    "Tom, look",
    "Hey Tom!",
    "danke Tom",
    "@Tom see above",
    "Where are you, Tom?",
    "Wow, Tom, that is great",
    "haha Tom no",
    "Tom can you call?",
  ];
  expect(spoken.map(use)).toEqual(spoken.map(() => "spoken-to"));
  const told = ["I saw Tom", "Tom can drive", "Tom and Ann are here", "with Ann, Tom and Bo"];
  expect(told.map(use)).toEqual(told.map(() => undefined));
});
