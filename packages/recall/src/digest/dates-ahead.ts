/**
 * What lies ahead: days of the next two weeks that memories name, and birthdays told at any time.
 *
 * Guarantees: only days that the words name, counted from when they were said; what was said of a day that lay behind is left out.
 */
import { datesInText } from "@kaelix/intelligence";
import { findTimes } from "@kaelix/views";

import { splitSentences } from "../sentences.ts";
import { DAY_MS, formatDay, parseDay, sameDayOfYear } from "./calendar.ts";
import type { DigestLine } from "./digest.ts";
import type { DigestPages } from "./pages.ts";

const AHEAD_DAYS = 14;
/** How long before a day somebody may have named it. */
const SAID_DAYS_MAX = 370;
const EVIDENCE_MAX = 3;
const LENGTH_MAX = 4_096;

/** A sentence that names a day. */
interface Named {
  readonly doc: number;
  readonly day: number;
  readonly range: readonly [number, number];
  readonly text: string;
  /** Words that say something beside the day. */
  readonly weight: number;
}

/** A line per day and conversation, the nearest day first. */
export function datesAhead(pages: DigestPages): readonly DigestLine[] {
  const groups = new Map<string, Named[]>();
  for (const named of [...namedDays(pages), ...birthdays(pages)]) {
    if (named.day < pages.day || named.day >= pages.day + AHEAD_DAYS || named.weight === 0) continue;
    const document = pages.document(named.doc);
    const key = `${formatDay(named.day)}:${document?.conversationId ?? document?.memoryId ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [named]);
    else group.push(named);
  }
  return [...groups]
    .map(([key, group]) => ({ key, group: group.toSorted((left, right) => right.weight - left.weight) }))
    .toSorted((left, right) => (left.group[0]?.day ?? 0) - (right.group[0]?.day ?? 0))
    .flatMap(({ key, group }): DigestLine[] => {
      const [best] = group;
      if (best === undefined) return [];
      const evidence = group.slice(0, EVIDENCE_MAX).flatMap(({ doc, range }) => pages.evidence(doc, range));
      return [{ key: `dates-ahead:${key}`, text: best.text, day: formatDay(best.day), evidence }];
    });
}

function namedDays(pages: DigestPages): readonly Named[] {
  const found: Named[] = [];
  for (const doc of pages.between(pages.day - SAID_DAYS_MAX, pages.day)) {
    const document = pages.document(doc);
    if (document === undefined || !/\d|\p{L}{3}/u.test(document.text)) continue;
    const said = pages.dayOf(doc);
    for (const sentence of sentencesOf(document.text)) {
      const [mention] = daysIn(pages, doc, (language) => daysOf(sentence.text, { said, language }));
      if (mention === undefined || mention.day < said || mention.day < pages.day) continue;
      found.push({ doc, day: mention.day, ...placed(sentence, mention) });
    }
  }
  return found;
}

const BIRTHDAY =
  /birthday|b-?day|geburtstag|anniversaire|cumplea[nñ]os|compleanno|anivers[aá]rio|do[gğ]um g[uü]n|janam\s?din/i;

/** A birthday that was told once comes every year. */
function birthdays(pages: DigestPages): readonly Named[] {
  const found: Named[] = [];
  const year = new Date(pages.day * DAY_MS).getUTCFullYear();
  for (const doc of pages.matching(BIRTHDAY)) {
    const document = pages.document(doc);
    if (document === undefined) continue;
    for (const sentence of sentencesOf(document.text)) {
      if (!BIRTHDAY.test(sentence.text)) continue;
      const [mention] = daysIn(pages, doc, (language) => calendarDays(sentence.text, pages.dayOf(doc), language));
      if (mention === undefined) continue;
      const days = [year, year + 1].map((one) => sameDayOfYear(mention.day, one));
      const day = days.find((one) => one !== undefined && one >= pages.day);
      // Two weeks or less after it was said it is among the named days already.
      if (day !== undefined && day !== mention.day) found.push({ doc, day, ...placed(sentence, mention) });
    }
  }
  return found;
}

interface DayMention {
  readonly day: number;
  readonly start: number;
  readonly end: number;
}

/** The days that are found in the first of the languages a document may be written in that names any. */
function daysIn(pages: DigestPages, doc: number, find: (language: string) => DayMention[]): readonly DayMention[] {
  for (const language of pages.languagesOf(doc)) {
    const days = find(language);
    if (days.length > 0) return days;
  }
  return [];
}

/** Words that tell of what is over. */
const OVER =
  /(?<!\p{L})(?:was|were|had|did|went|saw|came|took|got|gave|met|\p{L}{2,}ed|war(?:en)?|hatten?|habe?n? .{0,40}ge\p{L}{3,}|ging(?:en)?|gab|kam(?:en)?|sah(?:en)?|fue|fuimos|estuv\p{L}+|hab[ií]a|tuv\p{L}+|était|étaient|avait|avons été|est allée?|era(?:no|m)?|è stat[oa]|siamo andati|foi|fomos|estava|tinha|gitti\p{L}*|oldu|vardı)(?!\p{L})/iu;

/**
 * The days that a text of some day (`said`, days since 1970) names. English tenses are told apart where times are found; what they leave
 * open, and other languages, by words of the past.
 */
export function daysOf(
  text: string,
  { said, language }: { readonly said: number; readonly language: string },
): DayMention[] {
  const times = language === "en" ? findTimes(text, { atMs: said * DAY_MS, language }) : [];
  if (times.length === 0) return OVER.test(text) ? [] : calendarDays(text, said, language);
  return times
    .filter(({ precision }) => precision === "day" || precision === "weekend")
    .map(({ fromMs, start, end }) => ({ day: fromMs / DAY_MS, start, end }));
}

function calendarDays(text: string, said: number, language: string): DayMention[] {
  return datesInText(text, { at: formatDay(said), language }).flatMap(({ value, start, end }) => {
    const day = parseDay(value);
    return day === undefined ? [] : [{ day, start, end }];
  });
}

/** A sentence of a text, and where it stands there. */
interface Placed {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function sentencesOf(text: string): readonly Placed[] {
  return splitSentences(text.slice(0, LENGTH_MAX));
}

const FILLERS = new Set(
  `this that then there here with have will would could should about just really great good nice cool love thanks thank
  sure okay yeah well also from your what when where tomorrow today tonight morning afternoon evening night later soon
  next week weekend day days until till around again still them they been being bye hey hello
  dann noch auch heute morgen abend danke gerne schön schon wieder nicht doch aber oder
  hasta mañana gracias pero para bien hoy luego demain merci bien aussi encore domani grazie bene anche amanhã obrigado`.split(
    /\s+/,
  ),
);

function placed(
  sentence: Placed,
  mention: { readonly start: number; readonly end: number },
): Omit<Named, "doc" | "day"> {
  const rest = `${sentence.text.slice(0, mention.start)} ${sentence.text.slice(mention.end)}`;
  const words = rest.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  const weight = new Set(words.filter((word) => !FILLERS.has(word))).size;
  return { range: [sentence.start, sentence.end], text: sentence.text, weight };
}
