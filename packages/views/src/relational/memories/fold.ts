/**
 * Memory events → what changes in the rows. Pure.
 *
 * A batch is cut at every sweep (`import.undone`, `memory.all-erased`), which touches rows that nobody has named: the writer applies one
 * segment, then the sweep.
 * Within a segment the fold is given the rows that its events name and returns, for each, only where it stands at the end.
 */
import type {
  ImportFinished,
  ImportStarted,
  ImportUndone,
  MemoriesErased,
  Level,
  LevelDecider,
  MemoryEvent,
  MemoryId,
} from "@kaelix/model";
import type { ConversationId, ImportId, SourceKind, TenantId, UserId } from "@kaelix/model";

import type { MemoryChange, MemoryState } from "../schema.ts";
import { storableText } from "../text.ts";
import { judge, type LeftOutReason, type MemoryStanding, type SingleMemoryEvent, withRecall } from "./standing.ts";

/** A memory's row, without its sealed content. */
export interface MemoryRow extends MemoryStanding {
  readonly memoryId: MemoryId;
  readonly tenant: TenantId;
  readonly userId: UserId;
  readonly state: MemoryState;
  readonly change: MemoryChange;
  readonly level: Level;
  readonly levelBy: LevelDecider;
  readonly confidence: number;
  readonly source: SourceKind;
  readonly conversationId: ConversationId | null;
  readonly importId: ImportId | null;
  /** Empty once erased. */
  readonly digest: string;
  readonly occurredAtMs: number;
  readonly recordedAtMs: number;
  readonly versionAtMs: number;
  readonly changedAtMs: number;
  readonly partition: number;
  readonly firstOffset: number;
  readonly versionOffset: number;
  readonly lastOffset: number;
  /** Its content is what the owner's browser sealed. */
  readonly isClientSealed: boolean;
}

/** What becomes of the stored content: kept as it is, replaced (base64url), or removed. */
type SealedChange =
  | { readonly type: "keep" }
  | { readonly type: "set"; readonly sealed: string }
  | { readonly type: "clear" };

/** Where a row stands at the end of a segment. */
export interface RowChange {
  readonly row: MemoryRow;
  readonly sealed: SealedChange;
}

/** A version that was told and replaced within one segment. */
export interface PastVersion {
  readonly memoryId: MemoryId;
  readonly version: number;
  readonly recordOffset: number;
  readonly change: MemoryChange;
  readonly level: Level;
  readonly levelBy: LevelDecider;
  readonly atMs: number;
  /** base64url; null when its key is gone. */
  readonly sealed: string | null;
}

/** What one segment changes. The writer applies the lists in this order. */
interface MemoryChanges {
  /** The stored row is replaced by a newer version: copy it among the past ones. */
  readonly archive: readonly MemoryId[];
  /** Remove the content of every stored past version: its key is gone. */
  readonly clearPast: readonly MemoryId[];
  readonly pastVersions: readonly PastVersion[];
  readonly rows: readonly RowChange[];
  readonly imports: readonly ImportEventAt[];
  readonly leftOut: ReadonlyMap<LeftOutReason, number>;
}

/** An import's beginning or end. */
export interface ImportEventAt {
  readonly offset: number;
  readonly event: ImportStarted | ImportFinished;
}

/** A memory event with the offset of its record. */
export interface PositionedMemoryEvent {
  readonly offset: number;
  readonly event: MemoryEvent;
}

/** An event that touches rows nobody has named. */
export type Sweep = ImportUndone | MemoriesErased;

/** True for an event that a batch is cut after. */
export function isSweep(event: { readonly type: string }): event is Sweep {
  return event.type === "import.undone" || event.type === "memory.all-erased";
}

/** Events up to the next sweep, and that sweep. */
interface MemorySegment {
  readonly events: readonly (ImportEventAt | { readonly offset: number; readonly event: SingleMemoryEvent })[];
  readonly sweep: { readonly offset: number; readonly event: Sweep } | undefined;
}

/** Cuts a batch after every sweep. */
export function segmentsOf(events: readonly PositionedMemoryEvent[]): readonly MemorySegment[] {
  const segments: MemorySegment[] = [];
  let current: MemorySegment["events"][number][] = [];
  for (const { offset, event } of events) {
    if (isSweep(event)) {
      segments.push({ events: current, sweep: { offset, event } });
      current = [];
    } else if (event.type === "import.started" || event.type === "import.finished") current.push({ offset, event });
    else current.push({ offset, event });
  }
  if (current.length > 0) segments.push({ events: current, sweep: undefined });
  return segments;
}

/** The memories whose rows a segment must be given. */
export function namedMemories(segment: MemorySegment): readonly MemoryId[] {
  const named = new Set<MemoryId>();
  for (const { event } of segment.events) if ("memory" in event) named.add(event.memory);
  return [...named];
}

/** A row in the making: what the database holds of it, and what this segment has made of it. */
interface Draft {
  row: MemoryRow;
  sealed: SealedChange;
  /** The version that stands was stored before this segment. */
  isStored: boolean;
}

/** Folds one segment over the rows that stood before it. */
export function foldMemories(
  known: ReadonlyMap<MemoryId, MemoryRow>,
  segment: MemorySegment,
  partition: number,
): MemoryChanges {
  const drafts = new Map<MemoryId, Draft>();
  const archive = new Set<MemoryId>();
  const clearPast = new Set<MemoryId>();
  const past = new Map<MemoryId, PastVersion[]>();
  const imports: ImportEventAt[] = [];
  const leftOut = new Map<LeftOutReason, number>();

  for (const at of segment.events) {
    if (!("memory" in at.event)) {
      imports.push({ offset: at.offset, event: at.event });
      continue;
    }
    const { event, offset } = { event: at.event, offset: at.offset };
    const stored = known.get(event.memory);
    const draft = drafts.get(event.memory) ?? (stored && { row: stored, sealed: { type: "keep" }, isStored: true });
    const judgement = judge(draft?.row, event);
    if (judgement.type === "leave-out") {
      leftOut.set(judgement.reason, (leftOut.get(judgement.reason) ?? 0) + 1);
      continue;
    }
    const next = applyEvent(draft?.row, event, { offset, partition });
    if (draft !== undefined && next.row.version !== draft.row.version) {
      if (draft.isStored) archive.add(event.memory);
      else pushPast(past, draft);
    }
    if (next.closesPast) {
      clearPast.add(event.memory);
      const closed = past.get(event.memory);
      if (closed !== undefined)
        past.set(
          event.memory,
          closed.map((version) => ({ ...version, sealed: null })),
        );
    }
    const keeps = next.sealed.type === "keep";
    const isNever = judgement.standing.neverRecalled === true;
    drafts.set(event.memory, {
      row: (next.row.neverRecalled === true) === isNever ? next.row : withRecall(next.row, isNever),
      sealed: keeps && draft !== undefined ? draft.sealed : next.sealed,
      isStored: draft !== undefined && draft.isStored && next.row.version === draft.row.version,
    });
  }
  return {
    archive: [...archive],
    clearPast: [...clearPast],
    pastVersions: [...past.values()].flat(),
    rows: [...drafts.values()],
    imports,
    leftOut,
  };
}

function pushPast(past: Map<MemoryId, PastVersion[]>, { row, sealed }: Draft): void {
  const versions = past.get(row.memoryId) ?? [];
  versions.push({
    memoryId: row.memoryId,
    version: row.version,
    recordOffset: row.versionOffset,
    change: row.change,
    level: row.level,
    levelBy: row.levelBy,
    atMs: row.versionAtMs,
    sealed: sealed.type === "set" ? sealed.sealed : null,
  });
  past.set(row.memoryId, versions);
}

interface Applied {
  readonly row: MemoryRow;
  readonly sealed: SealedChange;
  /** Content of earlier versions cannot be opened any more. */
  readonly closesPast: boolean;
}

interface Place {
  readonly offset: number;
  readonly partition: number;
}

/** The row after an event that `judge` lets through. */
function applyEvent(row: MemoryRow | undefined, event: SingleMemoryEvent, place: Place): Applied {
  if (event.type === "memory.remembered") return applyTelling(row, event, place);
  // `judge` lets only a telling through for a memory without a row.
  const stood = row as MemoryRow;
  const touched = { ...stood, changedAtMs: event.at, lastOffset: place.offset };
  switch (event.type) {
    case "memory.revised": {
      const revised: MemoryRow = {
        ...touched,
        version: event.memory_version,
        change: event.change,
        level: event.level,
        levelBy: event.level_by,
        confidence: event.confidence,
        digest: storableText(event.digest),
        versionAtMs: event.at,
        versionOffset: place.offset,
        isClientSealed: event.client_sealed === true,
      };
      // A move brings a new key and the old one is shredded.
      const closesPast = event.change === "move" || event.level !== stood.level;
      return { row: revised, sealed: { type: "set", sealed: event.sealed }, closesPast };
    }
    case "memory.forgotten":
      return { row: { ...touched, state: "forgotten" }, sealed: { type: "keep" }, closesPast: false };
    case "memory.restored":
      return { row: { ...touched, state: "live" }, sealed: { type: "keep" }, closesPast: false };
    case "memory.recall-decided":
      return { row: touched, sealed: { type: "keep" }, closesPast: false };
    case "memory.erased":
      return { row: { ...touched, state: "erased", digest: "" }, sealed: { type: "clear" }, closesPast: true };
  }
}

function applyTelling(
  row: MemoryRow | undefined,
  event: Extract<SingleMemoryEvent, { readonly type: "memory.remembered" }>,
  { offset, partition }: Place,
): Applied {
  const told: MemoryRow = {
    memoryId: event.memory,
    tenant: event.tenant,
    userId: event.user,
    state: "live",
    version: event.memory_version,
    change: "told",
    level: event.level,
    levelBy: event.level_by,
    confidence: event.confidence,
    source: event.source,
    conversationId: event.conversation,
    importId: event.import,
    digest: storableText(event.digest),
    occurredAtMs: event.occurred_at,
    recordedAtMs: event.at,
    versionAtMs: event.at,
    changedAtMs: event.at,
    partition,
    firstOffset: row?.firstOffset ?? offset,
    versionOffset: offset,
    lastOffset: offset,
    isClientSealed: event.client_sealed === true,
  };
  const closesPast = row !== undefined && row.level !== event.level;
  return { row: told, sealed: { type: "set", sealed: event.sealed }, closesPast };
}
