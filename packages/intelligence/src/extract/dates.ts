/**
 * Days, times and amounts. A day that is named without a year is the one nearest ahead of the memory's own day, unless the words say
 * that it lies behind. Days that do not exist are no mentions.
 */
import { addDraft, isIn, lowAt, type Reading, sameSentence } from "./reading.ts";

const DAY_MS = 86_400_000;
const SPELLED: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  a: 1,
};
const UNIT_DAYS: Readonly<Record<string, number>> = {
  day: 1,
  days: 1,
  week: 7,
  weeks: 7,
  fortnight: 14,
  tagen: 1,
  tage: 1,
  woche: 7,
  wochen: 7,
  dias: 1,
  semanas: 7,
  semana: 7,
  jours: 1,
  semaine: 7,
  semaines: 7,
  giorni: 1,
  settimane: 7,
  settimana: 7,
  din: 1,
  hafte: 7,
  gun: 1,
  hafta: 7,
};
const DAY_ARTICLES = new Set("the le il el am vom zum dia el".split(" "));
const SHORT_WEEKDAYS = new Set("sun mon wed sat so mi do di fr sa mar mer dom lun ven sab gio".split(" "));

/** The day `days` after a day. */
function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days are compared far more often than there are days: their numbers are kept, up to a bound. */
const dayNumbers = new Map<string, number>();
const DAY_NUMBERS_MAX = 8_192;

function numberOfDay(day: string): number {
  const known = dayNumbers.get(day);
  if (known !== undefined) return known;
  const number = Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
  if (dayNumbers.size >= DAY_NUMBERS_MAX) dayNumbers.clear();
  dayNumbers.set(day, number);
  return number;
}

/** Days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return numberOfDay(to) - numberOfDay(from);
}

/** The local day of a moment, `YYYY-MM-DD`. A bare date stays what it is. */
export function localDay(at: string, zone: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(at)) return at;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return at.slice(0, 10);
  if (zone === "UTC") return moment.toISOString().slice(0, 10);
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    moment,
  );
}

function makeDay(year: number, month: number, day: number): string | undefined {
  const made = new Date(Date.UTC(year, month, day));
  return made.getUTCMonth() === month && made.getUTCDate() === day ? made.toISOString().slice(0, 10) : undefined;
}

function nearestYear(reading: Reading, month: number, day: number): string | undefined {
  const year = Number(reading.day.slice(0, 4));
  const candidates = [year - 1, year, year + 1]
    .map((one) => makeDay(one, month, day))
    .filter((one) => one !== undefined);
  const ahead = candidates.find((one) => daysBetween(reading.day, one) >= -45);
  return ahead ?? candidates.at(-1);
}

function dayNumber(reading: Reading, at: number): number | undefined {
  const match = /^(\d{1,2})(?:st|nd|rd|th|º|ª|er|e|\.)?$/.exec(lowAt(reading, at));
  const value = match === null ? 0 : Number(match[1]);
  return value >= 1 && value <= 31 ? value : undefined;
}

/** Finds days, times and amounts. */
export function findDates(reading: Reading): void {
  for (let at = 0; at < reading.tokens.length; at += 1) {
    const length =
      monthDay(reading, at) ||
      numericDay(reading, at) ||
      bareOrdinal(reading, at) ||
      weekday(reading, at) ||
      relative(reading, at);
    if (length > 0) at += length - 1;
  }
}

function add(
  reading: Reading,
  span: { first: number; last: number },
  day: string | undefined,
  confidence: number,
): number {
  if (day === undefined) return 0;
  addDraft(reading, span, { kind: "date", form: "value", value: day, confidence });
  return span.last - span.first + 1;
}

function yearAt(reading: Reading, at: number): number | undefined {
  return /^(?:19|20)\d\d$/.test(lowAt(reading, at)) ? Number(lowAt(reading, at)) : undefined;
}

function monthDay(reading: Reading, at: number): number {
  const { months } = reading.words;
  const month = months.get(lowAt(reading, at));
  if (month !== undefined) {
    const day = dayNumber(reading, at + 1);
    if (day === undefined || !sameSentence(reading, at, at + 1)) return 0;
    return addMonthDay(reading, { first: at, last: at + 1 }, month, day);
  }
  const day = dayNumber(reading, at);
  if (day === undefined) return 0;
  const skip = /^(?:of|de|di|do|del)$/.test(lowAt(reading, at + 1)) ? 2 : 1;
  const named = months.get(lowAt(reading, at + skip));
  return named === undefined ? 0 : addMonthDay(reading, { first: at, last: at + skip }, named, day);
}

function addMonthDay(reading: Reading, span: { first: number; last: number }, month: number, day: number): number {
  const year = yearAt(reading, span.last + 1);
  if (year !== undefined)
    return add(reading, { first: span.first, last: span.last + 1 }, makeDay(year, month, day), 0.95);
  return add(reading, span, nearestYear(reading, month, day), 0.9);
}

function numericDay(reading: Reading, at: number): number {
  const low = lowAt(reading, at);
  const token = reading.tokens[at];
  if (token === undefined || !token.isNumber) return 0;
  const rest = reading.text.slice(token.start, token.start + 10);
  const iso = /^(\d{4})-(\d{2})-(\d{2})/.exec(rest);
  if (iso !== null) {
    const length = lowAt(reading, at + 1).startsWith("-") ? 1 : 3;
    return add(
      reading,
      { first: at, last: at + length - 1 },
      makeDay(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])),
      0.95,
    );
  }
  const dotted = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?$/.exec(low);
  if (dotted === null) return 0;
  const month = Number(dotted[2]) - 1;
  if (month > 11 || reading.words.language === "en") return 0;
  const day =
    dotted[3] === undefined
      ? nearestYear(reading, month, Number(dotted[1]))
      : makeDay(Number(dotted[3]), month, Number(dotted[1]));
  return add(reading, { first: at, last: at }, day, 0.8);
}

/** `the 24th`, `le 18`: the next day of that number. */
function bareOrdinal(reading: Reading, at: number): number {
  const day = dayNumber(reading, at);
  const token = reading.tokens[at];
  if (day === undefined || token === undefined) return 0;
  const isOrdinal = /(?:st|nd|rd|th)$/.test(token.low);
  const hasArticle = DAY_ARTICLES.has(lowAt(reading, at - 1));
  const isGerman = reading.words.language === "de" && reading.text[token.end] === ".";
  if (!hasArticle || !(isOrdinal || isGerman || /^(?:fr|es|it|pt)$/.test(reading.words.language))) return 0;
  const next = reading.tokens[at + 1];
  const followsNoun = next !== undefined && next.clause === token.clause && !isIn(reading, at + 1, reading.words.small);
  if (followsNoun && !/^(?:at|um|a)$/.test(next.low)) return 0;
  const [year = 0, month = 1] = reading.day.split("-").map(Number);
  for (let ahead = 0; ahead < 4; ahead += 1) {
    const made = makeDay(year + Math.floor((month - 1 + ahead) / 12), (month - 1 + ahead) % 12, day);
    if (made !== undefined && made >= reading.day) return add(reading, { first: at, last: at }, made, 0.8);
  }
  return 0;
}

function weekday(reading: Reading, at: number): number {
  const { weekdays, next, last, small } = reading.words;
  const low = lowAt(reading, at);
  const wanted = weekdays.get(low) ?? weekdays.get(low.replace(/(?:s|leri|den)$/, ""));
  if (wanted === undefined) return 0;
  const before = lowAt(reading, at - 1);
  if (SHORT_WEEKDAYS.has(low) && !/^(?:on|next|last|this|by|am)$/.test(before)) return 0;
  if (
    /^(?:every|each|jeden|cada|chaque|ogni|tous|todos|toda|her|har)$/.test(before) ||
    (low.endsWith("days") && reading.words.language === "en")
  )
    return 0;
  const today = new Date(`${reading.day}T00:00:00Z`).getUTCDay();
  let ahead = (wanted - today + 7) % 7;
  const isLast = isIn(reading, at - 1, last) || isIn(reading, at + 1, last);
  if (isLast) return add(reading, { first: at, last: at }, addDays(reading.day, ahead === 0 ? -7 : ahead - 7), 0.7);
  if (ahead === 0 && (isIn(reading, at - 1, next) || isIn(reading, at + 1, next))) ahead = 7;
  const isWeekAfter = reading.words.language === "en" && lowAt(reading, at + 1) === "week" && small.size > 0;
  if (isWeekAfter)
    return add(reading, { first: at, last: at + 1 }, addDays(reading.day, (ahead === 0 ? 7 : ahead) + 7), 0.75);
  return add(reading, { first: at, last: at }, addDays(reading.day, ahead), 0.6);
}

function relative(reading: Reading, at: number): number {
  const { today, tomorrow, yesterday } = reading.words;
  const low = lowAt(reading, at);
  if (today.has(low)) return add(reading, { first: at, last: at }, reading.day, 0.7);
  if (tomorrow.has(low) && !(reading.words.language === "es" && lowAt(reading, at - 1) === "la"))
    return add(reading, { first: at, last: at }, addDays(reading.day, 1), 0.7);
  if (yesterday.has(low)) return add(reading, { first: at, last: at }, addDays(reading.day, -1), 0.7);
  if (!/^(?:in|dans|en|tra|fra|em|dentro)$/.test(low)) return 0;
  const count = Number(lowAt(reading, at + 1)) || (SPELLED[lowAt(reading, at + 1)] ?? 0);
  const unit = UNIT_DAYS[lowAt(reading, at + 2)];
  if (count === 0 || unit === undefined || count > 366) return 0;
  return add(reading, { first: at, last: at + 2 }, addDays(reading.day, count * unit), 0.7);
}

const SIGNS = new Set(["£", "$", "€", "₹", "₺"]);

/** Finds amounts of money and times of day. */
export function findAmounts(reading: Reading): void {
  for (const [at, token] of reading.tokens.entries()) {
    if (!token.isNumber || reading.drafts.some((draft) => draft.first <= at && draft.last >= at)) continue;
    const number = Number(token.low.replaceAll(",", "").replace(/(?:st|nd|rd|th)$/, ""));
    const next = lowAt(reading, at + 1);
    const isMoney =
      reading.words.currencies.has(next) || SIGNS.has(token.sign) || /^[£$€]/.test(reading.text.slice(token.end));
    if (isMoney && !Number.isNaN(number)) {
      const last = reading.words.currencies.has(next) ? at + 1 : at;
      addDraft(
        reading,
        { first: at, last },
        { kind: "amount", form: "value", value: String(number), aliases: [token.text] },
      );
    } else if (/^\d{1,2}:\d{2}$/.test(token.low) || /^(?:am|pm|uhr)$/.test(next)) {
      addDraft(reading, { first: at, last: at }, { kind: "time", form: "value", value: token.low });
    } else if (
      /^\d+$/.test(token.low) &&
      number >= 10 &&
      !/^(?:minutes?|min|hours?|h|years?|miles|km|songs|people|chairs?)$/.test(next)
    ) {
      addDraft(
        reading,
        { first: at, last: at },
        { kind: "amount", form: "value", value: String(number), confidence: 0.4 },
      );
    }
  }
}
