/** Everything the finders read of one text, prepared once. */
import type { ConceptMap } from "./match.ts";
import type { NumberSpan } from "./number-spans.ts";
import type { Tokens } from "./tokens.ts";

/** One text, read. */
export interface Scene {
  readonly text: string;
  readonly tokens: Tokens;
  readonly concepts: ConceptMap;
  readonly numbers: readonly NumberSpan[];
}

/** The index of the word that holds or follows an offset. */
export function tokenAt(tokens: Tokens, offset: number): number {
  let low = 0;
  let high = tokens.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens.end[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
