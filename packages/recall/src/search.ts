/**
 * Search over a person's memories: indexed ones, those that an unlocked session opened for this request, and those that were shared.
 *
 * Guarantees: nothing above the ceiling is a hit, is counted or stands in a facet; hits come best first and each says why and whose it is;
 * what one owner told weighs in no score of another's.
 * It does not: know who is asking or by which door; whoever calls has decided that the ceiling is theirs.
 */
import type { LogPosition } from "@kaelix/base";
import { type Level, LEVEL_INDEXED_MAX, TOPICS, type UserId } from "@kaelix/model";
import {
  addFacets,
  type Facets,
  languageOf,
  loadLanguage,
  type ParsedQuery,
  type Qualifiers,
  type QueryVector,
  readQualifiers,
  type ScoreRecipe,
  type SearchDocument,
  type SearchFilters,
  type SearchHit,
  searchIndex,
  type SearchResult,
  UserIndex,
  type WhoIs,
  type WordWeight,
} from "@kaelix/views";

import { whoIs } from "./people/who-is.ts";
import type { QueryMeaning, RecallScope, RecallSource } from "./source.ts";
import { type Reason, wordReasons } from "./why.ts";

/** Hits that one request may ask for. */
const SEARCH_LIMIT_MAX = 200;
const SEARCH_LIMIT_DEFAULT = 20;

/** What is looked for. */
export interface RecallSearchRequest extends RecallScope {
  /**
   * Words, "phrases", -exclusions, begin*; `person:` (who said it or is named) `from:` (who said it) `source:` `level:` `has:` `before:`
   * `after:` `on:`, with - before them what to leave out; times ("last summer"), which weigh beside words and narrow alone. Empty lists
   * everything by time.
   */
  readonly text: string;
  readonly filters?: SearchFilters;
  /** 1 to `SEARCH_LIMIT_MAX`; default 20. */
  readonly limit?: number;
  /** Hits to leave out before them; default 0. */
  readonly skip?: number;
  /** True while the last word is being typed. */
  readonly prefixLast?: boolean;
  /** True: words alone count, not what the text means; what tells of nearly the same only beside a word that no memory holds. */
  readonly byWords?: boolean;
  /** Other weights than those shipped; for measuring. */
  readonly recipe?: ScoreRecipe;
}

/** Whether meaning was compared: `none` when no provider is there, nothing has a vector yet, or there is nothing to ask. */
export type MeaningOutcome = "used" | "none" | "late" | "down" | "withheld";

/** A memory that was found. */
export interface RecallHit extends SearchHit {
  /** Whose it is. */
  readonly owner: UserId;
  /** The log record it comes from. */
  readonly position: LogPosition;
  /** The same as `why`, in words. */
  readonly reasons: readonly Reason[];
}

/** What was found. */
export interface RecallSearchResult {
  readonly hits: readonly RecallHit[];
  readonly total: number;
  /** Of them, how many are whose. */
  readonly totals: ReadonlyMap<UserId, number>;
  readonly facets: Facets;
  readonly words: readonly WordWeight[];
  /** How the text was understood. */
  readonly query: ParsedQuery;
  /** What of the text narrowed the search, and what should have and could not. */
  readonly qualifiers: Qualifiers;
  readonly meaning: MeaningOutcome;
  readonly tookMs: number;
  /** Everything below this position was searched. */
  readonly asOf: LogPosition;
}

/** One index that is asked, and whose it is. */
interface AskedIndex {
  readonly owner: UserId;
  readonly index: UserIndex;
  /** Whom names mean there; "Mum" is the asker's own, not that of who shared something. */
  readonly whoIs?: WhoIs;
}

/** Searches a person's memories, and what others have shared with them. */
export async function searchMemories(source: RecallSource, request: RecallSearchRequest): Promise<RecallSearchResult> {
  const startMs = source.monotonicMs();
  const { userId } = request;
  const partition = source.partitionOf(userId);
  const index = request.withoutOwn === true ? noDocuments(source) : await source.index(userId);
  const nextOffset = await source.nextOffset(partition);
  const nowMs = source.nowMs();
  const meantBy = await whoIsMeant(source, request, nowMs);
  const asked: AskedIndex[] = [{ owner: userId, index, ...meantBy }];
  const own = request.withoutOwn === true ? undefined : await indexUnlocked(source, request.unlocked, request.ceiling);
  if (own !== undefined) asked.push({ owner: userId, index: own, ...meantBy });
  for (const shared of request.shared ?? []) {
    const { owner } = shared;
    asked.push({ owner, index: shared.index });
    const unlocked = await indexUnlocked(source, shared.unlocked, request.ceiling);
    if (unlocked !== undefined) asked.push({ owner, index: unlocked });
  }
  const meant = await meaningOfText(source, request, asked, nowMs);
  const vector = meant?.type === "meant" ? meant.meaning : undefined;
  const found = searchAll(asked, request, { nowMs, ...(vector === undefined ? {} : { meaning: vector }) });
  const asOf = { topic: TOPICS.memories.name, partition, offset: nextOffset };
  const hits = found.hits.map((hit) => ({
    ...hit,
    position: positionOf(hit.document, hit.owner === userId ? partition : source.partitionOf(hit.owner)),
    reasons: wordReasons(hit, found),
  }));
  const meaning = meant === undefined ? "none" : meant.type === "meant" ? "used" : meant.why;
  return { ...found, hits, meaning, tookMs: source.monotonicMs() - startMs, asOf };
}

/** What the text means, when somebody can tell and something can be compared with it: a query is not sent out for nothing. */
async function meaningOfText(
  source: RecallSource,
  request: RecallSearchRequest,
  asked: readonly AskedIndex[],
  nowMs: number,
): Promise<QueryMeaning | undefined> {
  if (source.embedQuery === undefined || request.byWords === true) return undefined;
  const text = readQualifiers(request.text, nowMs).rest.trim();
  const hasVectors = asked.some(({ index }) => index.hasVectors(request.ceiling));
  return text === "" || !hasVectors ? undefined : await source.embedQuery(text, request.userId);
}

/** Whom the names that narrow a search mean in the world of whoever asks; where that cannot be read now, speakers called so. */
async function whoIsMeant(
  source: RecallSource,
  { ceiling, filters, text, userId, withoutOwn }: RecallSearchRequest,
  nowMs: number,
): Promise<Pick<AskedIndex, "whoIs">> {
  const all = [filters ?? {}, ...readQualifiers(text, nowMs).qualifiers.filters];
  const names = new Set(all.flatMap(({ people = [], persons = [] }) => [...people, ...persons]));
  if (source.worldSoon === undefined || withoutOwn === true || names.size === 0) return {};
  const reading = await source.worldSoon(userId, ceiling).catch(() => undefined);
  if (reading === undefined) return {};
  const meant = [...names].flatMap((name) => {
    const found = whoIs(reading, name);
    return found === undefined ? [] : [[name, found] as const];
  });
  return { whoIs: new Map(meant) };
}

function noDocuments({ detectLanguage }: RecallSource): UserIndex {
  return new UserIndex({ detectLanguage });
}

/** The log position of a document. */
export function positionOf(document: SearchDocument, partition: number): LogPosition {
  return { topic: TOPICS.memories.name, partition, offset: document.offset };
}

/** Unlocked memories as an index of their own, for one request; undefined when there are none to see. */
async function indexUnlocked(
  source: RecallSource,
  unlocked: readonly SearchDocument[] | undefined,
  ceiling: Level,
): Promise<UserIndex | undefined> {
  const visible = (unlocked ?? []).filter(
    (document) => document.level > LEVEL_INDEXED_MAX && document.level <= ceiling,
  );
  if (visible.length === 0) return undefined;
  const index = new UserIndex({ detectLanguage: source.detectLanguage });
  for (const document of visible) {
    await loadLanguage(languageOf(document.text, source.detectLanguage));
    index.put(document);
  }
  return index;
}

interface FoundInAll extends SearchResult {
  readonly hits: readonly (SearchHit & { readonly owner: UserId })[];
  readonly totals: ReadonlyMap<UserId, number>;
}

/** All indexes asked alike; scores are shares of what a query can reach, so hits of all stand in one order. */
function searchAll(
  indexes: readonly AskedIndex[],
  request: RecallSearchRequest,
  more: { readonly nowMs: number; readonly meaning?: QueryVector },
): FoundInAll {
  const limit = Math.max(1, Math.min(SEARCH_LIMIT_MAX, request.limit ?? SEARCH_LIMIT_DEFAULT));
  const skip = Math.max(0, request.skip ?? 0);
  const isOne = indexes.length === 1;
  const asked = {
    text: request.text,
    ceiling: request.ceiling,
    facets: true,
    ...more,
    ...(request.filters === undefined ? {} : { filters: request.filters }),
    ...(request.prefixLast === undefined ? {} : { prefixLast: request.prefixLast }),
    ...(request.recipe === undefined ? {} : { recipe: request.recipe }),
    ...(request.byWords === undefined ? {} : { byWords: request.byWords }),
    ...(isOne ? { limit, skip } : { limit: skip + limit }),
  };
  const parts = indexes.map(({ owner, index, whoIs: meant }) => {
    return { owner, result: searchIndex(index, { ...asked, ...(meant === undefined ? {} : { whoIs: meant }) }) };
  });
  const all = parts.flatMap(({ owner, result }) => result.hits.map((hit) => ({ ...hit, owner })));
  // One index gives its hits in order.
  const hits = isOne
    ? all
    : all
        .sort((left, right) => right.score - left.score || right.document.occurredAtMs - left.document.occurredAtMs)
        .slice(skip, skip + limit);
  const lead = leadOf(parts.map(({ result }) => result));
  const totals = new Map<UserId, number>();
  for (const { owner, result } of parts) totals.set(owner, (totals.get(owner) ?? 0) + result.total);
  return {
    hits,
    total: parts.reduce((sum, { result }) => sum + result.total, 0),
    totals,
    facets: parts.map(({ result }) => result.facets).reduce((left, right) => addFacets(left, right)),
    words: wordsOfAll(
      lead,
      parts.map(({ result }) => result),
    ),
    query: lead.query,
    qualifiers: lead.qualifiers,
  };
}

/** The result whose reading of the text counts for all: that with the best hit, and the first among equals. */
function leadOf([first, ...others]: readonly SearchResult[]): SearchResult {
  if (first === undefined) throw new Error("One index at least is asked");
  const best = (result: SearchResult): number => result.hits[0]?.score ?? -1;
  return others.reduce((lead, result) => (best(result) > best(lead) ? result : lead), first);
}

/** The words of one result, with the documents of all. */
function wordsOfAll(lead: SearchResult, all: readonly SearchResult[]): readonly WordWeight[] {
  return lead.words.map((weighed) => {
    const others = all.flatMap(({ words }) => words.find(({ word }) => word === weighed.word)?.documents ?? 0);
    return { ...weighed, documents: others.reduce((sum, count) => sum + count, 0) };
  });
}
