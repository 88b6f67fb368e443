/**
 * Which field of a numeric date is the day: decided over a whole file, never line by line.
 *
 * In this order: a field no other order allows (a year of four digits, a number above 12 or 31); the order that goes back in time
 * least; what the names of pictures say; what the writing itself says (dots: day first); else the person is asked, with a sample of how the
 * first date would read.
 */
import { dayOfAnyCalendar } from "./local-time.ts";
import type { Stamp } from "./stamp.ts";
import type { DateOrder, ImportQuestion } from "./types.ts";

const DAY_MS = 86_400_000;

/** All orders, most common first. `year-day` (2024-22-08) is only ever taken when nothing else fits. */
type FieldOrder = DateOrder | "year-day";

const FIELD_ORDERS: readonly FieldOrder[] = ["day-first", "month-first", "year-first", "year-day"];
const YEAR_MONTH_DAY: Readonly<Record<FieldOrder, readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2]>> = {
  "day-first": [2, 1, 0],
  "month-first": [2, 0, 1],
  "year-first": [0, 1, 2],
  "year-day": [0, 2, 1],
};

/** How to read a file's dates. */
export interface DateReading {
  readonly order: FieldOrder;
  /** True when years of two digits are Buddhist. */
  readonly isBuddhistShort: boolean;
}

/** What was found out about the order. */
export interface DateDecision {
  /** The reading to use; when the order is uncertain, the likeliest. */
  readonly reading: DateReading;
  /** True when only the person can tell. */
  readonly isUncertain: boolean;
  /** The orders that fit all dates. */
  readonly possible: readonly DateOrder[];
}

/**
 * Local midnight of a stamp in a reading, as if it were UTC, epoch ms; undefined when there is no such day.
 */
export function stampDay(stamp: Pick<Stamp, "fields" | "yearField">, reading: DateReading): number | undefined {
  const [yearAt, monthAt, dayAt] = YEAR_MONTH_DAY[reading.order];
  if (stamp.yearField !== undefined && stamp.yearField !== yearAt) return undefined;
  const written = stamp.fields[yearAt];
  const base = reading.isBuddhistShort ? 2500 : written >= 70 ? 1900 : 2000;
  const year = stamp.yearField === undefined && written < 100 ? base + written : written;
  return dayOfAnyCalendar(year, stamp.fields[monthAt], stamp.fields[dayAt]);
}

interface OrderTally {
  readonly order: FieldOrder;
  impossible: number;
  confirmed: number;
  backward: number;
  spanMs: number;
  lastMs: number | undefined;
}

/** Gathers the dates of one shape and decides. */
export class DateOrderTally {
  readonly #tallies: readonly OrderTally[] = FIELD_ORDERS.map((order) => ({
    order,
    impossible: 0,
    confirmed: 0,
    backward: 0,
    spanMs: 0,
    lastMs: undefined,
  }));
  #count = 0;
  #buddhistShort = 0;
  #first: Stamp | undefined;
  #lastFields: readonly number[] = [];

  /** The first stamp that was added. */
  get first(): Stamp | undefined {
    return this.#first;
  }

  /** Adds the next stamp in file order. */
  add(stamp: Stamp): void {
    this.#count++;
    this.#first ??= stamp;
    const [a, b, c] = stamp.fields;
    if (stamp.yearField === undefined && Math.max(a, c) >= 52) this.#buddhistShort++;
    // Messages of one day say the same thing again.
    const [lastA, lastB, lastC] = this.#lastFields;
    if (a === lastA && b === lastB && c === lastC) return;
    this.#lastFields = stamp.fields;
    const reading = { isBuddhistShort: stamp.yearField === undefined && Math.max(a, c) >= 52 };
    for (const tally of this.#tallies) {
      const day = stampDay(stamp, { order: tally.order, ...reading });
      if (day === undefined) {
        tally.impossible++;
        continue;
      }
      if (tally.lastMs !== undefined) {
        if (day < tally.lastMs - DAY_MS) tally.backward++;
        tally.spanMs += Math.abs(day - tally.lastMs);
      }
      tally.lastMs = day;
    }
  }

  /** Adds what something else in the record says of its day: the name of a picture, say. `dayMs` is local midnight as if UTC. */
  confirm(stamp: Stamp, dayMs: number): void {
    const isBuddhistShort = this.#buddhistShort * 2 > this.#count;
    for (const tally of this.#tallies) {
      if (stampDay(stamp, { order: tally.order, isBuddhistShort }) === dayMs) tally.confirmed++;
    }
  }

  /**
   * The reading to use: what the person answered when the dates allow it, else what was decided.
   * `isOpen` is true while only the person can tell and has not.
   */
  choose(answered: DateOrder | undefined): { readonly reading: DateReading; readonly isOpen: boolean } {
    const decision = this.#decide();
    const least = Math.min(...this.#tallies.map((tally) => tally.impossible));
    const isAllowed = this.#tallies.some((tally) => tally.order === answered && tally.impossible === least);
    if (answered === undefined || !isAllowed) return { reading: decision.reading, isOpen: decision.isUncertain };
    return { reading: { ...decision.reading, order: answered }, isOpen: false };
  }

  /** True when one order alone fits, so that reading on cannot change it. */
  get isSettled(): boolean {
    return this.#count >= 2_000 && this.#decide().possible.length === 1;
  }

  /** What the dates so far say. */
  decide(): DateDecision {
    return this.#decide();
  }

  #decide(): DateDecision {
    const isBuddhistShort = this.#buddhistShort * 2 > this.#count;
    const read = (order: FieldOrder): DateReading => ({ order, isBuddhistShort });
    const candidates = this.#candidates();
    const [only] = candidates;
    if (only === undefined || this.#count === 0)
      return { reading: read("day-first"), isUncertain: false, possible: [] };
    const possible = candidates.map((tally) => tally.order).filter((order) => order !== "year-day");
    if (candidates.length === 1) return { reading: read(only.order), isUncertain: false, possible };
    const orderly = candidates.filter((tally) => tally.backward * 4 < worst(candidates) || tally.backward === 0);
    const [best] = orderly;
    if (orderly.length === 1 && best !== undefined) {
      return { reading: read(best.order), isUncertain: false, possible: [best.order].filter(isDateOrder) };
    }
    const left = orderly.length === 0 ? candidates : orderly;
    const told = this.#byEvidence(left);
    if (told !== undefined) {
      return { reading: read(told.order), isUncertain: false, possible: [told.order].filter(isDateOrder) };
    }
    return this.#byWriting(left, read);
  }

  /** The orders that nearly all dates allow: a stray line pasted into a message must not outvote a file. */
  #candidates(): readonly OrderTally[] {
    const least = Math.min(...this.#tallies.map((tally) => tally.impossible));
    const fitting = this.#tallies.filter((tally) => tally.impossible === least);
    const usual = fitting.filter((tally) => tally.order !== "year-day");
    if (this.#first?.yearField === 0) return usual.length > 0 ? usual : fitting;
    return this.#isYearFirstLikely() ? usual : this.#withoutYearFirst(usual, fitting);
  }

  #withoutYearFirst(usual: readonly OrderTally[], fitting: readonly OrderTally[]): readonly OrderTally[] {
    // Two digits all through: a leading year is only likely where the writing says so, or where nothing else fits.
    const yearFirst = usual.filter((tally) => tally.order === "year-first");
    if (this.#isSmootherAsYear(usual)) return yearFirst;
    if (this.#first?.dateSeparator === "-" && usual.length > 0) return usual;
    const others = usual.filter((tally) => tally.order !== "year-first");
    if (others.length > 0) return others;
    return usual.length > 0 ? usual : fitting;
  }

  #isSmootherAsYear(usual: readonly OrderTally[]): boolean {
    const year = usual.find((tally) => tally.order === "year-first");
    const others = usual.filter((tally) => tally.order !== "year-first");
    return (
      year !== undefined &&
      others.length > 0 &&
      year.backward === 0 &&
      others.every((tally) => tally.spanMs > year.spanMs * 4 + 40 * DAY_MS)
    );
  }

  #isYearFirstLikely(): boolean {
    const word = this.#first?.word ?? "";
    return this.#first?.dateSeparator === "年" || /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/u.test(word);
  }

  #byEvidence(left: readonly OrderTally[]): OrderTally | undefined {
    const told = left.filter((tally) => tally.confirmed > 0);
    return told.length === 1 ? told[0] : undefined;
  }

  #byWriting(left: readonly OrderTally[], read: (order: FieldOrder) => DateReading): DateDecision {
    const possible = left.map((tally) => tally.order).filter(isDateOrder);
    const has = (order: DateOrder): boolean => possible.includes(order);
    const first = this.#first;
    if (has("year-first") && this.#isYearFirstLikely()) {
      return { reading: read("year-first"), isUncertain: false, possible: ["year-first"] };
    }
    if (first?.dateSeparator === "." && has("day-first")) {
      return { reading: read("day-first"), isUncertain: false, possible: ["day-first"] };
    }
    const looksAmerican =
      first?.dateSeparator === "/" && (first.word === "am" || first.word === "pm") && first.yearField !== 2;
    const likely = looksAmerican && has("month-first") ? "month-first" : has("day-first") ? "day-first" : possible[0];
    return { reading: read(likely ?? "day-first"), isUncertain: possible.length > 1, possible };
  }
}

function worst(tallies: readonly OrderTally[]): number {
  return Math.max(...tallies.map((tally) => tally.backward));
}

function isDateOrder(order: FieldOrder): order is DateOrder {
  return order !== "year-day";
}

const ORDER_WORDS: Readonly<Record<DateOrder, string>> = {
  "day-first": "day first",
  "month-first": "month first",
  "year-first": "year first",
};

/** The question about the order, with a sample of how the first date would read either way; one that reads alike either way says so. */
export function askDateOrder(decision: DateDecision, first: Stamp | undefined, written: string): ImportQuestion {
  const dates = decision.possible.map((order) => {
    const day = first === undefined ? undefined : stampDay(first, { ...decision.reading, order });
    return day === undefined ? "no date" : readableDay(day);
  });
  const words = decision.possible.map((order) => ORDER_WORDS[order]);
  const asked =
    new Set(dates).size === 1
      ? `That is ${dates[0]} either way. How are the others meant: ${words.join(" or ")}?`
      : `Is that ${words.map((word, at) => `${dates[at]} (${word})`).join(" or ")}?`;
  const suggested = decision.possible.find((order) => order === decision.reading.order) ?? null;
  return {
    id: "date-order",
    text: `The first date is written "${written}". ${asked}`,
    options: decision.possible,
    suggested,
  };
}

function readableDay(dayMs: number): string {
  const options = { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(dayMs);
}
