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

/** A point behind a day or a title ends no sentence: "am 28. November", "zum 70. Geburtstag", "Dr. Müller", "z. B. Anna". */
const DAY_END = /(?<![\p{L}\p{N}.,:])\d{1,2}\.\s+$/u;
const MONTH_START =
  /^(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jan|Feb|Mär|Apr|Jun|Jul|Aug|Sept?|Okt|Nov|Dez)(?!\p{L})/u;
/** What is counted off in German: "zum 70. Geburtstag", "im 3. Stock". */
const COUNTED_START =
  /^(?:Geburtstag|Hochzeitstag|Jahrestag|Lebensjahr|Jahrhundert|Stock|Etage|Klasse|Platz|Mal|Woche|Tag|Monat|Advent)(?!\p{L})/u;
const TITLE_END =
  /(?<!\p{L})(?:Dr|Prof|Mrs?|Ms|Hr|Fr|St|Sra?|Dra|Mme|Mlle|Sig|Dott|Nr|No|Tel|ca|bzw|vs|[zZ]\. ?B|[dD]\. ?h|[uU]\. ?a|[zdu](?=\. $))\.\s+$/u;

let segmenter: Intl.Segmenter | undefined;

/** The sentences of a text, in order. Lines count as sentences: notes and chats rarely end in a full stop. */
export function splitSentences(text: string): Sentence[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "sentence" });
  const sentences: Sentence[] = [];
  for (const { segment, index } of joined(segmenter.segment(text))) {
    const lead = segment.length - segment.trimStart().length;
    const trimmed = segment.trim();
    if (trimmed === "") continue;
    const start = index + lead;
    const cut = cutAtWord(trimmed);
    sentences.push({ text: cut, start, end: start + cut.length });
  }
  return sentences;
}

interface Segment {
  readonly segment: string;
  readonly index: number;
}

/** Puts together what was cut behind a day or a title. */
function* joined(segments: Iterable<Segment>): Generator<Segment> {
  let open: Segment | undefined;
  for (const next of segments) {
    if (open !== undefined && goesOn(open.segment, next.segment)) {
      open = { segment: open.segment + next.segment, index: open.index };
      continue;
    }
    if (open !== undefined) yield open;
    open = next;
  }
  if (open !== undefined) yield open;
}

function goesOn(before: string, behind: string): boolean {
  const end = before.slice(-12);
  if (end.includes("\n")) return false;
  return TITLE_END.test(end) || (DAY_END.test(end) && (MONTH_START.test(behind) || COUNTED_START.test(behind)));
}

function cutAtWord(text: string): string {
  if (text.length <= SENTENCE_LENGTH_MAX) return text;
  const head = text.slice(0, SENTENCE_LENGTH_MAX);
  const space = head.lastIndexOf(" ");
  return (space > SENTENCE_LENGTH_MAX / 2 ? head.slice(0, space) : head).trimEnd();
}
