/** How far back is looked, as an address and the API say it: up to a time, or up to a position of the log. */
import { parsePosition } from "@kaelix/base";

import { formatDay } from "./format.ts";

/** What an address says, as the API takes it; undefined when it is neither. */
export function asOfIn(text: string | null): string | undefined {
  return text !== null && parsePosition(text)?.topic === "memories" ? text : timeIn(text);
}

/** A time that an address says, as the API takes it; undefined when it is none. Browsers read times into texts that have a number in them. */
export function timeIn(text: string | null): string | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text ?? "") ? Date.parse(text ?? "") : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The end of a day (`2022-06-01`) where this browser is; undefined when there is no such day. */
export function endOfDay(day: string): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return undefined;
  const end = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + 1);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

/** `As of 1 June 2022`, of the day before whose end it is. */
export function asOfWords(asOf: string): string {
  const ms = Date.parse(asOf);
  return parsePosition(asOf) === undefined && !Number.isNaN(ms)
    ? `As of ${formatDay(new Date(ms - 1).toISOString())}`
    : `As told up to ${asOf}`;
}
