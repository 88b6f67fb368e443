import type { DetectLanguage, QueryVector, UserIndex } from "@kaelix/views";

import { DAY_MS } from "../digest/calendar.ts";
import type { QueryMeaning, RecallSource } from "../source.ts";
import type { Conversation } from "./locomo.ts";

/** Those who speak in a conversation, in order. */
export function speakersOf({ turns }: Conversation): string[] {
  return [...new Set(turns.flatMap(({ speaker }) => speaker ?? []))];
}

/** A question with the names of those who speak exchanged for others. */
export function rename(text: string, from: readonly string[], to: readonly string[]): string {
  return from.reduce((renamed, name, at) => renamed.replaceAll(name, to[at % to.length] ?? name), text);
}

/** An index as recall's source. `meaningOf`: what questions mean; absent: nobody knows. */
export function sourceOf(
  index: UserIndex,
  detectLanguage: DetectLanguage = () => "en",
  meaningOf?: (question: string) => QueryVector | undefined,
): RecallSource {
  let lastMs = 0;
  for (const { occurredAtMs } of index.documents()) lastMs = Math.max(lastMs, occurredAtMs);
  return {
    index: () => Promise.resolve(index),
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(index.size),
    detectLanguage,
    ...(meaningOf === undefined ? {} : { embedQuery: (text) => Promise.resolve(meantBy(meaningOf(text))) }),
    monotonicMs: () => performance.now(),
    // Asked at midnight after the last thing that was said: the answers know no later day, and the bench no today.
    nowMs: () => lastMs + DAY_MS - (lastMs % DAY_MS),
  };
}

function meantBy(meaning: QueryVector | undefined): QueryMeaning {
  return meaning === undefined ? { type: "missed", why: "down" } : { type: "meant", meaning };
}
