import { halfIdsOf, relatedIdsOf, termIdsOf } from "./cues.ts";
import type { ParsedQuery } from "./query.ts";
import { foldDiacritics, splitWords } from "./tokens.ts";
import type { IndexParts } from "./user-index.ts";

/** `[start, end)` in UTF-16 units of a text. */
export type TextRange = readonly [start: number, end: number];

/** Finds the ranges of a document's text that hold sought words, in order, not touching each other. */
export type Highlighter = (doc: number) => TextRange[];

/** What highlights the words of a query. Stop words only when there are no others. */
export function highlighter(parts: IndexParts, query: ParsedQuery): Highlighter {
  const { postings, table } = parts;
  const matter = query.words.filter((word) => !word.isStop);
  const sought = [...(matter.length > 0 ? matter : query.words), ...query.phrases.flat()];
  const ids = new Set(
    sought.flatMap((word) => [
      ...termIdsOf(parts, word),
      ...halfIdsOf(parts, word).flat(),
      ...relatedIdsOf(parts, word),
    ]),
  );
  const prefixes = sought.filter(({ isPrefix }) => isPrefix).map(({ text }) => text);
  // Of a beginning the index looks at a number of words only; what is shown is marked in full.
  const isBegun = (word: string): boolean => {
    const folded = foldDiacritics(word);
    return prefixes.some((prefix) => folded.startsWith(prefix));
  };
  return (doc) => {
    const ranges: [number, number][] = [];
    // The document's terms are its head's, then one for each word of its text: none has to be stemmed again.
    const terms = postings.tokensOf(doc).subarray(table.headLengths[doc] ?? 0);
    if (prefixes.length === 0 && !terms.some((term) => ids.has(term))) return ranges;
    for (const [at, word] of splitWords(table.textOf(doc)).entries()) {
      const isSought = ids.has(terms[at] ?? -1) || (prefixes.length > 0 && isBegun(word.text));
      if (!isSought) continue;
      const last = ranges.at(-1);
      // Words of scripts without spaces touch: one range reads better than two.
      if (last !== undefined && last[1] === word.start) last[1] = word.end;
      else ranges.push([word.start, word.end]);
    }
    return ranges;
  };
}
