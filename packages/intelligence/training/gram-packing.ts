/** From a fitted model to the table of grams that the product reads (src/classify/gram-table.ts). */
import { BUCKET_SLOTS, bucketAt, checkOf, SLOT_BYTES, TABLE_BYTES } from "../src/classify/gram-table.ts";
import type { Model } from "./logistic.ts";

/** Where a gram stands: its place in the table and its column in the model. */
export interface GramColumn {
  readonly place: number;
  readonly column: number;
}

function strengthOf(model: Model, column: number): number {
  return Math.max(...model.weights.map((weights) => Math.abs(weights[column] ?? 0)));
}

/** The grams that the table has room for, bucket by bucket: of each the strongest, and of equals those that were met first. */
function gramsInTable(model: Model, grams: readonly GramColumn[]): Map<number, GramColumn[]> {
  const byBucket = new Map<number, GramColumn[]>();
  for (const gram of grams) {
    const bucket = byBucket.get(bucketAt(gram.place));
    if (bucket === undefined) byBucket.set(bucketAt(gram.place), [gram]);
    else bucket.push(gram);
  }
  for (const bucket of byBucket.values()) {
    bucket.sort((left, right) => strengthOf(model, right.column) - strengthOf(model, left.column));
    bucket.length = Math.min(bucket.length, BUCKET_SLOTS);
  }
  return byBucket;
}

/** The model with only as many grams as the table holds: what is measured on it is what the product does. */
export function withoutLeftOut(model: Model, grams: readonly GramColumn[]): Model {
  const kept = new Set([...gramsInTable(model, grams).values()].flat().map(({ column }) => column));
  const leftOut = grams.filter(({ column }) => !kept.has(column));
  const weights = model.weights.map((own) => {
    const left = own.slice();
    for (const { column } of leftOut) left[column] = 0;
    return left;
  });
  return { biases: model.biases, weights };
}

/** A packed table and what one step of its weights adds to the log odds. */
export interface PackedGrams {
  readonly table: Int8Array;
  readonly step: number;
}

/** Packs the grams' weights, one byte each. */
export function packGrams(model: Model, grams: readonly GramColumn[]): PackedGrams {
  const byBucket = gramsInTable(model, grams);
  let most = 0;
  for (const { column } of grams) most = Math.max(most, strengthOf(model, column));
  const step = Number((most / 127).toPrecision(4));
  const table = new Int8Array(TABLE_BYTES);
  for (const [from, bucket] of byBucket)
    for (const [slot, { place, column }] of bucket.entries()) {
      const weights = model.weights.map((own) => Math.round((own[column] ?? 0) / step));
      table.set([checkOf(place), ...weights], from + slot * SLOT_BYTES);
    }
  return { table, step };
}
