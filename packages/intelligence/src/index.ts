export { classifyByRules, type RuleOptions } from "./classify/classify-by-rules.ts";
export {
  type BadLine,
  classifyLines,
  type ClassifiedLine,
  type LineJudge,
  type LineResult,
} from "./classify/classify-lines.ts";
export { type FixtureHalf, fixtureHalf } from "./classify/fixture-halves.ts";
export { JudgeThread } from "./classify/judge-thread.ts";
export { type Correction, Lessons, LESSONS_MAX, wasTaught } from "./teach/lessons.ts";
export { type ConnectableMemory, connectMemory, type WorldChanges } from "./connect/connect-memory.ts";
export { type GraphEntity, type GraphRelation, graphOfWorld, type WorldGraph } from "./connect/world-graph.ts";
export {
  type Connection,
  type ConnectionReason,
  type Contradiction,
  decodeWorld,
  emptyWorld,
  encodeWorld,
  ME_ID,
  type Entity,
  type EntityType,
  type MergeProposal,
  type Relation,
  type World,
} from "./connect/world.ts";
export { isPlaceName, isShortFor, sexOfName } from "./extract/compile-lexicon.ts";
export { datesInText, extractFromText, mentionsIn, type ExtractOptions } from "./extract/extract.ts";
export {
  type Extraction,
  type Fact,
  ME,
  type Mention,
  type MentionKind,
  type RelationType,
} from "./extract/extraction.ts";
export { languageOfText } from "./language/language-of-text.ts";
export { Embedder, type EmbedderOptions, type EmbedderState, type EmbedOptions } from "./embed/embedder.ts";
export { embedErrors } from "./embed/errors.ts";
export { waitMsOf } from "./provider/failures.ts";
export { openaiProvider, type OpenaiOptions } from "./embed/providers/openai.ts";
export type { EmbedAnswer, EmbedProvider } from "./embed/providers/provider.ts";
export { Chat, type ChatMessage, type ChatOptions, type ChatState } from "./provider/chat.ts";
export type { Spent } from "./provider/daily-budget.ts";
export { providerErrors } from "./provider/errors.ts";
export {
  askForLevels,
  JUDGED_LENGTH_MAX,
  JUDGED_TEXTS_MAX,
  joinVerdict,
  type ProviderVerdict,
  wasAsked,
} from "./classify/ask-provider.ts";
