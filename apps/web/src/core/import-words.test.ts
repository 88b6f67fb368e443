import { expect, test } from "vitest";

import { canTakeBack, filesWords, importSummary } from "./import-words.ts";

const NONE = { state: "done" as const, added: 0, known: 0, failed: 0 };

test("filesWords says what comes along and what is not in the export", () => {
  expect(filesWords({ kept: 0, missing: 0 })).toBeUndefined();
  expect(filesWords({ kept: 1, missing: 0 })).toBe("1 file in it comes with the messages.");
  expect(filesWords({ kept: 312, missing: 2 })).toBe(
    "312 files in it come with the messages. 2 messages had a file that is not in the export: of those only the words come.",
  );
});

test("importSummary says what is new, known and unread", () => {
  expect(importSummary({ ...NONE, added: 1 })).toBe("1 memory new");
  expect(importSummary({ ...NONE, known: 5 })).toBe("0 memories new · 5 already known");
  expect(importSummary({ ...NONE, added: 5, known: 2, state: "undone" })).toBe("5 memories forgotten");
  expect(importSummary({ ...NONE, added: 1_200, known: 3, failed: 2 })).toBe(
    "1,200 memories new · 3 already known · 2 not read",
  );
});

test("canTakeBack is true of what has ended and brought something", () => {
  for (const state of ["done", "cancelled", "failed"] as const) {
    expect(canTakeBack({ state, added: 1 })).toBe(true);
    expect(canTakeBack({ state, added: 0 })).toBe(false);
  }
  for (const state of ["sealed", "waiting", "running", "undone"] as const)
    expect(canTakeBack({ state, added: 1 })).toBe(false);
});
