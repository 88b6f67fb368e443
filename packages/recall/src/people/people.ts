/**
 * A world and what its person decided → who there is.
 *
 * Guarantees: pure; nobody is made one with somebody else by likeness: only the world's own context (which each page shows and can be taken
 * back) and decisions do that. Who is known by a name that no list of given names has, and by no tie to anybody, is `isSure: false`: such
 * names are often brands, books or places.
 * It does not: change the world. Decisions lie over it, so that undoing one needs no rebuilding.
 */
import { type Entity, ME_ID } from "@kaelix/intelligence";
import type { DecisionId, MemoryId, PersonId } from "@kaelix/model";
import type { WorldMention, WorldReading } from "@kaelix/views";

/** Below this an unknown word with a capital is not shown as a person. */
const SURE_MIN = 0.8;

/** A person of somebody's memories. */
export interface Somebody {
  /** The id of their first mention; those of the others lead here too. */
  readonly id: PersonId;
  readonly name: string;
  /** Other wordings, the most used first. */
  readonly aliases: readonly string[];
  /** What they are to the person whose world it is, such as "mother"; null when nothing says. */
  readonly relation: string | null;
  /** How many memories speak of them. */
  readonly memories: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly isSure: boolean;
  /** Mentions, oldest first. */
  readonly mentions: readonly WorldMention[];
  /** Ids in the world of which this is one person. */
  readonly entities: readonly Entity[];
  /** Decisions that made them as they are. */
  readonly decisions: readonly DecisionId[];
}

/** Who there is, by every way they are asked for. */
export interface People {
  /** The most spoken of first. */
  readonly all: readonly Somebody[];
  /** Who was decided to be the person whose world it is: none of `all`, and of no id. */
  readonly self: readonly Somebody[];
  /** By any of their ids. */
  byId(id: PersonId): Somebody | undefined;
  /** Of an entity in a memory; memory absent: whoever it mostly is. */
  ofEntity(entityId: string, memoryId?: MemoryId): Somebody | undefined;
}

interface Unit {
  readonly key: string;
  readonly entity: Entity;
  /** Undefined: the whole entity. */
  readonly split: DecisionId | undefined;
  mentions: readonly WorldMention[];
  /** A wording was split off it, or it is what was split off. */
  isParted: boolean;
  parent: Unit | undefined;
  readonly decisions: Set<DecisionId>;
}

const UNPARTED = { split: undefined, isParted: false, parent: undefined } as const;

const made = new WeakMap<WorldReading, People>();

/** Who there is in a world. Worked out once for each reading. */
export function peopleOf(reading: WorldReading): People {
  const known = made.get(reading);
  if (known !== undefined) return known;
  const people = makePeople(reading);
  made.set(reading, people);
  return people;
}

function makePeople(reading: WorldReading): People {
  const units = splitUnits(reading);
  const byMention = new Map<string, Unit>();
  for (const unit of units) {
    for (const { id } of unit.mentions) if (!byMention.has(id)) byMention.set(id, unit);
  }
  mergeUnits(reading, byMention);
  const groups = new Map<Unit, Unit[]>();
  for (const unit of units) {
    const root = rootOf(unit);
    // The one that was kept stands first.
    const others = groups.get(root) ?? [root];
    groups.set(root, unit === root ? others : [...others, unit]);
  }
  const names = namesGiven(reading, byMention);
  const byRoot = new Map<Unit, Somebody>();
  for (const [root, group] of groups) byRoot.set(root, somebodyOf(reading, group, names.get(root)));
  const owns = ownRoots(reading, byMention);
  const everybody = [...byRoot].toSorted(
    ([, left], [, right]) =>
      right.memories - left.memories || right.lastAtMs - left.lastAtMs || (left.name < right.name ? -1 : 1),
  );
  const all = everybody.flatMap(([root, one]) => (owns.has(root) ? [] : [one]));
  const self = everybody.flatMap(([root, one]) => (owns.has(root) ? [one] : []));
  const byEntity = new Map<string, Unit[]>();
  for (const unit of units) byEntity.set(unit.entity.id, [...(byEntity.get(unit.entity.id) ?? []), unit]);
  const somebody = (unit: Unit | undefined): Somebody | undefined =>
    unit === undefined ? undefined : byRoot.get(rootOf(unit));
  return {
    all,
    self,
    byId: (id) => {
      const unit = byMention.get(id);
      return unit === undefined || owns.has(rootOf(unit)) ? undefined : somebody(unit);
    },
    ofEntity: (entityId, memoryId) => {
      const [whole, ...parts] = byEntity.get(entityId) ?? [];
      const isThere = (unit: Unit): boolean => unit.mentions.some((mention) => mention.memoryId === memoryId);
      if (whole === undefined || parts.length === 0 || memoryId === undefined || isThere(whole)) return somebody(whole);
      return somebody(parts.find(isThere) ?? whole);
    },
  };
}

/** One unit for every person of the world, and one for every wording that was decided to be somebody else. */
function splitUnits({ decisions, mentions, world }: WorldReading): Unit[] {
  const units: Unit[] = [];
  for (const entity of world.entities.values()) {
    const list = mentions.get(entity.id)?.list ?? [];
    if (entity.type !== "person" || entity.id === ME_ID || list.length === 0) continue;
    units.push({ ...UNPARTED, key: entity.id, entity, mentions: list, decisions: new Set() });
  }
  for (const { decision, others, what } of decisions) {
    if (what !== "split") continue;
    const apart = new Set<string>(others);
    const unit = units.find((one) => one.mentions.some((mention) => apart.has(mention.id)));
    if (unit === undefined) continue;
    const wordings = new Set(unit.mentions.filter(({ id }) => apart.has(id)).map(({ text }) => text.toLowerCase()));
    const isApart = (mention: WorldMention): boolean => wordings.has(mention.text.toLowerCase());
    const theirs = unit.mentions.filter(isApart);
    if (theirs.length === unit.mentions.length) continue;
    unit.mentions = unit.mentions.filter((mention) => !isApart(mention));
    unit.decisions.add(decision);
    unit.isParted = true;
    const { entity } = unit;
    const key = `${entity.id}/${decision}`;
    const parted = { ...UNPARTED, isParted: true, split: decision, mentions: theirs };
    units.push({ ...parted, key, entity, decisions: new Set([decision]) });
  }
  return units;
}

function mergeUnits({ decisions }: WorldReading, byMention: ReadonlyMap<string, Unit>): void {
  for (const { decision, others, people, what } of decisions) {
    if (what !== "merge") continue;
    const keep = unitOf(byMention, people);
    const other = unitOf(byMention, others);
    if (keep === undefined || other === undefined || keep === other) continue;
    keep.decisions.add(decision);
    other.parent = keep;
  }
}

/** Who was decided to be the person whose world it is. */
function ownRoots({ decisions }: WorldReading, byMention: ReadonlyMap<string, Unit>): ReadonlySet<Unit> {
  return new Set(
    decisions.flatMap(({ people, what }) => (what === "self" ? (unitOf(byMention, people) ?? []) : [])).map(rootOf),
  );
}

function namesGiven({ decisions }: WorldReading, byMention: ReadonlyMap<string, Unit>): Map<Unit, Given> {
  const names = new Map<Unit, Given>();
  for (const { decision, name, people, what } of decisions) {
    const unit = what === "rename" ? unitOf(byMention, people) : undefined;
    if (unit !== undefined && name !== undefined) names.set(unit, { name, decision });
  }
  return names;
}

interface Given {
  readonly name: string;
  readonly decision: DecisionId;
}

/** Whom most of the ids name; those of memories that are gone name nobody. */
function unitOf(byMention: ReadonlyMap<string, Unit>, ids: readonly PersonId[]): Unit | undefined {
  const counts = new Map<Unit, number>();
  for (const id of ids) {
    const unit = byMention.get(id);
    if (unit !== undefined) counts.set(rootOf(unit), (counts.get(rootOf(unit)) ?? 0) + 1);
  }
  return [...counts].toSorted(([, left], [, right]) => right - left)[0]?.[0];
}

function rootOf(unit: Unit): Unit {
  return unit.parent === undefined ? unit : rootOf(unit.parent);
}

function somebodyOf(reading: WorldReading, group: readonly Unit[], given: Given | undefined): Somebody {
  const mentions = group.flatMap((unit) => unit.mentions).toSorted((left, right) => left.atMs - right.atMs);
  // The unit that was kept stands first; its first mention names the person for good.
  const first = group[0]?.mentions[0] ?? mentions[0];
  const only = group.length === 1 && group[0]?.decisions.size === 0 ? group[0] : undefined;
  const whole = only === undefined ? undefined : reading.mentions.get(only.entity.id);
  const confidence = Math.max(...mentions.map((mention) => mention.confidence));
  const relation = relationOf(group);
  const called = given?.name ?? nameOf(reading, group, relation) ?? "";
  const decisions = [...group.flatMap((unit) => [...unit.decisions]), ...(given === undefined ? [] : [given.decision])];
  return {
    // A unit has at least one mention, and a person's ids are persons'.
    id: (first?.id ?? "") as PersonId,
    name: called,
    aliases: aliasesOf(mentions, called, relation),
    relation,
    memories: whole?.memories ?? new Set(mentions.map((mention) => mention.memoryId)).size,
    firstAtMs: mentions[0]?.atMs ?? 0,
    lastAtMs: whole?.lastAtMs ?? mentions.at(-1)?.atMs ?? 0,
    confidence,
    isSure: decisions.length > 0 || relation !== null || confidence >= SURE_MIN,
    mentions,
    entities: [...new Set(group.map((unit) => unit.entity))],
    decisions: [...new Set(decisions)],
  };
}

const LEADING_POSSESSIVE =
  /^(?:my|our|the|mein|meine|meinen|meiner|mon|ma|mi|mis|mio|mia|il mio|la mia|meu|minha|o meu|a minha)\s+/i;

/** The name they are mostly called by; without one, their tie: "Mum", "Therapist", and of somebody else's "Mei’s mum". */
function nameOf({ world }: WorldReading, group: readonly Unit[], relation: string | null): string | undefined {
  const named = group.filter((unit) => unit.mentions.some((mention) => mention.form === "name"));
  const whole = named.find(({ entity, mentions }) => mentions.some((mention) => mention.text === entity.name));
  if (whole !== undefined) return whole.entity.name;
  const [first] = named.length > 0 ? named : group;
  const texts = first?.mentions.filter((mention) => named.length === 0 || mention.form === "name") ?? [];
  const best = mostFrequent(texts.map((mention) => mention.text))[0] ?? relation;
  if (best === null) return undefined;
  const bare = best.replace(LEADING_POSSESSIVE, "");
  const owner = named.length > 0 || relation !== null ? undefined : first?.entity.ties[0]?.owner;
  const whose = owner === undefined ? undefined : world.entities.get(owner);
  if (whose?.isNamed === true) return `${whose.name}’s ${bare.replace(LEADING_HIS, "")}`;
  return bare.charAt(0).toLocaleUpperCase() + bare.slice(1);
}

const LEADING_HIS = /^(?:his|her|their|sein|seine|ihr|ihre|son|sa|su|suo|sua|seu)\s+/i;

function aliasesOf(mentions: readonly WorldMention[], name: string, relation: string | null): string[] {
  const texts = mentions
    .filter(({ form }) => form === "name" || (form === "tie" && relation !== null))
    .map(({ text }) => text);
  const seen = new Set([name.toLowerCase(), relation ?? ""]);
  return mostFrequent(texts.map((text) => text.replace(LEADING_POSSESSIVE, "")))
    .filter((text) => !seen.has(text.toLowerCase()) && seen.add(text.toLowerCase()))
    .slice(0, ALIASES_MAX);
}

const ALIASES_MAX = 12;

function mostFrequent(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted(([, left], [, right]) => right - left).map(([text]) => text);
}

/** What somebody is to the person whose world it is: kin before roles. */
function relationOf(group: readonly Unit[]): string | null {
  // What was parted keeps what its own words say.
  const ties = group.flatMap((unit) =>
    unit.isParted
      ? unit.mentions.flatMap((mention) => mention.ties ?? [])
      : unit.entity.ties.filter((tie) => tie.owner === ME_ID),
  );
  const tie = ties.find(({ type }) => type === "kin") ?? ties[0];
  return tie === undefined ? null : tie.concept.replaceAll("_", " ");
}
