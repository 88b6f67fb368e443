import { describe, expect, test } from "vitest";

import { gatherLookups } from "./gather.ts";

/** Questions that are answered when the test says so, each with its keys in capitals. */
function questions(): {
  readonly asked: (readonly string[])[];
  readonly lookUp: (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly answer: (at: number) => void;
  readonly fail: (at: number) => void;
} {
  const asked: (readonly string[])[] = [];
  const open: PromiseWithResolvers<ReadonlyMap<string, string>>[] = [];
  return {
    asked,
    lookUp: (keys) => {
      asked.push(keys);
      const question = Promise.withResolvers<ReadonlyMap<string, string>>();
      open.push(question);
      return question.promise;
    },
    answer: (at) => {
      const known = (asked[at] ?? []).filter((key) => key !== "nobody");
      open[at]?.resolve(new Map(known.map((key) => [key, key.toUpperCase()])));
    },
    fail: (at) => open[at]?.reject(new Error("gone")),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("look-ups that are asked together", () => {
  test("what is asked while a question is on its way waits for one of its own, together and once each", async () => {
    const { asked, lookUp, answer } = questions();
    const find = gatherLookups(lookUp);
    const first = find("ann");
    await turn();
    const later = [find("bob"), find("ann"), find("nobody"), find("bob")];
    await turn();
    expect(asked).toEqual([["ann"]]);
    answer(0);
    expect(await first).toBe("ANN");
    await turn();
    expect(asked).toEqual([["ann"], ["bob", "ann", "nobody"]]);
    answer(1);
    expect(await Promise.all(later)).toEqual(["BOB", "ANN", undefined, "BOB"]);
  });

  test("a question that fails fails for nobody else", async () => {
    const { lookUp, answer, fail } = questions();
    const find = gatherLookups(lookUp);
    const first = find("ann");
    await turn();
    const second = find("bob");
    fail(0);
    await expect(first).rejects.toThrow("gone");
    await turn();
    answer(1);
    expect(await second).toBe("BOB");
  });
});
