/** Text cut into parts that can be shown: plain, marked, linked. Parts joined are always the text itself. */

/** A piece of a text. `url` only for http and https. */
interface TextPart {
  readonly text: string;
  readonly marked: boolean;
  readonly url?: string;
}

/** Half-open range in UTF-16 units. */
export type Range = readonly [number, number];

const URL_PATTERN = /https?:\/\/[^\s<>"'`{}|\\^]+/giu;
/** What ends a sentence or closes a bracket belongs to no address. */
const TRAILING = new Set(".,;:!?)]}'\"»”’");

/** Ranges sorted, clipped to the text and merged. */
export function mergeRanges(ranges: readonly Range[], length: number): readonly Range[] {
  const sorted = ranges
    .map(([start, end]): Range => [Math.max(0, start), Math.min(length, end)])
    .filter(([start, end]) => start < end)
    .toSorted((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

function withoutTrailing(url: string): string {
  let { length } = url;
  while (TRAILING.has(url.charAt(length - 1))) length--;
  return url.slice(0, length);
}

function linksIn(text: string): readonly { readonly range: Range; readonly url: string }[] {
  return [...text.matchAll(URL_PATTERN)].flatMap((match) => {
    const url = withoutTrailing(match[0]);
    if (!URL.canParse(url)) return [];
    return [{ range: [match.index, match.index + url.length] as const, url }];
  });
}

/** Cuts a text at highlights and, unless they are unwanted, at links. */
export function splitText(text: string, highlights: readonly Range[] = [], withLinks = true): readonly TextPart[] {
  const marks = mergeRanges(highlights, text.length);
  const links = withLinks ? linksIn(text) : [];
  const cuts = new Set([0, text.length, ...marks.flat(), ...links.flatMap((link) => link.range)]);
  const points = [...cuts].toSorted((a, b) => a - b);
  const parts: TextPart[] = [];
  for (const [at, start] of points.entries()) {
    const end = points[at + 1];
    if (end === undefined) break;
    const marked = marks.some(([from, to]) => start >= from && end <= to);
    const link = links.find(({ range }) => start >= range[0] && end <= range[1]);
    parts.push({ text: text.slice(start, end), marked, ...(link === undefined ? {} : { url: link.url }) });
  }
  return parts;
}

/** A cut of a long text around its first highlight, with the highlights moved along. */
export function excerptOf(
  text: string,
  highlights: readonly Range[],
  lengthMax: number,
): { text: string; highlights: Range[] } {
  if (text.length <= lengthMax) return { text, highlights: [...highlights] };
  const first = mergeRanges(highlights, text.length)[0]?.[0] ?? 0;
  const wanted = Math.max(0, Math.min(first - Math.floor(lengthMax / 4), text.length - lengthMax));
  const space = wanted === 0 ? 0 : text.indexOf(" ", wanted) + 1;
  const start = space > 0 && space <= first ? space : wanted;
  const end = Math.min(text.length, start + lengthMax);
  const head = start > 0 ? "… " : "";
  const moved = highlights
    .map(([from, to]): Range => [from - start + head.length, Math.min(to, end) - start + head.length])
    .filter(([from, to]) => from >= head.length && from < to);
  return { text: head + text.slice(start, end) + (end < text.length ? " …" : ""), highlights: moved };
}
