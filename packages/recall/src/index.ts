export type { Answer, AnswerReason, AnswerSentence, AskRequest, Citation, QuotedTime } from "./answer.ts";
export { ask, QUESTION_LENGTH_MAX } from "./ask.ts";
export { type EvidenceWeights } from "./evidence.ts";
export { type DatasetProblem, type DatasetResult, readDataset } from "./measure/dataset.ts";
export {
  type Digest,
  type DigestEvidence,
  type DigestKind,
  type DigestLine,
  type DigestOutcome,
  type DigestRequest,
  type DigestSection,
  makeDigest,
} from "./digest/digest.ts";
export { type Measured, type MeasuredQuestion, measureRecall } from "./measure/measure.ts";
export { type MeasuredRow } from "./measure/metrics.ts";
export { type RecallHit, type RecallSearchRequest, type RecallSearchResult, searchMemories } from "./search.ts";
export { SharedIndexes, type SharedPart } from "./shared-indexes.ts";
export type { RecallScope, RecallSource, SharedScope } from "./source.ts";
export type { Reason } from "./why.ts";
