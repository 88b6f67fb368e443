import { seededRandom } from "@kaelix/base";
import { describe, expect, test } from "vitest";

import { StreamDirectory } from "./stream-directory.ts";

const KINDS = ["user", "Gerät-ü", "a-name-with-twenty-two"];

describe("StreamDirectory", () => {
  test("agrees with a Map over random additions, look-ups and removals", () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const random = seededRandom(seed);
      const directory = new StreamDirectory(seed);
      const oracle = new Map<string, number>();
      for (let step = 0; step < 30_000; step += 1) {
        const number = random.integer(6000);
        // Half of those of the third kind are too long for a place in the table.
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

  test("tells names with the same hash apart", () => {
    const directory = new StreamDirectory(0);
    // Two names of one length that differ only where this hash lets them cancel out would be hard to find; many names are enough.
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
