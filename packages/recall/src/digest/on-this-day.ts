/** What happened on this day in earlier years: one memory a year, the one that says most. */
import type { DigestLine } from "./digest.ts";
import { DAY_MS, formatDay, sameDayOfYear } from "./calendar.ts";
import type { DigestPages } from "./pages.ts";

const YEARS_BACK_MAX = 60;
/** Shorter ones say "ok" and "see you", longer ones are documents. */
const LENGTH_MIN = 20;
const LENGTH_BEST_MAX = 400;

/** A line a year, the latest year first. */
export function onThisDay(pages: DigestPages): readonly DigestLine[] {
  const year = new Date(pages.day * DAY_MS).getUTCFullYear();
  const lines: DigestLine[] = [];
  for (let back = 1; back <= YEARS_BACK_MAX; back++) {
    const day = sameDayOfYear(pages.day, year - back);
    if (day === undefined) continue;
    let best: { readonly doc: number; readonly length: number } | undefined;
    let count = 0;
    for (const doc of pages.between(day, day)) {
      const length = Math.min(LENGTH_BEST_MAX, pages.document(doc)?.text.length ?? 0);
      count++;
      if (length >= LENGTH_MIN && length > (best?.length ?? 0)) best = { doc, length };
    }
    if (best === undefined) continue;
    const text = back === 1 ? "A year ago" : `${back} years ago`;
    const key = `on-this-day:${formatDay(day)}`;
    lines.push({ key, text, day: formatDay(day), count, evidence: pages.evidence(best.doc) });
  }
  return lines;
}
