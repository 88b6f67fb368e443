/**
 * The timeline as the gateway asks for it: months and days of the person's own calendar, with how much each holds.
 *
 * Guarantees: nothing above what is open is counted; what a zone's clocks skip or repeat falls into the day that the person lived it in.
 * It does not: count what others have shared, or, of one speaker, what is not indexed (levels 3 and 4: who said it is sealed).
 */
import type { Clock } from "@kaelix/base";
import type { TimelineApplication, TimelineOutcome, TimelineRequest } from "@kaelix/gateway";
import { SOURCE_KINDS, type SourceKind, type UserId, type UserPrincipal } from "@kaelix/model";
import { type Calendar, calendarOf, DAY_MS, formatDay } from "@kaelix/recall";
import { countBetween, type Database, sourcesIn, timeSpanOf, timesOf } from "@kaelix/views";

import { type HouseContext, need } from "./house-parts.ts";
import { narrowProgram, type ProgramReach } from "./program-reach.ts";

/** What it works with. */
interface TimelineParts {
  readonly database: Database;
  readonly reach: ProgramReach;
  readonly clock: Clock;
  /** Waits until what the person has told can be read. */
  readonly written: (user: UserId) => Promise<void>;
}

/** The timeline over the house's views. */
export function timelineOfHouse({ clock, parts }: HouseContext, reach: ProgramReach): TimelineApplication {
  const { remember, ...rest } = need(parts, "database", "remember");
  return timelineApplication({ ...rest, clock, reach, written: (user) => remember.written(user) });
}

/** Years that a timeline holds: what lies further back than this from the newest is left out. */
const YEARS_MAX = 200;
const MONTHS_OF_YEAR = 12;

/** The gateway's seam over the timeline. */
function timelineApplication(parts: TimelineParts): TimelineApplication {
  return {
    async read(principal, request) {
      const { zone = "UTC" } = request;
      const calendar = calendarOf(zone);
      if (calendar === undefined) return { type: "unknown-zone" };
      await parts.written(principal.userId);
      const startMs = parts.clock.monotonicMs();
      const found = await partsOf(parts, principal, { ...request, calendar });
      const total = found.reduce((sum, { count }) => sum + count, 0);
      const sources = await sourcesOf(parts, principal, request);
      return { type: "timeline", zone, total, parts: found, sources, tookMs: parts.clock.monotonicMs() - startMs };
    },
  };
}

type Asked = TimelineRequest & { readonly calendar: Calendar };
type Part = TimelineOutcome["parts"][number];

async function partsOf(parts: TimelineParts, principal: UserPrincipal, asked: Asked): Promise<readonly Part[]> {
  const { ceiling, userId } = principal;
  const { calendar, month, person, source } = asked;
  const filter = { ceiling, ...(source === undefined ? {} : { source }) };
  // Whose words a memory is, is sealed in the rows: the index knows, and holds all that a program may see.
  if (person !== undefined || narrowProgram(principal) !== undefined) {
    const filters = {
      ...(person === undefined ? {} : { people: [person] }),
      ...(source === undefined ? {} : { sources: [source] }),
    };
    const times = timesOf(await parts.reach.source(principal).index(userId), { ceiling, filters });
    const bounds = month === undefined ? monthsAround(calendar, times) : daysOf(calendar, month);
    return shown(bounds, countInto(times, bounds));
  }
  if (month !== undefined) {
    const bounds = daysOf(calendar, month);
    const range = { afterMs: bounds[0]?.fromMs ?? 0, beforeMs: bounds.at(-1)?.fromMs ?? 0 };
    return shown(bounds, await countBetween(parts.database, userId, startsOf(bounds), { ...filter, ...range }));
  }
  const span = await timeSpanOf(parts.database, userId, filter);
  if (span === undefined) return [];
  const bounds = monthsAround(calendar, [span.firstMs, span.lastMs]);
  return shown(bounds, await countBetween(parts.database, userId, startsOf(bounds), filter));
}

/** Where what is open came from, in the order of the model. */
async function sourcesOf(
  { database, reach }: TimelineParts,
  principal: UserPrincipal,
  { person }: TimelineRequest,
): Promise<readonly SourceKind[]> {
  const { ceiling, userId } = principal;
  if (person === undefined && narrowProgram(principal) === undefined) {
    const found = new Set(await sourcesIn(database, userId, { ceiling }));
    return SOURCE_KINDS.filter((kind) => found.has(kind));
  }
  const index = await reach.source(principal).index(userId);
  const people = person === undefined ? {} : { people: [person] };
  return SOURCE_KINDS.filter((kind) => timesOf(index, { ceiling, filters: { ...people, sources: [kind] } }).length > 0);
}

/** Where a month or a day begins; the last of a list only ends the one before it. */
interface Bound {
  readonly key: string;
  readonly fromMs: number;
}

function startsOf(bounds: readonly Bound[]): number[] {
  return bounds.map(({ fromMs }) => fromMs);
}

function monthsAround(calendar: Calendar, times: readonly number[]): Bound[] {
  if (times.length === 0) return [];
  const [first, last] = times.reduce(
    ([low, high], atMs) => [Math.min(low, atMs), Math.max(high, atMs)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const end = monthNumber(calendar, last) + 1;
  const begin = Math.max(monthNumber(calendar, first), end - YEARS_MAX * MONTHS_OF_YEAR);
  return Array.from({ length: end - begin + 1 }, (_, at) => boundOf(calendar, begin + at));
}

function monthNumber(calendar: Calendar, atMs: number): number {
  const wall = new Date(calendar.wall(atMs));
  return wall.getUTCFullYear() * MONTHS_OF_YEAR + wall.getUTCMonth();
}

function boundOf(calendar: Calendar, month: number): Bound {
  const day = dayNumber(Math.floor(month / MONTHS_OF_YEAR), month % MONTHS_OF_YEAR);
  return { key: formatDay(day).slice(0, -3), fromMs: calendar.startOf(day) };
}

function daysOf(calendar: Calendar, month: string): Bound[] {
  const [year = 0, at = 1] = month.split("-").map(Number);
  const first = dayNumber(year, at - 1);
  const end = dayNumber(year, at);
  return Array.from({ length: end - first + 1 }, (_, day) => ({
    key: formatDay(first + day),
    fromMs: calendar.startOf(first + day),
  }));
}

/** `setUTCFullYear` takes the years 0 to 99 as they are, which `Date.UTC` does not. */
function dayNumber(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime() / DAY_MS;
}

function countInto(times: readonly number[], bounds: readonly Bound[]): number[] {
  const counts = bounds.slice(1).map(() => 0);
  for (const atMs of times) {
    const at = lastAtOrBefore(bounds, atMs);
    if (counts[at] !== undefined) counts[at] += 1;
  }
  return counts;
}

/** The number of the last bound at or before a moment; -1 before the first. */
function lastAtOrBefore(bounds: readonly Bound[], atMs: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle]?.fromMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What holds something, newest first. */
function shown(bounds: readonly Bound[], counts: readonly number[]): Part[] {
  return counts
    .flatMap((count, at): Part[] => {
      const [bound, next] = [bounds[at], bounds[at + 1]];
      if (bound === undefined || next === undefined || count === 0) return [];
      return [{ key: bound.key, count, fromMs: bound.fromMs, toMs: next.fromMs }];
    })
    .toReversed();
}
