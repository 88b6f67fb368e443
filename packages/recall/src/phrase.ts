/**
 * A quotation as it is read out: one's own words plainly, others' with their name; beside them, never among them, the days that they
 * name, the day they were told where that matters, and what a shared picture shows. Pure.
 */
import { findTimes, formatSpan } from "@kaelix/views";

import type { QuotedTime } from "./answer.ts";
import type { Passage } from "./passages.ts";
import type { RecallHit } from "./search.ts";

/** A memory and what is quoted of it. */
export interface Quote {
  readonly hit: RecallHit;
  readonly passage: Passage;
  readonly score: number;
  readonly times: readonly QuotedTime[];
  /** Of the memory, ISO 639-1. */
  readonly language: string;
}

/** When a quotation speaks of: the day it was told, unless the first time it names is another one ("this year" is no other). */
export function timeOf({ hit, times }: Quote): number {
  const toldMs = hit.document.occurredAtMs;
  const [named] = times;
  return named === undefined || (named.fromMs <= toldMs && toldMs < named.toMs) ? toldMs : named.fromMs;
}

/** A day in English. */
export function formatDay(atMs: number): string {
  return DAY_FORMAT.format(atMs);
}

const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** The times of a passage that only its memory's own time explains. */
export function timesOf(hit: RecallHit, passage: Passage, language: string): QuotedTime[] {
  return findTimes(passage.text, { atMs: hit.document.occurredAtMs, language })
    .filter(({ isRelative }) => isRelative)
    .map(({ start, end, text, fromMs, toMs, precision }) => ({
      fromMs,
      toMs,
      precision,
      text,
      range: [passage.start + start, passage.start + end] as const,
      label: formatSpan({ fromMs, toMs, precision }),
    }));
}

/** One quotation in words. */
export function phrase({ hit, passage, times }: Quote, showsDay: boolean): string {
  const { speaker, occurredAtMs, caption } = hit.document;
  const day = showsDay ? formatDay(occurredAtMs) : undefined;
  const beside = [
    ...(speaker === undefined && day !== undefined ? [`told on ${day}`] : []),
    ...new Set(times.map(({ text, label }) => `“${text}”: ${label}`)),
    ...(caption === undefined ? [] : [`picture: ${caption}`]),
  ];
  const words = speaker === undefined ? passage.text : `${[speaker, day ?? []].flat().join(", ")}: “${passage.text}”`;
  return beside.length === 0 ? words : `${words} (${beside.join("; ")})`;
}
