/** What reaches its age (`agedOf`): what each database finds is what a few lines of code over the same rows say. */
import { seededRandom } from "@kaelix/base";
import type { Level, SourceKind } from "@kaelix/model";
import { expect, test } from "vitest";

import type { View } from "../../runner/view.ts";
import type { Database } from "../database.ts";
import { type AgedMemory, agedCountsOf, agedOf, type AgedWhat } from "../memories/aged.ts";
import { idOf, remembered } from "./events.ts";

const MEMORIES = 60;
const SEED = 7;
const ROUNDS = 40;
const SOURCES: readonly SourceKind[] = ["rest", "cli", "whatsapp"];

/** Registers the tests for the house that is open. */
export function agedTests(house: () => { readonly database: Database; readonly view: View }): void {
  test(`agedOf finds what was told before the time of its source, page by page, and agedCountsOf counts it (seed ${SEED})`, async () => {
    const { database, view } = house();
    const random = seededRandom(SEED);
    const anySource = (): SourceKind => SOURCES[random.integer(SOURCES.length)] ?? "rest";
    const told = Array.from({ length: MEMORIES }, (_, at) =>
      remembered(1 + random.integer(2), at, {
        at: random.integer(50),
        level: (1 + random.integer(4)) as Level,
        source: anySource(),
      }),
    );
    const events = told.map((event, offset) => ({ offset, event }));
    await view.fold({ topic: "memories", partition: 0, events, firstOffset: 0, nextOffset: MEMORIES });
    const maybe = <Value>(value: Value): Value | null => (random.integer(4) === 0 ? null : value);
    const user = idOf("usr", 1);
    for (let round = 0; round < ROUNDS; round++) {
      const from = (1 + random.integer(4)) as Level;
      const what: AgedWhat = {
        before: maybe(random.integer(50)),
        sources: random.integer(2) === 0 ? [] : [{ source: anySource(), before: maybe(random.integer(50)) }],
        levels: [from, Math.max(from, 1 + random.integer(4)) as Level],
        except: told.filter(() => random.integer(10) === 0).map(({ memory }) => memory),
      };
      const expected = told
        .filter((one) => one.user === user && !what.except.includes(one.memory))
        .filter(({ level }) => level >= what.levels[0] && level <= what.levels[1])
        .filter(({ at, source }) => {
          const { before } = what.sources.find((own) => own.source === source) ?? what;
          return before !== null && at < before;
        });
      const found: AgedMemory[] = [];
      for (let page = await agedOf(database.queries, user, what, { limit: 7 }); page.length > 0;) {
        found.push(...page);
        const after = page.at(-1);
        page = await agedOf(database.queries, user, what, { limit: 7, ...(after === undefined ? {} : { after }) });
      }
      const where = JSON.stringify({ round, what });
      expect(found.map(({ memoryId }) => memoryId).toSorted(), where).toEqual(
        expected.map(({ memory }) => memory).toSorted(),
      );
      expect(
        found.map(({ recordedAtMs }) => recordedAtMs),
        where,
      ).toEqual(expected.map(({ at }) => at).toSorted((left, right) => left - right));
      const counts = await agedCountsOf(database.queries, user, what);
      expect(new Map(counts.map(({ count, source }) => [source, count])), where).toEqual(
        new Map([...Map.groupBy(expected, ({ source }) => source)].map(([source, all]) => [source, all.length])),
      );
    }
  });
}
