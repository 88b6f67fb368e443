import type { LogPosition } from "@kaelix/base";
import type { MemoryHeader, MemoryId, TenantId, UserId } from "@kaelix/model";

/** Whether a memory can be recalled, is hidden but can be restored, or can never be opened again. */
export type MemoryState = "live" | "forgotten" | "erased";

/** A memory as a view keeps it: header in clear, content sealed. */
export interface RegisteredMemory extends MemoryHeader {
  readonly tenant: TenantId;
  readonly state: MemoryState;
  /** Keyed hash of what was told (base64url). */
  readonly digest: string;
  /** Empty once erased. */
  readonly sealed: Uint8Array;
  /** Offset of the event that made the current state, in the user's partition of `memories`. */
  readonly offset: number;
}

/** What is known of a memory that is told again under the external id its own id is made of. */
export interface KnownMemory {
  readonly memoryId: MemoryId;
  readonly digest: string;
  readonly state: MemoryState;
  readonly version: number;
}

/**
 * What capture asks the relational view. It may lag behind the log: `caughtUp` waits until it has folded a position, and capture keeps
 * what it appended itself until then.
 */
export interface MemoryRegister {
  /** `isPatient`: nobody stands still for it, the view may gather more before it folds. */
  caughtUp(position: LogPosition, how?: { readonly isPatient: boolean }): Promise<void>;
  /** By id, in any state and without content; ids that are unknown or another user's are left out. */
  known(user: UserId, memories: readonly MemoryId[]): Promise<ReadonlyMap<MemoryId, KnownMemory>>;
  memory(user: UserId, memory: MemoryId): Promise<RegisteredMemory | undefined>;
  /** Memories of this user, in any state and no order; unknown ones are left out. */
  memories(user: UserId, memories: readonly MemoryId[]): Promise<readonly RegisteredMemory[]>;
  /** Memories forgotten before a time and not yet erased, oldest first. */
  forgottenBefore(timeMs: number, limit: number): Promise<readonly RegisteredMemory[]>;
}
