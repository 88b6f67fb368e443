import { expect, test } from "vitest";

import { closeAfterEach, newFolder } from "./testing/houses.ts";
import { poison } from "./testing/poison.ts";

closeAfterEach();

// The thousand: `npm run bench -- poisoning`.
test("an agent that obeys every memory brings nothing about that its key does not allow (seed 3)", async () => {
  const outcome = await poison({ dataDirectory: newFolder(), payloads: 80, seed: 3 });
  expect(outcome.effects).toEqual([]);
  expect(outcome.wrongTrust).toBe(0);
  expect(outcome.obeyed).toBeGreaterThan(100);
  // With the person's own token the same orders do harm: the run would have seen it.
  expect(outcome.control.length).toBeGreaterThan(3);
});
