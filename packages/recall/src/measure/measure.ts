/**
 * Search and answers on a data set that somebody brings, with every question's own outcome: what `kaelix bench recall` prints.
 * The shipped weights, nothing fitted; what is measured is the product's own search and ask.
 */
import type { DetectLanguage, UserIndex } from "@kaelix/views";

import { answerAll, answerRows } from "./answers.ts";
import { askAll, figuresOf, indexConversation, kaelixRetriever } from "./harness.ts";
import type { Conversation } from "./locomo.ts";
import { type MeasuredRow, percentile, recallAt } from "./metrics.ts";

/** What became of one question; `value` is its recall@10 in percent. */
export interface MeasuredQuestion extends MeasuredRow {
  readonly conversation: string;
  readonly question: string;
  readonly category: string;
  readonly evidence: readonly string[];
  /** Ids found, best first, ten at most. */
  readonly found: readonly string[];
  readonly gold: string;
  readonly kind: "quoted" | "nothing";
  readonly answer: string;
  /** Ids cited. */
  readonly cited: readonly string[];
  /** Share of the gold answer's words that the answer shows; null where there is no gold answer. */
  readonly held: number | null;
  readonly confidence: number;
  readonly took_ms: number;
}

/** All of a run. */
export interface Measured {
  readonly rows: readonly MeasuredRow[];
  readonly questions: readonly MeasuredQuestion[];
}

/** Measures search and answers on conversations. */
export async function measureRecall(
  conversations: readonly Conversation[],
  detectLanguage: DetectLanguage,
): Promise<Measured> {
  const indexes: UserIndex[] = [];
  for (const conversation of conversations) indexes.push((await indexConversation(conversation, detectLanguage)).index);
  const nothing = { search: (): readonly string[] => [] };
  const asked = await askAll(conversations, (_conversation, at) => {
    const index = indexes[at];
    return index === undefined ? nothing : kaelixRetriever(index);
  });
  const answered = await answerAll(conversations, indexes, { detectLanguage });
  const rows: MeasuredRow[] = [...figuresOf(asked)].map(([name, value]) => ({ name, value, unit: unitOf(name) }));
  const tookMs = asked.map((one) => one.tookMs);
  rows.push({ name: "search p50", value: percentile(tookMs, 0.5), unit: "ms" });
  rows.push({ name: "search p95", value: percentile(tookMs, 0.95), unit: "ms" });
  rows.push(...answerRows(answered));
  rows.push({ name: "questions", value: asked.length, unit: "questions" });
  const known = conversations.map(({ turns }) => new Set(turns.map(({ id }) => id)));
  const missing = asked.flatMap(({ conversation, question }) =>
    question.evidence.filter((id) => known[conversation]?.has(id) !== true),
  );
  rows.push({ name: "evidence that is no memory", value: missing.length, unit: "ids" });
  const questions = answered.map(({ answer, question, held, conversation }, at): MeasuredQuestion => {
    const ranked = asked[at]?.ranked ?? [];
    return {
      name: `question ${at + 1}`,
      value: 100 * recallAt(ranked, question.evidence, 10),
      unit: "%",
      conversation,
      question: question.text,
      category: question.category,
      evidence: question.evidence,
      found: ranked.slice(0, 10),
      gold: question.answer,
      kind: answer.kind,
      answer: answer.sentences.map(({ text }) => text).join("\n"),
      cited: answer.citations.map(({ memoryId }) => memoryId),
      held: question.answer === "" ? null : held,
      confidence: answer.confidence,
      took_ms: asked[at]?.tookMs ?? 0,
    };
  });
  return { rows, questions };
}

function unitOf(name: string): string {
  return name === "mrr" || name === "ndcg@10" ? "" : "%";
}
