/**
 * Fuzz: mutated frames through every decoder of the Kafka protocol.
 *
 *     npm run bench -- fuzz [--quick] [seed]
 *
 * Ten million frames, 200,000 with --quick. It fails when a decoder does anything but give a message or refuse the frame; the line
 * names the seed and the frame. Memory is what the process held more than at the start, garbage included.
 */
import { fuzzDecoders } from "@kaelix/protocol/testing";

import type { BenchRow } from "../row.ts";

const GROWTH_MEBIBYTES_MAX = 256;

/** Runs the bench. */
export async function run(options: {
  readonly quick: boolean;
  readonly arguments: readonly string[];
}): Promise<BenchRow[]> {
  const frames = options.quick ? 200_000 : 10_000_000;
  const seed = Number(options.arguments[0] ?? 1);
  const startedMs = performance.now();
  const outcome = await fuzzDecoders({ frames, seed });
  const tookSeconds = (performance.now() - startedMs) / 1_000;
  if (outcome.faults.length > 0) throw new Error(`Decoders broke:\n${outcome.faults.join("\n")}`);
  const growth = outcome.growthBytesMax / 2 ** 20;
  return [
    { name: "mutated frames through the decoders", value: frames, unit: "frames" },
    { name: "faults", value: outcome.faults.length, unit: "faults", target: 0, reached: true },
    { name: "refused", value: outcome.refused, unit: "frames" },
    { name: "accepted", value: outcome.accepted, unit: "frames" },
    {
      name: "memory grown at most",
      value: growth,
      unit: "MiB",
      target: GROWTH_MEBIBYTES_MAX,
      reached: growth <= GROWTH_MEBIBYTES_MAX,
    },
    { name: "speed", value: frames / tookSeconds, unit: "frames/s" },
  ];
}
