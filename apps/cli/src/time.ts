import { parsePosition } from "@kaelix/base";

import { CommandFailure, EXIT } from "./exit.ts";

/** RFC 3339 of a date or a time; without an offset it is local. */
export function timeOf(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const parsed = new Date(isDay ? `${text}T00:00:00` : text);
  if (Number.isNaN(parsed.getTime()) || (isDay && parsed.getDate() !== Number(text.slice(8)))) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use time: current value is ${text}, must be like 2024-12-31 or 2024-12-31T18:00:00+01:00`,
    );
  }
  return parsed.toISOString();
}

/** What `--as-of` takes: a position of the log as it stands, or a date or time. */
export function asOfOf(text: string): string {
  return parsePosition(text) === undefined ? timeOf(text) : text;
}

/** When something ends: `30d` from now, a day or a time. */
export function endOf(text: string): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  return days === undefined ? timeOf(text) : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
}
