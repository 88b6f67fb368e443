/**
 * Search over a person's memories: indexed ones, and those that an unlocked session opened for this request.
 *
 * Guarantees: nothing above the ceiling is a hit, is counted or stands in a facet; hits come best first and each says why.
 * It does not: know who is asking or by which door; whoever calls has decided that the ceiling is theirs.
 */
import type { LogPosition } from "@kaelix/base";
import { LEVEL_INDEXED_MAX, TOPICS } from "@kaelix/model";
import {
  addFacets,
  type Facets,
  languageOf,
  loadLanguage,
  type ParsedQuery,
  type Qualifiers,
  type ScoreRecipe,
  type SearchDocument,
  type SearchFilters,
  type SearchHit,
  searchIndex,
  type SearchResult,
  UserIndex,
  type WordWeight,
} from "@kaelix/views";

import type { RecallScope, RecallSource } from "./source.ts";
import { type Reason, wordReasons } from "./why.ts";

/** Hits that one request may ask for. */
const SEARCH_LIMIT_MAX = 200;
const SEARCH_LIMIT_DEFAULT = 20;

/** What is looked for. */
export interface RecallSearchRequest extends RecallScope {
  /**
   * Words, "phrases", -exclusions, begin*; `person:` `source:` `level:` `has:` `before:` `after:` `on:`, with - before them what to leave
   * out; times ("last summer"), which weigh beside words and narrow alone. Empty lists everything by time.
   */
  readonly text: string;
  readonly filters?: SearchFilters;
  /** 1 to `SEARCH_LIMIT_MAX`; default 20. */
  readonly limit?: number;
  /** Hits to leave out before them; default 0. */
  readonly skip?: number;
  /** True while the last word is being typed. */
  readonly prefixLast?: boolean;
  /** Other weights than those shipped; for measuring. */
  readonly recipe?: ScoreRecipe;
}

/** A memory that was found. */
export interface RecallHit extends SearchHit {
  /** The log record it comes from. */
  readonly position: LogPosition;
  /** The same as `why`, in words. */
  readonly reasons: readonly Reason[];
}

/** What was found. */
export interface RecallSearchResult {
  readonly hits: readonly RecallHit[];
  readonly total: number;
  readonly facets: Facets;
  readonly words: readonly WordWeight[];
  /** How the text was understood. */
  readonly query: ParsedQuery;
  /** What of the text narrowed the search, and what should have and could not. */
  readonly qualifiers: Qualifiers;
  readonly tookMs: number;
  /** Everything below this position was searched. */
  readonly asOf: LogPosition;
}

/** Searches a person's memories. */
export async function searchMemories(source: RecallSource, request: RecallSearchRequest): Promise<RecallSearchResult> {
  const startMs = source.monotonicMs();
  const partition = source.partitionOf(request.userId);
  const index = await source.index(request.userId);
  const nextOffset = await source.nextOffset(partition);
  const unlocked = await indexUnlocked(source, request);
  const found = searchBoth({ index, unlocked }, request, source.nowMs?.() ?? Date.now());
  const hits = found.hits.map((hit) => ({
    ...hit,
    position: positionOf(hit.document, partition),
    reasons: wordReasons(hit, found),
  }));
  const asOf = { topic: TOPICS.memories.name, partition, offset: nextOffset };
  return { ...found, hits, tookMs: source.monotonicMs() - startMs, asOf };
}

/** The log position of a document. */
export function positionOf(document: SearchDocument, partition: number): LogPosition {
  return { topic: TOPICS.memories.name, partition, offset: document.offset };
}

/** The unlocked memories of a scope as an index of their own, for one request; undefined when there are none to see. */
async function indexUnlocked(source: RecallSource, scope: RecallScope): Promise<UserIndex | undefined> {
  const visible = (scope.unlocked ?? []).filter(
    (document) => document.level > LEVEL_INDEXED_MAX && document.level <= scope.ceiling,
  );
  if (visible.length === 0) return undefined;
  const index = new UserIndex({ detectLanguage: source.detectLanguage });
  for (const document of visible) {
    await loadLanguage(languageOf(document.text, source.detectLanguage));
    index.put(document);
  }
  return index;
}

/** Both indexes asked alike; scores are shares of what a query can reach, so hits of both stand in one order. */
function searchBoth(
  indexes: { readonly index: UserIndex; readonly unlocked: UserIndex | undefined },
  request: RecallSearchRequest,
  nowMs: number,
): SearchResult {
  const { index, unlocked } = indexes;
  const limit = Math.max(1, Math.min(SEARCH_LIMIT_MAX, request.limit ?? SEARCH_LIMIT_DEFAULT));
  const skip = Math.max(0, request.skip ?? 0);
  const asked = {
    text: request.text,
    ceiling: request.ceiling,
    facets: true,
    nowMs,
    ...(request.filters === undefined ? {} : { filters: request.filters }),
    ...(request.prefixLast === undefined ? {} : { prefixLast: request.prefixLast }),
    ...(request.recipe === undefined ? {} : { recipe: request.recipe }),
  };
  if (unlocked === undefined) return searchIndex(index, { ...asked, limit, skip });
  const open = searchIndex(index, { ...asked, limit: skip + limit });
  const secret = searchIndex(unlocked, { ...asked, limit: skip + limit });
  const hits = [...open.hits, ...secret.hits].sort(
    (left, right) => right.score - left.score || right.document.occurredAtMs - left.document.occurredAtMs,
  );
  return {
    hits: hits.slice(skip, skip + limit),
    total: open.total + secret.total,
    facets: addFacets(open.facets, secret.facets),
    words: open.words,
    query: open.query,
    qualifiers: open.qualifiers,
  };
}
