/** How secret is what is told: what a person chose, else what was judged where it comes from, else what the rules say. Pure. */
import { classifyByRules, type Lessons } from "@kaelix/intelligence";
import type { Classification, MemoryDraft } from "@kaelix/model";

import { wordsOfContext } from "./context-words.ts";

/** What a person chose, level 4: so stands whatever a browser sealed. */
export const SEALED_BY_OWNER: Classification = { level: 4, confidence: 1, decidedBy: "person", reasons: [] };

/** What a level is decided from. */
type Said = Pick<MemoryDraft, "text" | "clientSealed" | "caption" | "level" | "context" | "judged">;

/** Decides the level of what is said, as its owner taught. A person's choice stands as it is. */
export function judge(said: Said, lessons?: Lessons): Classification {
  if (said.clientSealed !== undefined) return SEALED_BY_OWNER;
  if (said.level !== undefined) return { level: said.level, confidence: 1, decidedBy: "person", reasons: [] };
  if (said.judged !== undefined) return said.judged;
  const text = textToJudge(said);
  const byRules = classifyByRules(text);
  return lessons?.adjust(text, byRules) ?? byRules;
}

/** Whether nobody but the rules says how secret it is. */
export function isForRules(said: Said): boolean {
  return said.clientSealed === undefined && said.level === undefined && said.judged === undefined;
}

/** What the rules read: the text and the words that came with it. */
export function textToJudge(said: Said): string {
  const context = said.context === undefined ? "" : wordsOfContext(said.context);
  return [said.text, said.caption ?? "", context].filter((part) => part !== "").join("\n");
}
