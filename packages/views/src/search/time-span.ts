/**
 * Spans of the calendar: `[fromMs, toMs)` on whole days, and how they are said. Pure.
 *
 * Days are days of the wall clock that a time was given on: whoever knows a time zone passes wall-clock milliseconds, everybody else UTC.
 */

export const DAY_MS = 86_400_000;

/** How exactly a span is known: the unit that the words named. */
export type TimePrecision = "day" | "weekend" | "week" | "month" | "season" | "year";

/** Whole days that words name. */
export interface TimeSpan {
  readonly fromMs: number;
  /** The first moment behind it. */
  readonly toMs: number;
  readonly precision: TimePrecision;
}

/** Words of a text that name a time. */
export interface TimeMention extends TimeSpan {
  /** `[start, end)` in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** True when the days follow only from when the text was said. */
  readonly isRelative: boolean;
}

/** What a text is read with. */
export interface TimeOptions {
  /** When it was said, on the wall clock that its days are meant on. */
  readonly atMs: number;
  /** Its language; default English. */
  readonly language?: string;
}

/** Midnight before a moment. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(atMs: number): number {
  return (new Date(atMs).getUTCDay() + 6) % 7;
}

/** The day `days` after the one of a moment. */
export function daySpan(atMs: number, days = 0): TimeSpan {
  const fromMs = dayOf(atMs) + days * DAY_MS;
  return { fromMs, toMs: fromMs + DAY_MS, precision: "day" };
}

/** The week (Monday to Sunday) `weeks` after the one of a moment. */
export function weekSpan(atMs: number, weeks = 0): TimeSpan {
  const fromMs = dayOf(atMs) + (weeks * 7 - weekdayOf(atMs)) * DAY_MS;
  return { fromMs, toMs: fromMs + 7 * DAY_MS, precision: "week" };
}

/** Saturday and Sunday of the week `weeks` after the one of a moment. */
export function weekendSpan(atMs: number, weeks = 0): TimeSpan {
  const { fromMs } = weekSpan(atMs, weeks);
  return { fromMs: fromMs + 5 * DAY_MS, toMs: fromMs + 7 * DAY_MS, precision: "weekend" };
}

/** The month `months` after the one of a moment. */
export function monthSpan(atMs: number, months = 0): TimeSpan {
  const date = new Date(atMs);
  return monthOfYear(date.getUTCFullYear(), date.getUTCMonth() + months);
}

/** A month by number, 0 for January; numbers beyond a year run on. */
export function monthOfYear(year: number, month: number): TimeSpan {
  return { fromMs: Date.UTC(year, month, 1), toMs: Date.UTC(year, month + 1, 1), precision: "month" };
}

/** The year `years` after the one of a moment. */
export function yearSpan(atMs: number, years = 0): TimeSpan {
  return wholeYear(new Date(atMs).getUTCFullYear() + years);
}

/** A year. */
export function wholeYear(year: number): TimeSpan {
  return { fromMs: Date.UTC(year, 0, 1), toMs: Date.UTC(year + 1, 0, 1), precision: "year" };
}

/** A season of the northern half: 0 spring, 1 summer, 2 autumn, 3 winter, which begins in December of its year. */
export function seasonOfYear(year: number, season: number): TimeSpan {
  return {
    fromMs: Date.UTC(year, 2 + season * 3, 1),
    toMs: Date.UTC(year, 5 + season * 3, 1),
    precision: "season",
  };
}

/** A day by its numbers, 0 for January; undefined when the calendar has no such day. */
export function dayOfMonth(year: number, month: number, day: number): TimeSpan | undefined {
  const made = new Date(Date.UTC(year, month, day));
  return made.getUTCMonth() === month && made.getUTCDate() === day ? daySpan(made.getTime()) : undefined;
}

const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const MONTH_FORMAT = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const SEASON_NAMES = ["spring", "summer", "autumn", "winter"];

/** A span in English: "7 May 2023", "6–7 May 2023", "May 2023", "summer 2022", "2022". */
export function formatSpan({ fromMs, toMs, precision }: TimeSpan): string {
  switch (precision) {
    case "day":
      return DAY_FORMAT.format(fromMs);
    case "weekend":
    case "week":
      return formatDays(fromMs, toMs - DAY_MS);
    case "month":
      return MONTH_FORMAT.format(fromMs);
    case "season": {
      const from = new Date(fromMs);
      const season = (from.getUTCMonth() - 2) / 3;
      const year = from.getUTCFullYear();
      return `${SEASON_NAMES[season] ?? ""} ${season === 3 ? `${year}/${String(year + 1).slice(2)}` : year}`;
    }
    case "year":
      return String(new Date(fromMs).getUTCFullYear());
  }
}

function formatDays(fromMs: number, lastMs: number): string {
  const [from, last] = [new Date(fromMs), new Date(lastMs)];
  if (from.getUTCMonth() === last.getUTCMonth()) return `${from.getUTCDate()}–${DAY_FORMAT.format(last)}`;
  // The library sets thin spaces, which nobody types who searches a page.
  return DAY_FORMAT.formatRange(from, last).replace(/\s/gu, " ");
}
