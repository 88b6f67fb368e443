/**
 * Times that stand in a text by number and name: "8 May 2023", "May 8th", "2023-05-08", "in May", "summer of 2022", "in 2018".
 * A day or month without a year is the one nearest to when the text was said, in a sentence that plans the next one, and counts as relative
 * to that.
 */
import {
  dayOfMonth,
  DAY_MS,
  monthOfYear,
  seasonOfYear,
  type TimeMention,
  type TimeOptions,
  type TimeSpan,
  wholeYear,
} from "./time-span.ts";
import { isPlanned, sentenceAround } from "./times-planned.ts";

/** Month names and their short forms, for use inside a pattern. */
export const MONTH_PATTERN =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const SHORT_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Months that are everyday words too: only a capital makes them a month. */
const AMBIGUOUS = new Set(["may", "march", "mar"]);

/** 0 to 11; undefined when the word, as it was written, is no month. */
export function monthNumber(name: string, written: string): number | undefined {
  const lower = name.toLowerCase();
  if (AMBIGUOUS.has(lower) && !/^\p{Lu}/u.test(written)) return undefined;
  const short = lower.slice(0, 3);
  const month = SHORT_MONTHS.indexOf(ENGLISH_MONTHS[short] ?? short);
  return month < 0 ? undefined : month;
}

const ABSOLUTE = new RegExp(
  [
    "\\b(?<isoYear>(?:19|20)\\d\\d)-(?<isoMonth>\\d{1,2})-(?<isoDay>\\d{1,2})\\b",
    `\\b(?<dayFirst>\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?(?<dayMonth>${MONTH_PATTERN})\\b\\.?(?:,?\\s*(?<dayYear>(?:19|20)\\d\\d)\\b)?`,
    `\\b(?<monthFirst>${MONTH_PATTERN})\\b\\.?\\s+(?<monthDay>\\d{1,2})(?:st|nd|rd|th)?\\b(?!:)(?:,?\\s*(?<monthYear>(?:19|20)\\d\\d)\\b)?`,
    `\\b(?<bareMonth>${MONTH_PATTERN})\\b\\.?,?\\s*(?:of\\s+)?(?<bareYear>(?:19|20)\\d\\d)\\b`,
    "\\b(?<season>spring|summer|autumn|fall|winter)\\s*(?:of\\s+|,\\s*)?(?<seasonYear>(?:19|20)\\d\\d)\\b",
    `\\b(?:in|since|by|until|during|of|early|mid|late|last day of)\\s+(?<inMonth>${MONTH_PATTERN})\\b(?!,?\\s*(?:19|20)\\d\\d)`,
    "\\b(?:in|since|of|from|until|by|during|back in|year)\\s+(?<inYear>(?:19|20)\\d\\d)\\b(?![-/.:]\\d)",
  ].join("|"),
  "giu",
);
const SEASONS = ["spring", "summer", "autumn", "winter"];

const GERMAN_MONTH =
  "(?:Jan(?:uar)?|Jänner|Feb(?:ruar)?|März|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?|Nov(?:ember)?|Dez(?:ember)?)";
/** "Am 14. Dezember", "im März 2026", "seit Mai"; months are written with a capital. */
const GERMAN = new RegExp(
  [
    `(?<![\\p{L}\\p{N}.])(?<dayFirst>\\d{1,2})\\.\\s*(?<dayMonth>${GERMAN_MONTH})(?!\\p{L})\\.?(?:\\s*(?<dayYear>(?:19|20)\\d\\d)(?!\\d))?`,
    `(?<!\\p{L})(?<bareMonth>${GERMAN_MONTH})(?!\\p{L})\\.?\\s*(?<bareYear>(?:19|20)\\d\\d)(?!\\d)`,
    `(?<!\\p{L})(?:[Ii]m|[Ss]eit|[Bb]is|[Aa]b|Anfang|Mitte|Ende)\\s+(?<inMonth>${GERMAN_MONTH})(?!\\p{L})(?!\\s*(?:19|20)\\d\\d)`,
  ].join("|"),
  "gu",
);
/** As English writes them, where it writes them otherwise. */
const ENGLISH_MONTHS: Readonly<Record<string, string>> = { mär: "mar", jän: "jan", mai: "may", okt: "oct", dez: "dec" };

/** The absolute times of a text, in order; those of German, too, where it is written in it. */
export function absoluteTimeAt(text: string, { atMs, language }: TimeOptions): TimeMention[] {
  const german = language === "de" ? mentionsOf(GERMAN, text, atMs) : [];
  return [...mentionsOf(ABSOLUTE, text, atMs), ...german];
}

function mentionsOf(pattern: RegExp, text: string, atMs: number): TimeMention[] {
  return Array.from(text.matchAll(pattern)).flatMap((match) => {
    const said = { atMs, isAhead: isPlanned(sentenceAround(text, match.index)) };
    const read = readMatch(match.groups ?? {}, said);
    if (read === undefined) return [];
    const [whole] = match;
    return [{ ...read, start: match.index, end: match.index + whole.length, text: whole }];
  });
}

type Groups = Readonly<Record<string, string | undefined>>;
type Read = TimeSpan & { readonly isRelative: boolean };

/** When something was said, and whether of what is to come. */
interface Said {
  readonly atMs: number;
  readonly isAhead: boolean;
}

function readMatch(groups: Groups, said: Said): Read | undefined {
  const { isoYear, isoMonth, isoDay, season, seasonYear, inMonth, inYear, bareMonth, bareYear } = groups;
  if (isoYear !== undefined) return fixed(dayOfMonth(Number(isoYear), Number(isoMonth) - 1, Number(isoDay)));
  if (season !== undefined) {
    const place = SEASONS.indexOf(season.toLowerCase().replace("fall", "autumn"));
    return fixed(seasonOfYear(Number(seasonYear), place));
  }
  if (inYear !== undefined) return fixed(wholeYear(Number(inYear)));
  if (bareMonth !== undefined) {
    const month = monthNumber(bareMonth, bareMonth);
    return month === undefined ? undefined : fixed(monthOfYear(Number(bareYear), month));
  }
  if (inMonth !== undefined) {
    const month = monthNumber(inMonth, inMonth);
    return month === undefined ? undefined : nearest((year) => monthOfYear(year, month), said);
  }
  return readDay(groups, said);
}

function readDay(groups: Groups, said: Said): Read | undefined {
  const name = groups["dayMonth"] ?? groups["monthFirst"] ?? "";
  const day = Number(groups["dayFirst"] ?? groups["monthDay"]);
  const year = groups["dayYear"] ?? groups["monthYear"];
  const month = monthNumber(name, name);
  if (month === undefined) return undefined;
  if (year !== undefined) return fixed(dayOfMonth(Number(year), month, day));
  return nearest((one) => dayOfMonth(one, month, day), said);
}

function fixed(span: TimeSpan | undefined): Read | undefined {
  return span === undefined ? undefined : { ...span, isRelative: false };
}

/** Of the years around a moment the one that brings a span nearest to it; ahead, the next that is not over. */
function nearest(make: (year: number) => TimeSpan | undefined, { atMs, isAhead }: Said): Read | undefined {
  const year = new Date(atMs).getUTCFullYear();
  const around = [year - 1, year, year + 1].flatMap((one) => make(one) ?? []);
  const spans = isAhead ? around.filter(({ toMs }) => toMs > atMs) : around;
  const away = ({ fromMs, toMs }: TimeSpan): number =>
    fromMs <= atMs && atMs < toMs ? 0 : Math.min(Math.abs(fromMs - atMs), Math.abs(toMs - DAY_MS - atMs));
  const [first] = spans.sort((left, right) => away(left) - away(right));
  return first === undefined ? undefined : { ...first, isRelative: true };
}
