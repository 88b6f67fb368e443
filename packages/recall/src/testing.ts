/** Memories of one person as recall's source, for tests. */
import { idFromBytes, type UserId } from "@kaelix/model";
import { UserIndex } from "@kaelix/views";

import type { RecallSource } from "./source.ts";

/** Whose memories they are. */
export const OWNER: UserId = idFromBytes("usr", new Uint8Array(16).fill(1));

/** What was told, at noon of a day ("2024-05-30"). */
export interface Told {
  readonly on: string;
  readonly text: string;
  readonly speaker?: string;
}

/** A source that holds what was told, in one language, asked at `nowMs`. */
export function sourceOf(
  told: readonly Told[],
  { language = "en", nowMs }: { readonly language?: string; readonly nowMs: number },
): RecallSource {
  const index = new UserIndex({ detectLanguage: () => language });
  for (const [at, { on, text, speaker }] of told.entries()) {
    const occurredAtMs = Date.parse(`${on}T12:00:00Z`);
    index.put({
      memoryId: idFromBytes("mem", new Uint8Array(16).fill(at + 1, 15)),
      conversationId: null,
      text,
      ...(speaker === undefined ? {} : { speaker }),
      occurredAtMs,
      recordedAtMs: occurredAtMs,
      level: 1,
      source: "chat",
      importId: null,
      version: 1,
      offset: at,
      firstOffset: at,
      lastOffset: at,
    });
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
