export {
  type Answer,
  type AnswerReason,
  type AnswerSentence,
  ask,
  type AskRequest,
  type Citation,
  COVERAGE_MIN,
} from "./ask.ts";
export {
  type RecallHit,
  type RecallSearchRequest,
  type RecallSearchResult,
  SEARCH_LIMIT_MAX,
  searchMemories,
} from "./search.ts";
export type { RecallScope, RecallSource } from "./source.ts";
