import { termOf } from "./languages.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import { foldDiacritics, splitWords } from "./tokens.ts";

/** `[start, end)` in UTF-16 units of a text. */
export type TextRange = readonly [start: number, end: number];

/** The ranges of a text that hold words of the query, in order, not touching each other. Stop words only when there are no others. */
export function highlight(text: string, query: ParsedQuery, language: string): TextRange[] {
  const matter = query.words.filter((word) => !word.isStop);
  const sought = [...(matter.length > 0 ? matter : query.words), ...query.phrases.flat()];
  const terms = new Set(sought.flatMap((word) => word.terms));
  const prefixes = sought.filter((word: QueryWord) => word.isPrefix).map((word) => word.text);
  const ranges: [number, number][] = [];
  for (const word of splitWords(text)) {
    const folded = foldDiacritics(word.text);
    const isSought = terms.has(termOf(word.text, language)) || prefixes.some((prefix) => folded.startsWith(prefix));
    if (!isSought) continue;
    const last = ranges.at(-1);
    // Words of scripts without spaces touch: one range reads better than two.
    if (last !== undefined && last[1] === word.start) last[1] = word.end;
    else ranges.push([word.start, word.end]);
  }
  return ranges;
}
