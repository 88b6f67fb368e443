/**
 * Who is meant: names, ties ("my sister", "the boss") and pronouns of one memory against the world.
 *
 * Two people are made one only when words or context say so: an apposition, a short form of the only such name, the only person of that
 * tie, or a tie and a name that speak of the same matter; not whoever speaks themself, with whom everything is spoken of. Likeness of names
 * alone makes a proposal.
 */
import { isShortFor } from "../extract/compile-lexicon.ts";
import { daysBetween } from "../extract/dates.ts";
import { type Extraction, ME, type Mention } from "../extract/extraction.ts";
import { foldWord } from "../extract/fold-word.ts";
import {
  addEntity,
  addName,
  addTie,
  entitiesCalled,
  hasTie,
  mergeEntities,
  type Moment,
  propose,
  touch,
} from "./entities.ts";
import { isOwner } from "./owner.ts";
import { type Entity, ME_ID, type World } from "./world.ts";

/** Who the mentions of a memory are: entity ids by index of the mention. */
export type Resolution = Map<number, string>;

/** Where a speaker stands who is named beside their words, not in them. */
export const SPEAKER_SENTENCE = -1;
/** Ties that one person has to another once. */
const SINGLE = new Set("mother father wife husband mother_in_law father_in_law boss landlord flatmate".split(" "));
const RECENT_MEMORIES = 14;
const PRONOUN_REACH = 4;
const PRONOUN_DAYS = 28;

/** Resolves the people of a memory. */
export function resolvePeople(world: World, extraction: Extraction, moment: Moment): Resolution {
  const resolution: Resolution = new Map();
  const people = extraction.mentions
    .map((mention, index) => ({ mention, index }))
    .filter(({ mention }) => mention.kind === "person");
  for (const { mention, index } of people)
    if (mention.form === "name") resolveName(world, extraction, { mention, index, moment, resolution });
  for (const { mention, index } of people)
    if (mention.form === "pronoun") resolvePronoun(world, extraction, { mention, index, moment, resolution });
  for (const { mention, index } of people)
    if (mention.form === "name" && extraction.isHeard !== true)
      nameTies(world, extraction, { mention, index, moment, resolution });
  for (const { mention, index } of people)
    if (mention.form === "tie") resolveTie(world, extraction, { mention, index, moment, resolution });
  for (const { mention, index } of people) {
    if (mention.form === "pronoun" && !resolution.has(index))
      resolvePronoun(world, extraction, { mention, index, moment, resolution });
  }
  return resolution;
}

interface Case {
  readonly mention: Mention;
  readonly index: number;
  readonly moment: Moment;
  readonly resolution: Resolution;
}

function fitsSex(entity: Entity, sex: "he" | "she" | undefined): boolean {
  return sex === undefined || entity.sex === undefined || entity.sex === sex;
}

function settle(world: World, entity: Entity, { mention, index, moment, resolution }: Case): void {
  touch(entity, moment);
  resolution.set(index, entity.id);
  if (mention.sentence === SPEAKER_SENTENCE) entity.speaks = true;
  if (mention.form !== "pronoun") {
    addName(world, entity, mention.text);
    for (const alias of mention.aliases) addName(world, entity, alias);
    if (mention.form === "name") addName(world, entity, mention.value);
  }
  entity.sex ??= mention.sex;
  entity.confidence = Math.min(0.99, Math.max(entity.confidence, mention.confidence));
}

function resolveName(world: World, extraction: Extraction, one: Case): void {
  const { mention, moment } = one;
  const me = world.entities.get(ME_ID);
  const isSpeaker = mention.sentence === SPEAKER_SENTENCE;
  if (me !== undefined && !isSpeaker && isOwner(world, extraction, mention)) return settle(world, me, one);
  const known = personCalled(world, extraction, mention);
  if (known === undefined && mention.value.length === 1) return;
  const entity = known ?? addEntity(world, moment, { type: "person", name: mention.text, concept: "" });
  const isFuller =
    isShortFor(foldWord(entity.name), mention.value) || mention.value.split(" ").includes(foldWord(entity.name));
  if (!entity.isNamed || isFuller) entity.name = mention.text;
  entity.isNamed = true;
  if (mention.qualifier !== undefined) entity.qualifier ??= mention.qualifier;
  settle(world, entity, one);
}

function personCalled(world: World, extraction: Extraction, mention: Mention): Entity | undefined {
  const exact = entitiesCalled(world, mention.value, "person").filter((entity) => entity.id !== ME_ID);
  const fitting = exact.find((entity) => isSameOne(entity, extraction, mention));
  if (fitting !== undefined) return fitting;
  if (exact.length > 0 || mention.qualifier !== undefined) return undefined;
  const first = mention.value.split(" ")[0] ?? mention.value;
  const byPart = [...world.entities.values()].filter(
    (entity) =>
      entity.type === "person" &&
      entity.isNamed &&
      fitsSex(entity, mention.sex) &&
      [...entity.names.keys()].some((name) => isPartOfName(name, mention.value)),
  );
  if (byPart.length > 0) return byPart.toSorted((left, right) => right.lastSeen - left.lastSeen)[0];
  const short = [...world.entities.values()].filter(
    (entity) =>
      entity.type === "person" &&
      entity.isNamed &&
      entity.id !== ME_ID &&
      entity.qualifier !== "work" &&
      fitsSex(entity, mention.sex) &&
      isShortOf(entity, first) &&
      (first.length > 1 || world.seq - entity.lastSeen <= 60),
  );
  const latest = short.toSorted((left, right) => right.lastSeen - left.lastSeen)[0];
  return first.length === 1 || short.length === 1 ? latest : undefined;
}

/** Carla for Carla Mendes, Lindqvist for Anna Lindqvist; never two full names. */
function isPartOfName(name: string, value: string): boolean {
  const left = name.split(" ");
  const right = value.split(" ");
  if (left.length > 1 === right.length > 1) return false;
  const [long, short] = left.length > 1 ? [left, right] : [right, left];
  return (
    short[0] !== undefined &&
    short[0].length > 1 &&
    (long[0] === short[0] || long.at(-1) === short[0]) &&
    long.length <= 4
  );
}

function isShortOf(entity: Entity, first: string): boolean {
  for (const name of entity.names.keys()) {
    const given = name.split(" ")[0] ?? name;
    if (given.includes("-") !== first.includes("-") && first.length > 1) continue;
    if (isShortFor(first, given) || (first.length > 1 && given.length > 1 && isShortFor(given, first))) return true;
  }
  return false;
}

/** Two people of one name are told apart by what is said beside the name. */
function isSameOne(entity: Entity, extraction: Extraction, mention: Mention): boolean {
  const kin = entity.ties.find((tie) => tie.type === "kin" && tie.owner === ME_ID);
  if (mention.qualifier !== undefined)
    return entity.qualifier === mention.qualifier || (entity.qualifier === undefined && kin === undefined);
  const saidKin = mention.ties.find((tie) => tie.type === "kin" && tie.owner === ME);
  if (saidKin !== undefined && (entity.qualifier === "work" || (kin !== undefined && kin.concept !== saidKin.concept)))
    return false;
  if (entity.qualifier !== "work") return fitsSex(entity, mention.sex);
  const speaksOfKin = extraction.mentions.some(
    (other) => other !== mention && other.ties.some((tie) => tie.type === "kin" && tie.owner === ME),
  );
  return !speaksOfKin;
}

/** Ties said beside a name. */
function nameTies(world: World, extraction: Extraction, one: Case): void {
  const entity = world.entities.get(one.resolution.get(one.index) ?? "");
  if (entity === undefined || entity.id === ME_ID) return;
  for (const tie of one.mention.ties) {
    const owner = ownerId(one.resolution, tie.owner);
    if (owner === undefined || owner === entity.id) continue;
    const others = [...world.entities.values()].filter(
      (other) => other !== entity && hasTie(other, tie.concept, owner),
    );
    const unnamed = others.filter((other) => !other.isNamed);
    if (
      unnamed.length === 1 &&
      unnamed[0] !== undefined &&
      tie.concept !== "colleague" &&
      fitsSex(unnamed[0], entity.sex)
    )
      mergeEntities(world, entity, unnamed[0], { reason: "said", confidence: 0.95, memoryId: one.moment.memoryId });
    const rival = others.find((other) => other.isNamed && SINGLE.has(tie.concept) && tie.type === "kin");
    if (rival !== undefined) {
      const values = [rival.name, entity.name];
      world.contradictions.push({
        type: "family",
        entityId: owner,
        values,
        memoryIds: [rival.memoryIds.at(-1) ?? "", one.moment.memoryId],
      });
    }
    addTie(entity, { type: tie.type, concept: tie.concept, owner });
  }
  if (one.mention.ties.length === 0 && entity.ties.length === 0 && !takesRoleBefore(world, extraction, { entity, one }))
    adoptUnnamed(world, extraction, { entity, one });
}

/** "the boss wants it by friday, Ferrante never sleeps": a role, then in another clause the only name. */
function takesRoleBefore(
  world: World,
  extraction: Extraction,
  { entity, one }: { readonly entity: Entity; readonly one: Case },
): boolean {
  const names = extraction.mentions.filter((mention) => mention.kind === "person" && mention.form === "name");
  const roles = extraction.mentions.filter(
    (mention) => mention.form === "tie" && mention.end < one.mention.start && mention.clause !== one.mention.clause,
  );
  const tie = roles[0]?.ties[0];
  if (names.length !== 1 || roles.length !== 1 || tie === undefined || tie.type !== "role" || tie.owner !== ME)
    return false;
  if (
    /^(?:friend|colleague)$/.test(tie.concept) ||
    [...world.entities.values()].some((other) => hasTie(other, tie.concept, ME_ID) && other.isNamed)
  )
    return false;
  addTie(entity, { type: "role", concept: tie.concept, owner: ME_ID });
  propose(world, {
    keep: entity.id,
    merge: `tie in ${one.moment.memoryId}`,
    reason: "said",
    confidence: 0.65,
    memoryId: one.moment.memoryId,
    isApplied: true,
  });
  return true;
}

function ownerId(resolution: Resolution, owner: number): string | undefined {
  return owner === ME ? ME_ID : resolution.get(owner);
}

/** "the brother rang, clutch is making a noise" … "Declan owes me for the clutch": a name and an unnamed tie that speak of one matter. */
function adoptUnnamed(
  world: World,
  extraction: Extraction,
  { entity, one }: { readonly entity: Entity; readonly one: Case },
): void {
  if (entity.speaks === true) return;
  const candidates = [...world.entities.values()].filter((other) => {
    const tie = other.ties[0];
    const isOpen = other.type === "person" && !other.isNamed && tie !== undefined && tie.owner === ME_ID;
    return (
      isOpen &&
      !/^(?:mother|father|grand|child|godchild|twin)/.test(tie.concept) &&
      fitsSex(other, entity.sex) &&
      one.moment.seq - other.lastSeen <= RECENT_MEMORIES
    );
  });
  const isTheirDay = (other: Entity): boolean =>
    [...world.entities.values()].some(
      (event) => event.type === "event" && event.ownerId === other.id && event.day === one.moment.day,
    );
  const scored = candidates
    .map((other) => ({ other, score: sharedMatter(world, extraction, other) + (isTheirDay(other) ? 1 : 0) }))
    .filter(({ score }) => score >= 0.9);
  const [best, second] = scored.toSorted((left, right) => right.score - left.score);
  if (best === undefined || (second !== undefined && second.score >= best.score)) return;
  mergeEntities(world, entity, best.other, { reason: "same-context", confidence: 0.65, memoryId: one.moment.memoryId });
}

/** How much a memory and the memories of an entity speak of one matter: rare words and fields in common. */
function sharedMatter(world: World, extraction: Extraction, entity: Entity): number {
  let best = 0;
  for (const digest of world.digests) {
    if (!digest.entityIds.includes(entity.id)) continue;
    let score = 0;
    for (const word of extraction.words) {
      if (word.isName || !digest.words.some((other) => other.stem === word.stem && !other.isName)) continue;
      if ((world.stemCounts.get(word.stem) ?? 0) <= Math.max(3, world.seq / 12)) score += 1;
    }
    for (const [field, count] of Object.entries(extraction.fields))
      score += 0.5 * Math.sqrt(count * (digest.fields[field] ?? 0));
    best = Math.max(best, score);
  }
  return best;
}

function resolveTie(world: World, extraction: Extraction, one: Case): void {
  const { mention, moment } = one;
  const tie = mention.ties[0];
  if (tie === undefined) return;
  const owner = ownerId(one.resolution, tie.owner);
  if (owner === undefined) return;
  const known = [...world.entities.values()]
    .filter(
      (entity) =>
        mention.ties.some((said) => hasTie(entity, said.concept, ownerId(one.resolution, said.owner) ?? "")) &&
        fitsSex(entity, mention.sex),
    )
    .toSorted(
      (left, right) =>
        Number(calledSo(right, mention)) - Number(calledSo(left, mention)) || right.lastSeen - left.lastSeen,
    )[0];
  const beside = known !== undefined && !known.isNamed ? freeNameBeside(world, extraction, one) : undefined;
  if (known !== undefined && beside !== undefined && beside !== known)
    mergeEntities(world, beside, known, { reason: "said", confidence: 0.75, memoryId: moment.memoryId });
  const adopted =
    known !== undefined && !known.isNamed && beside === undefined ? adoptNamed(world, extraction, one, 1) : undefined;
  if (known !== undefined && adopted !== undefined && adopted !== known)
    mergeEntities(world, adopted, known, { reason: "same-context", confidence: 0.6, memoryId: moment.memoryId });
  const entity =
    beside ??
    adopted ??
    known ??
    adoptNamed(world, extraction, one) ??
    addEntity(world, moment, { type: "person", name: mention.text, concept: "" });
  for (const said of mention.ties) {
    const whose = ownerId(one.resolution, said.owner);
    if (whose !== undefined && whose !== entity.id)
      addTie(entity, { type: said.type, concept: said.concept, owner: whose });
  }
  settle(world, entity, one);
}

function calledSo(entity: Entity, mention: Mention): boolean {
  return mention.aliases.some((alias) => entity.names.has(foldWord(alias)));
}

function isFreeFor(entity: Entity, mention: Mention): boolean {
  const tie = mention.ties[0];
  return (
    tie !== undefined &&
    entity.type === "person" &&
    entity.isNamed &&
    entity.id !== ME_ID &&
    fitsSex(entity, mention.sex) &&
    !entity.ties.some((other) => other.owner === ME_ID && (other.type === tie.type || tie.type === "kin"))
  );
}

/** "Jonas did 9k before breakfast. my husband, the athlete": the only name of the memory, in a clause before. */
function freeNameBeside(world: World, extraction: Extraction, { mention, resolution }: Case): Entity | undefined {
  if (mention.ties[0]?.owner !== ME || mention.opensClause !== true || !speaksOfOne(extraction, mention))
    return undefined;
  const names = new Set<Entity>();
  for (const [index, other] of extraction.mentions.entries()) {
    const entity = world.entities.get(resolution.get(index) ?? "");
    const isBefore =
      other.kind === "person" && other.form === "name" && other.end < mention.start && other.clause !== mention.clause;
    if (entity !== undefined && isBefore && isFreeFor(entity, mention)) names.add(entity);
  }
  const [only] = names;
  return names.size === 1 ? only : undefined;
}

/** Whoever takes part in an event today is more likely meant. */
function dayScore(world: World, entity: Entity, moment: Moment): number {
  for (const event of world.entities.values()) {
    if (event.type !== "event" || event.day !== moment.day) continue;
    if (event.ownerId === entity.id || world.relations.has(`${entity.id} attends ${event.id}`)) return 1;
  }
  return 0;
}

/** Those one lives with are called by name before they are explained; nobody explains a name that came once. */
function onlyOne(entity: Entity, concept: string): number {
  const isClose = /^(?:daughter|son|wife|husband|partner|twin)$/.test(concept);
  return isClose &&
    entity.memoryIds.length >= 2 &&
    entity.sex !== undefined &&
    !/^(?:mr|mrs|ms|miss|dr|prof|frau|herr)/i.test(entity.name)
    ? 0.75
    : 0;
}

/** "Lena got into the conservatory" … "my little sister wants me at her recital": the tie is told later than the name. */
function adoptNamed(world: World, extraction: Extraction, one: Case, scoreMin = 0): Entity | undefined {
  const { mention, moment, resolution } = one;
  const tie = mention.ties[0];
  if (tie === undefined || tie.owner !== ME) return undefined;
  const isFree = (entity: Entity): boolean => entity.speaks !== true && isFreeFor(entity, mention);
  const beside = freeNameBeside(world, extraction, one);
  if (beside !== undefined) return note(world, beside, moment, "said");
  if (/^(?:mother|father)$/.test(tie.concept)) return undefined;
  const isFrequent = /^(?:friend|colleague)$/.test(tie.concept);
  const isClose = /^(?:wife|husband|grandmother|grandfather)$/.test(tie.concept);
  const scored = [...world.entities.values()]
    .filter(
      (entity) =>
        isFree(entity) && moment.seq - entity.lastSeen <= RECENT_MEMORIES && !resolutionHolds(resolution, entity.id),
    )
    .map((entity) => ({
      entity,
      score: sharedMatter(world, extraction, entity) + dayScore(world, entity, moment) + onlyOne(entity, tie.concept),
    }))
    .filter(({ score }) => score >= Math.max(scoreMin, isClose ? 1.2 : isFrequent ? 1 : 0.7));
  const [best, second] = scored.toSorted((left, right) => right.score - left.score);
  if (best === undefined || (second !== undefined && second.score >= best.score)) return undefined;
  return note(world, best.entity, moment, "same-context");
}

function resolutionHolds(resolution: Resolution, id: string): boolean {
  return [...resolution.values()].includes(id);
}

/** A tie that follows a name in another clause is the same person unless the words between bring in somebody else. */
function speaksOfOne(extraction: Extraction, mention: Mention): boolean {
  return !extraction.mentions.some(
    (other) => other.kind === "person" && other !== mention && other.form === "tie" && other.start < mention.start,
  );
}

function note(world: World, entity: Entity, moment: Moment, reason: "said" | "same-context"): Entity {
  propose(world, {
    keep: entity.id,
    merge: `tie in ${moment.memoryId}`,
    reason,
    confidence: reason === "said" ? 0.8 : 0.6,
    memoryId: moment.memoryId,
    isApplied: true,
  });
  return entity;
}

function resolvePronoun(world: World, extraction: Extraction, one: Case): void {
  const { mention, moment, resolution } = one;
  const before = extraction.mentions
    .map((other, index) => ({ other, id: resolution.get(index) }))
    .filter(({ other, id }) => id !== undefined && other.kind === "person" && other.end <= mention.start)
    .map(({ id }) => world.entities.get(id ?? ""))
    .filter((entity) => entity !== undefined && fitsSex(entity, mention.sex));
  const inside = before.at(-1);
  if (inside !== undefined) return settle(world, inside, one);
  if (mention.sex === undefined) return;
  const latest = [...world.entities.values()]
    .filter(
      (entity) =>
        entity.type === "person" &&
        entity.id !== ME_ID &&
        (entity.sex === mention.sex || (entity.sex === undefined && entity.isNamed)) &&
        moment.seq - entity.lastSeen <= PRONOUN_REACH &&
        daysBetween(entity.lastDay, moment.day) <= PRONOUN_DAYS &&
        entity.lastSeen < moment.seq,
    )
    .toSorted(
      (left, right) =>
        right.lastSeen +
        0.8 * matter(world, extraction, right) -
        (left.lastSeen + 0.8 * matter(world, extraction, left)),
    )[0];
  if (latest !== undefined) settle(world, latest, one);
}

function matter(world: World, extraction: Extraction, entity: Entity): number {
  return Math.min(3, sharedMatter(world, extraction, entity));
}
