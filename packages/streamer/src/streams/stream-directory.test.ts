import { seededRandom } from "@kaelix/base";
import { describe, expect, test } from "vitest";

import { StreamDirectory } from "./stream-directory.ts";
import { StreamName } from "./stream-name.ts";

const KINDS = ["user", "Gerät-ü", "a-name-of-23-characters"];

describe("StreamDirectory", () => {
  test("agrees with a Map over random additions, look-ups and removals", () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const random = seededRandom(seed);
      const directory = new StreamDirectory(seed);
      const oracle = new Map<string, number>();
      for (let step = 0; step < 30_000; step += 1) {
        const number = random.integer(6000);
        // Of the third kind those with four digits are too long for a place in the table, by one byte.
        const name = `${KINDS[number % 3]}/${number}`;
        const what = random.integer(10);
        if (what < 5) {
          const slot = directory.add(name);
          if (oracle.has(name) && slot !== oracle.get(name)) expect.fail(`seed ${seed}: ${name} has moved`);
          oracle.set(name, slot);
        } else if (what < 7) {
          directory.remove(oracle.get(name) ?? -1);
          oracle.delete(name);
        } else if (directory.find(name) !== (oracle.get(name) ?? -1)) expect.fail(`seed ${seed}: ${name} is not found`);
      }
      expect(directory.size).toBe(oracle.size);
      expect(new Set(oracle.values()).size).toBe(oracle.size);
      for (const [name, slot] of oracle) {
        if (directory.find(name) !== slot || directory.nameOf(slot) !== name)
          expect.fail(`seed ${seed}: ${name} is lost`);
      }
    }
  });

  test.each([
    ["373001163561155", "229568725788873"],
    ["a-long-name-of-a-stream/422891667738837", "a-long-name-of-a-stream/412812132849072"],
  ])("tells names with the same hash apart: %s, %s", (first, second) => {
    const seed = 0;
    const [firstHash, secondHash] = [first, second].map((name) => {
      const loaded = new StreamName();
      loaded.load(name);
      return loaded.hash(seed);
    });
    expect(firstHash).toBe(secondHash);
    const directory = new StreamDirectory(seed);
    expect(directory.add(first)).toBe(0);
    expect(directory.find(second)).toBe(-1);
    expect(directory.add(second)).toBe(1);
    expect([directory.find(first), directory.find(second)]).toEqual([0, 1]);
  });

  test("finds every one of many names and no other", () => {
    const directory = new StreamDirectory(0);
    for (let at = 0; at < 200_000; at += 1) directory.add(`n${at}`);
    for (let at = 0; at < 200_000; at += 997) expect(directory.find(`n${at}`)).toBe(at);
    expect(directory.find("n200000")).toBe(-1);
    expect(directory.find("n")).toBe(-1);
    expect(directory.find("n12x")).toBe(-1);
  });

  test("tells names of every length apart from those that begin as they do", () => {
    const directory = new StreamDirectory(5);
    const names = Array.from({ length: 255 }, (_, at) => "x".repeat(at + 1));
    for (const [at, name] of names.entries()) expect(directory.add(name)).toBe(at);
    for (const [at, name] of names.entries()) {
      expect(directory.find(name)).toBe(at);
      expect(directory.nameOf(at)).toBe(name);
      expect(directory.find(`${name.slice(0, -1)}y`)).toBe(-1);
    }
  });

  test("gives memory of removed names back", () => {
    const directory = new StreamDirectory(3);
    for (let round = 0; round < 200; round += 1) {
      const slots = Array.from({ length: 500 }, (_, at) =>
        directory.add(`round-${round}-stream-${at}-${at % 2 === 0 ? "" : "with a longer name"}`),
      );
      for (const slot of slots) directory.remove(slot);
    }
    expect(directory.size).toBe(0);
    expect(directory.slots).toBe(500);
    expect(directory.bytesHeld).toBeLessThan(300_000);
  });
});
