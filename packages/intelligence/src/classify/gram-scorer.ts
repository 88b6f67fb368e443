/** What the small model's grams add to the log odds of a text: three sums over a table of one-byte weights. */
import { brotliDecompressSync } from "node:zlib";

import { slotAt } from "./gram-table.ts";
import { GRAM_STEP, GRAM_TABLE } from "./gram-weights.ts";
import { Grams } from "./grams.ts";
import type { Scene } from "./rules/scene.ts";

/** What is added to the log odds of at least level 2, 3 and 4. */
export type GramSums = readonly [atLeast2: number, atLeast3: number, atLeast4: number];

const grams = new Grams();
let table: Int8Array | undefined;

function weights(): Int8Array {
  if (table === undefined) {
    const bytes = brotliDecompressSync(Buffer.from(GRAM_TABLE, "base64"));
    table = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return table;
}

/** One way to read grams of a text. */
export interface GramReading {
  /** Reads; afterwards `grams.places` holds `grams.count` places. */
  readonly read: (grams: Grams, scene: Scene) => void;
  /** How much each of `count` grams counts: longer texts have more of them, and each says less. */
  readonly shareOf: (count: number) => number;
}

function wordShare(count: number): number {
  return 3 / Math.sqrt(count + 5);
}

function pairShare(count: number): number {
  return 1 / Math.sqrt(1 + count / 4);
}

/** A text's words, the nouns that stand near each other in it, and which of them follow each other. */
export const GRAM_READINGS: readonly GramReading[] = [
  { read: (into, scene) => into.read(scene.text), shareOf: wordShare },
  { read: (into, scene) => into.readPairs(scene.concepts), shareOf: pairShare },
  { read: (into, scene) => into.readOrder(scene.concepts), shareOf: pairShare },
];

/** Scores a text by its grams. */
export function gramSums(scene: Scene): GramSums {
  const byte = weights();
  const sums: [number, number, number] = [0, 0, 0];
  for (const { read, shareOf } of GRAM_READINGS) {
    read(grams, scene);
    addAll(byte, sums, shareOf(grams.count));
  }
  return sums;
}

function addAll(byte: Int8Array, sums: [number, number, number], share: number): void {
  let [two, three, four] = [0, 0, 0];
  for (let at = 0; at < grams.count; at += 1) {
    const slot = slotAt(byte, grams.places[at] ?? 0);
    if (slot < 0) continue;
    two += byte[slot + 1] ?? 0;
    three += byte[slot + 2] ?? 0;
    four += byte[slot + 3] ?? 0;
  }
  sums[0] += two * share * GRAM_STEP;
  sums[1] += three * share * GRAM_STEP;
  sums[2] += four * share * GRAM_STEP;
}
