import { termOf } from "./languages.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import { foldDiacritics, splitWords } from "./tokens.ts";

/** `[start, end)` in UTF-16 units of a text. */
export type TextRange = readonly [start: number, end: number];

/** Finds the ranges of a text that hold sought words, in order, not touching each other. */
export type Highlighter = (text: string, language: string) => TextRange[];

/** What highlights the words of a query. Stop words only when there are no others. */
export function highlighter(query: ParsedQuery): Highlighter {
  const matter = query.words.filter((word) => !word.isStop);
  const sought = [...(matter.length > 0 ? matter : query.words), ...query.phrases.flat()];
  const terms = new Set(sought.flatMap((word) => word.terms));
  const prefixes = sought.filter((word: QueryWord) => word.isPrefix).map((word) => word.text);
  const isSought = (word: string, language: string): boolean => {
    if (terms.has(termOf(word, language))) return true;
    if (prefixes.length === 0) return false;
    const folded = foldDiacritics(word);
    return prefixes.some((prefix) => folded.startsWith(prefix));
  };
  return (text, language) => {
    const ranges: [number, number][] = [];
    for (const word of splitWords(text)) {
      if (!isSought(word.text, language)) continue;
      const last = ranges.at(-1);
      // Words of scripts without spaces touch: one range reads better than two.
      if (last !== undefined && last[1] === word.start) last[1] = word.end;
      else ranges.push([word.start, word.end]);
    }
    return ranges;
  };
}
