/**
 * A data set run through the real index: one index per conversation, each question asked inside its own.
 */
import type { ConversationId, MemoryId } from "@kaelix/model";

import {
  type DetectLanguage,
  languageOf,
  loadLanguage,
  type QueryVector,
  type ScoreRecipe,
  searchIndex,
  UserIndex,
} from "@kaelix/views";

import type { Conversation, Question } from "./locomo.ts";
import { DEPTHS, gainAt, mean, recallAt, reciprocalRank } from "./metrics.ts";

/** What one question found. */
export interface Asked {
  readonly conversation: number;
  readonly question: Question;
  /** Turn ids, best first, at most 50. */
  readonly ranked: readonly string[];
  readonly sessionIsRight: boolean;
  readonly tookMs: number;
}

/** Anything that can be asked for turns of one conversation. */
export interface Retriever {
  readonly search: (question: string) => Promise<readonly string[]> | readonly string[];
}

/** Depth that rankings are taken to. */
export const DEPTH_MAX = 50;

/** The index of one conversation, and how long each turn took to add, ms. */
export async function indexConversation(
  conversation: Conversation,
  detectLanguage: DetectLanguage = () => "en",
): Promise<{ readonly index: UserIndex; readonly addsMs: readonly number[] }> {
  const index = new UserIndex({ detectLanguage });
  for (const { text } of conversation.turns) await loadLanguage(languageOf(text, detectLanguage));
  const addsMs: number[] = [];
  for (const [offset, turn] of conversation.turns.entries()) {
    const startMs = performance.now();
    index.put({
      // The index compares ids and never reads them; the data set's own ids stand in, so that results need no table.
      memoryId: turn.id as MemoryId,
      conversationId: turn.session as ConversationId,
      ...(turn.speaker === undefined ? {} : { speaker: turn.speaker }),
      text: turn.text,
      ...(turn.caption === undefined ? {} : { caption: turn.caption }),
      occurredAtMs: turn.occurredAtMs,
      recordedAtMs: turn.occurredAtMs,
      level: 1,
      source: "jsonl",
      importId: null,
      version: 1,
      offset,
      firstOffset: offset,
      lastOffset: offset,
    });
    addsMs.push(performance.now() - startMs);
  }
  return { index, addsMs };
}

/** What a question means; undefined: its words alone. */
export type MeaningOf = (question: string) => QueryVector | undefined;

/** The product's search as a retriever. */
export function kaelixRetriever(index: UserIndex, recipe?: ScoreRecipe, meaningOf?: MeaningOf): Retriever {
  return {
    search: (question) => {
      const meaning = meaningOf?.(question);
      return searchIndex(index, {
        text: question,
        ceiling: 2,
        limit: DEPTH_MAX,
        ...(recipe === undefined ? {} : { recipe }),
        ...(meaning === undefined ? {} : { meaning }),
      }).hits.map((hit) => hit.document.memoryId);
    },
  };
}

/** Asks every question of every conversation. */
export async function askAll(
  conversations: readonly Conversation[],
  retrieverOf: (conversation: Conversation, at: number) => Promise<Retriever> | Retriever,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const [at, conversation] of conversations.entries()) {
    const retriever = await retrieverOf(conversation, at);
    const sessionOf = new Map(conversation.turns.map((turn) => [turn.id, turn.session]));
    for (const question of conversation.questions) {
      const startMs = performance.now();
      const ranked = await retriever.search(question.text);
      const tookMs = performance.now() - startMs;
      const sessions = new Set(question.evidence.map((id) => sessionOf.get(id)));
      const first = ranked[0];
      const sessionIsRight =
        question.evidence.length === 0 || (first !== undefined && sessions.has(sessionOf.get(first)));
      asked.push({ conversation: at, question, ranked, sessionIsRight, tookMs });
    }
  }
  return asked;
}

/** Figures of a run by name, in percent but for mrr and ndcg. */
export function figuresOf(asked: readonly Asked[]): Map<string, number> {
  const figures = new Map<string, number>();
  const over = (some: readonly Asked[], figure: (one: Asked) => number): number => mean(some.map(figure));
  for (const depth of DEPTHS) {
    figures.set(
      `recall@${depth}`,
      100 * over(asked, ({ ranked, question }) => recallAt(ranked, question.evidence, depth)),
    );
  }
  for (const category of [...new Set(asked.map(({ question }) => question.category))].sort()) {
    const some = asked.filter(({ question }) => question.category === category);
    const value = over(some, ({ ranked, question }) => recallAt(ranked, question.evidence, 10));
    figures.set(`recall@10/${category}`, 100 * value);
  }
  figures.set(
    "mrr",
    over(asked, ({ ranked, question }) => reciprocalRank(ranked, question.evidence)),
  );
  figures.set(
    "ndcg@10",
    over(asked, ({ ranked, question }) => gainAt(ranked, question.evidence, 10)),
  );
  figures.set("session-hit@1", 100 * over(asked, ({ sessionIsRight }) => (sessionIsRight ? 1 : 0)));
  return figures;
}
