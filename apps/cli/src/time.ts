import { parsePosition } from "@kaelix/base";

import { CommandFailure, EXIT } from "./exit.ts";

/** RFC 3339 of a date or a time; without an offset it is local. */
export function timeOf(text: string): string {
  const ms = timeIn(text);
  if (ms === undefined) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use time: current value is ${text}, must be like 2024-12-31 or 2024-12-31T18:00:00+01:00`,
    );
  }
  return new Date(ms).toISOString();
}

/** Epoch ms of a day or a time; undefined when it is neither, or on a day that no month has: the platform would read "soon 5" as a May. */
function timeIn(text: string): number | undefined {
  const day = /^\d{4}-\d{2}-(\d{2})/.exec(text);
  if (day === null || new Date(`${day[0]}T00:00:00`).getDate() !== Number(day[1])) return undefined;
  const ms = Date.parse(isDay(text) ? `${text}T00:00:00` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** What `--as-of` takes: a position of the log as it stands, a time, or a day, which takes in the whole of it. */
export function asOfOf(text: string): string {
  if (parsePosition(text)?.topic === "memories") return text;
  const ms = timeIn(text);
  if (ms === undefined) {
    throw new CommandFailure(
      EXIT.usage,
      `Cannot look back: current value is ${text}, must be a day such as 2022-06-01, a time such as 2022-06-01T18:00, or a position of the log such as memories/4@88412`,
    );
  }
  const moment = new Date(ms);
  if (isDay(text)) moment.setDate(moment.getDate() + 1);
  return moment.toISOString();
}

/** When something ends: `30d` from now, a day or a time. */
export function endOf(text: string): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  return days === undefined ? timeOf(text) : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
}
