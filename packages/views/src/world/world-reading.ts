/** A world as recall reads it. */
import type { World } from "@kaelix/intelligence";
import type { DecisionId, PersonDecided, PersonDecision, PersonId } from "@kaelix/model";

import type { EntityMentions, TakenMemory } from "./user-world.ts";

/** A decision that holds, opened. */
export interface ReadDecision {
  readonly decision: DecisionId;
  readonly what: PersonDecision;
  readonly people: readonly PersonId[];
  readonly others: readonly PersonId[];
  /** The name that a renaming gives. */
  readonly name: string | undefined;
  readonly atMs: number;
}

/** A user's world, what it rests on and what they decided. To be read, not changed; another object when anything changed. */
export interface WorldReading {
  readonly world: World;
  readonly mentions: ReadonlyMap<string, EntityMentions>;
  /** The memories in it, in order of when they happened. */
  readonly taken: readonly TakenMemory[];
  readonly decisions: readonly ReadDecision[];
}

/** Opens the names of decisions. One whose name cannot be opened is left out. */
export async function decisionsOf(
  decided: readonly PersonDecided[],
  openName: (decision: DecisionId, sealed: string) => Promise<string | undefined>,
): Promise<ReadDecision[]> {
  const read: ReadDecision[] = [];
  for (const { at: atMs, decision, others, people, sealed, what } of decided) {
    const name = sealed === null ? undefined : await openName(decision, sealed);
    if (what === "rename" && name === undefined) continue;
    read.push({ decision, what, people, others, name, atMs });
  }
  return read;
}
