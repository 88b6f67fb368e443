/**
 * How much a sentence looks like an answer to a kind of question. English patterns; in other languages numbers and names still show.
 */
import type { ParsedQuery } from "@kaelix/views";

const TIME_PATTERN =
  /\b(\d{1,2}[:.]\d{2}|\d{4}|\d{1,2}(st|nd|rd|th)?\s+(of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*|(jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\w*\s+\d{1,2}|yesterday|today|tomorrow|tonight|ago|last|next|(mon|tues|wednes|thurs|fri|satur|sun)day|week(end)?|month|year|morning|evening|noon|midnight|birthday)\b/iu;
const NUMBER_PATTERN =
  /\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|once|twice|couple|few|several|half)\b/iu;
const OFTEN_PATTERN =
  /\b(every|once|twice|times|daily|weekly|monthly|yearly|often|usually|always|never|sometimes|each)\b/iu;
/** A capital letter inside a sentence: a name in most languages that have capitals. */
const NAME_PATTERN = /(?<=[\p{Ll}\p{N},;:]\s)\p{Lu}\p{L}+/u;
const PERSON_PATTERN =
  /\b(my|his|her|their|our)\s+(mother|father|mum|mom|dad|sister|brother|wife|husband|son|daughter|friend|aunt|uncle|boss|neighbou?r|colleague|partner|grand\w+)\b/iu;
const PLACE_PATTERN = /\b(in|at|to|from|near|around)\s+(the\s+)?\p{Lu}\p{L}+/u;

/** 0, or up to 1 when the sentence holds what the kind of question asks for. */
export function kindShare(kind: ParsedQuery["kind"], sentence: string): number {
  switch (kind) {
    case "when":
      return TIME_PATTERN.test(sentence) ? 1 : 0;
    case "how-many":
      return NUMBER_PATTERN.test(sentence) ? 1 : 0;
    case "how-often":
      return OFTEN_PATTERN.test(sentence) ? 1 : NUMBER_PATTERN.test(sentence) ? 0.5 : 0;
    case "who":
      return PERSON_PATTERN.test(sentence) || NAME_PATTERN.test(sentence) ? 1 : 0;
    case "where":
      return PLACE_PATTERN.test(sentence) ? 1 : 0;
    case "what":
    case "other":
      // A question rarely answers another.
      return sentence.endsWith("?") ? 0 : 0.3;
  }
}

/** What a sentence names of the kind that is asked for, lower case: places, numbers or names. Empty for kinds that have no values. */
export function namedValues(kind: ParsedQuery["kind"], sentence: string): string[] {
  switch (kind) {
    case "where":
      return valuesOf(sentence, /\b(?:in|at|to|from|near|around)\s+(?:the\s+)?(\p{Lu}\p{L}+)/gu);
    case "how-many":
      return valuesOf(sentence, /(\d+(?:[.,]\d+)?)/gu);
    case "who":
      return valuesOf(sentence, /(?<=[\p{Ll}\p{N},;:]\s)(\p{Lu}\p{L}+)/gu);
    case "when":
    case "how-often":
    case "what":
    case "other":
      return [];
  }
}

function valuesOf(sentence: string, pattern: RegExp): string[] {
  return Array.from(sentence.matchAll(pattern), ([, value = ""]) => value.toLowerCase());
}
