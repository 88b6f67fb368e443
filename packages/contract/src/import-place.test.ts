import { expect, test } from "vitest";

import { importPlace } from "./import-place.ts";

test("importPlace names a line, a conversation with an assistant, or nothing for the whole file", () => {
  expect([
    importPlace("csv", 12),
    importPlace(null, 1),
    importPlace("chatgpt", 3),
    importPlace("claude", 4),
    importPlace("claude", 0),
  ]).toEqual(["line 12", "line 1", "conversation 3", "conversation 4", undefined]);
});
