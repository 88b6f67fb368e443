/**
 * Does a sentence that a model wrote stand on what it cites? Pure.
 *
 * Guarantees: a sentence is taken only when it cites passages that it was shown and none besides, and when every number, every month and
 * day of the week, and every name in it stands in what it cites.
 * It does not: understand. Who did what to whom can be turned round in words that all stand there; therefore the citations stand beside it.
 * In German, where every noun has a capital, names are those that extraction knows: it lets more pass.
 */
import { mentionsIn, languageOfText } from "@kaelix/intelligence";
import { parseQuery } from "@kaelix/views";

import type { AnswerSentence } from "../answer.ts";
import { wordsOfPassage, type WritingPassage } from "./passages.ts";

const SENTENCE_LENGTH_MAX = 600;
const CITATION_PATTERN = /\[(\d{1,3})\]/gu;
const NUMBER_PATTERN = /\d+(?:[.,:/-]\d+)*/gu;
const THOUSANDS_PATTERN = /(?<=\d)[.,'’  ](?=\d{3}(?!\d))/gu;
/** Words that begin sentences and name nothing, beside stop words. */
const LEADS = new Set(
  "yes no also both according currently later earlier once then however nothing nobody none".split(" "),
);

const STOP_LANGUAGES = ["en", "es", "fr", "it", "pt", "tr"];

const MONTHS: readonly string[] = [
  "january januar janvier enero gennaio janeiro ocak",
  "february februar fevrier febrero febbraio fevereiro subat",
  "march marz mars marzo marco mart",
  "april avril abril aprile nisan",
  "mai mayo maggio maio mayis",
  "june juni juin junio giugno junho haziran",
  "july juli juillet julio luglio julho temmuz",
  "august aout agosto agustos",
  "september septembre septiembre settembre setembro eylul",
  "october oktober octobre octubre ottobre outubro ekim",
  "november novembre noviembre novembro kasim",
  "december dezember decembre diciembre dicembre dezembro aralik",
];
const WEEKDAYS: readonly string[] = [
  "monday montag lundi lunes lunedi",
  "tuesday dienstag mardi martes martedi",
  "wednesday mittwoch mercredi miercoles mercoledi",
  "thursday donnerstag jeudi jueves giovedi",
  "friday freitag vendredi viernes venerdi",
  "saturday samstag sonnabend samedi sabado sabato",
  "sunday sonntag dimanche domingo domenica",
];
const COUNTS: readonly string[] = [
  "two zwei deux dos due dois",
  "three drei trois tres tre",
  "four vier quatre cuatro quattro quatro",
  "five funf cinq cinco cinque",
  "six sechs seis sei",
  "seven sieben sept siete sette sete",
  "eight acht huit ocho otto oito",
  "nine neun neuf nueve nove",
  "ten zehn dix diez dieci dez",
  "eleven elf onze once undici",
  "twelve zwolf douze doce dodici doze dozen",
];

/** Word → what it means, so that "Mai" stands for "May" and "three" for 3. */
const VALUES: ReadonlyMap<string, string> = new Map([
  ...MONTHS.flatMap((words, at) => words.split(" ").map((word) => [word, `month ${at + 1}`] as const)),
  ...WEEKDAYS.flatMap((words, at) => words.split(" ").map((word) => [word, `weekday ${at + 1}`] as const)),
  ...COUNTS.flatMap((words, at) => words.split(" ").map((word) => [word, `${at + 2}`] as const)),
]);

/** A line as a sentence of an answer; undefined when it does not stand on what it cites. */
export function checkSentence(line: string, passages: readonly WritingPassage[]): AnswerSentence | undefined {
  if (line.length > SENTENCE_LENGTH_MAX) return undefined;
  const citations = [...new Set(Array.from(line.matchAll(CITATION_PATTERN), ([, number]) => Number(number)))];
  const cited = citations.flatMap((number) => passages.find((passage) => passage.number === number) ?? []);
  if (cited.length === 0 || cited.length < citations.length) return undefined;
  const text = textOf(line);
  if (!/\p{L}/u.test(text)) return undefined;
  const shown = cited.map(wordsOfPassage).join("\n");
  const holds = new Held(shown);
  if (!numbersIn(text).every((number) => holds.number(number))) return undefined;
  if (!namesIn(text).every((name) => holds.word(name))) return undefined;
  const values = wordsIn(text).flatMap((word) => valueOf(word) ?? []);
  return values.every((value) => holds.value(value)) ? { text, citations } : undefined;
}

/** The words of a line, without its citations and what makes it an item of a list. */
function textOf(line: string): string {
  return line
    .replace(CITATION_PATTERN, "")
    .replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/u, "")
    .replace(/(?<!\s)\s+(?=[.,;:!?]|$)/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}

/** What the cited passages hold. */
class Held {
  readonly #words: ReadonlySet<string>;
  readonly #numbers: ReadonlySet<string>;
  readonly #groups: ReadonlySet<string>;
  readonly #values: ReadonlySet<string>;

  constructor(text: string) {
    const words = wordsIn(text);
    this.#words = new Set(words.map(folded));
    const numbers = numbersIn(text);
    this.#numbers = new Set(numbers);
    this.#groups = new Set(numbers.flatMap(groupsOf));
    this.#values = new Set(words.flatMap((word) => valueOf(word) ?? []));
  }

  number(number: string): boolean {
    if (this.#numbers.has(number)) return true;
    const groups = groupsOf(number);
    // A date or a time may be put together otherwise; a figure may not.
    const isPlain = groups.length === 1;
    if (isPlain || /[:/-]/.test(number) || groups.length > 2)
      return groups.every((group) => this.#groups.has(group) || this.#values.has(group));
    return false;
  }

  value(value: string): boolean {
    return this.#values.has(value) || this.#groups.has(value);
  }

  /** The word itself, or with an ending of two letters more or less. */
  word(name: string): boolean {
    const word = folded(name);
    if (this.#words.has(word)) return true;
    const value = valueOf(name);
    if (value !== undefined && this.value(value)) return true;
    if (word.length < 4) return false;
    return [...this.#words].some(
      (held) =>
        Math.abs(held.length - word.length) <= 2 &&
        held.length >= 4 &&
        (held.startsWith(word) || word.startsWith(held)),
    );
  }
}

function numbersIn(text: string): string[] {
  return Array.from(text.replace(THOUSANDS_PATTERN, "").matchAll(NUMBER_PATTERN), ([number]) =>
    number
      .split(/(?<=[.,:/-])|(?=[.,:/-])/u)
      .map((part) => (/\d/.test(part) ? withoutZeros(part) : part))
      .join(""),
  );
}

function groupsOf(number: string): string[] {
  return number.split(/[.,:/-]/u);
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/u, "");
}

function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{M}]+/gu) ?? [];
}

/** "May" is a month where it has a capital; "may" is not. */
function valueOf(word: string): string | undefined {
  return word === "May" ? "month 5" : VALUES.get(folded(word));
}

function folded(word: string): string {
  return word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

/** Names in a sentence: words with a capital, but for those that begin it and name nothing. */
function namesIn(text: string): string[] {
  const language = languageOfText(text) ?? "en";
  if (language === "de") return germanNames(text);
  const [first] = wordsIn(text);
  const isLead = first !== undefined && (LEADS.has(folded(first)) || isStop(first));
  const capitals = text.match(/\p{Lu}[\p{L}\p{M}]+/gu) ?? [];
  return capitals[0] === first && isLead ? capitals.slice(1) : capitals;
}

function isStop(word: string): boolean {
  return parseQuery(word, { languages: STOP_LANGUAGES }).words.every((one) => one.isStop);
}

function germanNames(text: string): string[] {
  return mentionsIn(text, "de")
    .filter(({ form, kind }) => form === "name" && (kind === "person" || kind === "place" || kind === "organisation"))
    .flatMap(({ text: name }) => wordsIn(name));
}
