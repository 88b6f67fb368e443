/**
 * What a question wants besides its words: one thing, a list, a count, the last or the first time; and the day it asks as of. Pure.
 * English forms; in other languages the kind of question still shows (parseQuery).
 */
import { asksForSeveral, findTimes } from "@kaelix/views";

/** What sort of answer is wanted; `time`: what there is of a time. */
export type Wanted = "one" | "list" | "count" | "last" | "first" | "time";

/** A question taken apart. */
export interface Question {
  /** Without its "as of …", and without the words that only ask for an order. */
  readonly text: string;
  readonly wanted: Wanted;
  /** Only what occurred before this moment counts. */
  readonly asOfMs?: number;
}

const COUNT_PATTERN = /\bhow (often|frequently|many times)\b|\bwie oft\b|\bcombien de fois\b|\bcuántas veces\b/iu;
const LAST_PATTERN =
  /\bwhen (did|was|have|had|were)\b.*\b(last|latest|most recent(ly)?)\b|\bthe (last|latest|most recent) time\b|\bwann\b.*\b(zuletzt|letzte[ns]? mal)\b/iu;
const FIRST_PATTERN = /\bwhen\b.*\bfirst\b|\bthe first time\b|\bwann\b.*\bzum ersten mal\b/iu;
const ORDER_WORDS = /\b(the )?(last|latest|most recent(ly)?|first|zuletzt)( time)?\b/giu;
const AS_OF_PATTERN = /(?:[,;]\s*|(?<!\s)\s+|(?<!\s))\bas of\b\s+(?:the end of\s+)?/iu;

/** Takes a question apart. `nowMs` is when it is asked, for "as of last month". */
export function readQuestion(text: string, nowMs: number): Question {
  const split = splitAsOf(text, nowMs);
  const { asOfMs } = split;
  const wanted = wantedBy(split.rest);
  // "last" and "first" ask for an order; no memory need hold them.
  const isOrder = wanted === "last" || wanted === "first";
  const rest = isOrder ? split.rest.replace(ORDER_WORDS, " ").replace(/\s+/gu, " ") : split.rest;
  return asOfMs === undefined ? { text: rest, wanted } : { text: rest, wanted, asOfMs };
}

function wantedBy(text: string): Wanted {
  if (COUNT_PATTERN.test(text)) return "count";
  if (LAST_PATTERN.test(text)) return "last";
  if (FIRST_PATTERN.test(text)) return "first";
  return asksForSeveral(text) ? "list" : "one";
}

/** "Where did I live as of March 2022?" → the question and the end of March. A date that does not exist leaves the question as it is. */
function splitAsOf(text: string, nowMs: number): { readonly rest: string; readonly asOfMs?: number } {
  const match = AS_OF_PATTERN.exec(text);
  if (match === null) return { rest: text };
  const behind = text.slice(match.index + match[0].length);
  // "as of 2022" and "as of May": a bare year or month is a time only behind a word that says so.
  const lead = /^(?:\d{4}\b|\p{Lu}\p{L}+\b)/u.test(behind) ? "in " : "";
  const time = findTimes(lead + behind, { atMs: nowMs })[0];
  if (time === undefined || time.start > lead.length) return { rest: text };
  const rest = `${text.slice(0, match.index)}${behind.slice(Math.max(0, time.end - lead.length))}`;
  return { rest, asOfMs: time.toMs };
}
