export type { Answer, AnswerReason, AnswerSentence, AskRequest, Citation, QuotedTime } from "./answer.ts";
export { ask, QUESTION_LENGTH_MAX } from "./ask.ts";
export { type EvidenceWeights } from "./evidence.ts";
export { type RecallHit, type RecallSearchRequest, type RecallSearchResult, searchMemories } from "./search.ts";
export type { RecallScope, RecallSource } from "./source.ts";
export type { Reason } from "./why.ts";
