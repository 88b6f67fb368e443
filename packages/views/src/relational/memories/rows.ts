/** Rows of the database ↔ the nouns. What the database holds was parsed on its way in. */
import type {
  ConversationId,
  ImportId,
  Level,
  LevelDecider,
  MemoryHeader,
  MemoryId,
  SourceKind,
  TenantId,
  UserId,
} from "@kaelix/model";
import type { Selectable } from "kysely";

import type { MemoriesTable, MemoryState } from "../schema.ts";
import type { MemoryRow } from "./fold.ts";

/** Every column but the sealed content. */
export const MEMORY_ROW_COLUMNS = [
  "memory_id",
  "tenant",
  "user_id",
  "state",
  "version",
  "change",
  "level",
  "level_by",
  "confidence",
  "source",
  "conversation_id",
  "import_id",
  "digest",
  "occurred_at_ms",
  "recorded_at_ms",
  "version_at_ms",
  "changed_at_ms",
  "partition",
  "first_offset",
  "version_offset",
  "last_offset",
  "client_sealed",
  "never_recalled",
] as const;

type StoredRow = Omit<Selectable<MemoriesTable>, "sealed">;

/** The row of a memory, as the fold knows it. */
export function memoryRowOf(stored: StoredRow): MemoryRow {
  return {
    ...commonOf(stored),
    tenant: stored.tenant as TenantId,
    state: stored.state,
    version: stored.version,
    change: stored.change,
    level: stored.level as Level,
    levelBy: stored.level_by as LevelDecider,
    confidence: stored.confidence,
    source: stored.source as SourceKind,
    digest: stored.digest,
    occurredAtMs: stored.occurred_at_ms,
    recordedAtMs: stored.recorded_at_ms,
    versionAtMs: stored.version_at_ms,
    changedAtMs: stored.changed_at_ms,
    partition: stored.partition,
    firstOffset: stored.first_offset,
    versionOffset: stored.version_offset,
    lastOffset: stored.last_offset,
    isClientSealed: stored.client_sealed,
  };
}

/** A memory as views hand it on: header, state and sealed content. */
export interface SealedMemory extends MemoryHeader {
  readonly tenant: TenantId;
  readonly state: MemoryState;
  /** Keyed hash of what was told; empty once erased. */
  readonly digest: string;
  /** When its state or content changed last, epoch ms. */
  readonly changedAtMs: number;
  /** Partition of topic `memories` that holds it. */
  readonly partition: number;
  /** Offset of the last event that changed it in any way. */
  readonly offset: number;
  /** Offset of the event that first told it. */
  readonly firstOffset: number;
  /** Offset of the event that made this version. */
  readonly versionOffset: number;
  /** Its content is what the owner's browser sealed: nobody here can read it. */
  readonly isClientSealed: boolean;
  /** Sealed `MemoryContent`; empty once erased. */
  readonly sealed: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** The memory of a stored row. */
export function sealedMemoryOf(stored: Selectable<MemoriesTable>): SealedMemory {
  return {
    ...commonOf(stored),
    tenant: stored.tenant as TenantId,
    state: stored.state,
    version: stored.version,
    level: stored.level as Level,
    levelDecidedBy: stored.level_by as LevelDecider,
    confidence: stored.confidence,
    source: stored.source as SourceKind,
    occurredAtMs: stored.occurred_at_ms,
    recordedAtMs: stored.recorded_at_ms,
    digest: stored.digest,
    changedAtMs: stored.changed_at_ms,
    partition: stored.partition,
    offset: stored.last_offset,
    firstOffset: stored.first_offset,
    versionOffset: stored.version_offset,
    isClientSealed: stored.client_sealed,
    sealed: stored.sealed ?? NO_BYTES,
  };
}

/** What both shapes of a row have alike. */
function commonOf(stored: StoredRow): {
  readonly memoryId: MemoryId;
  readonly userId: UserId;
  readonly conversationId: ConversationId | null;
  readonly importId: ImportId | null;
  readonly neverRecalled?: true;
} {
  return {
    memoryId: stored.memory_id as MemoryId,
    userId: stored.user_id as UserId,
    conversationId: stored.conversation_id as ConversationId | null,
    importId: stored.import_id as ImportId | null,
    ...(stored.never_recalled ? { neverRecalled: true } : {}),
  };
}
