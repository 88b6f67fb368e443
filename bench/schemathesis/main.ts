/**
 * The interface under schemathesis, all checks on.
 *
 *     npm run bench -- schemathesis [--quick] [seed]
 *
 * Eight minutes, or half a one with --quick: a session's token counts for ten. Installs schemathesis from PyPI when it is missing.
 */
import type { BenchRow } from "../row.ts";
import { attack } from "./attack.ts";

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const seed = Number(options.arguments[0] ?? 1);
  const outcome = await attack({ seconds: options.quick ? 30 : 480, seed });
  if (outcome.report !== undefined) throw new Error(`Schemathesis found something:\n${outcome.report}`);
  if (outcome.requests < outcome.operations) throw new Error("Too little was asked to show anything");
  return [
    { name: "operations", value: outcome.operations, unit: "operations" },
    { name: "requests", value: outcome.requests, unit: "requests" },
    { name: "broken checks", value: 0, unit: "requests", target: 0, reached: true },
    { name: "95 % bound", value: 300 / outcome.requests, unit: "%" },
  ];
}
