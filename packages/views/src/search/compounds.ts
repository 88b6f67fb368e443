/**
 * German writes as one word what other languages write as several: who asks for "Zahnarzt" means "Zahnarzttermin", too, and what is asked
 * for as "Geburtstagsgeschenk" was told as "Geschenk zum Geburtstag".
 *
 *   compounds   a word of the query + a word of the index, joined as German joins them   Zahnarzt → Zahnarzt·termin
 *   halves      a word of the query = two words of the index                             Geburtstag·s·geschenk → Geburtstag, Geschenk
 *
 * Guarantees: a compound is taken apart only into words that stand in visible documents (or in the query) by themselves, or whose
 * other language does (translations.ts), or that compounds are often made with (`PARTS`); there is no dictionary of compounds. One walk through the vocabulary for all words of a query, and none where hardly any memory is German: an index of
 * other languages is asked as before. Of a question in English only what its words are in German is looked for in compounds.
 * It does not: find a compound whose other half stands nowhere by itself, or take one apart into three.
 */
import type { Level } from "@kaelix/model";

import { corpusOf } from "./corpus.ts";
import { isVisible } from "./cues.ts";
import { type Language, stemOf } from "./languages.ts";
import type { ParsedQuery, QueryWord } from "./query.ts";
import { isStopWord } from "./stop-words.ts";
import { translatedTerms } from "./translations.ts";
import type { IndexParts } from "./user-index.ts";

const GERMAN = "de";
/** Share of visible documents that must be told to be German; of short messages the language is not told at all. */
const GERMAN_SHARE_MIN = 0.05;
/** Words of one query that are looked at, compounds that are taken of one of them, and ways that one of them is taken apart. */
const WORDS_MAX = 6;
const COMPOUNDS_MAX = 24;
const HALVES_MAX = 8;
/** What is asked for with a shorter word would be found in half of the vocabulary ("Ei"); a rest may be shorter ("Bad", "Tee"). */
const WORD_LENGTH_MIN = 4;
const REST_LENGTH_MIN = 3;
/** What stands between the two, the longest first. */
const LINKS = ["ens", "ns", "es", "en", "er", "s", "n", "e", ""] as const;

/** What everyday compounds are made with, in front or behind. */
const PARTS =
  `abend adresse arbeit arzt auto bad bahn baum besuch brief buch büro daten ende essen fahrt familie feier fest flug foto freund garten geburtstag
geld gerät geschenk gruppe haus heft hochzeit hütte jahr karte kasse kauf keller kinder kosten kuchen kurs küche lehrer liste markt möbel nummer papier
park party pass plan platz preis probe problem rad raum rechnung reise rezept sachen schein schlüssel schmerzen schrank schuhe schule schutz sommer sonntag
spiel sprache stadt stelle straße stunde tag tasche telefon termin test ticket tisch training tür unfall unterricht urlaub verein versicherung vertrag
wagen wasser weihnacht wetter winter woche wohnung zeit zeug zimmer zug`.split(/\s+/u);

let commonParts: ReadonlySet<string> | undefined;

/** True of what compounds are often made with, as it stands in them or at their end. */
function isCommonPart(term: string): boolean {
  commonParts ??= new Set(PARTS.flatMap((part) => [part, stemOf(part, GERMAN)]));
  return commonParts.has(term);
}

/** The query with compounds of its words beside them, and its compounds taken apart. Unfinished words stay as they are. */
export function withCompounds(
  parts: IndexParts,
  query: ParsedQuery,
  { ceiling, languages }: { readonly ceiling: Level; readonly languages: readonly Language[] },
): ParsedQuery {
  if (!isMuchGerman(parts, ceiling)) return query;
  const isEnglish = isAskedInEnglish(query.words);
  const isKnown = knownIn(parts, ceiling);
  // "Weihnachtsfeier" was told as "Christmas party" by who writes in both.
  const waysOf = (term: string): readonly string[] =>
    isGrammar(term) ? [] : [term, stemOf(term, GERMAN), ...translatedTerms(term, languages)].filter(isKnown);
  const asked = query.words
    .filter(({ isPrefix, isStop, text }) => !isStop && !isPrefix && text.length >= WORD_LENGTH_MIN && !/\d/.test(text))
    .slice(0, WORDS_MAX)
    .map((word) => ({ word, terms: germanTerms(word, isEnglish) }));
  const isPart = (term: string): boolean => isCommonPart(term) || isKnown(term);
  const compounds = compoundsOf(parts, asked, { ceiling, isKnown: isPart });
  const words = query.words.map((word): QueryWord => {
    const found = compounds.get(word);
    if (found === undefined) return word;
    // "When is the Augenarzttermin?": what nothing holds is looked for in halves whatever the question is asked in.
    const own = germanTerms(word, false);
    const halves = isEnglish && own.some(isKnown) ? [] : halvesOf([word.text, ...own], waysOf);
    const longer = [...found];
    return {
      ...word,
      ...(longer.length === 0
        ? {}
        : { terms: [...word.terms, ...longer], lesser: [...(word.lesser ?? []), ...longer] }),
      ...(halves.length === 0 ? {} : { halves }),
    };
  });
  return { ...query, words };
}

/** Terms of a word that may be German: those that were typed, or of an English question what its words are in German. */
function germanTerms({ lesser = [], terms }: QueryWord, isEnglish: boolean): readonly string[] {
  return isEnglish ? lesser : terms.filter((term) => !lesser.includes(term));
}

function isMuchGerman(parts: IndexParts, ceiling: Level): boolean {
  const { documents, languages } = corpusOf(parts, ceiling);
  const german = parts.table.languageNames.known(GERMAN);
  return german !== undefined && (languages.get(german) ?? 0) >= documents * GERMAN_SHARE_MIN;
}

/** English has "workshop" and "breakfast", which tell of no work and of no break. */
function isAskedInEnglish(words: readonly QueryWord[]): boolean {
  let lead = 0;
  for (const { text } of words) lead += Number(isStopWord(text, "en")) - Number(isStopWord(text, GERMAN));
  return lead > 0;
}

/** Whether a term stands by itself in a document that may be seen; looked up once for each. */
function knownIn(parts: IndexParts, ceiling: Level): (term: string) => boolean {
  const known = new Map<string, boolean>();
  return (term) => {
    let is = known.get(term);
    if (is === undefined) {
      const id = term.length < REST_LENGTH_MIN || isGrammar(term) ? undefined : parts.postings.termId(term);
      is = id !== undefined && isVisible(parts, id, ceiling);
      known.set(term, is);
    }
    return is;
  };
}

function isGrammar(term: string): boolean {
  return isStopWord(term, GERMAN) || isStopWord(term, "en");
}

/** The longer terms of visible documents that are made of each word and a known one. */
function compoundsOf(
  parts: IndexParts,
  asked: readonly { readonly word: QueryWord; readonly terms: readonly string[] }[],
  { ceiling, isKnown }: { readonly ceiling: Level; readonly isKnown: (term: string) => boolean },
): Map<QueryWord, Set<string>> {
  const { postings } = parts;
  const found = new Map(asked.map(({ word }) => [word, new Set<string>()]));
  const sought = asked.flatMap(({ terms, word }) =>
    terms
      .filter((term) => term.length >= WORD_LENGTH_MIN)
      .map((term) => ({
        term,
        compounds: found.get(word) ?? new Set(),
        first: term.charCodeAt(0),
        last: term.charCodeAt(term.length - 1),
      })),
  );
  if (sought.length === 0) return found;
  const lengthMin = Math.min(...sought.map(({ term }) => term.length)) + REST_LENGTH_MIN;
  for (let id = 0; id < postings.termCount; id++) {
    const longer = postings.word(id);
    if (longer.length < lengthMin) continue;
    const [first, last] = [longer.charCodeAt(0), longer.charCodeAt(longer.length - 1)];
    for (const one of sought) {
      // Most of the vocabulary is passed over by one look at its first and last letter.
      if ((one.first !== first && one.last !== last) || one.compounds.size >= COMPOUNDS_MAX) continue;
      if (isMadeOf(longer, one.term, isKnown) && isVisible(parts, id, ceiling)) one.compounds.add(longer);
    }
  }
  return found;
}

function isMadeOf(longer: string, term: string, isKnown: (term: string) => boolean): boolean {
  if (longer.length < term.length + REST_LENGTH_MIN) return false;
  if (longer.startsWith(term)) {
    const rest = longer.slice(term.length);
    return LINKS.some((link) => rest.startsWith(link) && isKnown(rest.slice(link.length)));
  }
  return longer.endsWith(term) && knownBeforeLink(longer.slice(0, -term.length), isKnown) !== undefined;
}

/** The known term that a beginning is, with what links it to the rest. */
function knownBeforeLink(head: string, isKnown: (term: string) => boolean): string | undefined {
  for (const link of LINKS) {
    const bare = head.endsWith(link) ? head.slice(0, head.length - link.length) : "";
    if (isKnown(bare)) return bare;
  }
  return undefined;
}

/**
 * The two known terms that a word is made of, in each way that there is.
 * @param forms the word as it was typed and its terms: of "Weihnachtsfeier" the stemmer leaves "fei", and of "Feier" nothing is left out
 */
function halvesOf(
  forms: readonly string[],
  waysOf: (term: string) => readonly string[],
): readonly (readonly [string, string])[] {
  const found = new Map<string, readonly [string, string]>();
  for (const term of new Set(forms)) {
    for (let at = REST_LENGTH_MIN; at + REST_LENGTH_MIN <= term.length; at++) {
      const tails = waysOf(term.slice(at));
      const head =
        tails.length === 0 ? undefined : knownBeforeLink(term.slice(0, at), (bare) => waysOf(bare).length > 0);
      if (head === undefined || head.length + term.length - at <= 2 * REST_LENGTH_MIN) continue;
      for (const one of waysOf(head)) for (const other of tails) found.set(`${one} ${other}`, [one, other]);
    }
  }
  return [...found.values()].slice(0, HALVES_MAX);
}
