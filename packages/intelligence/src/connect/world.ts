/**
 * A person's world: who and what their memories speak of, built memory by memory. Plain data with maps; `encodeWorld` makes text of it.
 *
 * Guarantees: bounded. At most `ENTITIES_MAX` entities, `RELATIONS_MAX` relations, `DIGESTS_MAX` memories to connect new ones with and
 * `CONNECTIONS_MAX` connections, the least recently touched leaving first. Merges keep what was merged, so that they can be undone.
 */
import type { RelationType } from "../extract/extraction.ts";
import { foldWord } from "../extract/fold-word.ts";

/** Kinds of entities; a date's name is its ISO day. */
export type EntityType = "person" | "place" | "organisation" | "event" | "promise" | "thing" | "substance" | "date";

/** The id of the person whose world it is. */
export const ME_ID = "me";

/** What an entity is to another: kin or role by concept. */
export interface EntityTie {
  readonly type: "kin" | "role";
  readonly concept: string;
  readonly owner: string;
}

/** Somebody or something of a world. */
export interface Entity {
  readonly id: string;
  readonly type: EntityType;
  name: string;
  /** How it was called: folded wording → the wording first met and how often. */
  readonly names: Map<string, { readonly text: string; count: number }>;
  sex: "he" | "she" | undefined;
  ties: EntityTie[];
  qualifier: string | undefined;
  memoryIds: string[];
  readonly firstDay: string;
  lastDay: string;
  /** Number of the memory that touched it last. */
  lastSeen: number;
  confidence: number;
  /** Events: their concept; things, groups and substances: their noun; promises: `money` or empty. */
  readonly concept: string;
  /** Stems that promises, events and things are known again by. */
  stems: string[];
  /** Events: the day they are for. */
  day: string | undefined;
  ownerId: string | undefined;
  /** Called by a name rather than by a tie or a noun. */
  isNamed: boolean;
  /** Said something themself: whoever one writes with is called "you", not "my brother". */
  speaks?: true;
}

/** A relation with what speaks for it. */
export interface Relation {
  readonly from: string;
  readonly type: RelationType;
  readonly to: string;
  readonly evidence: string[];
  confidence: number;
  /** The days between which it was stated to hold; `until` only when a later memory says otherwise. */
  since: string;
  until: string | undefined;
}

/** Two memories that belong together, and why. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  /** 0 to 1. */
  readonly score: number;
  readonly reason: ConnectionReason;
  /** Entities that both speak of. */
  readonly entityIds: readonly string[];
}

/** Why two memories are connected. */
export type ConnectionReason =
  | {
      readonly type:
        | "same-event"
        | "same-promise"
        | "same-thing"
        | "same-person"
        | "same-place"
        | "same-organisation"
        | "same-substance";
      readonly entityId: string;
    }
  | { readonly type: "on-the-day"; readonly entityId: string; readonly day: string }
  | { readonly type: "same-amount"; readonly amount: string }
  | { readonly type: "same-words"; readonly words: readonly string[] }
  | { readonly type: "same-field"; readonly field: string };

/** Two entities that may be one. Never carried out by likeness alone: `isApplied` says that the context spoke for it, and can be undone. */
export interface MergeProposal {
  readonly keep: string;
  readonly merge: string;
  readonly reason: "said" | "short-name" | "only-one" | "same-context" | "same-name";
  readonly confidence: number;
  readonly memoryId: string;
  readonly isApplied: boolean;
}

/** Two statements that cannot both hold. Shown, never resolved. */
export interface Contradiction {
  readonly type: "scheduled_for" | "lives_in" | "works_at" | "family";
  readonly entityId: string;
  readonly values: readonly string[];
  readonly memoryIds: readonly string[];
}

/** What is kept of a memory to connect later ones with. */
export interface Digest {
  readonly memoryId: string;
  readonly seq: number;
  readonly day: string;
  /** The day as a number, for comparing. */
  readonly dayNumber: number;
  readonly entityIds: string[];
  /** Entities reached by a pronoun or by the day alone. */
  readonly weakIds: string[];
  /** Events ahead whose field of life the memory speaks of. */
  readonly threadIds: string[];
  readonly words: readonly DigestWord[];
  readonly fields: Readonly<Record<string, number>>;
  readonly amounts: readonly string[];
  readonly isAside: boolean;
  readonly goesOn: boolean;
  readonly hasMe: boolean;
}

/** A content word as later memories are compared with it. */
export interface DigestWord {
  readonly stem: string;
  readonly isName: boolean;
  readonly isIndefinite: boolean;
  readonly before: string;
  readonly after: string;
}

/** All of it. Changed in place by `connectMemory` alone. */
export interface World {
  readonly version: 1;
  /** What the person whose world it is goes by as a whole, folded: "tom baker". */
  readonly ownerNames: readonly string[];
  seq: number;
  nextId: number;
  readonly languageVotes: Map<string, number>;
  readonly entities: Map<string, Entity>;
  /** Folded wording → ids of entities called so. */
  readonly index: Map<string, string[]>;
  readonly relations: Map<string, Relation>;
  digests: Digest[];
  connections: Connection[];
  proposals: MergeProposal[];
  contradictions: Contradiction[];
  /** In how many memories a stem stands. */
  readonly stemCounts: Map<string, number>;
}

/** Bounds of one world. */
export const WORLD_BOUNDS = {
  entitiesMax: 4_000,
  relationsMax: 8_000,
  digestsMax: 400,
  connectionsMax: 8_000,
  evidenceMax: 64,
  stemsMax: 20_000,
  notesMax: 500,
} as const;

/** A world without memories. `ownerNames`: what the person whose world it is goes by: "Tom Baker". */
export function emptyWorld(ownerNames: readonly string[] = []): World {
  const world: World = {
    version: 1,
    ownerNames: ownerNames.map((name) => foldWord(name).trim()).filter((name) => /\p{L}/u.test(name)),
    seq: 0,
    nextId: 1,
    languageVotes: new Map(),
    entities: new Map(),
    index: new Map(),
    relations: new Map(),
    digests: [],
    connections: [],
    proposals: [],
    contradictions: [],
    stemCounts: new Map(),
  };
  world.entities.set(ME_ID, makeEntity({ id: ME_ID, type: "person", name: "me", day: "", seq: 0, concept: "" }));
  return world;
}

/** A new entity, not yet in a world. */
export function makeEntity(what: {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly day: string;
  readonly seq: number;
  readonly concept: string;
}): Entity {
  return {
    id: what.id,
    type: what.type,
    name: what.name,
    names: new Map(),
    sex: undefined,
    ties: [],
    qualifier: undefined,
    memoryIds: [],
    firstDay: what.day,
    lastDay: what.day,
    lastSeen: what.seq,
    confidence: 0.5,
    concept: what.concept,
    stems: [],
    day: undefined,
    ownerId: undefined,
    isNamed: false,
  };
}

/** Writes a world as text. */
export function encodeWorld(world: World): string {
  return JSON.stringify(world, (_key, value: unknown) => (value instanceof Map ? { $map: [...value] } : value));
}

/** Reads what `encodeWorld` wrote. Throws a `SyntaxError` for anything that is no JSON; the text is trusted otherwise. */
export function decodeWorld(text: string): World {
  const decoded: unknown = JSON.parse(text, (_key, value: unknown) => {
    const isMap = typeof value === "object" && value !== null && "$map" in value && Array.isArray(value.$map);
    return isMap ? new Map(value.$map as [unknown, unknown][]) : value;
  });
  // Written by encodeWorld and sealed since; a view checks the version before it asks.
  return decoded as World;
}
