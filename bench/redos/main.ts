/**
 * Regular expressions under texts that are made against them.
 *
 *     npm run bench -- redos [--quick] [word]
 *
 * Every expression in the sources of rooms and faces, attacked with texts of up to 25,000 letters; a word narrows to files that hold it. It fails when
 * the processor time of twice the letters is more than three times as long, or does not end. With --quick every
 * expression too, with fewer texts.
 */
import type { BenchRow } from "../row.ts";
import { attackAll, type Verdict } from "./check.ts";
import { expressionsOf } from "./expressions.ts";

const RATIO_MAX = 3;
/** Slower than this per 25,000 letters matters to somebody. */
const MS_MATTERS = 20;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const [word = ""] = options.arguments;
  const expressions = expressionsOf().filter(({ at }) => at.includes(word));
  const sizes = options.quick ? { pumpsMax: 24, endingsMax: 2 } : { pumpsMax: 60, endingsMax: 4 };
  const isBad = ({ ms, ratio }: Verdict): boolean => ratio > RATIO_MAX && ms > MS_MATTERS;
  const tell = (verdict: Verdict): void => {
    const { expression, ms, ratio, text } = verdict;
    if (!isBad(verdict)) return;
    console.error(`${expression.at}: /${expression.source}/${expression.flags}`);
    console.error(`    ${ms.toFixed(0)} ms, × ${ratio.toFixed(1)} by ${text.slice(0, 80)}`);
  };
  const verdicts = await attackAll(expressions, { letters: 50_000, ...sizes, tell });
  const bad = verdicts.filter(isBad);
  if (bad.length > 0) throw new Error(`${bad.length} expressions go back over what they have read`);
  return [
    { name: "expressions", value: verdicts.length, unit: "expressions" },
    { name: "texts", value: verdicts.reduce((sum, { texts }) => sum + texts, 0), unit: "texts" },
    { name: "worse than linear", value: bad.length, unit: "expressions", target: 0, reached: true },
  ];
}
