/**
 * Memory events → where each of a user's memories stands. Pure.
 *
 * Guarantees: an event at or below the offset that a memory already shows changes nothing, so that rows read from another view and
 * the live log may overlap; which events count is decided by the same rules as in the relational view (standing.ts).
 */
import { decodeBase64Url } from "@kaelix/base";
import type { ConversationId, ImportId, Level, MemoryEvent, MemoryId, SourceKind, UserId } from "@kaelix/model";

import { judge, type SingleMemoryEvent, withRecall } from "../relational/memories/standing.ts";
import type { SearchDocument } from "./document.ts";
import type { MemoryRow } from "./rows.ts";

/** Where a memory stands, without its content. */
export interface Standing {
  readonly memoryId: MemoryId;
  readonly state: "live" | "forgotten" | "erased";
  readonly version: number;
  readonly level: Level;
  readonly source: SourceKind;
  readonly conversationId: ConversationId | null;
  readonly importId: ImportId | null;
  readonly occurredAtMs: number;
  readonly recordedAtMs: number;
  readonly firstOffset: number;
  readonly versionOffset: number;
  readonly lastOffset: number;
  /** As of `MemoryHeader`. */
  readonly neverRecalled?: true;
}

/** What an event makes of one memory: where it stands now, and its new content when it brought one. */
export interface StandingChange {
  readonly standing: Standing;
  /** Absent: the content is as it was. */
  readonly sealed?: Uint8Array;
}

/** Reads where the user's memories stand. */
export interface Standings {
  get(memoryId: MemoryId): Standing | undefined;
  /** Live memories of an import. */
  liveOfImport(importId: ImportId): Iterable<Standing>;
}

/** What one event changes in a user's memories, given where they stand. */
export function foldEvent(userId: UserId, event: MemoryEvent, offset: number, standings: Standings): StandingChange[] {
  if (event.type === "import.started" || event.type === "import.finished") return [];
  // The view lets the user go as a whole.
  if (event.type === "memory.all-erased") return [];
  if (event.type !== "import.undone") return foldSingle(userId, event, offset, standings.get(event.memory));
  return Array.from(standings.liveOfImport(event.import))
    .filter((standing) => standing.lastOffset < offset)
    .map((standing) => ({ standing: { ...standing, state: "forgotten", lastOffset: offset } }));
}

function foldSingle(
  userId: UserId,
  event: SingleMemoryEvent,
  offset: number,
  current: Standing | undefined,
): StandingChange[] {
  if (current !== undefined && current.lastOffset >= offset) return [];
  const judged = judge(current === undefined ? undefined : { ...current, userId }, event);
  if (judged.type === "leave-out") return [];
  const isNever = judged.standing.neverRecalled === true;
  if (event.type === "memory.remembered") {
    const { standing, sealed } = toldChange(event, offset, current);
    return [{ standing: isNever ? withRecall(standing, true) : standing, sealed }];
  }
  // The rules let only a telling through for a memory that was never told.
  if (current === undefined) return [];
  const { state, version } = judged.standing;
  if (event.type !== "memory.revised") {
    return [{ standing: withRecall({ ...current, state, lastOffset: offset }, isNever) }];
  }
  const standing = { ...current, state, version, level: event.level, versionOffset: offset, lastOffset: offset };
  return [{ standing, sealed: sealedBytes(event.sealed) }];
}

function toldChange(
  event: Extract<MemoryEvent, { readonly type: "memory.remembered" }>,
  offset: number,
  current: Standing | undefined,
): Required<StandingChange> {
  const standing: Standing = {
    memoryId: event.memory,
    state: "live",
    version: event.memory_version,
    level: event.level,
    source: event.source,
    conversationId: event.conversation,
    importId: event.import,
    occurredAtMs: event.occurred_at,
    recordedAtMs: event.at,
    firstOffset: current?.firstOffset ?? offset,
    versionOffset: offset,
    lastOffset: offset,
  };
  return { standing, sealed: sealedBytes(event.sealed) };
}

/** Bytes of a sealed blob; none when it is not base64url, which then opens as nothing. */
function sealedBytes(sealed: string): Uint8Array {
  return decodeBase64Url(sealed) ?? new Uint8Array(0);
}

/** Where a row of the relational view says its memory stands. */
export function standingOfRow(row: MemoryRow): Standing {
  return {
    memoryId: row.memoryId,
    state: row.state,
    version: row.version,
    level: row.level,
    source: row.source,
    conversationId: row.conversationId,
    importId: row.importId,
    occurredAtMs: row.occurredAtMs,
    recordedAtMs: row.recordedAtMs,
    firstOffset: row.firstOffset,
    versionOffset: row.versionOffset,
    lastOffset: row.offset,
    ...(row.neverRecalled === undefined ? {} : { neverRecalled: row.neverRecalled }),
  };
}

/** Where an indexed document stands: live, and free to be recalled. */
export function standingOfDocument(document: SearchDocument): Standing {
  const { memoryId, version, level, source, conversationId, importId, occurredAtMs, recordedAtMs } = document;
  return {
    memoryId,
    state: "live",
    version,
    level,
    source,
    conversationId,
    importId,
    occurredAtMs,
    recordedAtMs,
    firstOffset: document.firstOffset,
    versionOffset: document.offset,
    lastOffset: document.lastOffset,
  };
}
