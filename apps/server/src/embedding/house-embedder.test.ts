import { seededRandom } from "@kaelix/base";
import { makeId } from "@kaelix/model";
import { expect, test } from "vitest";

import { houseEmbedder } from "./house-embedder.ts";

const ANN = makeId("usr", 1, seededRandom(1));
const ALL = { allow: () => true, within: () => new AbortController().signal };
const state = { host: "nowhere", isPaused: false, model: "m", problem: null, requests: 0, texts: 0 };

function makeEmbedder(embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>, levelMax: 1 | 2 = 1) {
  const fake = { model: "m", embed, state: () => ({ ...state, tokensPerDay: 1, tokensToday: 0 }) };
  return houseEmbedder(fake, { choices: ALL, levelMax, queryMs: 20 });
}

test("a query is sent as far as it is judged to be of a level that may be", async () => {
  const sent: string[] = [];
  const embed = (texts: readonly string[]): Promise<readonly Float32Array[]> => {
    sent.push(...texts);
    return Promise.resolve(texts.map(() => Float32Array.from([1])));
  };
  const low = makeEmbedder(embed);
  expect(await low.embedQuery("who likes the sea?", ANN)).toMatchObject({ type: "meant", meaning: { model: "m" } });
  expect(await low.embedQuery("is my dentist appointment on 4 May at nine?", ANN)).toEqual({
    type: "missed",
    why: "withheld",
  });
  const high = makeEmbedder(embed, 2);
  expect(await high.embedQuery("is my dentist appointment on 4 May at nine?", ANN)).toMatchObject({ type: "meant" });
  expect(await high.embedQuery("my password is hunter2", ANN)).toEqual({ type: "missed", why: "withheld" });
  expect(sent).toEqual(["who likes the sea?", "is my dentist appointment on 4 May at nine?"]);
});

test("a search waits for its meaning no longer than it was told to, and a failure is no failure of the search", async () => {
  const hanging = makeEmbedder(() => new Promise(() => undefined));
  expect(await hanging.embedQuery("sea", ANN)).toEqual({ type: "missed", why: "late" });
  const failing = makeEmbedder(() => Promise.reject(new Error("walnut")));
  expect(await failing.embedQuery("sea", ANN)).toEqual({ type: "missed", why: "down" });
  // Many that hang are no queue without end.
  const asked = await Promise.all(Array.from({ length: 30 }, () => hanging.embedQuery("sea", ANN)));
  expect(asked.every((meaning) => meaning?.type === "missed")).toBe(true);
});
