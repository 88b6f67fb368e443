/** Memories as the gateway asks for them: telling and changing through capture, reading through rows, recall through the index. */
import type { LogPosition } from "@kaelix/base";
import {
  type Changed,
  type Changes,
  type MemoryTarget,
  type FileUploads,
  type Remember,
  type SealChange,
} from "@kaelix/capture";
import type {
  AnswerOutcome,
  ChangeOutcome,
  ConversationSummary,
  ListRequest,
  MemoryApplication,
  MemoryMove,
  MemoryVersion,
  PageOf,
  PlacedMemory,
  Reach,
  RecallFilter,
  RememberOutcome,
  SearchOutcome,
} from "@kaelix/gateway";
import {
  type FileDraft,
  type FileId,
  isIndexed,
  LEVEL_INDEXED_MAX,
  levelName,
  type Memory,
  type MemoryDraft,
  type MemoryId,
  TOPICS,
  type UserId,
  type UserPrincipal,
} from "@kaelix/model";
import {
  ask,
  proposedAfter,
  type RecallScope,
  searchMemories,
  type SharedIndexes,
  type SharedScope,
  understandAfter,
} from "@kaelix/recall";
import { isWithinReach, type Keystore } from "@kaelix/security";
import {
  type Database,
  type Facets,
  listByTime,
  listConversations,
  type MemoryStore,
  placeOf,
  type SealedMemory,
  type SearchDocument,
  type SearchFilters,
  type TimePage,
  type TimePageRequest,
} from "@kaelix/views";

import { narrowed } from "./as-of.ts";
import { decodeCountCursor, decodeTimeCursor, encodeCountCursor, encodeTimeCursor } from "./cursor.ts";
import { ownerOf } from "./imports-application.ts";
import { isVisible, memoryOf, openRows, reachesRow, withinReach } from "./open-memories.ts";
import { narrowProgram, type ProgramReach } from "./program-reach.ts";
import type { ProposedWrites } from "./review/proposed-writes.ts";
import { type OpenShares, openShares, type SharesSource } from "./sharing/open-shares.ts";
import { joinPages, markedFor, ownersOf, saidBy, summariesOf } from "./sharing/shared-lists.ts";

/** What it is wired from. */
export interface MemoryParts {
  readonly remember: Remember;
  readonly uploads: Pick<FileUploads, "drafts" | "told">;
  readonly changes: Changes;
  readonly store: MemoryStore;
  readonly database: Database;
  readonly keystore: Keystore;
  readonly reach: ProgramReach;
  readonly sharedIndexes: SharedIndexes;
  readonly shares: SharesSource;
  /** What programs may not write alone. */
  readonly proposed: Pick<ProposedWrites, "take">;
  /** True when search has folded a position. */
  readonly isSearched: (position: LogPosition) => boolean;
}

const EXPORT_PAGE = 500;
/** Rows that are opened at once for a page of what a program reaches. */
const SCANNED = 200;

/** The application's side of memories. */
export class Memories implements MemoryApplication {
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  get #sharedIndexes(): SharedIndexes {
    return this.#parts.sharedIndexes;
  }

  async remember(
    principal: UserPrincipal,
    told: MemoryDraft,
    uploads: readonly FileId[] = [],
  ): Promise<RememberOutcome> {
    const draft = withFiles(told, this.#parts.uploads.drafts(ownerOf(principal), uploads));
    if (await this.#parts.proposed.take(principal, draft)) return { type: "proposed" };
    const [result] = await this.#parts.remember.remember(ownerOf(principal), [draft]);
    if (result === undefined) throw new Error("One draft has one result");
    if (result.type === "stored") {
      await this.#parts.uploads.told(uploads);
      return { type: "stored", placed: this.#placed(result.memory, result.position) };
    }
    if (result.type === "conflict") return { type: "conflict", memoryId: result.memoryId };
    // The person has just said it themself: they may see it, whatever the session is open to.
    const known = await this.read({ ...principal, ceiling: 4 }, result.memoryId);
    return known === undefined ? { type: "conflict", memoryId: result.memoryId } : { type: "known", placed: known };
  }

  async read(principal: UserPrincipal, id: MemoryId, reach?: Reach): Promise<PlacedMemory | undefined> {
    await this.#parts.remember.written(principal.userId);
    const row = await this.#parts.store.memory(principal.userId, id);
    if (isVisible(row, principal)) return (await this.#openAll(principal, [row]))[0];
    const shares = await openShares(this.#parts.shares, { principal, action: "memory.read", reach });
    for (const { owner } of shares.owners) {
      await this.#parts.remember.written(owner);
      const shared = await this.#parts.store.memory(owner, id);
      if (shared !== undefined) return (await this.#openAll(principal, [shared], shares))[0];
    }
    return undefined;
  }

  async list(principal: UserPrincipal, request: ListRequest, reach?: Reach): Promise<PageOf<PlacedMemory>> {
    const shares = await openShares(this.#parts.shares, { principal, action: "memory.list", reach });
    const whose = [...(shares.isAlone ? [] : [principal.userId]), ...shares.owners.map(({ owner }) => owner)];
    for (const owner of whose) await this.#parts.remember.written(owner);
    const { limit, cursor, ...narrow } = request;
    const asked = { ...narrow, ...(reach === undefined ? {} : { owner: reach.owner }) };
    const filter = JSON.stringify(Object.entries(asked).toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const from = cursor === undefined ? undefined : decodeTimeCursor(cursor, filter);
    const wanted = { ...narrow, limit, ceiling: principal.ceiling, ...(from === undefined ? {} : { from }) };
    const mayRecall = { ...wanted, neverRecalled: "without" } as const;
    const { database } = this.#parts;
    const ownPage = (): Promise<TimePage> =>
      narrowProgram(principal) === undefined
        ? listByTime(database, principal.userId, wanted)
        : this.#reachedPage(principal, mayRecall);
    // What is never recalled is listed for whose it is, in person.
    const isKept = request.neverRecalled === "only";
    const pages = await Promise.all([
      ...(shares.isAlone || (isKept && principal.program !== undefined) ? [] : [ownPage()]),
      ...(isKept ? [] : shares.owners).map((open) =>
        listByTime(database, open.owner, { ...mayRecall, anyOf: shares.rowClausesOf(open) }),
      ),
    ]);
    const page = joinPages(pages, wanted);
    const first = page.rows[0];
    const last = page.rows.at(-1);
    return {
      items: await this.#openAll(principal, page.rows, shares),
      next: page.hasOlder && last !== undefined ? encodeTimeCursor(placeOf(last), "older", filter) : null,
      previous: page.hasNewer && first !== undefined ? encodeTimeCursor(placeOf(first), "newer", filter) : null,
    };
  }

  async versions(principal: UserPrincipal, id: MemoryId): Promise<readonly MemoryVersion[] | undefined> {
    await this.#parts.remember.written(principal.userId);
    const row = await this.#parts.store.memory(principal.userId, id);
    if (!isVisible(row, principal) || !(await reachesRow(this.#parts.keystore, principal, row))) return undefined;
    const versions = await this.#parts.store.versions(principal.userId, id);
    const sealed = versions.map((version) => ({ ...version, userId: principal.userId, memoryId: id }));
    const contents = await openRows(this.#parts.keystore, sealed);
    return versions.map((version, index) => {
      const { change, level, levelDecidedBy, atMs } = version;
      const content = level > principal.ceiling ? undefined : withinReach(principal, contents[index]);
      return {
        version: version.version,
        change,
        text: content?.clientSealed === undefined ? (content?.text ?? null) : null,
        ...(content?.clientSealed === undefined ? {} : { clientSealed: content.clientSealed }),
        level,
        levelDecidedBy,
        atMs,
        position: positionAt(row.partition, version.offset),
        ...(content?.client === undefined ? {} : { client: content.client }),
        ...(content?.changeReason === undefined ? {} : { reason: content.changeReason }),
      };
    });
  }

  async edit(
    principal: UserPrincipal,
    id: MemoryId,
    change: Parameters<MemoryApplication["edit"]>[2],
    expectedVersion: number,
  ): Promise<ChangeOutcome> {
    const target = { ...targetOf(principal, id), expectedVersion };
    if (change.clientSealed !== undefined)
      return this.#outcome(await this.#parts.changes.reseal(target, change.clientSealed));
    // What a program changes can always be put back: the states before it stay readable.
    const kept = { ...change, keepsLevel: change.client !== undefined };
    return this.#outcome(await this.#parts.changes.edit(target, kept));
  }

  async move(...[principal, id, move, expectedVersion]: Parameters<MemoryApplication["move"]>): Promise<ChangeOutcome> {
    const target = { ...targetOf(principal, id), expectedVersion };
    return this.#outcome(await this.#parts.changes.move(target, move.level, sealChangeOf(move)));
  }

  async forget(principal: UserPrincipal, id: MemoryId, expectedVersion: number): Promise<ChangeOutcome> {
    return this.#outcome(await this.#parts.changes.forget({ ...targetOf(principal, id), expectedVersion }));
  }

  async decideRecall(...given: Parameters<MemoryApplication["decideRecall"]>): Promise<ChangeOutcome> {
    const [principal, id, never, expectedVersion] = given;
    const target = { ...targetOf(principal, id), expectedVersion };
    return this.#outcome(await this.#parts.changes.decideRecall(target, never));
  }

  async restore(principal: UserPrincipal, id: MemoryId): Promise<ChangeOutcome> {
    return this.#outcome(await this.#parts.changes.restore(targetOf(principal, id)));
  }

  async conversations(
    principal: UserPrincipal,
    request: { readonly limit: number; readonly cursor?: string },
    reach?: Reach,
  ): Promise<PageOf<ConversationSummary>> {
    const shares = await openShares(this.#parts.shares, { principal, action: "memory.list", reach });
    const skip = request.cursor === undefined ? 0 : decodeCountCursor(request.cursor);
    const all = shares.isAlone
      ? []
      : summariesOf(await this.#parts.reach.source(principal).index(principal.userId), principal.ceiling, () => ({}));
    for (const open of shares.owners) {
      const index = await this.#sharedIndexes.index(shares.partOf(open));
      const shared = summariesOf(index, principal.ceiling, (last) => {
        const mark = shares.markOf(open, last);
        return mark && { shared: mark };
      });
      all.push(...shared);
    }
    all.sort((left, right) => right.lastAtMs - left.lastAtMs);
    const items = all.slice(skip, skip + request.limit);
    const next = skip + request.limit < all.length ? encodeCountCursor(skip + request.limit) : null;
    return { items, next, previous: skip > 0 ? encodeCountCursor(Math.max(0, skip - request.limit)) : null };
  }

  async search(...[principal, request, reach]: Parameters<MemoryApplication["search"]>): Promise<SearchOutcome> {
    const shares = await openShares(this.#parts.shares, { principal, action: "memory.search", reach });
    const recall = this.#parts.reach.source(principal);
    const scope = await this.#scope(principal, shares);
    const found = await searchMemories(recall, {
      ...scope,
      text: request.query,
      ...narrowed(filtersOf(request.filter), request.asOf, recall.partitionOf(principal.userId)),
      limit: request.limit,
      skip: request.offset,
    });
    const hits = found.hits.flatMap((hit) => {
      const { document: memory, position, score, highlights, reasons: why } = hit;
      if (hit.owner === principal.userId && !isWithinReach(principal.program, memory.namespace ?? null)) return [];
      const marked = markedFor(principal, shares, hit.owner, memory);
      return marked === undefined ? [] : [{ ...marked, memory, position, score, highlights, why }];
    });
    const facets = request.facets ? await this.#facetsOf(principal, found.facets, scope) : null;
    const owners = facets === null || shares.owners.length === 0 ? {} : { owners: ownersOf(shares, found.totals) };
    const { meaning, qualifiers, tookMs, total } = found;
    const meant = meaning === "none" ? {} : { meaning };
    return { hits, total, facets, ...owners, problems: qualifiers.problems, ...meant, tookMs };
  }

  async ask(...[principal, request, reach]: Parameters<MemoryApplication["ask"]>): Promise<AnswerOutcome> {
    const shares = await openShares(this.#parts.shares, { principal, action: "memory.ask", reach });
    const recall = this.#parts.reach.source(principal);
    const said = {
      ...(await this.#scope(principal, shares)),
      question: request.question,
      ...narrowed(filtersOf(request.filter), request.asOf, recall.partitionOf(principal.userId)),
    };
    const meant = await understandAfter(recall, said, request.after ?? []);
    // What a memory lent to the question is the memory's, which may not be sent out as what was typed may.
    const asked = { ...said, question: meant?.text ?? said.question, byWords: meant?.lender !== undefined };
    const answer = await ask(recall, asked);
    const remarks = {
      ...(meant === undefined ? {} : { understoodAs: meant.text }),
      ...(meant?.lender === undefined ? {} : { understoodFrom: meant.lender }),
      ...(request.proposes === true ? { proposed: await proposedAfter(recall, asked, answer) } : {}),
    };
    const placed = await this.#placedById(principal, shares, answer.citations);
    const citations = answer.citations.flatMap((citation) => {
      const memory = placed.get(citation.memoryId);
      const isSame = memory?.memory.text.slice(...citation.quote) === citation.text;
      if (memory === undefined || !isSame) return [];
      const { n: number, text: quote, quote: range, best, times, reasons: why } = citation;
      return [{ number, placed: memory, quote, range, best, times, why }];
    });
    // A memory that changed while it was read is quoted by nothing.
    const cited = new Set(citations.map(({ number }) => number));
    const sentences = answer.sentences.filter(
      (sentence) => answer.kind === "nothing" || sentence.citations.some((number) => cited.has(number)),
    );
    const text = sentences.map((sentence) => sentence.text).join(" ");
    const { kind, confidence, hasConflict } = answer;
    return { kind, text, sentences, citations, hasConflict, confidence, ...remarks, tookMs: answer.why.tookMs };
  }

  async *exportAll(principal: UserPrincipal): AsyncIterable<PlacedMemory> {
    await this.#parts.remember.written(principal.userId);
    for await (const rows of this.#parts.store.rowsOf(principal.userId, -1)) {
      const visible = rows.filter((row) => isVisible(row, principal));
      for (let at = 0; at < visible.length; at += EXPORT_PAGE) {
        yield* await this.#openAll(principal, visible.slice(at, at + EXPORT_PAGE));
      }
    }
  }

  /** A page of what a program reaches: rows do not say whose words they are, so they are opened until it is full. */
  async #reachedPage(principal: UserPrincipal, request: TimePageRequest): Promise<TimePage> {
    const { database, keystore } = this.#parts;
    const towards = request.from?.towards ?? "older";
    const found: SealedMemory[] = [];
    for (let from = request.from; ;) {
      const asked = { ...request, limit: SCANNED, ...(from === undefined ? {} : { from }) };
      const page = await listByTime(database, principal.userId, asked);
      const rows = towards === "newer" ? page.rows.toReversed() : page.rows;
      const contents = await openRows(keystore, rows);
      found.push(...rows.filter((_row, index) => withinReach(principal, contents[index]) !== undefined));
      const last = rows.at(-1);
      const hasMore = towards === "newer" ? page.hasNewer : page.hasOlder;
      if (found.length > request.limit || !hasMore || last === undefined) break;
      from = { place: placeOf(last), towards };
    }
    const [rows, hasMore] = [found.slice(0, request.limit), found.length > request.limit];
    if (towards === "newer") return { rows: rows.toReversed(), hasOlder: true, hasNewer: hasMore };
    return { rows, hasOlder: hasMore, hasNewer: request.from !== undefined };
  }

  /** Opens rows in order; one whose key is gone, one of somebody who has not shared it, and one that a program does not reach, is left out. */
  async #openAll(
    principal: UserPrincipal,
    rows: readonly SealedMemory[],
    shares?: OpenShares,
  ): Promise<readonly PlacedMemory[]> {
    const allowed = rows.flatMap((row) => {
      const isOwn = row.userId === principal.userId;
      const shared = isOwn ? undefined : shares?.markOfRow(row);
      return isOwn || shared !== undefined ? [{ row, shared }] : [];
    });
    const contents = await openRows(
      this.#parts.keystore,
      allowed.map(({ row }) => row),
    );
    return allowed.flatMap(({ row, shared }, index) => {
      const content = withinReach(principal, contents[index]);
      if (content === undefined) return [];
      const memory = saidBy(memoryOf(row, content), shared?.by.name);
      const placed = this.#placed(memory, positionAt(row.partition, row.versionOffset));
      return [shared === undefined ? placed : { ...placed, shared }];
    });
  }

  async #placedById(
    principal: UserPrincipal,
    shares: OpenShares,
    cited: readonly { readonly owner: UserId; readonly memoryId: MemoryId }[],
  ): Promise<ReadonlyMap<MemoryId, PlacedMemory>> {
    const rows: SealedMemory[] = [];
    for (const owner of new Set(cited.map((citation) => citation.owner))) {
      const ids = cited.filter((citation) => citation.owner === owner).map(({ memoryId }) => memoryId);
      rows.push(...(await this.#parts.store.memories(owner, ids)));
    }
    const seen = rows.filter((row) => row.userId !== principal.userId || isVisible(row, principal));
    const placed = await this.#openAll(principal, seen, shares);
    return new Map(placed.map((item) => [item.memory.memoryId, item]));
  }

  #placed(memory: Memory, position: LogPosition): PlacedMemory {
    return { memory, position, searchable: isIndexed(memory) && this.#parts.isSearched(position) };
  }

  #outcome(changed: Changed): ChangeOutcome {
    return changed.type === "changed"
      ? { type: "changed", placed: this.#placed(changed.memory, changed.position) }
      : changed;
  }

  /** What may be searched: the indexes, and above them what an opened session may see, opened for this request alone. */
  async #scope(principal: UserPrincipal, shares: OpenShares): Promise<RecallScope> {
    const { userId, ceiling } = principal;
    const isOpened = ceiling > LEVEL_INDEXED_MAX;
    const shared: SharedScope[] = [];
    for (const open of shares.owners) {
      const { owner, name } = open;
      const index = await this.#sharedIndexes.index(shares.partOf(open));
      const allow = (row: SealedMemory): boolean => shares.markOfRow(row) !== undefined;
      const unlocked = isOpened ? await this.#unlocked(owner, allow, name) : [];
      shared.push({ owner, index, ...(isOpened ? { unlocked } : {}) });
    }
    const more = { shared, ...(shares.isAlone ? { withoutOwn: true } : {}) };
    if (!isOpened || shares.isAlone) return { userId, ceiling, ...more };
    return { userId, ceiling, unlocked: await this.#unlocked(userId, (row) => isVisible(row, principal)), ...more };
  }

  /** Somebody's memories above the indexed levels, those that are allowed, opened. */
  async #unlocked(owner: UserId, allow: (row: SealedMemory) => boolean, name?: string): Promise<SearchDocument[]> {
    const unlocked: SearchDocument[] = [];
    for await (const rows of this.#parts.store.liveAtOrAbove(owner, 3)) {
      const visible = rows.filter(allow);
      const contents = await openRows(this.#parts.keystore, visible);
      for (const [index, row] of visible.entries()) {
        const content = contents[index];
        if (content !== undefined) unlocked.push(documentOf(saidBy(memoryOf(row, content), name), row));
      }
    }
    return unlocked;
  }

  async #facetsOf(
    principal: UserPrincipal,
    facets: Facets,
    { shared = [] }: RecallScope,
  ): Promise<SearchOutcome["facets"]> {
    const own = await this.#parts.reach.source(principal).index(principal.userId);
    const isNamed = facets.conversations.some(({ value }) => value !== null);
    const titles = new Map(
      (isNamed ? [...shared.map(({ index }) => index), own] : [])
        .flatMap((index) => listConversations(index, principal.ceiling))
        .map((summary) => [summary.conversationId, summary.title] as const),
    );
    return {
      person: facets.people.map(({ value, count }) => ({ value: value ?? "", label: value ?? "You", count })),
      source: facets.sources.map(({ value, count }) => ({ value, label: value, count })),
      level: facets.levels.map(({ value, count }) => ({ value: levelName(value), label: levelName(value), count })),
      month: facets.months.map(({ value, count }) => ({ value, label: value, count })),
      conversation: facets.conversations.flatMap(({ value, count }) =>
        value === null ? [] : [{ value, label: titles.get(value) ?? value, count }],
      ),
    };
  }
}

/** A memory that is told by its files alone says their names, so that it is found by them. */
function withFiles(draft: MemoryDraft, files: readonly FileDraft[]): MemoryDraft {
  if (files.length === 0) return draft;
  const names = files.map(({ name }) => name).join(", ");
  return { ...draft, files, text: draft.text === "" ? names : draft.text };
}

function targetOf(principal: UserPrincipal, memoryId: MemoryId): MemoryTarget {
  const { ceiling, program } = principal;
  return { owner: ownerOf(principal), memoryId, ceiling, program };
}

function sealChangeOf({ clientSealed, opened }: MemoryMove): SealChange | undefined {
  if (clientSealed !== undefined) return { type: "sealed", body: clientSealed };
  return opened === undefined ? undefined : { type: "opened", content: opened };
}

function positionAt(partition: number, offset: number): LogPosition {
  return { topic: TOPICS.memories.name, partition, offset };
}

function documentOf(memory: Memory, row: SealedMemory): SearchDocument {
  const { memoryId, conversationId, text, occurredAtMs, recordedAtMs, level, source, importId, version } = memory;
  return {
    memoryId,
    conversationId,
    text,
    occurredAtMs,
    recordedAtMs,
    level,
    source,
    importId,
    version,
    offset: row.versionOffset,
    firstOffset: row.firstOffset,
    lastOffset: row.offset,
    ...(memory.conversationTitle === undefined ? {} : { conversationTitle: memory.conversationTitle }),
    ...(memory.speaker === undefined ? {} : { speaker: memory.speaker }),
    ...(memory.caption === undefined ? {} : { caption: memory.caption }),
    ...(memory.files === undefined ? {} : { hasFiles: true }),
  };
}

function filtersOf(filter: RecallFilter): SearchFilters {
  return {
    ...(filter.person === undefined ? {} : { people: [filter.person] }),
    ...(filter.source === undefined ? {} : { sources: [filter.source] }),
    ...(filter.afterMs === undefined ? {} : { afterMs: filter.afterMs }),
    ...(filter.beforeMs === undefined ? {} : { beforeMs: filter.beforeMs }),
    ...(filter.level === undefined ? {} : { levels: [filter.level] }),
    ...(filter.conversationId === undefined ? {} : { conversationIds: [filter.conversationId] }),
    ...(filter.importId === undefined ? {} : { importIds: [filter.importId] }),
  };
}
