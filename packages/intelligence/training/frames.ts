/**
 * Sentences with choices, such as `2 {Mum|Noor} is away {till Monday|in Leeds}`, written out as labelled texts. A line of a file in frames/ is a
 * level, a blank and a sentence; what stands in braces is a choice. Few of all that a sentence can say are taken: its frame is what teaches.
 */
import { readFileSync, readdirSync } from "node:fs";

/** A text written out of a sentence with choices. */
export interface FramedText {
  readonly id: string;
  readonly text: string;
  readonly level: 1 | 2 | 3 | 4;
  /** How much it counts: a sentence of many texts counts for more than a text and for less than all of them. */
  readonly share: number;
}

const FRAMES = new URL("frames/", import.meta.url);
/** At most so many texts of one sentence. */
const TEXTS_MAX = 4;
/** From one text of a sentence to the next among all that it can say: a prime, so that no text comes twice. */
const STRIDE = 7919;
const CHOICE = /\{([^{}]*)\}/g;

/** Writes a sentence out, at most TEXTS_MAX times and never twice the same. */
export function expandFrame(sentence: string): string[] {
  const choices = [...sentence.matchAll(CHOICE)].map(([, choice = ""]) => choice.split("|"));
  const combinations = choices.reduce((product, choice) => product * choice.length, 1);
  const texts = Array.from({ length: Math.min(TEXTS_MAX, combinations) }, (_, at) => {
    let rest = (sentence.length + at * STRIDE) % combinations;
    let slot = 0;
    return sentence.replace(CHOICE, () => {
      const choice = choices[slot] ?? [];
      slot += 1;
      const chosen = choice[rest % choice.length] ?? "";
      rest = Math.floor(rest / choice.length);
      return chosen;
    });
  });
  return [...new Set(texts)];
}

function parseFrame(line: string, id: string): FramedText[] {
  const level = ([1, 2, 3, 4] as const).find((one) => line.startsWith(`${String(one)} `));
  if (level === undefined)
    throw new Error(`Cannot read frame ${id}: current value has no level, must begin with 1 to 4`);
  const texts = expandFrame(line.slice(2));
  const share = 1 / Math.sqrt(texts.length);
  return texts.map((text, at) => ({ id: `${id}-${String(at)}`, text, level, share }));
}

/** Every text of every sentence, in the order of the files' names. */
export function framedTexts(): FramedText[] {
  return readdirSync(FRAMES)
    .sort()
    .flatMap((file) => {
      const lines = readFileSync(new URL(file, FRAMES), "utf8").trim().split("\n");
      return lines.flatMap((line, at) => parseFrame(line, `${file.replace(".txt", "")}-${String(at + 1)}`));
    });
}
