/**
 * Which language a text is written in, by n-grams (eld, its smallest data set: about 1 MB on disk). Loading takes about
 * a tenth of a second and, by the package's own figure, some 37 MB of memory, so nothing is loaded until asked for.
 * Short texts are guessed badly by anyone: below eight letters there is no answer, below forty a low confidence.
 */

/** A language and how sure the detector is, 0 to 1. */
export interface DetectedLanguage {
  /** ISO 639-1. */
  readonly language: string;
  readonly confidence: number;
}

/** What is used of the package. */
export interface Detector {
  detect(text: string): { readonly language: string; getScores(): Record<string, number>; isReliable(): boolean };
}

const LETTERS_MIN = 8;
/** From as many letters on a guess counts in full. */
export const LETTERS_SURE = 40;
const TEXT_LENGTH_MAX = 1024;

let detector: Detector | undefined;
let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  const { eld } = await import("eld/extrasmall");
  detector = eld;
}

/** Loads the detector's data once; later calls return the same promise. Until it has settled `detectLanguage` gives undefined. */
export function loadLanguageDetector(): Promise<void> {
  loading ??= load();
  return loading;
}

/**
 * Guesses the language of a text from its first 1,024 UTF-16 units.
 *
 * @returns undefined when the text is too short, no language fits, or `loadLanguageDetector` has not settled yet.
 */
export function detectLanguage(text: string): DetectedLanguage | undefined {
  if (detector === undefined) return undefined;
  const head = text.slice(0, TEXT_LENGTH_MAX);
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LETTERS_MIN) return undefined;
  const guess = certaintyOf(detector, head, letters);
  return guess.language === "" ? undefined : guess;
}

/** The detector's guess and how sure it is; an empty language when there is none. */
export function certaintyOf(detector: Detector, head: string, letters: number): DetectedLanguage {
  const result = detector.detect(head);
  const scores = Object.values(result.getScores()).sort((left, right) => right - left);
  const lead = (scores[0] ?? 0) === 0 ? 0 : 1 - (scores[1] ?? 0) / (scores[0] ?? 1);
  const certainty = result.isReliable() ? 0.6 + 0.39 * Math.min(1, lead * 2) : 0.5 * Math.min(1, lead * 2);
  return { language: result.language, confidence: certainty * Math.min(1, letters / LETTERS_SURE) };
}
