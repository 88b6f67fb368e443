/** Times, counts and sizes in words. Every function takes the locale's pieces from Intl and the present as an argument. */

const DAY_MS = 86_400_000;

/** Hours and minutes: `18:04`. */
export function formatTime(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    Date.parse(iso),
  );
}

/** A day in full: `12 December 2024`. */
export function formatDay(iso: string, locale = "en-GB"): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" }).format(Date.parse(iso));
}

/** Day and time: `12 Dec 2024, 18:03`. */
export function formatMoment(iso: string, locale = "en-GB"): string {
  const parts = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale, parts).format(Date.parse(iso));
}

function startOfDay(ms: number): number {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** As a list shows a time: today `14:02`, then `Yesterday`, `Tue`, `3 May`, `3 May 2024`. */
export function formatWhen(iso: string, nowMs: number, locale = "en-GB"): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return "";
  const days = Math.round((startOfDay(nowMs) - startOfDay(ms)) / DAY_MS);
  if (days === 0) return formatTime(iso, locale);
  if (days === 1) return "Yesterday";
  const format = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale, options).format(ms);
  if (days > 1 && days < 7) return format({ weekday: "short" });
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return format({ day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}

/** Local time without a zone as an export states it: `3 February 2024, 18:03`; the text itself when it is no such time. */
export function formatLocal(text: string | null): string {
  if (text === null) return "";
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/.exec(text);
  if (match === null) return text;
  const [, year, month, day, hour, minute] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return hour === undefined ? words.format(date) : `${words.format(date)}, ${hour}:${minute}`;
}

/** How far a day is from another, both `YYYY-MM-DD`: `today`, `tomorrow`, `in 3 days, Tue 24 Nov`, `3 days ago`. */
export function daysAway(day: string, today: string, locale = "en-GB"): string {
  const days = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  if (days === -1) return "yesterday";
  if (days < 0) return `${-days} days ago`;
  const parts = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" } as const;
  return `in ${days} days, ${new Intl.DateTimeFormat(locale, parts).format(Date.parse(day)).replace(",", "")}`;
}

/** A key that two times of the same local day share. */
export function dayKey(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** `12,480`. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat("en-GB").format(count);
}

/** A count with its noun: `1 memory`, `12,480 memories`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `2.1 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? "B"}`;
}

/** A duration: `41 ms`, `2.9 s`, `4 min`, `3 h 20 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return "under 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

const SOURCE_LABELS: Readonly<Record<string, string>> = {
  chat: "Told here",
  rest: "API",
  cli: "Terminal",
  mcp: "Agent",
  kafka: "Kafka",
  whatsapp: "WhatsApp",
  chatgpt: "ChatGPT",
  claude: "Claude",
  jsonl: "JSONL file",
  csv: "CSV file",
  markdown: "Markdown",
};

/** The word for a source. */
export function sourceLabel(source: string): string {
  return SOURCE_LABELS[source] ?? source;
}

/** Who said something, as lists show it: a program that named nobody did not say it for you. */
export function sayerOf(memory: {
  readonly speaker: string | null;
  readonly source: string;
  readonly client?: { readonly name: string } | null | undefined;
}): string {
  return memory.speaker ?? memory.client?.name ?? (memory.source === "mcp" ? "An agent" : "You");
}

/** The first and last instant of a month `2024-12` in local time, as RFC 3339; undefined when it is no month. */
export function monthRange(month: string): { readonly after: string; readonly before: string } | undefined {
  const match = /^(\d{4})-(\d{2})$/.exec(month);
  if (match === null) return undefined;
  const [year, at] = [Number(match[1]), Number(match[2]) - 1];
  return {
    after: new Date(Date.UTC(year, at, 1)).toISOString(),
    before: new Date(Date.UTC(year, at + 1, 1)).toISOString(),
  };
}

/** `December 2024` for `2024-12`. */
export function formatMonth(month: string): string {
  const range = monthRange(month);
  if (range === undefined) return month;
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(
    Date.parse(range.after),
  );
}
