/**
 * What a person called not useful, and what becomes of lines by it. Pure.
 *
 * A line that was called so is not told again. Lines of the same kind about the same topic come later, and after three not at all. A kind
 * of which three lines were called so comes after the others, and tells half as much.
 */
import type { DigestKind, DigestLine, DigestSection } from "./digest.ts";

/** A line that was called not useful: its key, its kind, and whom or what it was about. */
export interface NotUseful {
  readonly key: string;
  readonly kind: DigestKind;
  readonly topic: string | null;
}

const TOPIC_COUNT_MAX = 3;
const KIND_COUNT_MAX = 3;

/** Whom or what a line is about: who said it, else where it was said; null: nobody is named. */
export function topicOf({ evidence: [first] }: DigestLine): string | null {
  return first?.document.speaker ?? first?.document.conversationTitle ?? null;
}

/** Sections as they are told to somebody: at most `linesMax` lines each. Those without lines are left out. */
export function weighed(
  sections: readonly { readonly kind: DigestKind; readonly lines: readonly DigestLine[] }[],
  notUseful: readonly NotUseful[],
  linesMax: number,
): readonly DigestSection[] {
  const keys = new Set(notUseful.map(({ key }) => key));
  const byTopic = countsOf(notUseful.flatMap(({ kind, topic }) => (topic === null ? [] : [`${kind}:${topic}`])));
  const byKind = countsOf(notUseful.map(({ kind }) => kind));
  const told = sections.map(({ kind, lines }) => {
    const countOf = (line: DigestLine): number => byTopic.get(`${kind}:${topicOf(line) ?? ""}`) ?? 0;
    const wanted = lines.filter((line) => !keys.has(line.key) && countOf(line) < TOPIC_COUNT_MAX);
    const ordered = wanted.toSorted((left, right) => countOf(left) - countOf(right));
    const isLate = (byKind.get(kind) ?? 0) >= KIND_COUNT_MAX;
    const room = isLate ? Math.ceil(linesMax / 2) : linesMax;
    return { isLate, kind, lines: ordered.slice(0, room), more: Math.max(0, ordered.length - room) };
  });
  return told
    .filter(({ lines }) => lines.length > 0)
    .toSorted((left, right) => Number(left.isLate) - Number(right.isLate))
    .map(({ kind, lines, more }) => ({ kind, lines, more }));
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
