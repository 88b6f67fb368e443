export type { SearchDocument } from "./document.ts";
export { addFacets, type FacetCount, type Facets, NO_FACETS } from "./facets.ts";
export type { SearchFilters } from "./filter.ts";
export type { TextRange } from "./highlight.ts";
export {
  type DetectLanguage,
  isLanguageLoaded,
  type Language,
  languageOf,
  loadLanguage,
  termsOf,
} from "./languages.ts";
export {
  type ConversationSummary,
  listConversations,
  listDocuments,
  type ListPage,
  type ListRequest,
  type TimeCursor,
} from "./listing.ts";
export { type NamedDate, type ParsedQuery, parseQuery, type QuestionKind, type QueryWord } from "./query.ts";
export {
  type Candidates,
  scoreCandidates,
  type ScoreRecipe,
  type ScoreShape,
  type Signal,
  SIGNAL_COUNT,
  SIGNALS,
  type WordWeight,
} from "./score.ts";
export {
  type HitReason,
  searchIndex,
  type SearchHit,
  type SearchRequest,
  type SearchResult,
  type SignalShare,
} from "./search.ts";
export { searchErrors } from "./errors.ts";
export { SearchView, type SearchViewOptions } from "./search-view.ts";
export type { MemoryRow, MemoryRows, OpenRows, SealedContent } from "./rows.ts";
export { UserIndex, type UserIndexOptions } from "./user-index.ts";
export { SHIPPED_RECIPE } from "./weights.ts";
