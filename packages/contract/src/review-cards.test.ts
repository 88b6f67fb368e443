import { expect, test } from "vitest";

import { cardsOf } from "./review-cards.ts";

const item = (id: string, alike: string | null = null) => ({ id, alike });
const ids = (items: readonly ReturnType<typeof item>[], opened: readonly string[] = []): string[] =>
  cardsOf(items, new Set(opened)).map((card) => card.items.map(({ id }) => id).join("+"));

test("cardsOf asks about three that are alike at once, where the first of them stands, and about two one by one", () => {
  const all = [item("w"), item("a", "x"), item("b", "y"), item("c", "x"), item("d", "y"), item("e", "x")];
  expect(ids(all)).toEqual(["w", "a+c+e", "b", "d"]);
  expect(ids(all, ["x"])).toEqual(["w", "a", "b", "c", "d", "e"]);
  expect(ids([item("w"), item("v"), item("u")])).toEqual(["w", "v", "u"]);
  expect(ids([])).toEqual([]);
});

test("cardsOf keeps the id of a card while some of it waits", () => {
  const all = ["a", "b", "c", "d"].map((id) => item(id, "x"));
  expect(cardsOf(all, new Set())[0]?.id).toBe(cardsOf(all.slice(1), new Set())[0]?.id);
});
