/** Invented documents for the tests of this folder. */
import { type ConversationId, idFromBytes, type MemoryId } from "@kaelix/model";

import type { SearchDocument } from "./document.ts";
import { UserIndex } from "./user-index.ts";

const START_MS = Date.UTC(2024, 11, 12, 18);

/** The id of the memory of a number. */
export function memoryId(number: number): MemoryId {
  return idFromBytes("mem", new Uint8Array(16).fill(number & 255, 15).fill(number >> 8, 14, 15));
}

/** The id of the conversation of a number. */
export function conversationId(number: number): ConversationId {
  return idFromBytes("con", new Uint8Array(16).fill(number, 15));
}

/** A document of a number: a minute after the one before, everything else plain. */
export function makeDocument(number: number, text: string, more: Partial<SearchDocument> = {}): SearchDocument {
  return {
    memoryId: memoryId(number),
    conversationId: conversationId(1),
    text,
    occurredAtMs: START_MS + number * 60_000,
    recordedAtMs: START_MS,
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

/** An index of documents, in English. */
export function makeIndex(documents: readonly SearchDocument[]): UserIndex {
  const index = new UserIndex({ detectLanguage: () => "en" });
  for (const document of documents) index.put(document);
  return index;
}
