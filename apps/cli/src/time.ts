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
