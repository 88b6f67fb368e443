/**
 * Events of topic `people`: what a person decided about who is who. They name nobody: a person is named by the ids of mentions (`per_`, a
 * keyed hash of a memory and the words in it), so that a memory that is erased takes its words along. A name that was chosen is sealed.
 */
import type { EventBase } from "./events.ts";
import type { DecisionId, PersonId } from "./ids.ts";

/**
 * `merge`: `others` are the same person as `people`. `apart`: they are not, and are not proposed again. `split`: what is called as in
 * `others` is somebody else than `people`. `rename`: `people` is called as `sealed` says; `others` is empty. `self`: `people` is the one
 * whose memories these are; `others` is empty.
 */
export type PersonDecision = "merge" | "apart" | "split" | "rename" | "self";

/** A person was decided to be the same as another, to be two, to be called so, or to be the owner of the memories. */
export interface PersonDecided extends EventBase {
  readonly type: "person.decided";
  readonly decision: DecisionId;
  readonly what: PersonDecision;
  /** Ids by which the person is known: any mention of theirs. */
  readonly people: readonly PersonId[];
  readonly others: readonly PersonId[];
  /** Sealed name, purpose `people` (base64url); null unless it is a renaming. */
  readonly sealed: string | null;
}

/** A decision holds no longer. */
export interface PersonUndone extends EventBase {
  readonly type: "person.undone";
  readonly decision: DecisionId;
}

/** Events of topic `people`, keyed by user. */
export type PeopleEvent = PersonDecided | PersonUndone;
