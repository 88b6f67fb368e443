import { expect, test } from "vitest";

import { appWords } from "./app-words.ts";

test("appWords says each thing once, reading first, and leaves nothing out", () => {
  expect(appWords(["some.thing", "memory.create", "memory.read", "memory.search"])).toEqual([
    "Find and read your memories",
    "Tell new memories",
    "some.thing",
  ]);
  expect(appWords([])).toEqual([]);
});
