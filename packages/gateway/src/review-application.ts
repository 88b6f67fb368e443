/** What the gateway needs of what waits for a person's word. What is foreign or above answers as what does not exist. */
import type { ClassificationReason, DecisionId, Level, UserPrincipal } from "@kaelix/model";
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

/** One thing that waits. */
export type ReviewItem =
  | { readonly kind: "level"; readonly id: string; readonly placed: PlacedMemory }
  | { readonly kind: "person"; readonly id: string; readonly proposal: MergeProposalView }
  | { readonly kind: "write"; readonly id: string; readonly write: ProposedWrite };

/** What a word came to. `placed` is absent when there is no memory, or it stands above what is open. */
export type ReviewOutcome =
  | {
      readonly type: "done";
      readonly kind: ReviewKind;
      readonly placed?: PlacedMemory;
      readonly decision?: DecisionId;
    }
  | { readonly type: "missing" }
  | { readonly type: "stale"; readonly version: number }
  | { readonly type: "refused"; readonly why: string };

/** What waits for the principal's word. */
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
}
