/**
 * How long memories are kept, as the gateway asks for it.
 *
 * Guarantees: nothing above what is open is counted, listed or answered, whatever the rules let go; what is shown above the indexed levels
 * is written down. Rules hold for every level, so choosing them needs a proof of the person.
 */
import type { Remember } from "@kaelix/capture";
import type { KeptView, MemoryApplication, RetentionApplication, SourceCounts } from "@kaelix/gateway";
import type { Memory, MemoryId, RetentionRules, ToldBefore, UserPrincipal } from "@kaelix/model";
import { DAY_MS, formatDay } from "@kaelix/recall";
import type { MemoryStore } from "@kaelix/views";

import type { DayBook } from "../days/day-book.ts";
import { type HouseContext, need } from "../house-parts.ts";
import { ownerOf } from "../imports-application.ts";
import { agedAt, lastDay } from "./age.ts";
import type { Retention } from "./retention.ts";

const AHEAD_MS = 30 * DAY_MS;

interface Parts {
  readonly book: Pick<DayBook, "kept">;
  readonly retention: Retention;
  readonly store: Pick<MemoryStore, "agedOf" | "agedCountsOf" | "memories">;
  readonly memories: Pick<MemoryApplication, "read">;
  readonly remember: Pick<Remember, "written">;
  readonly nowMs: () => number;
}

/** How long the memories of the house's people are kept. */
export function retentionOfHouse({ clock, parts }: HouseContext, memories: MemoryApplication): RetentionApplication {
  const { dayBook: book, ...rest } = need(parts, "dayBook", "retention", "store", "remember");
  return retentionApplication({ book, memories, ...rest, nowMs: () => clock.nowMs() });
}

function retentionApplication(parts: Parts): RetentionApplication {
  const { retention, store } = parts;
  const read: RetentionApplication["read"] = async (principal) => {
    await parts.remember.written(principal.userId);
    const { chosenAtMs, rules } = retention.of(principal.userId);
    return {
      rules,
      chosenAtMs,
      house: retention.houseRules,
      announced: await retention.announced(principal.userId, principal.ceiling),
      next30Days: (await countOf(parts, principal, aheadOf(parts, principal, rules))).total,
      kept: await keptCount(parts, principal),
    };
  };
  return {
    read,
    choose: async (principal, rules) => {
      await retention.choose(ownerOf(principal), rules);
      return read(principal);
    },
    preview: async (principal, asked) => {
      await parts.remember.written(principal.userId);
      const rules = asked ?? retention.houseRules;
      const onMs = retention.dueAtMs();
      const going = await countOf(parts, principal, agedAt(rules, retention.calendarOf(principal.userId), onMs));
      const ahead = await countOf(parts, principal, aheadOf(parts, principal, rules));
      return { onMs, ...going, next30Days: ahead.total };
    },
    leaving: async (principal, limit) => {
      await parts.remember.written(principal.userId);
      const { rules } = retention.of(principal.userId);
      const told = aheadOf(parts, principal, rules);
      const rows = await store.agedOf(principal.userId, whatOf(parts, principal, told), { limit });
      const items = [];
      for (const { memoryId } of rows) {
        const placed = await parts.memories.read(principal, memoryId);
        const until = placed && untilOf(parts, principal, placed.memory);
        if (placed !== undefined && typeof until === "string") items.push({ until, placed });
      }
      return { total: (await countOf(parts, principal, told)).total, items };
    },
    keptOf: (principal, memory) => keptOf(parts, principal, memory),
    keep: async (principal, memory, kept) => {
      if ((await ownMemory(parts, principal, memory)) === undefined) return undefined;
      await retention.keep(ownerOf(principal), memory, kept);
      // Gone meanwhile: it was let go before it was kept.
      return keptOf(parts, principal, memory);
    },
  };
}

/** What the session may see of what reaches its age within 30 days. */
function aheadOf({ nowMs, retention }: Parts, { userId }: UserPrincipal, rules: RetentionRules): ToldBefore {
  return agedAt(rules, retention.calendarOf(userId), nowMs() + AHEAD_MS);
}

function whatOf({ book }: Parts, { ceiling, userId }: UserPrincipal, told: ToldBefore) {
  return { ...told, levels: [1, ceiling], except: book.kept(userId) } as const;
}

async function countOf(parts: Parts, principal: UserPrincipal, told: ToldBefore): Promise<SourceCounts> {
  const sources = await parts.store.agedCountsOf(principal.userId, whatOf(parts, principal, told));
  return { sources, total: sources.reduce((sum, { count }) => sum + count, 0) };
}

async function keptCount({ book, store }: Parts, { ceiling, userId }: UserPrincipal): Promise<number> {
  const rows = await store.memories(userId, book.kept(userId));
  return rows.filter((row) => row.state === "live" && row.level <= ceiling).length;
}

/** Live, one's own, and not above what is open. */
async function ownMemory(
  { remember, store }: Parts,
  { ceiling, userId }: UserPrincipal,
  memory: MemoryId,
): Promise<Pick<Memory, "recordedAtMs" | "source"> | undefined> {
  await remember.written(userId);
  const [row] = await store.memories(userId, [memory]);
  return row?.state === "live" && row.level <= ceiling ? row : undefined;
}

async function keptOf(parts: Parts, principal: UserPrincipal, memory: MemoryId): Promise<KeptView | undefined> {
  const row = await ownMemory(parts, principal, memory);
  if (row === undefined) return undefined;
  const kept = parts.book.kept(principal.userId).includes(memory);
  return { kept, until: kept ? null : untilOf(parts, principal, row) };
}

function untilOf(
  { retention }: Parts,
  { userId }: UserPrincipal,
  told: Pick<Memory, "recordedAtMs" | "source">,
): string | null {
  const day = lastDay(retention.of(userId).rules, retention.calendarOf(userId), told);
  return day === undefined ? null : formatDay(day);
}
