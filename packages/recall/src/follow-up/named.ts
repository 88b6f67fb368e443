/** Who, where and what a question or a quoted sentence names, for what is asked about them next. Pure. */
import { isPlaceName, sexOfName } from "@kaelix/intelligence";
import { nameWords } from "@kaelix/views";

import type { Pronoun } from "./forms.ts";

/** Somebody or something that was named. `[start, end)` in the text. */
export interface Named {
  readonly text: string;
  readonly kind: "person" | "place" | "thing";
  readonly start: number;
  readonly end: number;
}

const FEMALE = "mother mum mom mummy sister wife daughter aunt grandmother grandma granny niece girlfriend";
const MALE = "father dad daddy brother husband son uncle grandfather grandpa grandad nephew boyfriend";
const EITHER =
  "friend boss neighbour neighbor colleague partner cousin doctor dentist therapist teacher flatmate child kid";
const SEX_OF_KIN: ReadonlyMap<string, "she" | "he" | "either"> = new Map([
  ...FEMALE.split(" ").map((word) => [word, "she"] as const),
  ...MALE.split(" ").map((word) => [word, "he"] as const),
  ...EITHER.split(" ").map((word) => [word, "either"] as const),
]);
const NO_NAMES = new Set(
  (
    "i january february march april may june july august september october november december monday tuesday wednesday thursday friday " +
    "saturday sunday januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag"
  ).split(" "),
);
/** A capital inside a sentence, and what is capital behind it. */
const NAME = /(?<=[\p{Ll}\p{N},;:'’I]\s)\p{Lu}[\p{L}'’-]*?(?=['’]s\b|[^\p{L}'’-]|$)(?:\s\p{Lu}\p{Ll}[\p{L}-]*)*/gu;
/** Whoever is at the beginning: known as a name of people alone. */
const FIRST = /^\p{Lu}\p{L}+/u;
const KIN = /\b(?:my|our)\s+(\p{L}+)/giu;
const THING = /\b(?:my|our|the)\s+(\p{L}+)/giu;

/** Everybody and everything that a text names, in order. In a language that writes nouns with capitals only known names are names. */
export function namedIn(text: string, { onlyKnown = false }: { readonly onlyKnown?: boolean } = {}): readonly Named[] {
  const found: Named[] = [];
  const first = FIRST.exec(text)?.[0];
  if (first !== undefined && isPersonName(first))
    found.push({ text: first, kind: "person", start: 0, end: first.length });
  for (const { 0: name, index } of text.matchAll(NAME)) {
    const low = name.toLowerCase();
    if (NO_NAMES.has(low)) continue;
    const isPlace = isPlaceName(low) || isBehindPlaceWord(text, index);
    if (onlyKnown && !isPlaceName(low) && !isPersonName(name)) continue;
    found.push({ text: name, kind: isPlace ? "place" : "person", start: index, end: index + name.length });
  }
  for (const { 0: words, 1: noun = "", index } of text.matchAll(KIN)) {
    if (SEX_OF_KIN.has(noun.toLowerCase()))
      found.push({ text: words, kind: "person", start: index, end: index + words.length });
  }
  for (const { 0: words, 1: noun = "", index } of text.matchAll(THING)) {
    if (!SEX_OF_KIN.has(noun.toLowerCase()) && !NO_THINGS.has(noun.toLowerCase()))
      found.push({ text: words, kind: "thing", start: index, end: index + words.length });
  }
  return found.toSorted((left, right) => left.start - right.start);
}

const NO_THINGS = new Set("last first latest same next other most time times".split(" "));

/** With or without its accents. */
function isPersonName(name: string): boolean {
  return sexOfName(nameWords(name)[0] ?? "") !== undefined;
}

function isBehindPlaceWord(text: string, at: number): boolean {
  return (
    /\b(?:in|at|to|from|near|nach|aus|bei)\s+(?:the\s+)?$/iu.test(text.slice(0, at)) &&
    !isPersonName(text.slice(at).split(/[^\p{L}]/u)[0] ?? "")
  );
}

/** Whether a pronoun may stand for what was named. Of whom nobody knows the sex either may. */
export function mayBe(pronoun: Pronoun, { kind, text }: Named): boolean {
  if (pronoun === "there") return kind === "place";
  if (pronoun === "it") return kind === "thing";
  if (kind !== "person") return false;
  if (pronoun === "they") return true;
  const words = text.toLowerCase().split(/\s/u);
  const kin = SEX_OF_KIN.get(words.at(-1) ?? "");
  const sex = sexOfName(words[0] ?? "");
  const known = kin ?? sex;
  return known === undefined || known === "either" || known === pronoun;
}
