/**
 * `person:Carla -source:whatsapp before:2023 has:picture` in what was typed → what narrows the search. Pure.
 *
 * Guarantees: what is not one of the known names before a colon stays text ("note: call Ann", "12:30", "http://…"); a known name with a
 * value that means nothing narrows nothing and is told of in `problems`.
 */
import { parseLevel, SOURCE_KINDS } from "@kaelix/model";

import { HAS_KINDS, type SearchFilters } from "./filter.ts";
import type { TimeSpan } from "./time-span.ts";
import { findTimes } from "./times.ts";

/** What was read of a text. */
export interface Qualifiers {
  /** Each narrows for itself: all must let a memory through. */
  readonly filters: readonly SearchFilters[];
  /** As they were typed, in order: `person:Carla`. */
  readonly read: readonly string[];
  /** What could not be understood, in English, a sentence each. */
  readonly problems: readonly string[];
}

/** Qualifiers of one query; more are left in the text. */
const QUALIFIERS_MAX = 16;
const QUALIFIER_PATTERN =
  /(?<=^|\s)(?<minus>-?)(?<name>person|from|source|level|has|before|after|since|on|during):(?:["“](?<quoted>[^"”]*)["”]|(?<plain>[^\s"“]+))(?=\s|$)/giu;

type Read = { readonly filters: SearchFilters } | { readonly problem: string };

/** Takes the qualifiers out of a text. `nowMs` is when it was typed, for `after:yesterday`. */
export function readQualifiers(
  text: string,
  nowMs?: number,
): { readonly qualifiers: Qualifiers; readonly rest: string } {
  const filters: SearchFilters[] = [];
  const read: string[] = [];
  const problems: string[] = [];
  const rest = text.replace(QUALIFIER_PATTERN, (whole: string, ...groups: unknown[]) => {
    const named = groups.at(-1);
    if (read.length + problems.length >= QUALIFIERS_MAX || typeof named !== "object" || named === null) return whole;
    // The last argument of a replacer is the named groups, which the pattern has.
    const { minus, name = "", quoted, plain } = named as Readonly<Record<string, string | undefined>>;
    const one = readOne(name.toLowerCase(), (quoted ?? plain ?? "").trim(), nowMs);
    if ("problem" in one) problems.push(one.problem);
    else {
      filters.push(minus === "-" ? { ...one.filters, isInverted: true } : one.filters);
      read.push(whole);
    }
    return " ";
  });
  return { qualifiers: { filters, read, problems }, rest };
}

function readOne(name: string, value: string, nowMs: number | undefined): Read {
  switch (name) {
    case "person":
      return value === "" ? problem(name, value, "a name") : { filters: { persons: [value] } };
    case "from":
      return value === "" ? problem(name, value, "a name") : { filters: { people: [value] } };
    case "source": {
      const source = SOURCE_KINDS.find((kind) => kind === value.toLowerCase());
      return source === undefined
        ? problem(name, value, `one of ${SOURCE_KINDS.join(", ")}`)
        : { filters: { sources: [source] } };
    }
    case "level": {
      const level = parseLevel(value.toLowerCase());
      return level === undefined ? problem(name, value, "1 to 4 or a level's name") : { filters: { levels: [level] } };
    }
    case "has": {
      const kind = HAS_KINDS.find((one) => value.toLowerCase().startsWith(one));
      return kind === undefined ? problem(name, value, `one of ${HAS_KINDS.join(", ")}`) : { filters: { has: [kind] } };
    }
    default:
      return readTime(name, value, nowMs);
  }
}

function problem(name: string, value: string, must: string): Read {
  const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value;
  return { problem: `Cannot narrow by ${name}: current value is "${shown}", must be ${must}` };
}

function readTime(name: string, value: string, nowMs: number | undefined): Read {
  const span = spanOf(value, nowMs);
  if (span === undefined)
    return problem(name, value, 'a time such as 2023, 2023-05, 2023-05-08, "May 2023" or yesterday');
  if (name === "before") return { filters: { beforeMs: span.fromMs } };
  if (name === "after" || name === "since") return { filters: { afterMs: span.fromMs } };
  return { filters: { afterMs: span.fromMs, beforeMs: span.toMs } };
}

/** `2023`, `2023-05`, or anything that findTimes reads; a hyphen may stand for a space. */
function spanOf(value: string, nowMs: number | undefined): TimeSpan | undefined {
  const month = /^(\d{4})-(\d{1,2})$/.exec(value);
  if (month !== null && Number(month[2]) >= 1 && Number(month[2]) <= 12) {
    const [, year, number] = month;
    const [fromMs, toMs] = [Number(number) - 1, Number(number)].map((at) => Date.UTC(Number(year), at, 1));
    return { fromMs: fromMs ?? 0, toMs: toMs ?? 0, precision: "month" };
  }
  // In running text only a capital makes "may" a month; behind a colon nothing else can be meant.
  const spaced = value.replaceAll("-", " ").replace(/(?<!\p{L})\p{Ll}/gu, (letter) => letter.toUpperCase());
  const words = /^\d{4}-\d{1,2}-\d{1,2}$/.test(value) ? value : spaced;
  for (const text of [words, `in ${words}`, `on ${words}`]) {
    const [time] = findTimes(text, { atMs: nowMs ?? 0 });
    const isWhole = time !== undefined && time.end === text.length && time.end - time.start >= words.length;
    if (isWhole && (nowMs !== undefined || !time.isRelative)) return time;
  }
  return undefined;
}
