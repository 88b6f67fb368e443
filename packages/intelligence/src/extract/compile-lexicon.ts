/** Turns the tables of words into look-ups, once per language. */
import { foldWord, wordSet } from "./fold-word.ts";
import { english } from "./lexicon/english.ts";
import { french } from "./lexicon/french.ts";
import { german } from "./lexicon/german.ts";
import { GIVEN_NAMES, NICKNAMES } from "./lexicon/given-names.ts";
import { hinglish } from "./lexicon/hinglish.ts";
import { italian } from "./lexicon/italian.ts";
import type { LanguageLexicon } from "./lexicon/lexicon.ts";
import { PLACE_NAMES } from "./lexicon/place-names.ts";
import { portuguese } from "./lexicon/portuguese.ts";
import { spanish } from "./lexicon/spanish.ts";
import { turkish } from "./lexicon/turkish.ts";
import { stemWord } from "./stem-word.ts";

type SetCell =
  | "small"
  | "openers"
  | "titles"
  | "me"
  | "myPossessive"
  | "he"
  | "she"
  | "hisPossessive"
  | "herPossessive"
  | "definite"
  | "indefinite"
  | "today"
  | "tomorrow"
  | "yesterday"
  | "next"
  | "last"
  | "promise"
  | "say"
  | "will"
  | "owe"
  | "lend"
  | "borrow"
  | "allergy"
  | "workAt"
  | "liveIn"
  | "studyAt"
  | "member"
  | "own"
  | "groups"
  | "things"
  | "placePrepositions"
  | "atPrepositions"
  | "workContext"
  | "asides"
  | "goesOn"
  | "currencies";
type MapCell = "kin" | "roles" | "events" | "eventVerbs";

/** The words of one language, or of two that are mixed, ready to look up by folded word. */
export interface Words
  extends Readonly<Record<SetCell, ReadonlySet<string>>>, Readonly<Record<MapCell, ReadonlyMap<string, string>>> {
  readonly language: string;
  readonly months: ReadonlyMap<string, number>;
  readonly weekdays: ReadonlyMap<string, number>;
  /** Fields of life by stem. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly isSuffixing: boolean;
  readonly hasCapitalNouns: boolean;
}

const SET_CELLS: readonly SetCell[] = (
  "small openers titles me myPossessive he she hisPossessive herPossessive definite indefinite today tomorrow yesterday next last " +
  "promise say will owe lend borrow allergy workAt liveIn studyAt member own groups things placePrepositions atPrepositions workContext " +
  "asides goesOn currencies"
).split(" ") as SetCell[];
const LEXICONS: Readonly<Record<string, readonly LanguageLexicon[]>> = {
  en: [english],
  de: [german],
  es: [spanish],
  fr: [french],
  it: [italian],
  pt: [portuguese],
  tr: [turkish],
  hi: [hinglish, english],
};
const compiled = new Map<string, Words>();

/** Languages that are read. */
export const LANGUAGES_READ: readonly string[] = Object.keys(LEXICONS);

/** The words of a language; English where there is no table. */
export function wordsOf(language: string): Words {
  const known = compiled.get(language);
  if (known !== undefined) return known;
  const lexicons = LEXICONS[language];
  if (lexicons === undefined) return wordsOf("en");
  const words = compile(language, lexicons);
  compiled.set(language, words);
  return words;
}

function compile(language: string, lexicons: readonly LanguageLexicon[]): Words {
  const sets = Object.fromEntries(SET_CELLS.map((cell) => [cell, wordSet(...lexicons.map((one) => one[cell]))]));
  return {
    // One entry per cell, made in the line above.
    ...(sets as Record<SetCell, ReadonlySet<string>>),
    language,
    kin: concepts(lexicons.map((one) => one.kin)),
    roles: concepts(lexicons.map((one) => one.roles)),
    events: concepts(lexicons.map((one) => one.events)),
    eventVerbs: concepts(lexicons.map((one) => one.eventVerbs)),
    months: numbered(lexicons.map((one) => one.months)),
    weekdays: numbered(lexicons.map((one) => one.weekdays)),
    fields: fieldsOf(lexicons, language),
    isSuffixing: lexicons.some((one) => one.isSuffixing === true),
    hasCapitalNouns: lexicons.some((one) => one.hasCapitalNouns === true),
  };
}

function concepts(tables: readonly Readonly<Record<string, string>>[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const table of tables) {
    for (const [concept, cell] of Object.entries(table)) {
      for (const word of wordSet(cell)) if (!found.has(word)) found.set(word, concept);
    }
  }
  return found;
}

function numbered(cells: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const cell of cells) {
    for (const [at, group] of cell.split(/\s+/).entries()) {
      for (const word of group.split("|")) if (word !== "") found.set(foldWord(word), at);
    }
  }
  return found;
}

function fieldsOf(lexicons: readonly LanguageLexicon[], language: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const lexicon of lexicons) {
    for (const [field, cell] of Object.entries(lexicon.fields)) {
      for (const word of wordSet(cell)) {
        const stem = stemWord(word, language);
        const fields = found.get(stem) ?? [];
        if (!fields.includes(field)) fields.push(field);
        found.set(stem, fields);
      }
    }
  }
  return found;
}

/** Looks a word up; in languages of endings by its longest known beginning. */
export function conceptOf(table: ReadonlyMap<string, string>, low: string, words: Words): string | undefined {
  const exact = table.get(low);
  if (exact !== undefined || !words.isSuffixing) return exact;
  for (let length = Math.min(low.length - 1, 12); length >= 3 && low.length - length <= 6; length -= 1) {
    const found = table.get(low.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a set holds a word; in languages of endings its beginning, of four letters at least. */
export function holds(set: ReadonlySet<string>, low: string, words: Words): boolean {
  if (set.has(low)) return true;
  if (!words.isSuffixing) return false;
  for (let length = low.length - 1; length >= 4 && low.length - length <= 6; length -= 1) {
    if (set.has(low.slice(0, length))) return true;
  }
  return false;
}

export type Sex = "he" | "she";

const sexes = new Map<string, Sex | "either">();
for (const sex of ["he", "she", "either"] as const) {
  for (const name of wordSet(GIVEN_NAMES[sex]))
    sexes.set(name, sexes.has(name) && sexes.get(name) !== sex ? "either" : sex);
}
const places = wordSet(PLACE_NAMES);
const nicknames = new Map<string, Set<string>>();
for (const row of NICKNAMES.split(" ")) {
  const [full = "", shorts = ""] = row.split(":");
  nicknames.set(full, new Set(shorts.split(",").map(foldWord)));
}

/** The sex a given name mostly goes with; undefined for no given name. */
export function sexOfName(low: string): Sex | "either" | undefined {
  return sexes.get(low);
}

/** Whether a folded word is a country or a city. */
export function isPlaceName(low: string): boolean {
  return places.has(low);
}

/** Whether one name may be short for the other: Dec for Declan, Maggie for Margaret, M for Mei. */
export function isShortFor(short: string, full: string): boolean {
  if (short === full) return false;
  if (short.length === 1) return full.startsWith(short);
  if (nicknames.get(full)?.has(short) === true) return true;
  const stem = short.replace(/(?:ie|y|i|o)$/, "");
  if (short.length >= 3 && full.length > short.length && full.startsWith(short))
    return sexes.has(full) || sexes.has(short);
  return stem.length >= 3 && stem.length < short.length && full.startsWith(stem) && full.length >= short.length + 1;
}
