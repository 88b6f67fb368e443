/** How far back is looked, as an address and the API say it: up to a time, or up to a position of the log. */
import { parsePosition } from "@kaelix/base";

import { formatDay } from "./format.ts";

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** What an address says, as the API takes it: a position, a time, or a day, which takes in the whole of it; undefined when it is none. */
export function asOfIn(text: string | null): string | undefined {
  if (text !== null && parsePosition(text)?.topic === "memories") return text;
  return text !== null && DAY.test(text) ? endOfDay(text) : timeIn(text);
}

/** A time that an address says, as the API takes it; undefined when it is none. Browsers read times into texts that have a number in them. */
export function timeIn(text: string | null): string | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text ?? "") ? Date.parse(text ?? "") : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The end of a day (`2022-06-01`) where this browser is; undefined when there is no such day. */
export function endOfDay(day: string): string | undefined {
  const match = DAY.exec(day);
  if (match === null) return undefined;
  const [year, month, date] = [Number(match[1]), Number(match[2]) - 1, Number(match[3])];
  const isThere = new Date(year, month, date).getDate() === date && month >= 0 && month < 12;
  return isThere ? new Date(year, month, date + 1).toISOString() : undefined;
}

/** `As of 1 June 2022`, of the day before whose end it is; of a day, that day. */
export function asOfWords(asOf: string): string {
  const ms = Date.parse(endOfDay(asOf) ?? asOf);
  return parsePosition(asOf) === undefined && !Number.isNaN(ms)
    ? `As of ${formatDay(new Date(ms - 1).toISOString())}`
    : `As told up to ${asOf}`;
}
