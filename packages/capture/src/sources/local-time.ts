/** Civil dates: checks, calendars that chat apps write, and the text of a local time. Pure. */
import type { RecordTime } from "./types.ts";

const DAY_MS = 86_400_000;

/** The local fields as if they were UTC, epoch ms; undefined when there is no such date or time. `month` is 1 to 12. */
export function civilMs(year: number, month: number, day: number, secondOfDay = 0): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1) return undefined;
  const ms = year >= 100 ? Date.UTC(year, month - 1, day) : new Date(0).setUTCFullYear(year, month - 1, day);
  if (new Date(ms).getUTCDate() !== day) return undefined;
  return ms + secondOfDay * 1000;
}

const calendars = new Map<string, Intl.DateTimeFormat>();

function calendarFields(calendar: string, ms: number): { year: number; month: number; day: number } {
  let format = calendars.get(calendar);
  if (format === undefined) {
    const options = { timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric" } as const;
    format = new Intl.DateTimeFormat(`en-u-ca-${calendar}-nu-latn`, options);
    calendars.set(calendar, format);
  }
  const fields = { year: 0, month: 0, day: 0 };
  for (const { type, value } of format.formatToParts(ms)) {
    if (type === "year" || type === "month" || type === "day") fields[type] = Number.parseInt(value, 10);
  }
  return fields;
}

/** Finds the Gregorian day of a date in another calendar by walking from an estimate. */
function fromCalendar(
  calendar: string,
  epochMs: number,
  yearDays: number,
  date: readonly number[],
): number | undefined {
  const [year = 0, month = 0, day = 0] = date;
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  let ms = epochMs + Math.floor((year - 1) * yearDays + (month - 1) * (yearDays / 12) + day) * DAY_MS;
  for (let step = 0; step < 8; step++) {
    const found = calendarFields(calendar, ms);
    const days = (year - found.year) * yearDays + ((month - found.month) * yearDays) / 12 + (day - found.day);
    if (found.year === year && found.month === month && found.day === day) return ms;
    const move = Math.trunc(days) === 0 ? Math.sign(days) : Math.trunc(days);
    ms += (move === 0 ? 1 : move) * DAY_MS;
  }
  return undefined;
}

const PERSIAN_EPOCH_MS = Date.UTC(622, 2, 21);
const HIJRI_EPOCH_MS = Date.UTC(622, 6, 18);
const otherDates = new Map<number, number | undefined>();

/**
 * The day of a date whose year may be counted in another way: Buddhist (2400 to 2699), Persian (1300 to 1425), Umm al-Qura
 * (1426 to 1520), Republic of China (90 to 199), as phones in those countries write it. Chat exports are never that old.
 * @returns local midnight as if it were UTC, epoch ms; undefined when there is no such day
 */
export function dayOfAnyCalendar(year: number, month: number, day: number): number | undefined {
  if (year >= 2400 && year < 2700) return civilMs(year - 543, month, day);
  if (year >= 90 && year < 200) return civilMs(year + 1911, month, day);
  if (year < 1300 || year > 1520) return civilMs(year, month, day);
  const key = (year * 16 + month) * 32 + day;
  if (otherDates.has(key)) return otherDates.get(key);
  if (otherDates.size > 20_000) otherDates.clear();
  const found =
    year <= 1425
      ? fromCalendar("persian", PERSIAN_EPOCH_MS, 365.2422, [year, month, day])
      : fromCalendar("islamic-umalqura", HIJRI_EPOCH_MS, 354.367, [year, month, day]);
  otherDates.set(key, found);
  return found;
}

const PRECISION_LENGTH = { day: 10, minute: 16, second: 19 } as const;

/** The time as the source tells it: local without a zone (`2018-08-22T14:42`), or RFC 3339 when the source has an offset. */
export function formatRecordTime(time: RecordTime): string {
  if (time.type === "instant") return time.text;
  return new Date(time.localMs).toISOString().slice(0, PRECISION_LENGTH[time.precision]);
}

const ISO =
  /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Epoch ms of 1970 to 2286 in seconds, ms or µs, by size: no clock writes the first hours of 1970 in ms. */
export function parseEpoch(value: number): RecordTime | undefined {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e17) return undefined;
  const atMs = Math.round(size < 1e11 ? value * 1000 : size < 1e14 ? value : value / 1000);
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? undefined : { type: "instant", atMs, text: date.toISOString() };
}

/** Reads ISO 8601 (with T or a space, with or without offset, or a day alone); undefined when it is not or has no such day. */
export function parseIsoTime(text: string): RecordTime | undefined {
  const match = ISO.exec(text.trim());
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour, minute, second, fraction, offset] = match;
  const dayMs = civilMs(Number(year), Number(month), Number(day));
  if (dayMs === undefined) return undefined;
  if (hour === undefined || minute === undefined) return { type: "local", localMs: dayMs, precision: "day" };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  const clockMs = (Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? 0)) * 1000;
  const localMs = dayMs + clockMs + Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  if (offset === undefined) {
    return { type: "local", localMs, precision: second === undefined ? "minute" : "second" };
  }
  const digits = offset.toUpperCase() === "Z" ? "+0000" : `${offset.replace(":", "")}00`.slice(0, 5);
  const offsetMinutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  if (offsetMinutes >= 24 * 60) return undefined;
  const atMs = localMs - (digits.startsWith("-") ? -offsetMinutes : offsetMinutes) * 60_000;
  const zone = offset.toUpperCase() === "Z" ? "Z" : `${digits.slice(0, 3)}:${digits.slice(3)}`;
  const fractionText = fraction === undefined ? "" : `.${fraction.slice(0, 3).padEnd(3, "0")}`;
  const local = new Date(localMs).toISOString().slice(0, 19);
  return { type: "instant", atMs, text: `${local}${fractionText}${zone}` };
}
