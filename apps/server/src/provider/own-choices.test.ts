import { ManualClock, seededRandom } from "@kaelix/base";
import { DEFAULT_TENANT, makeId, type DayEvent, type ProviderChosen } from "@kaelix/model";
import { expect, test } from "vitest";

import { ProviderChoices } from "./own-choices.ts";

const ANN = makeId("usr", 1, seededRandom(1));
const BEN = makeId("usr", 2, seededRandom(2));

/** A book that takes what is put, but for so many states that come too late. */
function bookOf({ late = 0 } = {}) {
  const standing = new Map<string, ProviderChosen>();
  const followers: ((event: DayEvent) => void)[] = [];
  return {
    put: async (event: DayEvent) => {
      if (late-- > 0) return "late" as const;
      if (event.type === "provider.chosen") standing.set(event.user, event);
      for (const tell of followers) tell(event);
      return "done" as const;
    },
    providerChosen: (user: string) => standing.get(user),
    follow: (tell: (event: DayEvent) => void) => void followers.push(tell),
  };
}

test("until it is known what people chose nothing is let go; then what nobody refused is", () => {
  const choices = new ProviderChoices();
  expect(choices.allow(ANN)).toBe(false);
  expect(() => choices.within([ANN])).toThrow(/Cannot send/);
  choices.open(bookOf(), () => undefined);
  expect(choices.allow(ANN, BEN)).toBe(true);
  expect(choices.within([ANN]).aborted).toBe(false);
});

test("who says no ends what is sent for them, alone or with others, and nothing else; who says yes again is told of", async () => {
  const choices = new ProviderChoices();
  const allowed: string[] = [];
  choices.open(bookOf({ late: 1 }), (user) => allowed.push(user));
  const [own, both, other] = [choices.within([ANN]), choices.within([BEN, ANN]), choices.within([BEN])];
  const clock = new ManualClock();
  expect(await choices.choose(DEFAULT_TENANT, ANN, false, clock)).toMatchObject({ allowed: false });
  expect([own, both, other].map(({ aborted }) => aborted)).toEqual([true, true, false]);
  expect([choices.allow(ANN), choices.allow(BEN, ANN), choices.allow(BEN)]).toEqual([false, false, true]);
  await choices.choose(DEFAULT_TENANT, ANN, true, clock);
  expect(allowed).toEqual([ANN]);
  expect([own.aborted, choices.within([ANN]).aborted]).toEqual([true, false]);
});
