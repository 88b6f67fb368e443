export { type Answer, type AnswerReason, type AnswerSentence, ask, type AskRequest, type Citation } from "./ask.ts";
export { type RecallHit, type RecallSearchRequest, type RecallSearchResult, searchMemories } from "./search.ts";
export type { RecallScope, RecallSource } from "./source.ts";
export type { Reason } from "./why.ts";
