/** What the gateway needs of what waits for a person's word. What is foreign or above answers as what does not exist. */
import type { ClassificationReason, DecisionId, Level, MemoryId, UserPrincipal } from "@kaelix/model";
import type { MergeProposalView } from "@kaelix/recall";

import type { PlacedMemory } from "./application.ts";

/** The kinds of things that wait. */
export type ReviewKind = "level" | "person" | "write";

/** A word that a person can give. */
export type ReviewWord = "accept" | "up" | "down" | "refuse";

/** How many things wait. */
export type ReviewCounts = Readonly<Record<ReviewKind, number>>;

/** What a program wants to have remembered. */
export interface ProposedWrite {
  readonly id: string;
  readonly text: string;
  /** The level that it would stand at. */
  readonly level: Level;
  readonly reasons: readonly ClassificationReason[];
  /** What the program is called. */
  readonly client: string;
  readonly occurredAtMs: number | null;
  readonly proposedAtMs: number;
}

/** A memory of whose level the judge is not sure, and how often the same words wait at it. */
export interface DoubtedLevel {
  readonly placed: PlacedMemory;
  /** Memories that say the same, by the same speaker, at the same level; this one among them. */
  readonly times: number;
  /** When the first of them happened, epoch ms. */
  readonly sinceMs: number;
}

/** A memory as the version that a word left it at. */
export interface SettledMemory {
  readonly memoryId: MemoryId;
  readonly version: number;
}

/** One thing that waits. */
export type ReviewItem =
  | ({ readonly kind: "level"; readonly id: string } & DoubtedLevel)
  | { readonly kind: "person"; readonly id: string; readonly proposal: MergeProposalView }
  | { readonly kind: "write"; readonly id: string; readonly write: ProposedWrite };

/**
 * What a word came to. `placed` is absent when there is no memory, or it stands above what is open. `settled`: the memories whose level the
 * word decided and can be taken back; none above what is open.
 */
export type ReviewOutcome =
  | {
      readonly type: "done";
      readonly kind: ReviewKind;
      readonly placed?: PlacedMemory;
      readonly decision?: DecisionId;
      readonly settled: readonly SettledMemory[];
    }
  | { readonly type: "missing" }
  | { readonly type: "stale"; readonly version: number }
  | { readonly type: "refused"; readonly why: string };

/** What waits for the principal's word. The same words of the same speaker at the same level are one thing. */
export interface ReviewApplication {
  count(principal: UserPrincipal): Promise<ReviewCounts>;
  /** What programs propose first, then people, then levels, the least sure first. */
  list(
    principal: UserPrincipal,
    request: { readonly kind?: ReviewKind; readonly limit: number },
  ): Promise<{ readonly items: readonly ReviewItem[]; readonly counts: ReviewCounts }>;
  /** Resolves when what was said is durable. */
  answer(
    principal: UserPrincipal,
    id: string,
    said: { readonly word: ReviewWord; readonly version?: number },
  ): Promise<ReviewOutcome>;
  /**
   * Takes back words about levels: the memories stand as before, and wait again. What has changed since is left as it is.
   * Returns how many were taken back, when that is durable.
   */
  undo(principal: UserPrincipal, settled: readonly SettledMemory[]): Promise<number>;
}
