/**
 * The table of the grams' weights. It knows which grams were learnt: one that no learnt text holds says nothing, and does not say what
 * another gram means that happens to fall on the same place.
 *
 *     a gram's place    | which bucket, 16 bits         | check, 8 bits |
 *     the table         | bucket 0 | bucket 1 | … | bucket 59,999 |
 *     a bucket          | slot | slot | slot | slot |
 *     a slot, 4 bytes   | check | at least level 2 | at least level 3 | at least level 4 |   weights with a sign
 *
 * A gram may stand in any slot of its bucket; where more fall into one than it has slots, those that say least are left out. A slot that
 * nobody took is all noughts and adds nothing to whoever meets it. A strange gram meets the check of a learnt one once in some seventy times.
 */

const CHECK_BITS = 8;
/** Bits that a bucket is chosen by. */
const BUCKET_BITS = 16;
/** As many as keep the table below a megabyte. */
const BUCKETS = 60_000;
/** Bits of a gram's place. */
export const PLACE_BITS: number = BUCKET_BITS + CHECK_BITS;
/** Grams that a bucket holds. */
export const BUCKET_SLOTS = 4;
/** Bytes of a slot: the check, then the three weights. */
export const SLOT_BYTES = 4;
/** Bytes of the table. */
export const TABLE_BYTES: number = BUCKETS * BUCKET_SLOTS * SLOT_BYTES;

const BUCKET_BYTES = BUCKET_SLOTS * SLOT_BYTES;

/** The byte that the bucket of a place begins at. */
export function bucketAt(place: number): number {
  return (((place >>> CHECK_BITS) * BUCKETS) >>> BUCKET_BITS) * BUCKET_BYTES;
}

/** What tells the grams of one bucket from each other, as the table's bytes hold it: −128 to 127. */
export function checkOf(place: number): number {
  return (place << 24) >> 24;
}

/** The byte that the slot of a gram begins at; −1 for a gram that was not learnt. */
export function slotAt(table: Int8Array, place: number): number {
  const check = checkOf(place);
  const from = bucketAt(place);
  for (let at = from; at < from + BUCKET_BYTES; at += SLOT_BYTES) if (table[at] === check) return at;
  return -1;
}
