/** Finding in what was opened in this browser: every word must be there, in any order, as a part of what is said. Pure. */
import type { MemoryBody } from "./memory-body.ts";

/** Letters as they are compared: without case and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** The words that are looked for. */
export function wordsOfQuery(query: string): readonly string[] {
  return folded(query)
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** True when all words are in it. */
export function holdsWords(body: MemoryBody, words: readonly string[]): boolean {
  const said = [body.text, body.caption, body.speaker, body.conversation_title, ...(body.attachments ?? [])];
  const all = folded(said.filter((part) => part !== undefined).join("\n"));
  return words.every((word) => all.includes(word));
}

/** Where words stand in a text, [start, end) each; for texts whose letters keep their places when they are folded. */
export function rangesOf(text: string, words: readonly string[]): readonly (readonly [number, number])[] {
  const plain = text.toLowerCase();
  if (plain.length !== text.length) return [];
  const ranges: (readonly [number, number])[] = [];
  for (const word of words) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
      ranges.push([at, at + word.length]);
    }
  }
  const apart: (readonly [number, number])[] = [];
  for (const range of ranges.toSorted((left, right) => left[0] - right[0] || right[1] - left[1])) {
    if (range[0] >= (apart.at(-1)?.[1] ?? 0)) apart.push(range);
  }
  return apart;
}
