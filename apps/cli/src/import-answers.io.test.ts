import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { claimedProduct } from "./testing/products-of-tests.ts";

const { data, owner, run: runAny } = await claimedProduct();

// Both numbers of the dates are 12 at most, there are three people and no zone: nothing of it can be known from the file.
const CHAT = `03/04/21, 10:15 - Ann: the shed is green
03/04/21, 10:16 - Bob: the ferry leaves at ten
05/04/21, 11:00 - Carla: the umbrella is blue
`;

const run = (...words: readonly string[]) => runAny("import", "run", ...words);

test("kaelix import run asks a script for what only the person knows, and keeps nothing before", async () => {
  const file = join(data, "WhatsApp Chat with Garden.txt");
  writeFileSync(file, CHAT);

  const asked = await run(file);
  expect(asked.code).toBe(2);
  expect(asked.err).toMatch(/--me Ann \| Bob \| Carla/);
  expect(asked.err).toMatch(/--date-order day-first \| month-first/);
  expect(asked.err).toMatch(/--zone \S+/);
  const { data: imports } = await owner.call("imports.list");
  expect(imports.data).toEqual([]);

  const partly = await run(file, "--me", "Ann", "--date-order", "day-first");
  expect(partly.code).toBe(2);
  expect(partly.err).toContain("--zone");
  expect(partly.err).not.toContain("--me");

  const answers = ["--me", "Ann", "--date-order", "day-first", "--zone", "Europe/Berlin"];
  const mistyped = await run(file, ...answers, "--me", "An");
  expect(mistyped.code).toBe(2);
  expect(mistyped.err).toContain("Cannot use --me: current value is An, must be Ann or Bob or Carla");

  const done = await run(file, ...answers);
  expect(done, done.err).toMatchObject({ code: 0 });
  expect(done.out).toMatch(/ done 3 0 0\n$/);

  const other = join(data, "WhatsApp Chat with Bob.txt");
  writeFileSync(other, CHAT.replaceAll("Carla", "Bob"));
  expect(await run(other, "--yes")).toMatchObject({ code: 0, out: expect.stringMatching(/ done \d 0 0\n$/) });
});
