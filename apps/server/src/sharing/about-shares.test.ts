import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import { aboutSet, parseSubject, subjectsOf, subjectText } from "./about-shares.ts";

const random = seededRandom(1);
const owner = makeId("usr", 1, random);
const [person, other, thing] = [makeId("per", 1, random), makeId("per", 2, random), makeId("ent", 1, random)];

test("parseSubject reads what subjectText wrote, and nothing else", () => {
  const text = subjectText(2, [person, other, thing]);
  expect(parseSubject(text)).toEqual({ level: 2, ids: [person, other, thing] });
  // What an event may hold as one word.
  expect(subjectText(2, [person, other, thing, person, other, thing]).length).toBeLessThan(200);
  for (const foreign of ["", "1", person, `3 ${person}`, `1  ${person}`, `1 ${owner}`, `2 ${person} x`]) {
    expect(parseSubject(foreign), foreign).toBeUndefined();
  }
});

test("a memory is about somebody in the version that was read, and in no other", () => {
  const memoryId = makeId("mem", 1, random);
  const sets = new Map([["subject", { memories: new Map([[memoryId, 2]]), calledThere: null, edition: 1 }]]);
  expect(subjectsOf(sets, { memoryId, version: 2 })).toEqual(["subject"]);
  expect(subjectsOf(sets, { memoryId, version: 3 })).toEqual([]);
  expect(subjectsOf(sets, { memoryId: makeId("mem", 2, random), version: 2 })).toEqual([]);
});

test("a share whose owner's world cannot be read opens nothing", async () => {
  const subjects = { about: () => Promise.reject(new Error("busy")) };
  expect(await aboutSet(subjects, owner, subjectText(1, [person]))).toBeUndefined();
});
