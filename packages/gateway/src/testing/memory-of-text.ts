import type { RandomSource } from "@kaelix/base";
import { makeId, type Memory } from "@kaelix/model";

import type { PlacedMemory } from "../application.ts";

/** A memory that says just this. */
export function memoryOfText(text: string, random: RandomSource): PlacedMemory {
  const memory: Memory = {
    memoryId: makeId("mem", 1, random),
    userId: makeId("usr", 1, random),
    version: 1,
    level: 1,
    levelDecidedBy: "rule",
    confidence: 1,
    source: "chat",
    conversationId: null,
    importId: null,
    occurredAtMs: 0,
    recordedAtMs: 0,
    text,
    reasons: [],
  };
  return { memory, position: { topic: "memories", partition: 0, offset: 0 }, searchable: true };
}
