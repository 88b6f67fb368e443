/** Memories of one person as recall's source, for tests. */
import { idFromBytes, type Level, type MemoryId, type UserId } from "@kaelix/model";
import { type SearchDocument, UserIndex } from "@kaelix/views";

import { ask } from "./ask.ts";
import type { RecallSource } from "./source.ts";

/** Whose memories they are. */
export const OWNER: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));

/** The id of the memory of a number, 0 to 65,535. */
export function memoryOf(number: number): MemoryId {
  return idFromBytes("mem", new Uint8Array(16).fill(number & 255, 15).fill(number >> 8, 14, 15));
}

/** A memory as the index holds it: everything plain but what is said. Its number is its time (epoch ms) and its place on the log. */
export function documentOf(number: number, text: string, more: Partial<SearchDocument> = {}): SearchDocument {
  return {
    memoryId: memoryOf(number),
    conversationId: null,
    text,
    occurredAtMs: number,
    recordedAtMs: number,
    level: 1,
    source: "chat",
    importId: null,
    version: 1,
    offset: number,
    firstOffset: number,
    lastOffset: number,
    ...more,
  };
}

/** What was told, at noon of a day ("2024-05-30"). */
export interface Told {
  readonly on: string;
  readonly text: string;
  readonly speaker?: string;
  /** 1 unless said otherwise. */
  readonly level?: Level;
}

/** A source that holds what was told, in one language, asked at `nowMs`. */
export function sourceOf(
  told: readonly Told[],
  { language = "en", nowMs }: { readonly language?: string; readonly nowMs: number },
): RecallSource {
  const index = new UserIndex({ detectLanguage: () => language });
  for (const [at, { on, text, ...said }] of told.entries()) {
    const occurredAtMs = Date.parse(`${on}T12:00:00Z`);
    index.put(documentOf(at + 1, text, { occurredAtMs, recordedAtMs: occurredAtMs, ...said }));
  }
  return {
    index: () => Promise.resolve(index),
    partitionOf: () => 0,
    nextOffset: () => Promise.resolve(told.length),
    detectLanguage: () => language,
    monotonicMs: () => 0,
    nowMs: () => nowMs,
  };
}

/** Everyday lines of two people beside what was told, so that a word of it is a rare one. */
export const FILLER: readonly Told[] = Array.from({ length: 25 }, (_, at) => ({
  on: `2025-02-${String(at + 1).padStart(2, "0")}`,
  text: `Shopping again: ${at + 2} apples`,
  speaker: at % 2 === 0 ? "Ines" : "Ted",
}));

/** The sentences of an answer of somebody who knows nothing of it. */
export const NOTHING: readonly string[] = ["I have nothing on that."];

/** The sentences that a question is answered with on 1 June 2026 by its owner's memories: what was told, among everyday lines. */
export async function answersTo(question: string, told: readonly Told[], language = "en"): Promise<readonly string[]> {
  const source = sourceOf([...told, ...FILLER], { nowMs: Date.UTC(2026, 5, 1, 9), language });
  return (await ask(source, { userId: OWNER, ceiling: 2, question })).sentences.map(({ text }) => text);
}
