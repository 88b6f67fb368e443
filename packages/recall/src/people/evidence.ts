/** What speaks for something: the words of a memory, as they are. */
import type { Level, MemoryId } from "@kaelix/model";
import type { SearchDocument } from "@kaelix/views";

import { splitSentences } from "../sentences.ts";
import type { OpenWorld } from "./source.ts";

/** A piece of a memory that says something, word for word. */
export interface Evidence {
  readonly memoryId: MemoryId;
  readonly atMs: number;
  readonly level: Level;
  /** Who said it; null: the person themself. */
  readonly speaker: string | null;
  readonly quote: string;
  /** Where it stands in the memory's text: [start, end) in UTF-16 units. */
  readonly range: readonly [number, number];
}

/** A place in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Quotes the sentences of a memory in which the spans stand; its first when there are none. Undefined when the memory is not there. */
export function quoteOf({ index }: OpenWorld, memoryId: MemoryId, spans: readonly Span[]): Evidence | undefined {
  const document = index.document(memoryId);
  if (document === undefined) return undefined;
  const range = rangeOf(document, spans);
  return {
    memoryId,
    atMs: document.occurredAtMs,
    level: document.level,
    speaker: document.speaker ?? null,
    quote: document.text.slice(...range),
    range,
  };
}

const QUOTE_LENGTH_MAX = 400;

function rangeOf({ text }: SearchDocument, spans: readonly Span[]): readonly [number, number] {
  const sentences = splitSentences(text);
  const touched = sentences.filter(({ end, start }) => spans.some((span) => span.start < end && span.end > start));
  const [first] = touched.length === 0 ? sentences : touched;
  const last = touched.at(-1) ?? first;
  if (first === undefined || last === undefined) return [0, 0];
  // Far apart: what is between would bury what is said.
  return last.end - first.start > QUOTE_LENGTH_MAX ? [first.start, first.end] : [first.start, last.end];
}
