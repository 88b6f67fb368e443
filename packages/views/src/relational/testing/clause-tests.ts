/** Ways into a page (`RowClause`): what each database lists is what a few lines of code over the same rows say. */
import { seededRandom } from "@kaelix/base";
import type { Level } from "@kaelix/model";
import { expect, test } from "vitest";

import type { View } from "../../runner/view.ts";
import type { Database } from "../database.ts";
import { listByTime, type RowClause } from "../memories/list.ts";
import { idOf, remembered } from "./events.ts";

const MEMORIES = 60;
const SEED = 5;
const ROUNDS = 40;

/** Registers the tests for the house that is open. */
export function clauseTests(house: () => { readonly database: Database; readonly view: View }): void {
  test(`listByTime lists what any of the ways lets in, and an empty way lets nothing in (seed ${SEED})`, async () => {
    const { database, view } = house();
    const random = seededRandom(SEED);
    const told = Array.from({ length: MEMORIES }, (_, at) =>
      remembered(1, at, {
        level: (1 + random.integer(3)) as Level,
        occurred_at: random.integer(50),
        conversation: random.integer(3) === 0 ? null : idOf("con", random.integer(2)),
        source: random.integer(2) === 0 ? "rest" : "cli",
      }),
    );
    const events = told.map((event, offset) => ({ offset, event }));
    await view.fold({ topic: "memories", partition: 0, events, firstOffset: 0, nextOffset: MEMORIES });
    const maybe = <Value>(value: Value): Value | null => (random.integer(3) === 0 ? value : null);
    for (let round = 0; round < ROUNDS; round++) {
      const clauses = Array.from({ length: random.integer(4) }, (): RowClause => ({
        levelMax: (1 + random.integer(3)) as Level,
        fromMs: maybe(random.integer(50)),
        untilMs: maybe(random.integer(50)),
        conversation: maybe(idOf("con", random.integer(2))),
        source: maybe("cli"),
        memories: maybe(
          told.filter(() => random.integer(random.integer(2) === 0 ? 2 : 100) === 0).map((one) => one.memory),
        ),
        about: null,
      }));
      const expected = told.filter((one) =>
        clauses.some(
          ({ levelMax, fromMs, untilMs, conversation, source, memories }) =>
            one.level <= levelMax &&
            one.occurred_at >= (fromMs ?? 0) &&
            one.occurred_at < (untilMs ?? 50) &&
            (conversation === null || one.conversation === conversation) &&
            (source === null || one.source === source) &&
            (memories === null || memories.includes(one.memory)),
        ),
      );
      const page = await listByTime(database, idOf("usr", 1), { ceiling: 4, limit: MEMORIES, anyOf: clauses });
      expect(page.rows.map(({ memoryId }) => memoryId).toSorted(), JSON.stringify({ round, clauses })).toEqual(
        expected.map(({ memory }) => memory).toSorted(),
      );
    }
  });
}
