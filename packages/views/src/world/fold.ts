/** Events → what becomes of a user's world, and what they decided about who is who. Pure. */
import type { DecisionId, MemoryEvent, PeopleEvent, PersonDecided, UserId } from "@kaelix/model";

/** `grows`: there is more to take in. `anew`: something that was taken in holds no longer, so it must be gone at once. */
export type WorldChange = "grows" | "anew";

/** What events make of the worlds of their users; users whose world stays as it is are left out. */
export function foldMemoryEvents(events: readonly MemoryEvent[]): ReadonlyMap<UserId, WorldChange> {
  const changes = new Map<UserId, WorldChange>();
  for (const event of events) {
    if (event.type === "import.started" || event.type === "import.finished") continue;
    const isTold = event.type === "memory.remembered" && event.memory_version === 1;
    if (!isTold) changes.set(event.user, "anew");
    else if (!changes.has(event.user)) changes.set(event.user, "grows");
  }
  return changes;
}

/** Decisions of one user that hold, in order. */
export type Decisions = readonly PersonDecided[];

/** The decisions that hold after an event. One that is told twice counts once; undoing what is unknown changes nothing. */
export function foldDecision(decisions: Decisions, event: PeopleEvent): Decisions {
  const rest = decisions.filter((one) => !isSame(one, event.decision));
  if (event.type === "person.undone") return rest.length === decisions.length ? decisions : rest;
  return rest.length === decisions.length ? [...decisions, event] : decisions;
}

function isSame(one: PersonDecided, decision: DecisionId): boolean {
  return one.decision === decision;
}
