/**
 * The times that a text names → days of the calendar, relative ones ("yesterday", "last summer", "two weeks ago") counted from the moment
 * the text was said. Pure.
 *
 * Guarantees: a span is only given where the words name it; a day that the calendar lacks is none; spans never overlap. Weeks run from
 * Monday, seasons are those of the northern half. A bare weekday counts back in a sentence that tells and ahead in one that plans, and is
 * left alone where neither shows. It does not: know time zones (time-span.ts), hours, or holidays.
 */
import { findForeignTimes } from "./times-foreign.ts";
import { absoluteTimeAt, MONTH_PATTERN, monthNumber } from "./times-absolute.ts";
import { isPlanned, sentenceAround } from "./times-planned.ts";
import {
  daySpan,
  monthSpan,
  seasonOfYear,
  type TimeMention,
  type TimeOptions,
  type TimeSpan,
  weekdayOf,
  weekendSpan,
  weekSpan,
  yearSpan,
} from "./time-span.ts";

/** Texts are read so far; times stand early in what people say. */
const LENGTH_MAX = 4_096;
const MENTIONS_MAX = 32;
/** "500 years ago" is told of no life. */
const YEARS_MAX = 120;

const COUNTS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  couple: 2,
  "a couple": 2,
  "a couple of": 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
};
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SEASONS: Readonly<Record<string, number>> = { spring: 0, summer: 1, autumn: 2, fall: 2, winter: 3 };
const WEEKDAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?";
const COUNT = "\\d{1,3}|a couple of|a couple|couple|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";

/** Everything that begins a time in English; what it means is decided afterwards. */
const ENGLISH = new RegExp(
  [
    "\\b(?<day>(?:the )?day (?:before yesterday|after tomorrow)|yesterday|last night|today|tonight|this (?:morning|afternoon|evening)|tomorrow)\\b",
    `\\b(?<ago>${COUNT})\\s+(?<agoUnit>days?|weeks?|weekends?|months?|years?|yrs?)\\s+(?:ago|back|earlier)\\b`,
    `\\bin\\s+(?<ahead>${COUNT})\\s+(?<aheadUnit>days?|weeks?|months?|years?)\\b(?!['’]| of)`,
    `\\bfor\\s+(?:over |about |almost |nearly |around )?(?<during>${COUNT})\\s+(?<duringUnit>months?|years?|yrs?)\\b`,
    `\\b(?<which>last|this past|past|this|next|the coming|coming|earlier this|late last)\\s+(?<unit>week|weekend|month|year|spring|summer|autumn|fall|winter|${MONTH_PATTERN}|${WEEKDAY})\\b`,
    `\\b(?<on>on|by|until|til|till)\\s+(?<onDay>${WEEKDAY})\\b`,
  ].join("|"),
  "giu",
);

/** The times that a text names, in order. */
export function findTimes(text: string, options: TimeOptions): TimeMention[] {
  const read = text.slice(0, LENGTH_MAX);
  const found = [
    ...absoluteTimeAt(read, options),
    ...findEnglish(read, options.atMs),
    ...findForeignTimes(read, options),
  ].sort((left, right) => left.start - right.start || right.end - left.end);
  const mentions: TimeMention[] = [];
  for (const mention of found) {
    if (mention.start < (mentions.at(-1)?.end ?? 0)) continue;
    mentions.push(mention);
    if (mentions.length === MENTIONS_MAX) break;
  }
  return mentions;
}

function findEnglish(text: string, atMs: number): TimeMention[] {
  return Array.from(text.matchAll(ENGLISH)).flatMap((match) => {
    const span = spanOf(match, text, atMs);
    if (span === undefined) return [];
    const [whole] = match;
    return [{ ...span, start: match.index, end: match.index + whole.length, text: whole, isRelative: true }];
  });
}

function spanOf(match: RegExpExecArray, text: string, atMs: number): TimeSpan | undefined {
  const { day, ago, agoUnit, ahead, aheadUnit, during, duringUnit, which, unit, onDay } = match.groups ?? {};
  if (day !== undefined) return namedDay(day.toLowerCase(), atMs);
  if (ago !== undefined) return unitsAway(atMs, agoUnit, -countOf(ago));
  if (ahead !== undefined) return unitsAway(atMs, aheadUnit, countOf(ahead));
  if (during !== undefined) return unitsAway(atMs, duringUnit, -countOf(during));
  if (which !== undefined && unit !== undefined) return whichUnit(atMs, which.toLowerCase(), unit);
  if (onDay !== undefined) return bareWeekday(atMs, onDay, sentenceAround(text, match.index));
  return undefined;
}

function namedDay(words: string, atMs: number): TimeSpan {
  if (words.includes("before yesterday")) return daySpan(atMs, -2);
  if (words.includes("after tomorrow")) return daySpan(atMs, 2);
  if (words === "yesterday" || words === "last night") return daySpan(atMs, -1);
  return daySpan(atMs, words === "tomorrow" ? 1 : 0);
}

function countOf(words: string): number {
  return COUNTS[words.toLowerCase()] ?? Number(words);
}

function unitsAway(atMs: number, unit: string | undefined, count: number): TimeSpan | undefined {
  const name = unit?.toLowerCase().replace(/s$/, "");
  if (name === "day") return daySpan(atMs, count);
  // Said on a Sunday, "two weekends ago" leaves out the one that is.
  if (name === "weekend") return weekendSpan(atMs, weekdayOf(atMs) === 6 ? count - 1 : count);
  if (name === "week") return weekSpan(atMs, count);
  if (name === "month") return monthSpan(atMs, count);
  return count < -YEARS_MAX ? undefined : yearSpan(atMs, count);
}

function whichUnit(atMs: number, which: string, unit: string): TimeSpan | undefined {
  const name = unit.toLowerCase();
  const step = /last|past/.test(which) ? -1 : /next|coming/.test(which) ? 1 : 0;
  if (name === "week") return weekSpan(atMs, step);
  // On a weekend "last weekend" is the one before; from Monday to Friday it is the one just gone, which stands in last week.
  if (name === "weekend") return weekendSpan(atMs, step);
  if (name === "month") return monthSpan(atMs, step);
  if (name === "year") return yearSpan(atMs, step);
  const season = SEASONS[name];
  if (season !== undefined) return seasonAway(atMs, season, step);
  const month = monthNumber(name, unit);
  if (month !== undefined) return monthAway(atMs, month, step);
  const weekday = WEEKDAYS.indexOf(name.slice(0, 3));
  return weekday < 0 ? undefined : weekdayAway(atMs, weekday, step);
}

function seasonAway(atMs: number, season: number, step: number): TimeSpan {
  const year = new Date(atMs).getUTCFullYear();
  const seasons = [year - 2, year - 1, year, year + 1].map((one) => seasonOfYear(one, season));
  if (step < 0) return seasons.findLast(({ toMs }) => toMs <= atMs) ?? seasonOfYear(year - 1, season);
  const ahead = seasons.filter(({ toMs }) => toMs > atMs);
  const first = ahead[0] ?? seasonOfYear(year, season);
  return step > 0 && first.fromMs <= atMs ? (ahead[1] ?? first) : first;
}

function monthAway(atMs: number, month: number, step: number): TimeSpan {
  const offset = month - new Date(atMs).getUTCMonth();
  if (step < 0) return monthSpan(atMs, offset >= 0 ? offset - 12 : offset);
  return monthSpan(atMs, offset < 0 || (step > 0 && offset === 0) ? offset + 12 : offset);
}

function weekdayAway(atMs: number, weekday: number, step: number): TimeSpan {
  const ahead = (weekday - weekdayOf(atMs) + 7) % 7;
  if (step < 0) return daySpan(atMs, ahead === 0 ? -7 : ahead - 7);
  return daySpan(atMs, step > 0 && ahead === 0 ? 7 : ahead);
}

const TELLS =
  /\b(was|were|had|went|got|did|met|saw|took|made|came|bought|ate|won|lost|found|told|said|gave|felt|sold|drove|ran|swam|flew|rode|sang|spoke|wrote|left|paid|sent|built|caught|taught|thought|brought|began|broke|chose|fell|forgot|heard|kept|knew|lent|sat|slept|spent|stood|wore|\p{L}{3,}ed)\b/iu;

/** "on Friday": back where something is told, ahead where something is planned, else unknown. */
function bareWeekday(atMs: number, name: string, sentence: string): TimeSpan | undefined {
  const weekday = WEEKDAYS.indexOf(name.toLowerCase().slice(0, 3));
  if (weekday < 0) return undefined;
  if (isPlanned(sentence)) return weekdayAway(atMs, weekday, 1);
  return TELLS.test(sentence) ? weekdayAway(atMs, weekday, -1) : undefined;
}
