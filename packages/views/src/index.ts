export { type AccountRights, accountRights } from "./relational/account-rights.ts";
export { type Database } from "./relational/database.ts";
export { viewErrors } from "./relational/errors.ts";
export { createPeopleStore, type PeopleStore } from "./relational/identity/query.ts";
export {
  listByTime,
  placeOf,
  type RowClause,
  type TimePage,
  type TimePageRequest,
  type TimePlace,
} from "./relational/memories/list.ts";
export { countBetween, sourcesIn, timeSpanOf } from "./relational/memories/timeline.ts";
export { type AgedMemory } from "./relational/memories/aged.ts";
export { type CorrectedMemory } from "./relational/memories/corrections.ts";
export { type AskedLevels, type DoubtedWords } from "./relational/memories/doubtful.ts";
export { createMemoryStore, type MemoryStore, type SealedVersion } from "./relational/memories/query.ts";
export { type SealedMemory } from "./relational/memories/rows.ts";
export {
  openPglite,
  type PgliteDatabase,
  type PgliteOptions,
  type PgliteOrigin,
  snapshotIn,
} from "./relational/pglite/open.ts";
export { prepareDatabase } from "./relational/pglite/prepared.ts";
export { openPostgres, type PostgresOptions } from "./relational/postgres.ts";
export { createRelationalView, RELATIONAL_VIEW } from "./relational/view.ts";
export { type DamagedPlace, verify, type Verification, type ViewVerification } from "./runner/verify.ts";
export type { FoldBatch, PositionedEvent, View, ViewCensus } from "./runner/view.ts";
export { ViewRunner, type ViewRunnerOptions, type ViewStatus } from "./runner/view-runner.ts";
export { type Watermark } from "./runner/watermarks.ts";
export { holdsWord, nameWords } from "./search/cues.ts";
export { type SearchDocument } from "./search/document.ts";
export { searchErrors } from "./search/errors.ts";
export { addFacets, type FacetCount, type Facets } from "./search/facets.ts";
export { type HasKind, type MeantPeople, type SearchFilters, type WhoIs } from "./search/filter.ts";
export { type DetectLanguage, languageOf, loadLanguage, termsOf } from "./search/languages.ts";
export { type ConversationSummary, listConversations, timesOf } from "./search/listing.ts";
export { parseQuery, type ParsedQuery } from "./search/query.ts";
export { type Qualifiers, readQualifiers } from "./search/qualifiers.ts";
export { type MemoryRow, type MemoryRows, type OpenRows, type SealedContent } from "./search/rows.ts";
export { type ScoreRecipe, type Signal, type WordWeight } from "./search/score.ts";
export { SearchView, type SearchViewOptions } from "./search/search-view.ts";
export { searchIndex, type SearchHit, type SearchResult, type SignalShare } from "./search/search.ts";
export { asksForSeveral } from "./search/several.ts";
export { formatSpan, type TimeMention, type TimePrecision, type TimeSpan } from "./search/time-span.ts";
export { findTimes } from "./search/times.ts";
export { UserIndex } from "./search/user-index.ts";
export { type DocumentEmbedder } from "./search/vector-filler.ts";
export { type QueryVector } from "./search/vectors.ts";
export { worldErrors } from "./world/errors.ts";
export {
  type EntityMentions,
  orderOf,
  type TakenMemory,
  UserWorld,
  type WorldMention,
  type WorldOwner,
} from "./world/user-world.ts";
export { type ReadDecision, type WorldReading } from "./world/world-reading.ts";
export type { WorldPart } from "./world/world-scope.ts";
export { WorldView, type WorldViewOptions } from "./world/world-view.ts";
