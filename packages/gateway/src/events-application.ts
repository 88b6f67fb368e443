import type { LogPosition } from "@kaelix/base";
import type { GrantId, ImportId, Level, MemoryId, UserId, UserPrincipal } from "@kaelix/model";

/** Something that happened to a user's memories or to the views; ids are log positions. */
export type LiveEvent =
  | {
      readonly type:
        | "memory.stored"
        | "memory.revised"
        | "memory.forgotten"
        | "memory.restored"
        | "memory.recall-decided"
        | "memory.erased";
      readonly userId: UserId;
      readonly position: LogPosition;
      readonly memoryId: MemoryId;
      readonly level: Level | null;
    }
  | {
      readonly type: "import.changed";
      readonly userId: UserId;
      /** Absent: it is told how far it has come, which stands nowhere on the log. */
      readonly position?: LogPosition;
      readonly importId: ImportId;
    }
  | { readonly type: "watermark"; readonly view: string; readonly position: LogPosition };

/** One that stands on the log. */
export type PastEvent = LiveEvent & { readonly position: LogPosition };

/** Following what happens. */
export interface EventsApplication {
  /** Calls back for every later event until `stop` is called. Cheap; the gateway filters by user and ceiling. */
  follow(listener: (event: LiveEvent) => void): { stop(): void };
  /** Whether a program may hear of an event: what it may not read it is not told of. Always for a person, and for watermarks. */
  mayHear(principal: UserPrincipal, event: LiveEvent): Promise<boolean>;
  /** The shares that are open to a person now. Cheap: asked once a second for each who follows. */
  sharedWith(principal: UserPrincipal): readonly GrantId[];
  /** Events of a user after a position of their partition, for resuming a stream; at most `limit`. */
  replay(userId: UserId, after: LogPosition, limit: number): Promise<readonly PastEvent[]>;
}
