/**
 * A text → its sentences with their places. Pure.
 */

/** A sentence: `[start, end)` in UTF-16 units of the text it stands in, white space at both ends left out. */
export interface Sentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A quote longer than this is cut at a word. */
const SENTENCE_LENGTH_MAX = 320;

let segmenter: Intl.Segmenter | undefined;

/** The sentences of a text, in order. Lines count as sentences: notes and chats rarely end in a full stop. */
export function splitSentences(text: string): Sentence[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "sentence" });
  const sentences: Sentence[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    const lead = segment.length - segment.trimStart().length;
    const trimmed = segment.trim();
    if (trimmed === "") continue;
    const start = index + lead;
    const cut = cutAtWord(trimmed);
    sentences.push({ text: cut, start, end: start + cut.length });
  }
  return sentences;
}

function cutAtWord(text: string): string {
  if (text.length <= SENTENCE_LENGTH_MAX) return text;
  const head = text.slice(0, SENTENCE_LENGTH_MAX);
  const space = head.lastIndexOf(" ");
  return (space > SENTENCE_LENGTH_MAX / 2 ? head.slice(0, space) : head).trimEnd();
}
