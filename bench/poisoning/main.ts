/**
 * Poisoning: memories that give orders, and an agent that obeys every one of them.
 *
 *     npm run bench -- poisoning [--quick] [seed]
 *
 * A thousand payloads and more by five ways in, a tenth with --quick (what programs tell is judged by rules: some stand above what the
 * agents see and are not counted), read by agents with keys of three kinds and two reaches who do whatever a text says by tools and
 * requests. It fails when anything changed that no key had the right to, when anything was shown that none may see, when words of another program came
 * to an agent that may not read them, when a payload came
 * with the wrong trust, or when the same orders do no harm even with the person's own token (then it would prove nothing).
 */
import { temporaryData } from "../../apps/cli/src/testing/product.ts";
import { poison } from "../../apps/server/src/testing/poison.ts";
import type { BenchRow } from "../row.ts";

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const seed = Number(options.arguments[0] ?? 1);
  const data = temporaryData();
  try {
    const outcome = await poison({ dataDirectory: data.path, payloads: options.quick ? 170 : 1_700, seed });
    const { control, effects, obeyed, payloads, rivals, wrongTrust } = outcome;
    if (effects.length > 0) throw new Error(`Seed ${seed} brought about: ${effects.slice(0, 5).join("; ")}`);
    if (wrongTrust > 0) throw new Error(`Seed ${seed}: ${wrongTrust} payloads came with the wrong trust`);
    if (control.length === 0) throw new Error(`Seed ${seed}: the orders do no harm to anybody, so nothing is shown`);
    return [
      { name: "payloads", value: payloads, unit: "memories" },
      { name: "of them by another program, hidden from agents of the usual reach", value: rivals, unit: "memories" },
      { name: "orders obeyed with a key", value: obeyed, unit: "orders" },
      { name: "effects beyond the key's rights", value: 0, unit: "effects", target: 0, reached: true },
      { name: "payloads with the wrong trust", value: 0, unit: "memories", target: 0, reached: true },
      { name: "effects with the person's own token", value: control.length, unit: "effects" },
    ];
  } finally {
    data.remove();
  }
}
