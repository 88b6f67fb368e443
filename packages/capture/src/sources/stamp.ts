/**
 * Finds a numeric date and time at the start of a text, whatever the locale that wrote it.
 *
 *   [22/08/2024, 2:42:09 PM]      bracketed, suffix word
 *   2018/08/22 午後2:42 -          prefix word
 *   18/8/22 (14:42) -             parentheses
 *   2018-08-22 14 h 42 min 09 s   letters as separators
 *   ‏٢٢‏/٨‏/٢٠١٨، ٢:٤٢ م -          other digits, invisible marks
 *
 * Guarantees: no regular expression runs over the text (one pass, bounded look-ahead). It reads fields and shape; which field is
 * the day is for `date-order.ts` to decide over the whole file.
 */
import { findDayPeriod, normaliseWord, toHour24 } from "./day-periods.ts";

/** Date and time as written, fields in written order. */
export interface Stamp {
  readonly fields: readonly [number, number, number];
  /** Which field is the year by its length: 0, 2, or undefined when all have one or two digits. */
  readonly yearField: 0 | 2 | undefined;
  readonly dateSeparator: string;
  /** Seconds since local midnight; undefined when there is a date alone. */
  readonly secondOfDay: number | undefined;
  readonly hasSeconds: boolean;
  /** The word for the half of the day, normalised, or empty. */
  readonly word: string;
  /** True when a word stands there that no language we know uses. */
  readonly isWordUnknown: boolean;
  /** Shape of the writing: equal for all stamps that one phone writes. */
  readonly shape: number;
  /** Index after the stamp. */
  readonly end: number;
}

const ZERO_DIGITS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x17e0, 0x1810, 0xff10,
];
const GAP_LENGTH_MAX = 28;

/** The value of a decimal digit in any script of the basic plane; -1 for anything else. */
export function digitValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code < 0x660) return -1;
  for (const zero of ZERO_DIGITS) if (code >= zero && code < zero + 10) return code - zero;
  return -1;
}

/** True for marks that show nothing: directions, joiners, byte order marks. */
export function isInvisible(code: number): boolean {
  if (code < 0x200b) return code === 0x61c || code === 0xad;
  return code <= 0x200f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069) || code === 0xfeff;
}

/** True for every space but a line end. */
export function isSpace(code: number): boolean {
  if (code === 0x20 || code === 0x09 || code === 0xa0) return true;
  return (code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x205f || code === 0x3000;
}

/** The index of the next visible letter at or after `at`. */
export function skipBlank(text: string, at: number): number {
  let index = at;
  while (index < text.length && (isSpace(text.charCodeAt(index)) || isInvisible(text.charCodeAt(index)))) index++;
  return index;
}

interface Digits {
  readonly value: number;
  readonly length: number;
  readonly end: number;
}

function scanDigits(text: string, at: number, lengthMax: number): Digits | undefined {
  let value = 0;
  let length = 0;
  let index = at;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const digit = digitValue(code);
    if (digit < 0) {
      if (isInvisible(code) && length === 0) continue;
      break;
    }
    length++;
    if (length > lengthMax) return undefined;
    value = value * 10 + digit;
  }
  return length === 0 ? undefined : { value, length, end: index };
}

const DATE_SEPARATORS = "/.-年月년월⁄／．－‐‑";
const SEPARATOR_CLASS: Readonly<Record<string, string>> = {
  "⁄": "/",
  "／": "/",
  "．": ".",
  "－": "-",
  "‐": "-",
  "‑": "-",
};

interface DatePart {
  readonly fields: readonly [number, number, number];
  readonly yearField: 0 | 2 | undefined;
  readonly separator: string;
  readonly isSpaced: boolean;
  readonly end: number;
}

function scanSeparator(text: string, at: number): { separator: string; end: number } | undefined {
  const index = skipBlank(text, at);
  const letter = text.charAt(index);
  if (letter === "" || !DATE_SEPARATORS.includes(letter)) return undefined;
  return { separator: SEPARATOR_CLASS[letter] ?? letter, end: skipBlank(text, index + 1) };
}

function scanDate(text: string, at: number): DatePart | undefined {
  const first = scanDigits(text, at, 4);
  if (first === undefined) return undefined;
  const one = scanSeparator(text, first.end);
  if (one === undefined) return undefined;
  const second = scanDigits(text, one.end, 2);
  if (second === undefined) return undefined;
  const two = scanSeparator(text, second.end);
  const isHan = one.separator > "\u2fff";
  if (two === undefined || (two.separator !== one.separator && !isHan)) return undefined;
  const third = scanDigits(text, two.end, 4);
  if (third === undefined || (first.length > 2 && third.length > 2)) return undefined;
  let end = third.end;
  const after = text.charAt(end);
  // Some locales end the date with a dot, Chinese and Korean with the word for day.
  if (after === "." || after === "日" || after === "일") end++;
  return {
    fields: [first.value, second.value, third.value],
    yearField: first.length > 2 ? 0 : third.length > 2 ? 2 : undefined,
    separator: one.separator,
    isSpaced: one.end - first.end > 1,
    end,
  };
}

const CLOCK_SEPARATORS = ":.：hHч時时시";

interface ClockPart {
  readonly hour: number;
  readonly minute: number;
  readonly second: number | undefined;
  readonly separator: string;
  readonly end: number;
}

function scanClock(text: string, at: number): ClockPart | undefined {
  const hour = scanDigits(text, at, 2);
  if (hour === undefined || hour.value > 24) return undefined;
  let index = skipBlank(text, hour.end);
  const separator = text.charAt(index);
  if (separator === "" || !CLOCK_SEPARATORS.includes(separator)) return undefined;
  index = skipBlank(text, index + 1);
  const minute = scanDigits(text, index, 2);
  if (minute === undefined || minute.length !== 2 || minute.value > 59) return undefined;
  let { end } = minute;
  if (text.charAt(end) === "分" || text.charAt(end) === "분") end++;
  else if (text.slice(end, end + 4).trim() === "min") end += 4;
  const next = text.charAt(end);
  const hasMore = next === separator || next === " " || next === "\u00a0" || end > minute.end;
  const second = hasMore ? scanSecond(text, end, separator, end > minute.end) : undefined;
  return {
    hour: hour.value,
    minute: minute.value,
    second: second?.value,
    separator,
    end: second === undefined ? end : second.end,
  };
}

function scanSecond(text: string, at: number, separator: string, isWorded: boolean): Digits | undefined {
  if (!isWorded && text.charAt(at) !== separator) return undefined;
  const from = isWorded ? skipBlank(text, at) : at + 1;
  const second = scanDigits(text, from, 2);
  if (second === undefined || second.value > 60) return undefined;
  const unit = /^(?:秒|초|\s?s(?![a-z]))/u.exec(text.slice(second.end, second.end + 3));
  return unit === null ? second : { ...second, end: second.end + unit[0].length };
}

/** Letters between two parts; -1 when something stands there that no stamp has. */
function scanGap(text: string, at: number): number {
  const limit = Math.min(text.length, at + GAP_LENGTH_MAX);
  for (let index = at; index < limit; index++) {
    const code = text.charCodeAt(index);
    if (digitValue(code) >= 0) return index;
    const letter = text.charAt(index);
    if (letter === ":" || letter === "[" || letter === "]" || letter === "/" || letter === "<" || letter === "\n")
      return -1;
  }
  return -1;
}

const CONNECTORS = new Set(
  "às as à a las alle um klo kl kell o ob om u la в о at ve στις г год r lúc pukul jam klockan ora ore den д saat de le den. ч uhr น hrs هـ ه"
    .split(" ")
    .map(normaliseWord),
);

interface WordPart {
  readonly word: string;
  readonly isUnknown: boolean;
}

const NO_WORD: WordPart = { word: "", isUnknown: false };
const wordCache = new Map<string, WordPart>();

/** The day-period word in a gap or a tail, past commas and words such as "at". */
function readWord(raw: string): WordPart {
  if (raw.length <= 2 && (raw === " " || raw === ", " || raw === "")) return NO_WORD;
  const cached = wordCache.get(raw);
  if (cached !== undefined) return cached;
  const found = findWord(raw);
  if (wordCache.size < 2_000) wordCache.set(raw, found);
  return found;
}

function findWord(raw: string): WordPart {
  const whole = normaliseWord(raw);
  if (whole === "") return NO_WORD;
  if (findDayPeriod(whole) !== undefined) return { word: whole, isUnknown: false };
  const words = raw.split(/[\s\u00a0\u202f,،、]+/u).map(normaliseWord);
  const left = words.filter((word) => word !== "" && !CONNECTORS.has(word));
  const joined = left.join("");
  if (joined === "") return NO_WORD;
  if (findDayPeriod(joined) !== undefined) return { word: joined, isUnknown: false };
  // Beside a word we do not know may stand one we do.
  const known = left.find((word) => word.length > 1 && findDayPeriod(word) !== undefined);
  if (known !== undefined) return { word: known, isUnknown: false };
  return { word: "", isUnknown: true };
}

const SEPARATOR_CODES = "/.-年년月";
const CLOCK_CODES = ":.：hHч時时시";

/** Packs what is constant in the stamps of one phone into one number. */
function packShape(
  date: DatePart,
  clock: ClockPart,
  wordAt: 0 | 1 | 2,
  flags: { isClockFirst: boolean; hasComma: boolean },
): number {
  let shape = flags.isClockFirst ? 1 : 0;
  shape = shape * 8 + SEPARATOR_CODES.indexOf(date.separator) + 1;
  shape = shape * 3 + (date.yearField ?? 1);
  shape = shape * 2 + (date.isSpaced ? 1 : 0);
  shape = shape * 16 + CLOCK_CODES.indexOf(clock.separator) + 1;
  shape = shape * 2 + (clock.second === undefined ? 0 : 1);
  shape = shape * 3 + wordAt;
  return shape * 2 + (flags.hasComma ? 1 : 0);
}

/** What closes the stamp: the index where the stamp's tail ends, or -1 when the text goes on in a way no stamp does. */
type StampTail = (text: string, clockEnd: number) => number;

function makeStamp(
  date: DatePart,
  clock: ClockPart,
  words: { readonly before: WordPart; readonly after: WordPart; readonly gap: string },
  end: number,
): Stamp | undefined {
  const chosen = words.after.word === "" ? words.before : words.after;
  const period = chosen.word === "" ? undefined : findDayPeriod(chosen.word);
  const hour = period === undefined ? clock.hour : toHour24(clock.hour, period);
  if (hour > 24) return undefined;
  const wordAt = words.after.word !== "" ? 2 : words.before.word === "" ? 0 : 1;
  const isClockFirst = clock.end < date.end;
  const hasComma = /[,،、]/u.test(words.gap);
  return {
    fields: date.fields,
    yearField: date.yearField,
    dateSeparator: date.separator,
    // "24:05" is how some phones write five past midnight.
    secondOfDay: (hour % 24) * 3600 + clock.minute * 60 + Math.min(clock.second ?? 0, 59),
    hasSeconds: clock.second !== undefined,
    word: chosen.word,
    isWordUnknown: words.before.isUnknown || words.after.isUnknown,
    shape: packShape(date, clock, wordAt, { isClockFirst, hasComma }),
    end,
  };
}

/**
 * Reads a date and a time.
 * @param at where the first digit stands
 * @param tail says where the stamp ends; what stands between time and end must be letters
 */
export function scanStamp(text: string, at: number, tail: StampTail): Stamp | undefined {
  const date = scanDate(text, at);
  if (date !== undefined) {
    const gapEnd = scanGap(text, date.end);
    if (gapEnd <= date.end) return undefined;
    const clock = scanClock(text, gapEnd);
    if (clock === undefined) return undefined;
    const end = tail(text, clock.end);
    if (end < 0) return undefined;
    const gap = text.slice(date.end, gapEnd);
    return makeStamp(date, clock, { before: readWord(gap), after: readWord(text.slice(clock.end, end)), gap }, end);
  }
  return scanClockFirst(text, at, tail);
}

/** Vietnamese phones and copied messages put the time before the date. */
function scanClockFirst(text: string, at: number, tail: StampTail): Stamp | undefined {
  const clock = scanClock(text, at);
  if (clock === undefined) return undefined;
  const gapEnd = scanGap(text, clock.end);
  if (gapEnd <= clock.end) return undefined;
  const date = scanDate(text, gapEnd);
  if (date === undefined) return undefined;
  const end = tail(text, date.end);
  if (end < 0) return undefined;
  const gap = text.slice(clock.end, gapEnd);
  return makeStamp(date, clock, { before: readWord(gap), after: readWord(text.slice(date.end, end)), gap }, end);
}

/** Reads a cell that holds a date, with or without a time, and nothing else. */
export function scanDateCell(text: string): Stamp | undefined {
  const trimmed = text.trim();
  const stamp = scanStamp(trimmed, 0, (whole, clockEnd) => (whole.length - clockEnd <= 12 ? whole.length : -1));
  if (stamp !== undefined) return stamp.isWordUnknown ? undefined : stamp;
  const date = scanDate(trimmed, 0);
  if (date === undefined || skipBlank(trimmed, date.end) < trimmed.length) return undefined;
  return {
    fields: date.fields,
    yearField: date.yearField,
    dateSeparator: date.separator,
    secondOfDay: undefined,
    hasSeconds: false,
    word: "",
    isWordUnknown: false,
    shape: 0,
    end: date.end,
  };
}
