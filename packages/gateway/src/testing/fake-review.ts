/** Nothing waits, for tests that are about something else. */
import type { ReviewApplication } from "../review-application.ts";

export function fakeReview(): ReviewApplication {
  const counts = { level: 0, person: 0, write: 0 };
  return {
    count: async () => counts,
    list: async () => ({ items: [], counts }),
    answer: async () => ({ type: "missing" }),
    undo: async () => 0,
  };
}
