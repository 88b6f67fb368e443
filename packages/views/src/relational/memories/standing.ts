/**
 * The rules of a memory's life: what an event does to where a memory stands. Pure; shared by the fold and by the proof that
 * the views agree with the log.
 *
 * ```
 *               told (higher version)
 *        ┌──────────────◄──────────────┬──────────────┐
 *        ▼     forgotten, undone        │              │
 *  ──► live ───────────────────► forgotten ──────► erased
 *        ▲  ◄──────────────────────┘        erased    ▲
 *        │        restored                            │
 *        └────────────────────────────────────────────┘  (its key is gone, whatever came between)
 * ```
 * Whether it is never to be recalled stands beside that: it stays through changes, forgetting and telling again, until it is erased.
 * Order of the log decides. A version that is not higher than the one that stands is a repetition: the first stays.
 */
import type {
  ImportId,
  MemoryErased,
  MemoryForgotten,
  MemoryRecallDecided,
  MemoryRemembered,
  MemoryRestored,
  MemoryRevised,
  UserId,
} from "@kaelix/model";

import type { MemoryState } from "../schema.ts";

/** What the rules look at. */
export interface MemoryStanding {
  readonly userId: UserId;
  readonly state: MemoryState;
  readonly version: number;
  readonly importId: ImportId | null;
  /** As of `MemoryHeader`. */
  readonly neverRecalled?: true;
}

/** Events about one memory. */
export type SingleMemoryEvent =
  | MemoryRemembered
  | MemoryRevised
  | MemoryForgotten
  | MemoryRestored
  | MemoryRecallDecided
  | MemoryErased;

/** Why an event is left out. Each is counted under this name. */
export type LeftOutReason =
  /** The log never told this memory. */
  | "memory-unknown"
  /** The memory belongs to somebody else. */
  | "memory-of-another-user"
  /** A version as high stands already. */
  | "memory-version-repeated"
  /** Nothing can change an erased memory but telling it again. */
  | "memory-erased"
  /** It stands there already. */
  | "memory-unchanged"
  /** A key in it is longer than any that Kaelix writes. */
  | "key-too-long";

/** What an event does: a new standing, or nothing and why. */
export type Judgement =
  | { readonly type: "apply"; readonly standing: MemoryStanding }
  | { readonly type: "leave-out"; readonly reason: LeftOutReason };

/** Longest hash or digest that is taken into an index, in letters; Kaelix writes 22 and 43. */
export const KEY_LENGTH_MAX = 256;

/** What `event` does to a memory that stands at `current` (undefined: never told). */
export function judge(current: MemoryStanding | undefined, event: SingleMemoryEvent): Judgement {
  if (event.type === "memory.remembered") return judgeTelling(current, event);
  if (current === undefined) return leaveOut("memory-unknown");
  if (current.userId !== event.user) return leaveOut("memory-of-another-user");
  switch (event.type) {
    case "memory.revised":
      if (current.state === "erased") return leaveOut("memory-erased");
      if (event.memory_version <= current.version) return leaveOut("memory-version-repeated");
      // A hidden memory takes the new content too: restored, it must open with the key of its newest move.
      return apply({ ...current, version: event.memory_version });
    case "memory.forgotten":
      return current.state === "live" ? apply({ ...current, state: "forgotten" }) : leaveOut("memory-unchanged");
    case "memory.restored":
      if (current.state === "erased") return leaveOut("memory-erased");
      return current.state === "forgotten" ? apply({ ...current, state: "live" }) : leaveOut("memory-unchanged");
    case "memory.recall-decided":
      if (current.state === "erased") return leaveOut("memory-erased");
      return event.never === (current.neverRecalled === true)
        ? leaveOut("memory-unchanged")
        : apply(withRecall(current, event.never));
    case "memory.erased":
      return current.state === "erased" ? leaveOut("memory-unchanged") : apply({ ...current, state: "erased" });
  }
}

function judgeTelling(current: MemoryStanding | undefined, event: MemoryRemembered): Judgement {
  if (event.digest.length > KEY_LENGTH_MAX || (event.external?.length ?? 0) > KEY_LENGTH_MAX) {
    return leaveOut("key-too-long");
  }
  if (current !== undefined && current.userId !== event.user) return leaveOut("memory-of-another-user");
  if (current !== undefined && event.memory_version <= current.version) return leaveOut("memory-version-repeated");
  const wasNever = current !== undefined && current.state !== "erased" && current.neverRecalled === true;
  const told: MemoryStanding = {
    userId: event.user,
    state: "live",
    version: event.memory_version,
    importId: event.import,
  };
  return apply(withRecall(told, wasNever || event.never_recalled === true));
}

/** The same, never to be recalled or free to be. */
export function withRecall<Standing extends { readonly neverRecalled?: true }>(
  standing: Standing,
  never: boolean,
): Omit<Standing, "neverRecalled"> & { readonly neverRecalled?: true } {
  const { neverRecalled: _before, ...rest } = standing;
  return never ? { ...rest, neverRecalled: true } : rest;
}

function apply(standing: MemoryStanding): Judgement {
  return { type: "apply", standing };
}

function leaveOut(reason: LeftOutReason): Judgement {
  return { type: "leave-out", reason };
}
