import { seededRandom } from "@kaelix/base";
import type { LiveEvent, PlacedMemory } from "@kaelix/gateway";
import { DEFAULT_TENANT, type KeyReach, makeId, type UserPrincipal } from "@kaelix/model";
import { expect, test } from "vitest";

import { LiveEvents } from "./events-application.ts";
import { reachedEvents } from "./program-reach.ts";

test("reachedEvents tells a program of what it may read, a person and one that reads everything of all", async () => {
  const random = seededRandom(1);
  const [read, hidden] = [makeId("mem", 1, random), makeId("mem", 2, random)];
  const [userId, importId] = [makeId("usr", 1, random), makeId("imp", 1, random)];
  const events = reachedEvents(new LiveEvents(undefined as never), {
    memories: { read: async (_principal, id) => (id === read ? ({} as PlacedMemory) : undefined) },
    imports: { read: async () => undefined },
    grants: { nowMs: () => 0, openFor: () => [] },
  });
  const position = { topic: "memories", partition: 0, offset: 1 };
  const stored = (memoryId: typeof read): LiveEvent => ({
    type: "memory.stored",
    userId,
    position,
    memoryId,
    level: 1,
  });
  const all: readonly LiveEvent[] = [
    stored(read),
    stored(hidden),
    { type: "import.changed", userId, position, importId },
    { type: "watermark", view: "search", position },
  ];
  const person = {
    type: "user",
    tenantId: DEFAULT_TENANT,
    userId,
    role: "member",
    sessionId: makeId("ses", 1, random),
    ceiling: 2,
  } as const satisfies UserPrincipal;
  const heardBy = (principal: UserPrincipal): Promise<boolean[]> =>
    Promise.all(all.map((event) => events.mayHear(principal, event)));
  const program = (reach: KeyReach): UserPrincipal => ({
    ...person,
    program: { key: makeId("key", 1, random), reach },
  });
  expect(await heardBy(person)).toEqual([true, true, true, true]);
  expect(await heardBy(program("all"))).toEqual([true, true, true, true]);
  expect(await heardBy(program("person"))).toEqual([true, false, false, true]);
  expect(await heardBy(program("own"))).toEqual([true, false, false, true]);
});
