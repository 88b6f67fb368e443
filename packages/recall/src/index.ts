export type { Answer, AnswerReason, AnswerSentence, AskRequest, Citation, QuotedTime } from "./answer.ts";
export { ask, QUESTION_LENGTH_MAX } from "./ask.ts";
export { proposedAfter, understandAfter } from "./follow-up/ask-after.ts";
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
export { Calendar, calendarOf, DAY_MS, formatDay } from "./digest/calendar.ts";
export { type NotUseful, topicOf } from "./digest/usefulness.ts";
export { type Measured, type MeasuredQuestion, measureRecall } from "./measure/measure.ts";
export { type MeasuredRow } from "./measure/metrics.ts";
export {
  type MeaningOutcome,
  type RecallHit,
  type RecallSearchRequest,
  type RecallSearchResult,
  searchMemories,
} from "./search.ts";
export { SharedIndexes, type SharedPart } from "./shared-indexes.ts";
export type { QueryMeaning, RecallScope, RecallSource, SharedScope } from "./source.ts";
export type { Reason } from "./why.ts";
export type { Evidence } from "./people/evidence.ts";
export { type LinkedMemory, linksOf, type MemoryLinks } from "./people/connections.ts";
export type { PersonFact } from "./people/facts.ts";
export { graphAround, type GraphEdge, type GraphNode, type GraphOutcome } from "./people/graph.ts";
export {
  type DecisionView,
  judgeWish,
  listMerges,
  type Merges,
  type MergeProposalView,
  type MergeWish,
} from "./people/merges.ts";
export type { Named } from "./people/names.ts";
export type { Somebody } from "./people/people.ts";
export {
  listPeople,
  type NearNamed,
  type PeopleList,
  personPage,
  type PersonPage,
  type ToldDifferently,
} from "./people/person.ts";
export type { PeopleScope, PeopleSource } from "./people/source.ts";
export {
  type AboutSet,
  type CountedSubject,
  type KeptSubject,
  type Subject,
  type SubjectId,
  type SubjectLevel,
  type SubjectRequest,
  Subjects,
} from "./people/subjects.ts";
export { type DayLine, dayLines, dayPrompt } from "./writing/day-prose.ts";
export { LineReader } from "./writing/line-reader.ts";
export { type WritingPassage, writingPrompt } from "./writing/passages.ts";
