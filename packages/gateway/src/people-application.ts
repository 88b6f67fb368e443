/** What the gateway needs of people and of how memories hang together. What is foreign or above answers as what does not exist. */
import type { DecisionId, MemoryId, PersonId, UserPrincipal } from "@kaelix/model";
import type { GraphOutcome, MemoryLinks, Merges, MergeWish, PeopleList, PersonPage } from "@kaelix/recall";

/** What a wish came to. `undone`: it was answered by taking an earlier decision back. */
export type DecideOutcome =
  | { readonly type: "decided" | "undone"; readonly id: DecisionId }
  | { readonly type: "missing" }
  | { readonly type: "refused"; readonly why: string };

/** Who there is in the principal's memories. */
export interface PeopleApplication {
  list(
    principal: UserPrincipal,
    request: { readonly query?: string; readonly isUnsureToo: boolean; readonly limit: number },
  ): Promise<PeopleList>;
  page(principal: UserPrincipal, id: PersonId): Promise<PersonPage | undefined>;
  graph(
    principal: UserPrincipal,
    request: { readonly id: PersonId; readonly hops: number; readonly nodesMax: number },
  ): Promise<GraphOutcome>;
  /** How far the principal's memories are read for people; undefined while nothing is. */
  reading(principal: UserPrincipal): { readonly done: number; readonly total: number } | undefined;
  merges(principal: UserPrincipal): Promise<Merges>;
  /** Resolves when what was decided is durable and shown. */
  decide(principal: UserPrincipal, wish: MergeWish): Promise<DecideOutcome>;
  /** False when there is no such decision. */
  undo(principal: UserPrincipal, id: DecisionId): Promise<boolean>;
  /** Undefined when there is no such memory. */
  links(principal: UserPrincipal, id: MemoryId): Promise<MemoryLinks | undefined>;
}
