/** What the timeline makes of months and memories. Pure. */
import { dayKey } from "./format.ts";

/** A month with how much it holds. */
export interface Month {
  readonly key: string;
  readonly count: number;
  readonly to: string;
}

/** Months of a year, newest first. */
export interface Year {
  readonly year: string;
  readonly count: number;
  readonly months: readonly Month[];
}

/** Months, newest first, as years. */
export function yearsOf(months: readonly Month[]): readonly Year[] {
  return [...Map.groupBy(months, ({ key }) => key.slice(0, -3))].map(([year, of]) => ({
    year,
    count: of.reduce((sum, { count }) => sum + count, 0),
    months: of,
  }));
}

/** Items by the local day they happened on, in the order they come. */
export function daysOf<Item extends { readonly occurred_at: string }>(
  items: readonly Item[],
): readonly { readonly day: string; readonly items: readonly Item[] }[] {
  return [...Map.groupBy(items, ({ occurred_at: at }) => dayKey(at))].map(([day, of]) => ({ day, items: of }));
}

/** The length of a bar, in percent: a month that holds anything is seen. */
export function barOf(count: number, most: number): number {
  return Math.max(3, Math.round((100 * count) / Math.max(1, most)));
}
