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

/** What a query means to the documents of one index. */
export interface Meaning {
  /** Cosine by document, `MEANING_UNKNOWN` where there is no vector. Valid until the next query of the process. */
  readonly cosines: Float32Array;
  /** True where there is one. */
  readonly isKnown: (doc: number) => boolean;
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
    return { cosines, nearest: [], isKnown: () => false };
  const sees: DocumentTest = (doc) => (levels[doc] ?? LEVEL_REMOVED) <= ceiling;
  vectors.cosines(query.vector, sees, cosines);
  const isKnown: DocumentTest = (doc) => vectors.has(doc) && sees(doc);
  const near: number[] = [];
  for (let doc = 0; doc < count; doc++)
    if ((cosines[doc] ?? 0) >= MEANING_MIN && isKnown(doc) && passes(doc)) near.push(doc);
  const order = selectTop(near.length, NEAREST_MAX, (left, right) => {
    const [one, other] = [near[left] ?? 0, near[right] ?? 0];
    return (cosines[other] ?? 0) - (cosines[one] ?? 0) || one - other;
  });
  return { cosines, nearest: order.map((at) => near[at] ?? 0), isKnown };
}
