import { seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { OpenShares } from "./open-shares.ts";
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

test("the index of what could be read is not that of what could not", () => {
  const asker = { tenantId: DEFAULT_TENANT, userId: makeId("usr", 2, random), role: "member", ceiling: 2 } as const;
  const principal: UserPrincipal = { type: "user", sessionId: makeId("ses", 1, random), ...asker };
  const rest = {
    fromMs: null,
    untilMs: null,
    conversation: null,
    source: null,
    memories: null,
    program: null,
  } as const;
  const open = { owner, name: "Ada", clauses: [{ owner, levelMax: 2, about: "subject", ...rest } as const] };
  const made = { principal, action: "memory.search", context: { nowMs: 0 }, owners: [open], isAlone: false } as const;
  const set = { memories: new Map([[makeId("mem", 1, random), 1]]), calledThere: null, edition: 3 };
  const read = new OpenShares({ ...made, about: new Map([["subject", set]]) });
  const unread = new OpenShares({ ...made, about: new Map() });
  expect(read.partOf(open)).toMatchObject({ edition: 3 });
  expect(unread.partOf(open).key).not.toBe(read.partOf(open).key);
  expect(unread.rowClausesOf(open)).toMatchObject([{ memories: [], about: null }]);
});
