/** Nobody, for tests that are about something else. */
import type { PeopleApplication } from "../people-application.ts";

export function fakePeople(): PeopleApplication {
  return {
    list: async () => ({ people: [], unsure: 0 }),
    reading: () => undefined,
    page: async () => undefined,
    graph: async () => ({ type: "missing" }),
    merges: async () => ({ proposals: [], decisions: [] }),
    decide: async () => ({ type: "missing" }),
    undo: async () => false,
    links: async () => undefined,
  };
}
