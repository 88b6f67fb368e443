/**
 * The language that a text is stemmed in, cheaply: most texts are told by their length or their small words, and the detector with its
 * sixty megabytes is loaded only for the first that is not.
 *
 * Guarantees: the same text always gets the same answer, whatever was asked before. Does not: tell the language of short texts.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { certaintyOf, type Detector, LETTERS_SURE } from "./detect-language.ts";

/** A guess below this is not used. */
const CONFIDENCE_MIN = 0.6;
/** Shorter texts never reach that confidence. */
const LETTERS_MIN = Math.ceil(CONFIDENCE_MIN * LETTERS_SURE);
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
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LETTERS_MIN) return undefined;
  if (isPlainlyEnglish(head)) return "en";
  detector ??= loadDetector();
  const { language, confidence } = certaintyOf(detector, head, letters);
  return language !== "" && confidence >= CONFIDENCE_MIN ? language : undefined;
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
