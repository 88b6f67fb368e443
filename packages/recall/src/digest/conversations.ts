/** Who has gone quiet, and whose rhythm has changed: conversations measured against themselves. */
import { formatDay as dayInWords } from "../phrase.ts";
import { DAY_MS } from "./calendar.ts";
import type { DigestLine } from "./digest.ts";
import type { DigestPages } from "./pages.ts";

/** Days with words on them before anything is called usual. */
const ACTIVE_DAYS_MIN = 6;
const QUIET_DAYS_MIN = 14;
/** Silent longer than that is no news any more. */
const QUIET_DAYS_MAX = 365;
const QUIET_TIMES = 3;
/** A source that brought nothing for longer tells nothing of who is quiet: its export simply ends. */
const SOURCE_FRESH_DAYS = 30;

/** Conversations that held something regularly and do not any more. The longest silence, measured by what was usual, comes first. */
export function goneQuiet(pages: DigestPages): readonly DigestLine[] {
  return linesOf(
    silentTalks(pages),
    ({ quiet, title, usual }) => `Nothing in ${title} for ${inWords(quiet)}; usually ${usual}`,
  );
}

/**
 * Conversations and people that an import had heard of regularly and no more when it ends; of people those whose conversation went on
 * without them. Of one chat the conversation itself never is quiet, for its last day is the day that all is measured against. So each says
 * of which end it speaks, and since when.
 */
export function quietByTheEnd(pages: DigestPages): readonly DigestLine[] {
  const what = pages.talks().length === 1 ? "this chat" : "this import";
  const talks = silentTalks(pages);
  const told = new Set(talks.map(({ key }) => key));
  const people = pages.speakers().flatMap(({ docs, name }) => {
    const silence = silenceOf(pages, docs);
    return silence === undefined || told.has(silence.key) ? [] : [{ ...silence, key: `quiet:${name}`, title: name }];
  });
  const since = ({ last }: Silent): string => dayInWords(last * DAY_MS);
  return linesOf([...talks, ...people], (one) =>
    told.has(one.key)
      ? `By the end of ${what} there had been nothing in ${one.title} since ${since(one)}; usually ${one.usual}`
      : `By the end of ${what} you had not heard from ${one.title} since ${since(one)}; usually ${one.usual}`,
  );
}

/** A silence, and whose: a conversation's or a speaker's. */
interface Silent extends Silence {
  readonly title: string;
}

function linesOf(silent: readonly Silent[], wordsOf: (one: Silent) => string): readonly DigestLine[] {
  return silent
    .toSorted((left, right) => right.times - left.times)
    .map((one) => ({ key: one.key, text: wordsOf(one), evidence: one.evidence }));
}

function silentTalks(pages: DigestPages): readonly Silent[] {
  return pages.talks().flatMap(({ docs, source, title }) => {
    const silence = silenceOf(pages, docs);
    if (silence === undefined || pages.day - pages.lastDayOfSource(source) > SOURCE_FRESH_DAYS) return [];
    return [{ ...silence, title }];
  });
}

interface Silence {
  /** The same for the same conversation. */
  readonly key: string;
  /** The last day with words. */
  readonly last: number;
  /** Days since then. */
  readonly quiet: number;
  /** How often there had been words, in words. */
  readonly usual: string;
  /** How many times as long as usual it lasts. */
  readonly times: number;
  readonly evidence: DigestLine["evidence"];
}

/** How long there has been nothing, where there had been something regularly; undefined where that is no news. */
function silenceOf(pages: DigestPages, docs: readonly number[]): Silence | undefined {
  const days = activeDays(pages, docs);
  if (days.length < ACTIVE_DAYS_MIN) return undefined;
  const usual = Math.max(1, median(days.slice(1).map((day, at) => day - (days[at] ?? 0))));
  const last = days.at(-1) ?? 0;
  const quiet = pages.day - last;
  if (quiet < Math.max(QUIET_DAYS_MIN, QUIET_TIMES * usual) || quiet > QUIET_DAYS_MAX) return undefined;
  const evidence = pages.evidence(docs.at(-1) ?? 0);
  const key = `quiet:${evidence[0]?.document.conversationId ?? ""}`;
  return { key, last, quiet, usual: `every ${usual === 1 ? "day" : inWords(usual)}`, times: quiet / usual, evidence };
}

/** Who said most, the person themself left out, and from when to when. */
export function mostHeardOf(pages: DigestPages): readonly DigestLine[] {
  return pages
    .speakers()
    .toSorted((left, right) => right.docs.length - left.docs.length)
    .map(({ name, docs }): DigestLine => {
      const [first = 0, last = 0] = [docs[0], docs.at(-1)].map((doc) => yearOf(pages, doc ?? 0));
      const count = docs.length;
      const years = first === last ? `${first}` : `${first}–${last}`;
      const text = `${name}: ${count} ${count === 1 ? "message" : "messages"}, ${years}`;
      return { key: `people:${name}`, text, count, evidence: pages.evidence(docs.at(-1) ?? 0) };
    });
}

function yearOf(pages: DigestPages, doc: number): number {
  return new Date(pages.dayOf(doc) * DAY_MS).getUTCFullYear();
}

const WEEKS_BEFORE = 8;
const WEEK_COUNT_MIN = 15;
const RHYTHM_TIMES = 3;

/** Conversations that hold far more in the last seven days than in the weeks before. */
export function changedRhythms(pages: DigestPages): readonly DigestLine[] {
  const found: { readonly line: DigestLine; readonly times: number }[] = [];
  for (const talk of pages.talks()) {
    const weeks = Array.from({ length: WEEKS_BEFORE + 1 }, () => 0);
    for (const doc of talk.docs) {
      const back = Math.floor((pages.day - pages.dayOf(doc)) / 7);
      if (back >= 0 && back < weeks.length) weeks[back] = (weeks[back] ?? 0) + 1;
    }
    const [now = 0, ...before] = weeks;
    const usual = median(before);
    const isOld = (talk.docs[0] === undefined ? 0 : pages.day - pages.dayOf(talk.docs[0])) >= WEEKS_BEFORE * 7;
    if (!isOld || now < WEEK_COUNT_MIN || now < RHYTHM_TIMES * Math.max(1, usual)) continue;
    const newest = talk.docs.slice(-3).toReversed();
    const evidence = newest.flatMap((doc) => pages.evidence(doc));
    const text = `${now} memories in ${talk.title} this week; usually ${Math.round(usual)}`;
    const key = `rhythm:${evidence[0]?.document.conversationId ?? ""}`;
    found.push({ line: { key, text, count: now, evidence }, times: now / Math.max(1, usual) });
  }
  return found.toSorted((left, right) => right.times - left.times).map(({ line }) => line);
}

function activeDays(pages: DigestPages, docs: readonly number[]): readonly number[] {
  return [...new Set(docs.map((doc) => pages.dayOf(doc)))].filter((day) => day <= pages.day);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function inWords(days: number): string {
  if (days >= 60) return `${Math.round(days / 30)} months`;
  if (days >= 14) return `${Math.round(days / 7)} weeks`;
  const whole = Math.round(days);
  return whole === 1 ? "a day" : `${whole} days`;
}
