/**
 * Policy: random questions to `decide` and to a reference model that shares no code with it.
 *
 *     npm run bench -- policy [--quick] [seed]
 *
 * A million questions, 50,000 with --quick; and for every hundredth the filter of its list, item by item. It fails at the first
 * difference and names the seed and the question.
 */
import { seededRandom } from "@kaelix/base";
import { decide, filterFor, passesFilter } from "@kaelix/security";
import { PolicyWorlds, referenceAllows } from "@kaelix/security/testing";

import type { BenchRow } from "../row.ts";

const ITEMS = 20;
const FILTER_EVERY = 100;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const questions = options.quick ? 50_000 : 1_000_000;
  const seed = Number(options.arguments[0] ?? 1);
  const worlds = new PolicyWorlds(seededRandom(seed));
  let [allowed, items, decideMs] = [0, 0, 0];
  for (let count = 0; count < questions; count++) {
    const { subject, action, resource, context } = worlds.next();
    const startedMs = performance.now();
    const decision = decide(subject, action, resource, context);
    decideMs += performance.now() - startedMs;
    if (decision.allow) allowed++;
    if (decision.allow !== referenceAllows(subject, action, resource, context)) {
      throw new Error(
        `Question ${count} of seed ${seed} differs: ${JSON.stringify({ subject, action, resource, context })}`,
      );
    }
    if (count % FILTER_EVERY !== 0 || action === "public") continue;
    const filter = filterFor(subject, action, context);
    for (let item = 0; item < ITEMS; item++, items++) {
      const thing = worlds.item();
      if (passesFilter(filter, thing) !== decide(subject, action, thing, context).allow) {
        throw new Error(
          `List ${count} of seed ${seed} differs: ${JSON.stringify({ subject, action, thing, context })}`,
        );
      }
    }
  }
  return [
    { name: "questions to decide and the reference model", value: questions, unit: "questions" },
    { name: "differences", value: 0, unit: "questions", target: 0, reached: true },
    { name: "allowed", value: allowed, unit: "questions" },
    { name: "items through filters, as decide says", value: items, unit: "items" },
    { name: "one decision", value: (decideMs * 1_000) / questions, unit: "µs" },
  ];
}
