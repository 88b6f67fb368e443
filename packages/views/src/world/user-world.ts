/**
 * One person's world and where in their memories it stands: every mention of every entity, with the words that make it.
 *
 * Guarantees: a function of whose it is and of the documents that were added, in the order of `orderOf`; written down and read back it goes
 * on the same way. Bounded by `WORLD_BOUNDS` of the intelligence room and by `MENTIONS_MAX` for each entity. It does not: take a document
 * out; whoever owns it begins anew then.
 */
import { connectMemory, decodeWorld, emptyWorld, encodeWorld, ME, ME_ID, type World } from "@kaelix/intelligence";
import { idFromBytes, type EntityId, type ImportId, type MemoryId, type PersonId } from "@kaelix/model";

import type { SearchDocument } from "../search/document.ts";

/** One place where somebody or something is named. */
export interface WorldMention {
  /** A keyed hash of the memory and the wording: the entity goes by the ids of all its mentions, first of all by that of the first. */
  readonly id: PersonId | EntityId;
  readonly memoryId: MemoryId;
  readonly atMs: number;
  /** Code units of the text, end exclusive; both 0 when it is the one who speaks. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly form: "name" | "tie" | "noun" | "value" | "phrase";
  /** What the words make them to the person whose world it is: "my brother" → kin, brother. Absent: nothing. */
  readonly ties?: readonly { readonly type: "kin" | "role"; readonly concept: string }[];
  /** 0 to 1. */
  readonly confidence: number;
}

/** The mentions of one entity, oldest first. */
export interface EntityMentions {
  /** Memories that speak of it, by pronoun too; more than there are mentions when those were too many to keep. */
  memories: number;
  /** When the last of these was. */
  lastAtMs: number;
  lastMemoryId: MemoryId;
  readonly list: WorldMention[];
  /** Where in `taken` the memories stand that name it by more than a pronoun: all of them, in order. */
  readonly places: number[];
}

/** What is known of the person whose world it is. */
export interface WorldOwner {
  /** What they go by: "Tom Baker". */
  readonly names: readonly string[];
  /** Imports of which they said which speaker they are: whoever else speaks there is somebody else, even under their name. */
  readonly answeredImports: readonly ImportId[];
}

/** Nothing is known. */
const NOBODY: WorldOwner = { names: [], answeredImports: [] };

/** A memory that is in a world. */
export interface TakenMemory {
  readonly memoryId: MemoryId;
  readonly version: number;
  readonly atMs: number;
}

/** 16 bytes for a text; another key for every user. */
export type HashMention = (text: string) => Uint8Array;

/** Mentions kept of one entity: the oldest half and the newest half. */
const MENTIONS_MAX = 512;
/** What a memory, an entity and a mention take in memory, about. */
const MEMORY_BYTES = 150;
const ENTITY_BYTES = 1_200;
const FORM = "kaelix-world-3";

/** The order in which documents go into a world: by when they happened, for what holds when rests on it; then as they were told. */
export function orderOf(left: SearchDocument, right: SearchDocument): number {
  return left.occurredAtMs - right.occurredAtMs || left.firstOffset - right.firstOffset;
}

/** One person's world with its mentions. */
export class UserWorld {
  /** Whose it is. */
  readonly owner: WorldOwner;
  readonly #hash: HashMention;
  readonly #world: World;
  readonly #mentions: Map<string, EntityMentions>;
  readonly #taken: TakenMemory[];

  constructor(hash: HashMention, owner: WorldOwner = NOBODY, from?: Pick<UserWorld, "world" | "mentions" | "taken">) {
    this.owner = owner;
    this.#hash = hash;
    this.#world = from?.world ?? emptyWorld(owner.names);
    this.#mentions = new Map(from?.mentions);
    this.#taken = [...(from?.taken ?? [])];
  }

  /** Whether it is the world of somebody of whom just this is known. */
  isOf(owner: WorldOwner): boolean {
    return JSON.stringify(this.owner) === JSON.stringify(owner);
  }

  /** Entities, relations, connections. To be read, not changed. */
  get world(): World {
    return this.#world;
  }

  /** Mentions by id of the entity in `world`; of the person themself where they are named, and where they speak under a name. */
  get mentions(): ReadonlyMap<string, EntityMentions> {
    return this.#mentions;
  }

  /** The memories in it, in order. */
  get taken(): readonly TakenMemory[] {
    return this.#taken;
  }

  /** Bytes held, estimated. */
  get bytes(): number {
    return this.#taken.length * MEMORY_BYTES + this.#world.entities.size * ENTITY_BYTES;
  }

  /** Takes one more memory in; it must stand behind those that are in it. */
  add(document: SearchDocument): void {
    const { importId, memoryId, occurredAtMs: atMs, speaker, text, version } = document;
    const at = new Date(atMs).toISOString();
    const isByAnother = importId !== null && this.owner.answeredImports.includes(importId);
    const said = speaker === undefined ? {} : { speaker, isByAnother };
    const changes = connectMemory(this.#world, { memoryId, at, text, ...said });
    this.#taken.push({ memoryId, version, atMs });
    if (changes === undefined) return;
    if (changes.isOwn && speaker !== undefined) this.#place(this.#touch(ME_ID, { memoryId, atMs }));
    for (const proposal of changes.proposals) if (proposal.isApplied) this.#join(proposal.keep, proposal.merge);
    for (const [index, entityId] of changes.resolution) {
      const mention = changes.extraction.mentions[index];
      if (mention === undefined || (entityId === ME_ID && mention.form === "pronoun")) continue;
      const kept = this.#touch(entityId, { memoryId, atMs });
      if (mention.form === "pronoun") continue;
      this.#place(kept);
      const { confidence, end, form, start } = mention;
      const bytes = this.#hash(`${memoryId}\n${mention.text.toLowerCase()}`);
      const id = mention.kind === "person" ? idFromBytes("per", bytes) : idFromBytes("ent", bytes);
      const own = mention.ties.filter(({ owner }) => owner === ME).map(({ concept, type }) => ({ type, concept }));
      const ties = own.length === 0 ? {} : { ties: own };
      kept.list.push({ id, memoryId, atMs, start, end, text: mention.text, form, ...ties, confidence });
      if (kept.list.length > MENTIONS_MAX) kept.list.splice(MENTIONS_MAX / 2, 1);
    }
    this.#sweep();
  }

  /** The memory that was taken in last names them. */
  #place({ places }: EntityMentions): void {
    const place = this.#taken.length - 1;
    if (places.at(-1) !== place) places.push(place);
  }

  #touch(entityId: string, { memoryId, atMs }: { readonly memoryId: MemoryId; readonly atMs: number }): EntityMentions {
    const known = this.#mentions.get(entityId);
    const kept = known ?? { memories: 0, lastAtMs: atMs, lastMemoryId: memoryId, list: [], places: [] };
    if (known === undefined) this.#mentions.set(entityId, kept);
    if (kept.memories === 0 || kept.lastMemoryId !== memoryId) kept.memories += 1;
    kept.lastAtMs = atMs;
    kept.lastMemoryId = memoryId;
    return kept;
  }

  /** The world has made one entity of two: so are their mentions. */
  #join(keep: string, merged: string): void {
    const from = this.#mentions.get(merged);
    if (from === undefined || this.#world.entities.has(merged)) return;
    this.#mentions.delete(merged);
    const into = this.#mentions.get(keep);
    if (into === undefined) {
      this.#mentions.set(keep, from);
      return;
    }
    const list = [...into.list, ...from.list].toSorted((left, right) => left.atMs - right.atMs);
    const isLater = from.lastAtMs > into.lastAtMs;
    const last = isLater ? from : into;
    const places = [...new Set([...into.places, ...from.places])].toSorted((left, right) => left - right);
    this.#mentions.set(keep, {
      memories: Math.max(into.memories, from.memories, new Set(list.map((mention) => mention.memoryId)).size),
      lastAtMs: last.lastAtMs,
      lastMemoryId: last.lastMemoryId,
      places,
      list: list.length <= MENTIONS_MAX ? list : [...list.slice(0, MENTIONS_MAX / 2), ...list.slice(-MENTIONS_MAX / 2)],
    });
  }

  /** Entities that the world let go because there were too many take their mentions along. */
  #sweep(): void {
    if (this.#mentions.size <= this.#world.entities.size + SWEEP_SLACK) return;
    for (const entityId of this.#mentions.keys()) {
      if (!this.#world.entities.has(entityId)) this.#mentions.delete(entityId);
    }
  }

  /** As text, to be sealed before it touches a disk. */
  encode(): string {
    const mentions = [...this.#mentions];
    return JSON.stringify({
      form: FORM,
      owner: this.owner,
      taken: this.#taken,
      mentions,
      world: encodeWorld(this.#world),
    });
  }

  /** Reads what `encode` wrote; undefined when it is of another form. */
  static decode(text: string, hash: HashMention): UserWorld | undefined {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || !("form" in parsed) || parsed.form !== FORM) return undefined;
    // Written by `encode`, and sealed since by a key that only this house has.
    const { mentions, owner, taken, world } = parsed as unknown as Encoded;
    return new UserWorld(hash, owner, { taken, mentions: new Map(mentions), world: decodeWorld(world) });
  }
}

const SWEEP_SLACK = 256;

interface Encoded {
  readonly owner: WorldOwner;
  readonly taken: readonly TakenMemory[];
  readonly mentions: readonly (readonly [string, EntityMentions])[];
  readonly world: string;
}
