/**
 * The language that a text is stemmed in, cheaply: most texts are told by their length or their small words, and the detector with its
 * sixty megabytes is loaded only for the first that is not.
 *
 * Guarantees: the same text always gets the same answer, whatever was asked before. Does not: tell the language of short texts.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** What is used of the detector (eld, its smallest data set). */
interface Detector {
  detect(text: string): DetectorResult;
}

interface DetectorResult {
  readonly language: string;
  /** From 0 to 1 by language. */
  getScores(): Record<string, number>;
  isReliable(): boolean;
}

/** From as many letters on a guess counts in full. */
const LETTERS_SURE = 40;
/** A guess below this is not used; one from enough letters that the detector calls reliable is never below it. */
const CONFIDENCE_MIN = 0.6;
/** Shorter texts never reach that confidence. */
const LETTERS_MIN = Math.ceil(CONFIDENCE_MIN * LETTERS_SURE);
const LETTER = /\p{L}/u;
/** Words that are frequent in English and no words of its neighbours. */
const ENGLISH_WORDS = new Set(
  (
    "the and of you that with this have are your what they she from just will would about there been when which were their could " +
    "don't it's i'm he's she's we're that's you're can't didn't isn't my our his her him them because should think know going want"
  ).split(" "),
);
const ENGLISH_SHARE_MIN = 0.12;
const HEAD_LENGTH = 1_024;

let detector: Detector | undefined;

/** ISO 639-1 of the language a text is written in; undefined when it cannot be told. */
export function languageOfText(text: string): string | undefined {
  const head = text.slice(0, HEAD_LENGTH);
  const letters = lettersUpTo(head, LETTERS_SURE);
  if (letters < LETTERS_MIN) return undefined;
  if (isPlainlyEnglish(head)) return "en";
  detector ??= loadDetector();
  const result = detector.detect(head);
  if (result.language === "" || !result.isReliable()) return undefined;
  // The scores are an object of sixty languages, of another shape for each text: asked for only where they decide.
  if (letters >= LETTERS_SURE) return result.language;
  return certaintyOf(result, letters) >= CONFIDENCE_MIN ? result.language : undefined;
}

/** How sure a reliable guess is, 0 to 1: by its lead over the next, and less for short texts. */
function certaintyOf(result: DetectorResult, letters: number): number {
  const [first = 0, second = 0] = Object.values(result.getScores()).sort((left, right) => right - left);
  const lead = first === 0 ? 0 : 1 - second / first;
  return ((0.6 + 0.39 * Math.min(1, lead * 2)) * letters) / LETTERS_SURE;
}

/** How many letters a text begins with until there are `most`; what stands between them is passed over. */
function lettersUpTo(text: string, most: number): number {
  let letters = 0;
  for (let at = 0; at < text.length && letters < most; at += 1) {
    const unit = text.charCodeAt(at);
    const lower = unit | 0x20;
    if (unit < 0x80) letters += lower >= 0x61 && lower <= 0x7a ? 1 : 0;
    else if (LETTER.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) letters += 1;
  }
  return letters;
}

function isPlainlyEnglish(head: string): boolean {
  const words =
    head
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}']+/gu) ?? [];
  const known = words.filter((word) => ENGLISH_WORDS.has(word)).length;
  return known / words.length >= ENGLISH_SHARE_MIN;
}

/** The detector is an ES module without top-level await, so it can be required: the caller cannot wait. */
function loadDetector(): Detector {
  const path = fileURLToPath(import.meta.resolve("eld/extrasmall"));
  // The package's own types say so.
  const { eld } = createRequire(import.meta.url)(path) as { readonly eld: Detector };
  return eld;
}
