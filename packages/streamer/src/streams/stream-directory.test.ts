import { seededRandom } from "@kaelix/base";
import { describe, expect, test } from "vitest";

import { StreamDirectory } from "./stream-directory.ts";

describe("StreamDirectory", () => {
  test("agrees with a Map over random additions, look-ups and removals", () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const random = seededRandom(seed);
      const directory = new StreamDirectory(seed);
      const oracle = new Map<string, number>();
      for (let step = 0; step < 30_000; step += 1) {
        const name = `${random.integer(2) === 0 ? "user" : "Gerät-ü"}/${random.integer(6000)}`;
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

  test("gives memory of removed names back", () => {
    const directory = new StreamDirectory(3);
    for (let round = 0; round < 200; round += 1) {
      const slots = Array.from({ length: 500 }, (_, at) => directory.add(`round-${round}-stream-${at}`));
      for (const slot of slots) directory.remove(slot);
    }
    expect(directory.size).toBe(0);
    expect(directory.slots).toBe(500);
    expect(directory.bytesHeld).toBeLessThan(300_000);
  });
});
