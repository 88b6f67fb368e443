/**
 * How near documents are to a query in meaning, and which are near enough to be looked at although they share no word with it.
 *
 * Guarantees: a document above the ceiling, and one that does not pass, is no candidate; what it means weighs in nobody's score.
 */
import type { Level } from "@kaelix/model";

import { LEVEL_REMOVED } from "./document-table.ts";
import type { DocumentTest } from "./filter.ts";
import { selectTop } from "./top.ts";
import type { IndexParts } from "./user-index.ts";
import type { QueryVector } from "./vectors.ts";

/** So many documents are looked at for their meaning alone, at most. */
const NEAREST_MAX = 100;

/** Below this cosine nothing is looked at for its meaning alone. */
const MEANING_MIN = 0.3;
/**
 * What a document without a vector counts as: a little less near than a middling right answer (0.47 on LoCoMo), so that what waits for
 * its vector, or may not have one, neither wins nor is lost among what has.
 */
const MEANING_UNKNOWN = 0.3;

/** Of fewer documents it is not said how far one stands out: their mean would be chance. */
const STANDING_DOCUMENTS_MIN = 100;

/** What a query means to the documents of one index. */
export interface Meaning {
  /** Cosine by document, `MEANING_UNKNOWN` where there is no vector. Valid until the next query of the process. */
  readonly cosines: Float32Array;
  /** True where there is one. */
  readonly isKnown: (doc: number) => boolean;
  /**
   * How far a document stands out: its cosine in standard deviations from the mean of all that may be seen. How large cosines are differs from
   * model to model, this hardly. Undefined where there is no vector, or too few to compare.
   */
  readonly standing: (doc: number) => number | undefined;
  /** The nearest that pass, nearest first. */
  readonly nearest: readonly number[];
}

let room = new Float32Array(0);

/** Compares a query with all that may be seen. */
export function meaningOf(
  { table, vectors }: IndexParts,
  query: QueryVector,
  { ceiling, passes }: { readonly ceiling: Level; readonly passes: DocumentTest },
): Meaning {
  const { count, levels } = table;
  if (room.length < count) room = new Float32Array(Math.ceil(count * 1.25));
  const cosines = room.subarray(0, count);
  cosines.fill(MEANING_UNKNOWN);
  if (vectors?.model !== query.model || vectors.dimension !== query.vector.length)
    return { cosines, nearest: [], isKnown: () => false, standing: () => undefined };
  const sees: DocumentTest = (doc) => (levels[doc] ?? LEVEL_REMOVED) <= ceiling;
  vectors.cosines(query.vector, sees, cosines);
  const isKnown: DocumentTest = (doc) => vectors.has(doc) && sees(doc);
  const near: number[] = [];
  for (let doc = 0; doc < count; doc++)
    if ((cosines[doc] ?? 0) >= MEANING_MIN && isKnown(doc) && passes(doc)) near.push(doc);
  const order = selectTop(near.length, NEAREST_MAX, (left, right) => {
    const one = near[left] ?? 0;
    const other = near[right] ?? 0;
    const ahead = (cosines[one] ?? 0) - (cosines[other] ?? 0);
    return ahead === 0 ? one < other : ahead > 0;
  });
  const { mean, deviation } = spreadOf(cosines, isKnown);
  const standing = (doc: number): number | undefined =>
    deviation > 0 && isKnown(doc) ? ((cosines[doc] ?? 0) - mean) / deviation : undefined;
  return { cosines, nearest: order.map((at) => near[at] ?? 0), isKnown, standing };
}

/** Mean and standard deviation of what is known; no deviation where too little is. */
function spreadOf(cosines: Float32Array, isKnown: DocumentTest): { readonly mean: number; readonly deviation: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (let doc = 0; doc < cosines.length; doc++) {
    if (!isKnown(doc)) continue;
    const cosine = cosines[doc] ?? 0;
    count += 1;
    sum += cosine;
    squares += cosine * cosine;
  }
  const mean = sum / Math.max(1, count);
  const deviation = count < STANDING_DOCUMENTS_MIN ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean));
  return { mean, deviation };
}
