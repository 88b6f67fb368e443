/** What the gateway needs of how long memories are kept. */
import type { MemoryId, RetentionRules, SourceKind, UserPrincipal } from "@kaelix/model";

import type { PlacedMemory } from "./application.ts";

/** How many memories, by source, most first. */
export interface SourceCounts {
  readonly total: number;
  readonly sources: readonly { readonly source: SourceKind; readonly count: number }[];
}

/** What goes, and not before when, epoch ms. */
export interface Going extends SourceCounts {
  readonly onMs: number;
}

/** How long somebody's memories are kept. */
export interface RetentionView {
  readonly rules: RetentionRules;
  /** Null: they never chose. */
  readonly chosenAtMs: number | null;
  readonly house: RetentionRules;
  /** Undefined: nothing that the session may see. */
  readonly announced: Going | undefined;
  readonly next30Days: number;
  /** Memories that are kept by name. */
  readonly kept: number;
}

/** How long one memory is kept. `until`: the last day, `YYYY-MM-DD`, by the rules; null: for ever. */
export interface KeptView {
  readonly kept: boolean;
  readonly until: string | null;
}

/** How long the principal's memories are kept. Nothing above the open level is counted or shown; the rules hold for every level. */
export interface RetentionApplication {
  read(principal: UserPrincipal): Promise<RetentionView>;
  /** `rules` null: as the house says. Nothing goes within a week. Durable when it resolves. */
  choose(principal: UserPrincipal, rules: RetentionRules | null): Promise<RetentionView>;
  /** What rules would let go a week from now; nothing is changed. */
  preview(principal: UserPrincipal, rules: RetentionRules | null): Promise<Going & { readonly next30Days: number }>;
  /** What reaches its age within 30 days, the oldest first, at most `limit`, and how many there are. */
  leaving(
    principal: UserPrincipal,
    limit: number,
  ): Promise<{
    readonly total: number;
    readonly items: readonly { readonly until: string; readonly placed: PlacedMemory }[];
  }>;
  /** Undefined for a memory that is not the principal's, is gone, or stands above what is open. */
  keptOf(principal: UserPrincipal, memory: MemoryId): Promise<KeptView | undefined>;
  /** As `keptOf`. Durable when it resolves. @throws `retention-kept-full` */
  keep(principal: UserPrincipal, memory: MemoryId, kept: boolean): Promise<KeptView | undefined>;
}
