/** Moments → days of a person's own calendar. Days are numbers: how many lie between 1 January 1970 and them. */
import { ZoneConverter } from "@kaelix/base";

/** Milliseconds of a day on the wall. */
export const DAY_MS = 86_400_000;

/** One zone's calendar. */
export class Calendar {
  readonly zone: string;
  readonly #converter: ZoneConverter;

  /** @throws RangeError when the platform knows no such zone */
  constructor(zone: string) {
    this.zone = zone;
    this.#converter = new ZoneConverter(zone);
  }

  /** A moment as the clock on the wall shows it, in milliseconds as if that were UTC. */
  wall(atMs: number): number {
    return this.#converter.toLocal(atMs);
  }

  /** The day a moment lies on. */
  dayOf(atMs: number): number {
    return Math.floor(this.wall(atMs) / DAY_MS);
  }

  /** The first moment of a day. */
  startOf(day: number): number {
    return this.#converter.toInstant(day * DAY_MS);
  }
}

/** The calendar of a zone; undefined when the platform knows no such zone. */
export function calendarOf(zone: string): Calendar | undefined {
  try {
    return new Calendar(zone);
  } catch {
    return undefined;
  }
}

/** `2026-11-21` → its number; undefined when it is no day. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(atMs) || formatDay(atMs / DAY_MS) !== text ? undefined : atMs / DAY_MS;
}

/** A day's number → `2026-11-21`. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another year; undefined for 29 February where there is none. */
export function sameDayOfYear(day: number, year: number): number | undefined {
  const date = new Date(day * DAY_MS);
  const made = new Date(Date.UTC(year, date.getUTCMonth(), date.getUTCDate()));
  return made.getUTCMonth() === date.getUTCMonth() ? made.getTime() / DAY_MS : undefined;
}
