/**
 * From how long memories are kept to what has reached its age. Pure; days are those of the person's own zone.
 *
 * A memory that was told on a day is kept through the same day of the last month, or through that month's last day where it has no such
 * day: told on 29 February 2024 and kept a year, it is there until 28 February 2025 has ended. So nothing goes a moment early.
 */
import type { KeptMonths, RetentionRules, SourceKind, ToldBefore } from "@kaelix/model";
import { type Calendar, DAY_MS } from "@kaelix/recall";

/** The day so many months later; a month's last day stands for days that it lacks. */
export function monthsAfter(day: number, months: number): number {
  const { date, days, first } = monthBeside(day, months);
  return first + Math.min(date, days) - 1;
}

/** The first day that is still kept on a day: of a month that lacks it, all are older. */
export function firstKept(day: number, months: number): number {
  const { date, days, first } = monthBeside(day, -months);
  return first + Math.min(date, days + 1) - 1;
}

/** A month so many months away from that of a day: its first day and how many it has; `date`: the day of its own month, from 1. */
function monthBeside(
  day: number,
  months: number,
): { readonly first: number; readonly days: number; readonly date: number } {
  const of = new Date(day * DAY_MS);
  const [year, month] = [of.getUTCFullYear(), of.getUTCMonth() + months];
  const first = Date.UTC(year, month, 1) / DAY_MS;
  return { first, days: Date.UTC(year, month + 1, 1) / DAY_MS - first, date: of.getUTCDate() };
}

/** What will have reached its age at a moment. */
export function agedAt(rules: RetentionRules, calendar: Calendar, atMs: number): ToldBefore {
  const today = calendar.dayOf(atMs);
  const before = (months: KeptMonths): number | null =>
    months === null ? null : calendar.startOf(firstKept(today, months));
  return {
    before: before(rules.months),
    sources: rules.sources.map(({ months, source }) => ({ source, before: before(months) })),
  };
}

/** The last day on which a memory is kept; undefined: there is none. */
export function lastDay(
  rules: RetentionRules,
  calendar: Calendar,
  { recordedAtMs, source }: { readonly recordedAtMs: number; readonly source: SourceKind },
): number | undefined {
  const { months } = rules.sources.find((own) => own.source === source) ?? rules;
  return months === null ? undefined : monthsAfter(calendar.dayOf(recordedAtMs), months);
}

/** What is in both: told before the earlier of two times, source by source. */
export function both(one: ToldBefore, other: ToldBefore): ToldBefore {
  const sources = new Set([...one.sources, ...other.sources].map(({ source }) => source));
  const of = (told: ToldBefore, source: SourceKind): number | null =>
    (told.sources.find((own) => own.source === source) ?? told).before;
  return {
    before: earlier(one.before, other.before),
    sources: [...sources].map((source) => ({ source, before: earlier(of(one, source), of(other, source)) })),
  };
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.min(one, other);
}
