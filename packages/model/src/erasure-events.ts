/**
 * Events of the compacted topic `erasures`: what was asked to be erased, how far it is, and what shows that it is done. Ids, counts, times
 * and positions alone; never content.
 *
 * Record keys: `<erasure>` holds the whole state, `<erasure>/<part>` the memories it names, which go when it is done.
 */
import type { EventBase } from "./events.ts";
import type { ErasureId, ImportId, MemoryId, TenantId } from "./ids.ts";
import type { Level } from "./level.ts";
import type { SourceKind } from "./memory.ts";

/**
 * What an erasure takes. `since`: told to Kaelix at or after this time, epoch ms; null: ever. `tenant`: an organisation, everybody of it and
 * everything of theirs; asked for by `user` of another one. `age`: what reached its age by the person's rules, of one level alone, so that
 * nothing above a level is counted with what stands below.
 */
export type ErasureScope =
  | { readonly type: "memories" }
  | { readonly type: "import"; readonly import: ImportId }
  | { readonly type: "source"; readonly source: SourceKind; readonly since: number | null }
  | { readonly type: "age"; readonly level: Level }
  | { readonly type: "account" }
  | { readonly type: "tenant"; readonly of: TenantId };

/** Offsets `[from, to)` of a partition within which records of an erasure stand. */
export interface ErasureRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/**
 * An erasure as it stands.
 *
 *     requested ──► waiting ──(undoing is over)──► done ──(gone from the log's files)──► purged
 *                      └──(undone)──► cancelled
 */
export interface ErasureState extends EventBase {
  readonly type: "erasure.state";
  readonly erasure: ErasureId;
  readonly state: "requested" | "waiting" | "done" | "purged" | "cancelled";
  readonly what: ErasureScope;
  readonly requested_at: number;
  /** Until when it can be undone. */
  readonly due_at: number;
  /** Memories that it names. */
  readonly named: number;
  /** Memories whose keys it shredded: those named, but for what was restored meanwhile or was erased before. */
  readonly erased: number;
  /** When the last key was shredded; null before. */
  readonly unreadable_at: number | null;
  readonly ranges: readonly ErasureRange[];
  /** Views that have folded it, up to which offset and when. */
  readonly views: readonly { readonly name: string; readonly offset: number; readonly at: number }[];
  /** When the keys and what they sealed are to be gone from the log's files; null where the house does not compact them itself. */
  readonly purge_by: number | null;
  readonly purged_at: number | null;
}

/** Some of the memories that an erasure names. */
export interface ErasureNamed extends EventBase {
  readonly type: "erasure.named";
  readonly erasure: ErasureId;
  readonly part: number;
  readonly memories: readonly MemoryId[];
}

/** Events of topic `erasures`. */
export type ErasureEvent = ErasureState | ErasureNamed;
