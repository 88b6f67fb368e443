/**
 * Gold answers that are dates, as annotators write them → days of the calendar; and whether a shown date answers one.
 * Own reading, not the product's, so that a slip there is not forgiven here.
 */
import { DAY_MS } from "../digest/calendar.ts";

/** `[fromMs, toMs)`. */
export interface GoldDate {
  readonly fromMs: number;
  readonly toMs: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const SEASONS: Readonly<Record<string, number>> = { spring: 2, summer: 5, autumn: 8, fall: 8, winter: 11 };
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";

/** The days of a gold answer; undefined when it is no date, or one that needs more than the calendar ("12 years ago"). */
export function readGoldDate(answer: string): GoldDate | undefined {
  // "19March", "March.2021", "4` March": spaces are missing and points are strewn where people annotate.
  const text = answer
    .toLowerCase()
    .replace(/[.,`']/g, " ")
    .replace(/(\d)(?!st|nd|rd|th)([a-z])/g, "$1 $2")
    .replace(/\s+/g, " ")
    .trim();
  const day = readDay(text);
  if (day !== undefined) return aroundDay(text, day);
  const month = new RegExp(`${MONTH} (\\d{4})`).exec(text);
  if (month !== null) {
    const [, name = "", year] = month;
    return partOfMonth(text, Number(year), MONTHS.indexOf(name));
  }
  const season = /(spring|summer|autumn|fall|winter) (?:of )?(\d{4})/.exec(text);
  if (season !== null) {
    const first = SEASONS[season[1] ?? ""] ?? 0;
    const year = Number(season[2]);
    return { fromMs: Date.UTC(year, first, 1), toMs: Date.UTC(year, first + 3, 1) };
  }
  const year = /^(?:in |since |around )?((?:19|20)\d\d)$/.exec(text);
  return year === null
    ? undefined
    : { fromMs: Date.UTC(Number(year[1]), 0, 1), toMs: Date.UTC(Number(year[1]) + 1, 0, 1) };
}

function readDay(text: string): number | undefined {
  const dayFirst = new RegExp(`(\\d{1,2})(?:st|nd|rd|th)? ${MONTH} (\\d{4})`).exec(text);
  const monthFirst = new RegExp(`${MONTH} (\\d{1,2})(?:st|nd|rd|th)? (\\d{4})`).exec(text);
  if (dayFirst !== null) return Date.UTC(Number(dayFirst[3]), MONTHS.indexOf(dayFirst[2] ?? ""), Number(dayFirst[1]));
  if (monthFirst !== null)
    return Date.UTC(Number(monthFirst[3]), MONTHS.indexOf(monthFirst[1] ?? ""), Number(monthFirst[2]));
  return undefined;
}

/** What "the week before", "the Friday before", "the weekend of" make of a day. */
function aroundDay(text: string, dayMs: number): GoldDate {
  const span = (fromDays: number, toDays: number): GoldDate => ({
    fromMs: dayMs + fromDays * DAY_MS,
    toMs: dayMs + toDays * DAY_MS,
  });
  const weekday = new Date(dayMs).getUTCDay();
  const named = WEEKDAYS.findIndex((name) => text.includes(`${name} before`));
  if (named >= 0) {
    const back = (weekday - named + 7) % 7 || 7;
    return span(-back, -back + 1);
  }
  const toSaturday = -((weekday + 1) % 7);
  if (text.includes("two weekends before"))
    return span(toSaturday - 7 - (weekday === 6 ? 7 : 0), toSaturday - 5 - (weekday === 6 ? 7 : 0));
  if (text.includes("weekend before")) {
    const back = weekday === 6 ? -7 : weekday === 0 ? -8 : toSaturday;
    return span(back, back + 2);
  }
  const saturday = weekday === 0 ? -1 : 6 - weekday;
  if (text.includes("weekend after")) return span(saturday, saturday + 2);
  if (text.includes("weekend of")) return span(saturday, saturday + 2);
  if (text.includes("two weeks before")) return span(-14, -6);
  if (text.includes("week before")) return span(-7, 0);
  if (text.includes("week of")) return span(-((weekday + 6) % 7), 7 - ((weekday + 6) % 7));
  return span(0, 1);
}

function partOfMonth(text: string, year: number, month: number): GoldDate {
  const whole = { fromMs: Date.UTC(year, month, 1), toMs: Date.UTC(year, month + 1, 1) };
  if (/\bearly\b|first week/.test(text)) return { ...whole, toMs: whole.fromMs + 10 * DAY_MS };
  if (/last week/.test(text)) return { ...whole, fromMs: whole.toMs - 7 * DAY_MS };
  return whole;
}

/**
 * True when a shown span says what the gold date says: it lies within it; or both are longer than a day and not longer than nine, and
 * they overlap ("the week before Thursday the 8th" and the calendar's last week). A month shown for a day is not enough.
 */
export function isDateHeld(gold: GoldDate, shown: { readonly fromMs: number; readonly toMs: number }): boolean {
  if (shown.fromMs >= gold.fromMs && shown.toMs <= gold.toMs) return true;
  const isWeekLike = ({ fromMs, toMs }: GoldDate): boolean => toMs - fromMs > DAY_MS && toMs - fromMs <= 9 * DAY_MS;
  return isWeekLike(gold) && isWeekLike(shown) && shown.fromMs < gold.toMs && shown.toMs > gold.fromMs;
}
