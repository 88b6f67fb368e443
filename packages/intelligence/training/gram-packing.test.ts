import { expect, test } from "vitest";
import { BUCKET_SLOTS, bucketAt, checkOf, PLACE_BITS, slotAt, TABLE_BYTES } from "../src/classify/gram-table.ts";
import { packGrams, withoutLeftOut } from "./gram-packing.ts";

/** A model of so many columns: the weight of column `n` for levels 2, 3 and 4 is `n + 1`, its double and nought. */
function modelOf(columns: number): Parameters<typeof packGrams>[0] {
  const weights = [1, 2, 0].map((times) => Float64Array.from({ length: columns }, (_, column) => times * (column + 1)));
  return { biases: [0, 0, 0], weights };
}

const LAST_PLACE = 2 ** PLACE_BITS - 1;

test("slotAt finds the weights that were packed, at both ends of the table too", () => {
  const places = [0, 255, 4096, LAST_PLACE];
  const { table, step } = packGrams(
    modelOf(4),
    places.map((place, column) => ({ place, column })),
  );
  for (const [column, place] of places.entries()) {
    const at = slotAt(table, place);
    const read = [1, 2, 3].map((level) => (table[at + level] ?? 0) * step);
    for (const [level, times] of [1, 2, 0].entries()) expect(read[level]).toBeCloseTo(times * (column + 1), 1);
  }
});

test("slotAt knows no gram that was not learnt, though others of its bucket were", () => {
  const { table } = packGrams(
    modelOf(2),
    [0x500 + 7, 0x500 + 9].map((place, column) => ({ place, column })),
  );
  expect(bucketAt(0x500 + 8)).toBe(bucketAt(0x500 + 7));
  expect(slotAt(table, 0x500 + 7)).toBeGreaterThanOrEqual(0);
  expect(slotAt(table, 0x500 + 8)).toBe(-1);
  expect(slotAt(table, 0x700 + 7)).toBe(-1);
});

test("packGrams leaves out what says least where a bucket is full, and withoutLeftOut measures with just what is packed", () => {
  const grams = Array.from({ length: BUCKET_SLOTS + 2 }, (_, column) => ({ place: 0x900 + column + 1, column }));
  const model = modelOf(grams.length);
  const { table } = packGrams(model, grams);
  expect(grams.map(({ place }) => slotAt(table, place) >= 0)).toEqual([false, false, true, true, true, true]);
  const [two] = withoutLeftOut(model, grams).weights;
  expect([...(two ?? [])]).toEqual([0, 0, 3, 4, 5, 6]);
});

test("checkOf tells every gram of a bucket from the others, and all places stand in the table", () => {
  expect(new Set(Array.from({ length: 256 }, (_, place) => checkOf(place))).size).toBe(256);
  expect(bucketAt(LAST_PLACE)).toBeLessThan(TABLE_BYTES);
});
