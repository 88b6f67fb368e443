/**
 * What recall asks of the search view, so that it knows neither how users are loaded nor what a log is.
 */
import type { Level, UserId } from "@kaelix/model";
import type { DetectLanguage, QueryVector, SearchDocument, UserIndex, WorldReading } from "@kaelix/views";

/** What became of asking what a query means: `late` and `down` are the provider's, `withheld` means that it may not be sent. */
export type QueryMeaning =
  | { readonly type: "meant"; readonly meaning: QueryVector }
  | { readonly type: "missed"; readonly why: "late" | "down" | "withheld" };

/** Where recall finds a person's memories. */
export interface RecallSource {
  /** The person's index, loaded when it is not. */
  index(userId: UserId): Promise<UserIndex>;
  /** The partition of topic `memories` that holds a person. */
  partitionOf(userId: UserId): number;
  /** The offset below which everything is in the index. */
  nextOffset(partition: number): Promise<number>;
  /**
   * What a query means, as vectors that the indexes' can be compared with; absent: nobody is there to ask; undefined: nobody may be, for
   * whoever asks.
   */
  embedQuery?(text: string, asker: UserId): Promise<QueryMeaning | undefined>;
  /**
   * Whom memories name, as a session that is open to `ceiling` may see it; absent: only speakers are known. Undefined while that would
   * keep a search waiting: thousands of memories have just been told.
   */
  worldSoon?(userId: UserId, ceiling: Level): Promise<WorldReading | undefined>;
  /** As the index itself detects. */
  readonly detectLanguage: DetectLanguage;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  /** Now, epoch ms, for "yesterday" in a query. */
  nowMs(): number;
}

/** Whose memories are asked for and how secret they may be. */
export interface RecallScope {
  readonly userId: UserId;
  /** True: only what is shared is searched, nothing of the person's own. */
  readonly withoutOwn?: boolean;
  /** The highest level that the session may see now. Nothing above is found, counted or weighed. */
  readonly ceiling: Level;
  /**
   * Memories above the indexed level, opened by the caller inside an unlocked session: searched for this request alone and
   * forgotten with it. Those above the ceiling are left out.
   */
  readonly unlocked?: readonly SearchDocument[];
  /** What others have shared with the person; searched as far as `ceiling` and what was shared go, each by itself. */
  readonly shared?: readonly SharedScope[];
}

/** What one other person has shared. */
export interface SharedScope {
  readonly owner: UserId;
  /** Holds what is shared and nothing else. */
  readonly index: UserIndex;
  /** As of the scope itself, of the owner's memories that are shared. */
  readonly unlocked?: readonly SearchDocument[];
}
