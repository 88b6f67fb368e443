/** One's own and what was shared, as one list. Pure. */
import type { ConversationSummary, FacetCount, SharedMark } from "@kaelix/gateway";
import type { Level, Memory, UserId, UserPrincipal } from "@kaelix/model";
import {
  listConversations,
  placeOf,
  type SealedMemory,
  type SearchDocument,
  type TimePage,
  type TimePageRequest,
  type UserIndex,
} from "@kaelix/views";

import type { OpenShares } from "./open-shares.ts";

/** What is said of a memory that is another's; nothing of one's own; undefined when it may not be seen. */
export function markedFor(
  principal: UserPrincipal,
  shares: OpenShares,
  owner: UserId,
  document: SearchDocument,
): { readonly shared?: SharedMark } | undefined {
  if (owner === principal.userId) return {};
  const open = shares.owners.find((one) => one.owner === owner);
  const shared = open && shares.markOf(open, document);
  return shared && { shared };
}

/** What its owner said without naming themself is said by them, and not by whoever reads it. */
export function saidBy(memory: Memory, name: string | undefined): Memory {
  return name === undefined || memory.speaker !== undefined ? memory : { ...memory, speaker: name };
}

/** How many matches are whose. */
export function ownersOf(shares: OpenShares, totals: ReadonlyMap<UserId, number>): readonly FacetCount[] {
  const names = new Map(shares.owners.map(({ owner, name }) => [owner, name]));
  return [...totals].map(([owner, count]) => {
    const label = names.get(owner);
    return label === undefined ? { value: "me", label: "You", count } : { value: owner, label, count };
  });
}

/** The conversations of an index; `more` says what is told of each by its newest memory, undefined leaves it out. */
export function summariesOf(
  index: UserIndex,
  ceiling: Level,
  more: (last: SearchDocument) => { readonly shared?: SharedMark } | undefined,
): ConversationSummary[] {
  return listConversations(index, ceiling).flatMap((summary): ConversationSummary[] => {
    const last = index.document(summary.lastMemoryId);
    const told = last && more(last);
    if (last === undefined || told === undefined || summary.conversationId === null) return [];
    return [
      {
        id: summary.conversationId,
        title: summary.title ?? null,
        memories: summary.count,
        lastAtMs: summary.lastOccurredAtMs,
        lastText: last.text,
        lastSpeaker: last.speaker ?? null,
        source: last.source,
        ...told,
      },
    ];
  });
}

/** Pages of several people from the same place as one page of the same order. */
export function joinPages(pages: readonly TimePage[], { from, limit }: TimePageRequest): TimePage {
  const rows = pages.flatMap((page) => page.rows).sort(newestFirst);
  const isFull = rows.length > limit;
  const hasOlder = pages.some((page) => page.hasOlder);
  const hasNewer = pages.some((page) => page.hasNewer);
  // The rows nearest to the place where it goes on.
  return from?.towards === "newer"
    ? { rows: rows.slice(Math.max(0, rows.length - limit)), hasOlder: true, hasNewer: hasNewer || isFull }
    : { rows: rows.slice(0, limit), hasOlder: hasOlder || isFull, hasNewer: from !== undefined };
}

function newestFirst(left: SealedMemory, right: SealedMemory): number {
  const [one, other] = [placeOf(left), placeOf(right)];
  return (
    other.occurredAtMs - one.occurredAtMs ||
    other.firstOffset - one.firstOffset ||
    (one.memoryId < other.memoryId ? 1 : -1)
  );
}
