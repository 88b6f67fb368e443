/**
 * Whom and what memories name, as something that can be shared: every memory that names them, found anew whenever it is asked.
 *
 * Guarantees: a memory is about somebody when it names them by more than a pronoun, or they said it, and the memory is that very version.
 * Up to level general nothing counts that only memories above it make known (who "my brother" is, say): it must be so in the world of
 * both levels and in that of the lower alone, under the decisions of the person whose world it is. Ids whose memories are gone name
 * nobody, and a world that holds none of them answers with nothing. It does not: know grants, or anything above level confidential.
 */
import { type EntityId, LEVEL_INDEXED_MAX, type MemoryId, type PersonId, type UserId } from "@kaelix/model";
import type { EntityMentions, WorldMention, WorldReading } from "@kaelix/views";

import { isCalled, wordsOf } from "./called.ts";
import { namedOf, type ShownKind } from "./names.ts";
import { peopleOf, type Somebody } from "./people.ts";
import type { PeopleSource } from "./source.ts";

/** Names a mention of a person, or of anything else. */
export type SubjectId = PersonId | EntityId;

/** The levels that worlds are made of. */
export type SubjectLevel = 1 | 2;

/** Somebody or something that memories name. */
export interface Subject {
  readonly id: SubjectId;
  readonly kind: Exclude<ShownKind, "me">;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly relation: string | null;
}

/** One of them, and how many memories would be shared up to each level; those of general count among those of confidential. */
export interface CountedSubject extends Subject {
  readonly general: number;
  readonly confidential: number;
}

/** What a subject goes on being known by, and how many memories are about it now. */
export interface KeptSubject extends Subject {
  readonly ids: readonly SubjectId[];
  readonly memories: number;
}

/** The memories that are about something, each with the version that is. */
export interface AboutSet {
  readonly memories: ReadonlyMap<MemoryId, number>;
  /** What it is mostly called in these very memories; null when there are none. */
  readonly calledThere: string | null;
  /** Greater than that of every set that was made before. */
  readonly edition: number;
}

/** What is looked for among subjects. */
export interface SubjectRequest {
  /** Words, each of which must begin a word of a name. */
  readonly query: string;
  readonly only?: "people" | "topics";
  readonly limit: number;
}

interface Found extends Subject {
  /** Mentions that were kept, oldest first. */
  readonly mentions: readonly WorldMention[];
  readonly memories: ReadonlySet<MemoryId>;
}

/** Ids that something is known by: enough that some of the memories stay, and few enough for one word of an event. */
const IDS_MAX = 6;

/** Finds subjects and what is about them. Keeps what it worked out as long as the world it came from. */
export class Subjects {
  readonly #source: Pick<PeopleSource, "world">;
  readonly #sets = new WeakMap<WorldReading, Map<string, AboutSet>>();
  readonly #decided = new WeakMap<WorldReading, { readonly upper: WorldReading; readonly reading: WorldReading }>();
  #edition = 0;

  constructor(source: Pick<PeopleSource, "world">) {
    this.#source = source;
  }

  /** Who and what is called so, the most spoken of first. For a session that is open to level confidential. */
  async list(userId: UserId, { query, only, limit }: SubjectRequest): Promise<readonly CountedSubject[]> {
    const reading = await this.#source.world(userId, LEVEL_INDEXED_MAX);
    const wanted = wordsOf(query);
    const people = only === "topics" ? [] : peopleOf(reading).all.filter(({ isSure }) => isSure);
    const topics = only === "people" ? [] : topicsIn(reading);
    const found = [...people.map((one) => foundSomebody(reading, one)), ...topics].filter((one) =>
      isCalled(one, wanted),
    );
    const shown = found.toSorted((left, right) => right.memories.size - left.memories.size).slice(0, limit);
    return Promise.all(
      shown.map(async (one) => {
        const general = (await this.#keep(userId, one, 1)).memories;
        return { ...subjectOf(one), general, confidential: (await this.#keep(userId, one, 2)).memories };
      }),
    );
  }

  /** One of them, as it would be shared up to a level; undefined when no memory up to it names what the ids name. */
  async find(userId: UserId, ids: readonly SubjectId[], level: SubjectLevel): Promise<KeptSubject | undefined> {
    const found = foundIn(await this.#source.world(userId, LEVEL_INDEXED_MAX), ids);
    if (found === undefined) return undefined;
    const kept = await this.#keep(userId, found, level);
    return kept.memories === 0 ? undefined : { ...subjectOf(found), ...kept };
  }

  /** What is about whatever the ids name, as it is now. */
  async about(userId: UserId, ids: readonly SubjectId[], level: SubjectLevel): Promise<AboutSet> {
    const upper = await this.#source.world(userId, LEVEL_INDEXED_MAX);
    if (level === LEVEL_INDEXED_MAX) return this.#setOf(upper, ids, () => foundIn(upper, ids));
    const lower = this.#lowerOf(await this.#source.world(userId, 1), upper);
    return this.#setOf(lower, ids, () => {
      const [all, alone] = [foundIn(upper, ids), foundIn(lower, ids)];
      if (all === undefined || alone === undefined) return undefined;
      return { ...alone, memories: new Set([...alone.memories].filter((id) => all.memories.has(id))) };
    });
  }

  /** The ids that something goes on being known by up to a level, and how many memories those lead to. */
  async #keep(
    userId: UserId,
    { mentions }: Found,
    level: SubjectLevel,
  ): Promise<Pick<KeptSubject, "ids" | "memories">> {
    const all = spread([...new Set(mentions.map(({ id }) => id))], MAJORITY);
    const { memories } = await this.about(userId, all, level);
    const ids = spread([...new Set(mentions.filter((one) => memories.has(one.memoryId)).map(({ id }) => id))], IDS_MAX);
    return { ids, memories: (await this.about(userId, ids, level)).memories.size };
  }

  /** The lower world under the decisions of its person: what they said themself is theirs to share. */
  #lowerOf(lower: WorldReading, upper: WorldReading): WorldReading {
    const known = this.#decided.get(lower);
    if (known?.upper === upper) return known.reading;
    const reading = { ...lower, decisions: upper.decisions };
    this.#decided.set(lower, { upper, reading });
    return reading;
  }

  #setOf(reading: WorldReading, ids: readonly SubjectId[], find: () => Found | undefined): AboutSet {
    const kept = this.#sets.get(reading) ?? new Map<string, AboutSet>();
    this.#sets.set(reading, kept);
    const key = ids.join(" ");
    const known = kept.get(key);
    if (known !== undefined) return known;
    const found = find();
    const memories = new Map<MemoryId, number>();
    for (const { memoryId, version } of found === undefined ? [] : reading.taken) {
      if (found?.memories.has(memoryId) === true) memories.set(memoryId, version);
    }
    const there = (found?.mentions ?? []).filter(({ memoryId }) => memories.has(memoryId));
    this.#edition += 1;
    const set = { memories, calledThere: calledIn(there), edition: this.#edition };
    kept.set(key, set);
    return set;
  }
}

/** Mentions that are asked whom they name, where nothing was kept yet. */
const MAJORITY = 64;

function spread<Item>(items: readonly Item[], max: number): Item[] {
  if (items.length <= max) return [...items];
  return Array.from({ length: max }, (_, at) => items[Math.round((at * (items.length - 1)) / (max - 1))]).filter(
    (item) => item !== undefined,
  );
}

function subjectOf({ id, kind, name, aliases, relation }: Subject): Subject {
  return { id, kind, name, aliases, relation };
}

/** Whom or what most of the ids name; those of memories that are gone name nobody. */
function foundIn(reading: WorldReading, ids: readonly SubjectId[]): Found | undefined {
  const people = peopleOf(reading);
  const things = entitiesByMention(reading);
  const counts = new Map<Somebody | string, number>();
  for (const id of ids) {
    const one = people.byId(id as PersonId) ?? things.get(id);
    if (one !== undefined) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, left], [, right]) => right - left);
  if (most === undefined) return undefined;
  return typeof most[0] === "string" ? foundTopic(reading, most[0]) : foundSomebody(reading, most[0]);
}

function foundSomebody(reading: WorldReading, somebody: Somebody): Found {
  const { id, name, aliases, relation, mentions } = somebody;
  return { id, kind: "person", name, aliases, relation, mentions, memories: memoriesOfSomebody(reading, somebody) };
}

/** The memories that name somebody by more than a pronoun, or that they said. */
export function memoriesOfSomebody(
  reading: WorldReading,
  { entities, mentions }: Pick<Somebody, "entities" | "mentions">,
): ReadonlySet<MemoryId> {
  const memories = new Set(mentions.map(({ memoryId }) => memoryId));
  const theirs = new Set(mentions);
  for (const { id: entity } of entities) {
    const all = reading.mentions.get(entity);
    // Where a wording was split off, only the mentions that were kept say whose each memory is.
    if (all === undefined || !all.list.every((mention) => theirs.has(mention))) continue;
    for (const memory of memoriesAt(reading, all)) memories.add(memory);
  }
  return memories;
}

function topicsIn(reading: WorldReading): Found[] {
  return [...new Set(entitiesByMention(reading).values())].flatMap((entity) => foundTopic(reading, entity) ?? []);
}

function foundTopic(reading: WorldReading, entity: string): Found | undefined {
  const named = namedOf({ reading }, entity);
  const kept = reading.mentions.get(entity);
  if (named === undefined || named.id === null || named.kind === "me" || kept === undefined) return undefined;
  const { id, kind, name } = named;
  const wordings = [...new Set(kept.list.map(({ text }) => text))];
  const aliases = wordings.filter((text) => text.toLowerCase() !== name.toLowerCase()).slice(0, ALIASES_MAX);
  return { id, kind, name, aliases, relation: null, mentions: kept.list, memories: memoriesAt(reading, kept) };
}

const ALIASES_MAX = 12;

/** The memories that name something by more than a pronoun. */
export function memoriesAt({ taken }: WorldReading, { places }: EntityMentions): Set<MemoryId> {
  return new Set(places.flatMap((place) => taken[place]?.memoryId ?? []));
}

const madeThings = new WeakMap<WorldReading, ReadonlyMap<string, string>>();

/** Mentions of what is no person → the entity they mean. */
function entitiesByMention(reading: WorldReading): ReadonlyMap<string, string> {
  const known = madeThings.get(reading);
  if (known !== undefined) return known;
  const made = new Map<string, string>();
  for (const [entityId, { list }] of reading.mentions) {
    const type = reading.world.entities.get(entityId)?.type;
    if (type === undefined || type === "person" || type === "date" || type === "promise") continue;
    for (const { id } of list) if (!made.has(id)) made.set(id, entityId);
  }
  madeThings.set(reading, made);
  return made;
}

/** The name, or else the wording, that stands there most often. */
function calledIn(mentions: readonly WorldMention[]): string | null {
  const named = mentions.filter(({ form }) => form === "name");
  const counts = new Map<string, number>();
  for (const { text } of named.length > 0 ? named : mentions) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, left], [, right]) => right - left);
  return most?.[0] ?? null;
}
