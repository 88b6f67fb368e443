/**
 * Words → terms: what is compared in the index. Stemmed by the language of the text, then without diacritics.
 *
 * Guarantees: the terms of a text depend on the text alone (and on the injected detection), so that removing, replaying and
 * reloading meet the same terms. English is always there; other stemmers are loaded the first time a text needs them.
 */
import { stemEnglish } from "./english.ts";
import { isStopWord } from "./stop-words.ts";
import { foldDiacritics, splitWords, type Word } from "./tokens.ts";

/** A language by its two letters (ISO 639-1). */
export type Language = string;

/** Says the language of a text, or undefined when it cannot. */
export type DetectLanguage = (text: string) => Language | undefined;

type Stem = (word: string) => string;

/** Of a word that is not understood by its language, English rules do the least harm in chats. */
const FALLBACK_LANGUAGE: Language = "en";
const MEMO_ENTRIES_MAX = 20_000;

const STEMMER_LOADERS: Readonly<Record<Language, () => Promise<{ readonly stemmer: Stem }>>> = {
  ar: () => import("@orama/stemmers/arabic"),
  bg: () => import("@orama/stemmers/bulgarian"),
  da: () => import("@orama/stemmers/danish"),
  de: () => import("@orama/stemmers/german"),
  el: () => import("@orama/stemmers/greek"),
  es: () => import("@orama/stemmers/spanish"),
  fi: () => import("@orama/stemmers/finnish"),
  fr: () => import("@orama/stemmers/french"),
  ga: () => import("@orama/stemmers/irish"),
  hu: () => import("@orama/stemmers/hungarian"),
  hy: () => import("@orama/stemmers/armenian"),
  id: () => import("@orama/stemmers/indonesian"),
  it: () => import("@orama/stemmers/italian"),
  lt: () => import("@orama/stemmers/lithuanian"),
  nl: () => import("@orama/stemmers/dutch"),
  nb: () => import("@orama/stemmers/norwegian"),
  nn: () => import("@orama/stemmers/norwegian"),
  no: () => import("@orama/stemmers/norwegian"),
  pt: () => import("@orama/stemmers/portuguese"),
  ro: () => import("@orama/stemmers/romanian"),
  ru: () => import("@orama/stemmers/russian"),
  sr: () => import("@orama/stemmers/serbian"),
  sv: () => import("@orama/stemmers/swedish"),
  ta: () => import("@orama/stemmers/tamil"),
  tr: () => import("@orama/stemmers/turkish"),
  uk: () => import("@orama/stemmers/ukrainian"),
};

const stemmers = new Map<Language, Stem>([["en", stemEnglish]]);
const memos = new Map<Language, Map<string, string>>();

/** Loads the stemmer of a language once; languages without one are compared unstemmed. Call before indexing a text in it. */
export async function loadLanguage(language: Language): Promise<void> {
  if (stemmers.has(language)) return;
  const load = STEMMER_LOADERS[language];
  const stem = load === undefined ? (word: string): string => word : (await load()).stemmer;
  stemmers.set(language, stem);
  memos.delete(language);
}

/** True once words of a language are stemmed by its own rules, or left as they are where it has none. */
export function isLoaded(language: Language): boolean {
  return stemmers.has(language);
}

/** "Papas Geburtstag", "Lenas Hund", "zwei Autos": the stemmer leaves an s behind a vowel, for "Haus" has one too. */
const GERMAN_GENITIVE = /(?<=\p{L}{2}[aio])s$/u;

/** The term of a normalised word in a language. Without a loaded stemmer the word itself, without diacritics. */
export function termOf(word: string, language: Language): string {
  let memo = memos.get(language);
  if (memo === undefined || memo.size >= MEMO_ENTRIES_MAX) {
    memo = new Map();
    memos.set(language, memo);
  }
  const known = memo.get(word);
  if (known !== undefined) return known;
  const term = stemOf(word, language);
  memo.set(word, term);
  return term;
}

/** The same as `termOf`, and not remembered: for words that nobody wrote. */
export function stemOf(word: string, language: Language): string {
  const stem = stemmers.get(language);
  const bare = language === "de" ? word.replace(GERMAN_GENITIVE, "") : word;
  return foldDiacritics(stem === undefined || word.length > 32 ? bare : stem(bare)) || word;
}

/** A word with its term and whether it carries matter. */
export interface Term extends Word {
  readonly term: string;
  readonly isStop: boolean;
}

/** The terms of a text in one language, in order. */
export function termsOf(text: string, language: Language): Term[] {
  return splitWords(text).map((word) => ({
    ...word,
    term: termOf(word.text, language),
    isStop: isStopWord(word.text, language),
  }));
}

/** The language a text is indexed in: as detected, else English. */
export function languageOf(text: string, detect: DetectLanguage): Language {
  return detect(text) ?? FALLBACK_LANGUAGE;
}

const monthNames = new Map<Language, readonly string[]>();

/** The twelve months in a language, lower case, January first. */
export function monthNamesOf(language: Language): readonly string[] {
  let names = monthNames.get(language);
  if (names === undefined) {
    const format = makeMonthFormat(language);
    names = Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2023, month, 15)).toLowerCase());
    monthNames.set(language, names);
  }
  return names;
}

function makeMonthFormat(language: Language): Intl.DateTimeFormat {
  try {
    // With a day, languages with cases say the month as it stands in a date ("5 мая"); the bare name is what people search.
    return new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
  } catch {
    return new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" });
  }
}
