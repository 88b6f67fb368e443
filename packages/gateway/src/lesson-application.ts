/** What the gateway needs of what a person taught their own judge by moving memories between levels. */
import type { Classification, Level, UserPrincipal } from "@kaelix/model";

/** How much somebody taught. */
export interface LessonsView {
  /** Memories they moved, or whose level they said is right, that count. */
  readonly total: number;
  /** When they last had all of it forgotten. */
  readonly forgottenAtMs: number | null;
  readonly groups: readonly { readonly from: Level; readonly to: Level; readonly count: number }[];
}

/** What a text would be given. `isTaught`: it is not what the rules alone would say. */
export type ProposedLevel = Pick<Classification, "level" | "confidence" | "reasons"> & { readonly isTaught: boolean };

/** What the principal taught. Nothing above the open level is counted or shines through. */
export interface LessonApplication {
  read(principal: UserPrincipal): Promise<LessonsView>;
  /** The levels that texts would be given, in order. Nothing is kept of them. */
  judge(principal: UserPrincipal, texts: readonly string[]): Promise<readonly ProposedLevel[]>;
  /** From now on what was taught so far counts no more; resolves when that is durable. Memories stay where they are. */
  forget(principal: UserPrincipal): Promise<void>;
}
