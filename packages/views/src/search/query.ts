/**
 * What a person typed → what is looked for: words, "phrases", -exclusions, the kind of question, the dates it names.
 * Pure; knows no index.
 */
import { monthNamesOf, termOf } from "./languages.ts";
import { lightWordsOf } from "./light-words.ts";
import { slipOf } from "./slip.ts";
import { isStopWord } from "./stop-words.ts";
import type { TimeMention } from "./time-span.ts";
import { findTimes } from "./times.ts";
import { MONTH_PATTERN } from "./times-absolute.ts";
import { foldDiacritics, normaliseWord, splitWords } from "./tokens.ts";
import { translatedTerms } from "./translations.ts";

/** Longest query that is looked at, in UTF-16 units; a longer one is cut. */
const QUERY_LENGTH_MAX = 2_048;
/** Words of a query that are looked up; more are left out. */
const QUERY_WORDS_MAX = 64;

/** A word of the query. */
export interface QueryWord {
  /** Normalised, diacritics folded: for names and highlights. */
  readonly text: string;
  /** Its terms in each language of the index, without repetition. */
  readonly terms: readonly string[];
  /**
   * Those of its terms that count a little less: in another language of the index (translations.ts), compounds with it (compounds.ts), who
   * does it (agent-nouns.ts).
   */
  readonly lesser?: readonly string[];
  /** Two terms that together in a document stand for it, which is a compound of them (compounds.ts): each way of taking it apart. */
  readonly halves?: readonly (readonly [string, string])[];
  readonly isStop: boolean;
  /** True when it asks more than it tells of the matter, and weighs less (light-words.ts). */
  readonly isLight?: boolean;
  /** True when every term that begins with it counts. */
  readonly isPrefix: boolean;
  /** True when its terms are only nearly what was typed (near-terms.ts). */
  readonly isNear?: boolean;
  /** Terms that tell of nearly the same and count a little (related-words.ts). */
  readonly related?: readonly string[];
}

/** What sort of answer a question wants. */
export type QuestionKind = "what" | "who" | "when" | "where" | "how-many" | "how-often" | "other";

/** A span of time that a query names, `[fromMs, toMs)`; with only a month or day known, `year` is absent and it repeats. */
export interface NamedDate {
  readonly year?: number;
  /** 0 to 11. */
  readonly month?: number;
  /** 1 to 31. */
  readonly day?: number;
}

/** A query taken apart. */
export interface ParsedQuery {
  readonly words: readonly QueryWord[];
  /** True when it asks in a sentence ("Who … ?"), false when it is words to look for. */
  readonly isQuestion: boolean;
  /** Each phrase as its words in order. Of a question it names a title and narrows nothing; its words count like any. */
  readonly phrases: readonly (readonly QueryWord[])[];
  readonly excluded: readonly QueryWord[];
  readonly kind: QuestionKind;
  readonly dates: readonly NamedDate[];
  /** Times that it names relative to now ("last summer"); their words are not looked for. */
  readonly times: readonly TimeMention[];
}

/** How a query is read. */
export interface ParseOptions {
  /** The languages of the index that will be asked. */
  readonly languages: readonly string[];
  /** The last word may be unfinished. */
  readonly prefixLast?: boolean;
  /** When it is asked, for "yesterday"; without it such words are words. */
  readonly nowMs?: number;
}

/** Takes a query apart. */
export function parseQuery(text: string, options: ParseOptions): ParsedQuery {
  const cut = withQuestionWord(text.slice(0, QUERY_LENGTH_MAX));
  const phrases: QueryWord[][] = [];
  const excluded: QueryWord[] = [];
  const rest = cut
    .replace(/(^|\s)-?["“„«]([^"“”„«»]+)["”“»]/gu, (whole, space: string, inside: string) => {
      const words = wordsOf(inside, options);
      if (whole.trimStart().startsWith("-")) excluded.push(...words);
      else if (words.length > 0) phrases.push(words);
      return whole.trimStart().startsWith("-") ? space : ` ${inside} `;
    })
    .replace(/(^|\s)-([\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*)/gu, (_whole, space: string, word: string) => {
      excluded.push(...wordsOf(word, options));
      return space;
    });
  const times = relativeTimes(rest, options.nowMs);
  const isAsked = /[?？؟]\s*$/.test(cut);
  const matter = translated(wordsOf(withoutTimes(rest, times), options).slice(0, QUERY_WORDS_MAX), options);
  const light = lightIn(rest, phrases.flat(), options);
  const typed = matter.map((word) => (light.has(word.text) ? { ...word, isLight: true } : word));
  const words = markPrefixes(markGrammar(typed, isAsked), rest);
  const last = words.at(-1);
  if (options.prefixLast === true && last !== undefined && /[\p{L}\p{N}]$/u.test(rest)) {
    words[words.length - 1] = { ...last, isPrefix: true, isStop: false };
  }
  const kind = questionKind(rest);
  const isQuestion = isAsked || kindAtStart(rest);
  return { words, isQuestion, phrases, excluded, kind, dates: namedDates(rest, options.languages), times };
}

/** Where a question begins with a slip of the finger ("Wher is …", "Waht did …") the word that it asks with. */
function withQuestionWord(text: string): string {
  const [, space = "", typed = ""] = FIRST_OF_SEVERAL.exec(text) ?? [];
  const low = typed.toLowerCase();
  if (low.length < 4 || FIRST_WORDS.has(low)) return text;
  const meant = ASKED_WITH.find((word) => {
    const slip = slipOf(low, word);
    // A wrong letter makes other words of them: "that" is not "what".
    return slip !== undefined && slip !== "wrong";
  });
  return meant === undefined ? text : space + meant + text.slice(space.length + typed.length);
}

const ASKED_WITH = [
  "where",
  "what",
  "when",
  "which",
  "whose",
  "wann",
  "warum",
  "welche",
  "welcher",
  "welches",
] as const;
/** Behind them stands what else is asked; and words of both languages that are near them and mean themselves. */
const FIRST_OF_SEVERAL = /^(\s*)(\p{L}{4,})(?=\s+\p{L})/u;
const FIRST_WORDS = new Set([
  ...ASKED_WITH,
  "were",
  "then",
  "there",
  "here",
  "wenn",
  "wanna",
  "welchem",
  "welchen",
  "wheres",
]);

function relativeTimes(text: string, nowMs: number | undefined): readonly TimeMention[] {
  if (nowMs === undefined) return [];
  // A month or day without a year stays a date of any year (namedDates).
  return findTimes(text, { atMs: nowMs }).filter(
    ({ isRelative, text: words }) => isRelative && !NAMED_PATTERN.test(words),
  );
}

const NAMED_PATTERN = new RegExp(
  `^(?:(?:in|since|by|until|during|of|early|mid|late|last day of)\\s)?(?:\\d{1,2}\\D{0,6}\\s)?${MONTH_PATTERN}\\b`,
  "iu",
);

function withoutTimes(text: string, times: readonly TimeMention[]): string {
  return times.reduceRight((rest, { start, end }) => `${rest.slice(0, start)} ${rest.slice(end)}`, text);
}

/** A word with a star behind it stands for all that begin with it. */
function markPrefixes(words: QueryWord[], text: string): QueryWord[] {
  const starred = new Set(
    Array.from(text.matchAll(/(?<![\p{L}\p{N}])([\p{L}\p{N}]{2,})\*/gu), ([, word = ""]) =>
      foldDiacritics(normaliseWord(word)),
    ),
  );
  if (starred.size === 0) return words;
  return words.map((word) => (starred.has(word.text) ? { ...word, isPrefix: true, isStop: false } : word));
}

function wordsOf(text: string, options: ParseOptions): QueryWord[] {
  return splitWords(text).map((word) => ({
    text: foldDiacritics(word.text),
    terms: [...new Set(options.languages.map((language) => termOf(word.text, language)))],
    isStop: options.languages.some((language) => isStopWord(word.text, language)),
    isPrefix: false,
  }));
}

/** The words of a question that weigh less, folded; what is in quotes weighs what it weighs. */
function lightIn(text: string, quoted: readonly QueryWord[], { languages }: ParseOptions): ReadonlySet<string> {
  const words = splitWords(text).map((word) => word.text);
  const light = new Set(Array.from(lightWordsOf(words, languages), foldDiacritics));
  for (const word of quoted) light.delete(word.text);
  return light;
}

/** Words with what they are in the other languages of the index beside them; phrases and exclusions are of the words typed. */
function translated(words: readonly QueryWord[], { languages }: ParseOptions): QueryWord[] {
  return words.map((word) => {
    const all = word.isStop ? [] : translatedTerms(word.text, languages);
    const other = all.filter((term) => !word.terms.includes(term));
    return other.length === 0 ? word : { ...word, terms: [...word.terms, ...other], lesser: other };
  });
}

/** What is measured in "how often", "wie lange", folded: it belongs to the question and not to its matter. */
const MEASURES = new Map([
  ["how", new Set("often frequently many much long old far big tall high heavy".split(" "))],
  ["wie", new Set("oft viel viele vielen lange alt weit gross hoch schwer spat".split(" "))],
]);

/** Question words of languages whose grammar words are not listed: in a question they ask, and are told of nothing. */
const ASKING_WORDS = new Set(
  `кто кого кому где куда откуда когда что чего как какой какая какое какие почему зачем сколько чей хто де коли що чому скільки
ποιος που πότε τι πώς γιατί أين من متى ماذا ما كيف كم لماذا هل איפה מי מתי מה איך כמה למה
kya kaun kab kahan kahaan kyun kyu kaise kitna kitne kitni cheez kis kisko kise kiska kiski kiske kaunsa kaunsi kaunse hai hain ka ki ke ko se mein
gdzie kto kiedy co jak dlaczego ile kde kdo kdy proč kolik missä kuka milloin mitä miksi
hol ki mikor mi miért hány unde cine când ce cum câte hvor hvem hvornår hvad når hva hvorfor
哪里 哪儿 哪 谁 什么 什么时候 怎么 为什么 多少 几 吗 呢 的 在 是 哪裡 誰 甚麼 どこ だれ いつ なに 何 なぜ どう は が の に を か です ます`.split(
    /\s+/,
  ),
);

/** Marks words that only ask as carrying no matter. */
function markGrammar(words: QueryWord[], isAsked: boolean): QueryWord[] {
  return words.map((word, at) => {
    const isMeasure = MEASURES.get(words[at - 1]?.text ?? "")?.has(word.text) === true;
    return isMeasure || (isAsked && ASKING_WORDS.has(word.text)) ? { ...word, isStop: true } : word;
  });
}

const KIND_PATTERNS: readonly (readonly [QuestionKind, RegExp])[] = [
  ["how-often", /\bhow (often|frequently)\b|\bhow many times\b|\bwie oft\b|\bcuántas veces\b|\bcombien de fois\b/],
  [
    "how-many",
    /\bhow (many|much|long|old|far|big|tall)\b|\bwie ?viele?\b|\bwie lange\b|\bcu[aá]nt[oa]s?\b|\bcombien\b|\bquant[iao]\b/,
  ],
  [
    "when",
    /\bwhen\b|\b(what|which) (date|day|year|month|week|time)\b|\bwann\b|\bcu[aá]ndo\b|\bquand\b|\bquando\b|\bwanneer\b|когда/,
  ],
  ["who", /\bwho(m|se)?\b|\bwer\b|\bwem\b|\bwen\b|\bqui[eé]n(es)?\b|\bqui\b|\bchi\b|\bwie\b|\bquem\b|кто/],
  [
    "where",
    /\bwhere\b|\b(what|which) (place|city|country|town)\b|\bwo\b|\bwohin\b|\bd[oó]nde\b|\boù\b|\bdove\b|\bonde\b|\bwaar\b|где/,
  ],
  [
    "what",
    /\bwhat\b|\bwhich\b|\bwas\b|\bwelche[rsn]?\b|\bqu[eé]\b|\bquoi\b|\bquel(le)?s?\b|\bche\b|\bcosa\b|\bwat\b|что/,
  ],
];

function questionKind(text: string): QuestionKind {
  const lower = text.toLowerCase();
  const found = KIND_PATTERNS.find(([, pattern]) => pattern.test(lower));
  return found?.[0] ?? "other";
}

/** True when a text begins with a question word. */
function kindAtStart(text: string): boolean {
  const first = text.trim().toLowerCase().split(/\s+/, 2).join(" ");
  return KIND_PATTERNS.some(([, pattern]) => first.search(pattern) === 0);
}

/** The dates a text names: "May", "May 2023", "8 May, 2023", "2023-05-08", "2023". English abbreviations are known. */
function namedDates(text: string, languages: readonly string[]): NamedDate[] {
  const dates: NamedDate[] = [];
  const lower = text.toLowerCase();
  const spaced = lower.replace(
    /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/g,
    (_whole, year: string, month: string, day: string) => {
      dates.push({ year: Number(year), month: Number(month) - 1, day: Number(day) });
      return " ";
    },
  );
  const words = splitWords(spaced);
  const isYear = new Set<number>();
  for (const [index, word] of words.entries()) {
    const month = monthOf(word.text, text.slice(word.start, word.end), languages);
    if (month === undefined) continue;
    // "8 May 2023", "May 8, 2023", "May 8th", "May 2023"
    const before = dayOf(words[index - 1]?.text);
    const next = dayOf(words[index + 1]?.text);
    const yearAt = next === undefined ? index + 1 : index + 2;
    const year = yearOf(words[yearAt]?.text);
    if (year !== undefined) isYear.add(yearAt);
    const day = before ?? next;
    dates.push({ month, ...(day === undefined ? {} : { day }), ...(year === undefined ? {} : { year }) });
  }
  for (const [index, word] of words.entries()) {
    const year = yearOf(word.text);
    if (year !== undefined && !isYear.has(index)) dates.push({ year });
  }
  return dates;
}

const SHORT_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Months that are also everyday words: only a capital makes them a month. */
const AMBIGUOUS_MONTHS = new Set(["may", "march", "mar", "sep", "jan", "dec"]);

function monthOf(word: string, written: string, languages: readonly string[]): number | undefined {
  if (word.length < 3) return undefined;
  if (AMBIGUOUS_MONTHS.has(word) && !/^\p{Lu}/u.test(written)) return undefined;
  const short = SHORT_MONTHS.indexOf(word);
  if (short >= 0) return short;
  if (word === "sept") return 8;
  for (const language of new Set([...languages, "en"])) {
    const month = monthNamesOf(language).indexOf(word);
    if (month >= 0) return month;
  }
  return undefined;
}

function dayOf(word: string | undefined): number | undefined {
  const match = word === undefined ? null : /^(\d{1,2})(st|nd|rd|th|er)?$/.exec(word);
  const day = match === null ? 0 : Number(match[1]);
  return day >= 1 && day <= 31 ? day : undefined;
}

function yearOf(word: string | undefined): number | undefined {
  return word !== undefined && /^(19|20)\d\d$/.test(word) ? Number(word) : undefined;
}
