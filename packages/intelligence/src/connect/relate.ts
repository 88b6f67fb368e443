/** Relations between entities from the facts of one memory, and who takes part in events. */
import { daysBetween } from "../extract/dates.ts";
import { type Extraction, type Fact, ME, type RelationType } from "../extract/extraction.ts";
import { addEntity, addName, type Moment, touch } from "./entities.ts";
import type { Happenings } from "./resolve-happenings.ts";
import type { Resolution } from "./resolve-people.ts";
import { type Entity, ME_ID, type Relation, type World, WORLD_BOUNDS } from "./world.ts";

/** Events that one goes through alone: being near is not taking part. */
const ALONE = new Set("surgery scan hearing interview exam race birth appointment christening".split(" "));
/** Events that the writer is at when nobody else is named. */
const OWN_BY_DEFAULT = new Set(
  "surgery scan interview exam appointment concert demo match race hearing christening meeting session course viewing lunch".split(
    " ",
  ),
);
const NO_PARTAKING = new Set("move birth deadline opening retirement".split(" "));
const EXCLUSIVE = new Set<RelationType>(["lives_in", "works_at"]);

/** One memory's case for relations. */
export interface Relating {
  readonly extraction: Extraction;
  readonly moment: Moment;
  readonly resolution: Resolution;
  readonly happenings: Happenings;
}

/** Adds the relations of a memory. */
export function relate(world: World, relating: Relating): void {
  const { extraction, resolution } = relating;
  for (const fact of extraction.facts) {
    if (fact.type === "scheduled_for") schedule(world, relating, fact);
    else addFact(world, relating, fact);
  }
  for (const [index, mention] of extraction.mentions.entries()) {
    if (mention.kind !== "event") continue;
    const event = world.entities.get(resolution.get(index) ?? "");
    if (event !== undefined && !relating.happenings.onTheDay.includes(event)) attend(world, relating, { event, index });
  }
  for (const event of relating.happenings.onTheDay) attend(world, relating, { event, index: -1 });
  workmates(world, relating);
}

function idOf(resolution: Resolution, index: number): string | undefined {
  return index === ME ? ME_ID : resolution.get(index);
}

function addFact(world: World, { resolution, moment }: Relating, fact: Fact): void {
  const from = idOf(resolution, fact.from);
  const to = idOf(resolution, fact.to);
  if (from === undefined || to === undefined || from === to) return;
  if (fact.type === "family" && from !== ME_ID && to === ME_ID) return;
  if (fact.type === "family" && from !== ME_ID && /^(?:daughter|son|child|wife|husband|twin)$/.test(fact.cue))
    kinOfKin(world, { from, to, moment });
  state(world, { from, type: fact.type, to, confidence: fact.confidence, moment });
}

/** Kin of my kin are my kin: my brother's daughter. */
function kinOfKin(
  world: World,
  { from, to, moment }: { readonly from: string; readonly to: string; readonly moment: Moment },
): void {
  const isMine = (id: string): boolean =>
    world.entities
      .get(id)
      ?.ties.some((tie) => /^(?:brother|sister|daughter|son)$/.test(tie.concept) && tie.owner === ME_ID) === true;
  if (isMine(from) === isMine(to)) return;
  state(world, { from: ME_ID, type: "family", to: isMine(from) ? to : from, confidence: 0.55, moment });
}

interface Statement {
  readonly from: string;
  readonly type: RelationType;
  readonly to: string;
  readonly confidence: number;
  readonly moment: Moment;
}

/** States a relation: strengthens what is known, ends what it replaces. */
function state(world: World, { from, type, to, confidence, moment }: Statement): Relation {
  const key = `${from} ${type} ${to}`;
  const known = world.relations.get(key);
  if (known !== undefined) {
    if (!known.evidence.includes(moment.memoryId) && known.evidence.length < WORLD_BOUNDS.evidenceMax)
      known.evidence.push(moment.memoryId);
    known.confidence = 1 - (1 - known.confidence) * (1 - confidence * 0.6);
    return known;
  }
  const relation: Relation = {
    from,
    type,
    to,
    evidence: [moment.memoryId],
    confidence,
    since: moment.day,
    until: undefined,
  };
  if (EXCLUSIVE.has(type)) replaceFormer(world, relation, moment);
  world.relations.set(key, relation);
  if (world.relations.size > WORLD_BOUNDS.relationsMax) {
    const oldest = world.relations.keys().next().value;
    if (oldest !== undefined) world.relations.delete(oldest);
  }
  return relation;
}

/** One lives and works in one place at a time: the former statement ends, and both are shown. */
function replaceFormer(world: World, relation: Relation, moment: Moment): void {
  for (const other of world.relations.values()) {
    if (other.from !== relation.from || other.type !== relation.type || other.until !== undefined) continue;
    other.until = moment.day;
    note(world, {
      type: relation.type === "lives_in" ? "lives_in" : "works_at",
      entityId: relation.from,
      values: [other.to, relation.to],
      memoryIds: [other.evidence.at(-1) ?? "", moment.memoryId],
    });
  }
}

function note(world: World, contradiction: World["contradictions"][number]): void {
  world.contradictions.push(contradiction);
  if (world.contradictions.length > WORLD_BOUNDS.notesMax) world.contradictions.shift();
}

function schedule(world: World, { extraction, resolution, moment }: Relating, fact: Fact): void {
  const event = world.entities.get(resolution.get(fact.from) ?? "");
  const date = extraction.mentions[fact.to];
  if (event === undefined || date === undefined) return;
  const day = date.value;
  const former = event.day;
  const isRecurring = former !== undefined && former !== day && daysBetween(former, moment.day) > 0;
  if (isRecurring && daysBetween(former, moment.day) > 30) return;
  if (former !== undefined && former !== day) {
    for (const relation of world.relations.values()) {
      if (relation.from === event.id && relation.type === "scheduled_for" && relation.until === undefined)
        relation.until = moment.day;
    }
    note(world, {
      type: "scheduled_for",
      entityId: event.id,
      values: [former, day],
      memoryIds: [event.memoryIds.at(-2) ?? moment.memoryId, moment.memoryId],
    });
  }
  event.day = day;
  const entity = dateEntity(world, day, moment);
  resolution.set(fact.to, entity.id);
  state(world, { from: event.id, type: "scheduled_for", to: entity.id, confidence: fact.confidence, moment });
}

function dateEntity(world: World, day: string, moment: Moment): Entity {
  const known = (world.index.get(day) ?? [])
    .map((id) => world.entities.get(id))
    .find((entity) => entity?.type === "date");
  const entity = known ?? addEntity(world, moment, { type: "date", name: day, concept: "" });
  if (known === undefined) addName(world, entity, day);
  entity.confidence = 0.8;
  touch(entity, moment);
  return entity;
}

/** Who takes part in an event: whose it is, who is named with it, and who is there on its day. */
function attend(
  world: World,
  relating: Relating,
  { event, index }: { readonly event: Entity; readonly index: number },
): void {
  const { extraction, moment, happenings } = relating;
  if (NO_PARTAKING.has(event.concept) || event.concept.startsWith("other:")) return;
  const isOnDay = happenings.onTheDay.includes(event);
  const isPast = isOnDay || (event.day !== undefined && daysBetween(event.day, moment.day) >= 0);
  event.ownerId ??=
    ALONE.has(event.concept) && index >= 0 && event.memoryIds.length === 1 ? soleOwner(relating, index) : undefined;
  const owner = event.ownerId;
  const go = (id: string, confidence: number): void => {
    if (world.entities.get(id)?.type === "person")
      state(world, { from: id, type: "attends", to: event.id, confidence, moment });
  };
  if (owner !== undefined) go(owner, 0.8);
  const isAlone = ALONE.has(event.concept);
  const people = participants(relating, index, isPast);
  const hasOtherOwner = owner !== undefined && owner !== ME_ID;
  if (!(isAlone && owner !== undefined)) for (const id of people) go(id, isPast ? 0.65 : 0.55);
  const others = people.filter((id) => id !== ME_ID);
  const isOthers = [...world.relations.values()].some(
    (relation) => relation.to === event.id && relation.type === "attends" && relation.from !== ME_ID,
  );
  const isMine =
    !hasOtherOwner && !isOthers && others.length === 0 && (OWN_BY_DEFAULT.has(event.concept) || extraction.hasMe);
  const isThere = isPast && (extraction.hasMe || isOnDay) && !(isAlone && hasOtherOwner);
  const isGoing = !isPast && extraction.isActing && !isAlone;
  if (isMine || isThere || isGoing) go(ME_ID, isMine && !extraction.hasMe ? 0.55 : 0.7);
}

/** Whose operation or interview it is, when the words do not own it: the only other person of its sentence, else the writer. */
function soleOwner(relating: Relating, index: number): string | undefined {
  const { extraction, resolution } = relating;
  const event = extraction.mentions[index];
  const people = participants(relating, index, false).filter((id) =>
    extraction.mentions.some(
      (mention, at) => resolution.get(at) === id && event !== undefined && mention.end <= event.start,
    ),
  );
  return people.length === 0 ? ME_ID : people[0];
}

function lowText(extraction: Extraction): string {
  return extraction.mentions.length === 0 ? "" : extraction.words.map((word) => word.low).join(" ");
}

/** People who do something where the event is spoken of: in its sentence while it is ahead, in the memory when it is there. */
function participants({ extraction, resolution }: Relating, index: number, isPast: boolean): string[] {
  const sentence = extraction.mentions[index]?.sentence;
  const ids = new Set<string>();
  for (const [at, mention] of extraction.mentions.entries()) {
    if (mention.kind !== "person" || (mention.form === "pronoun" && mention.value === "possessive")) continue;
    if (!isPast && (mention.sentence !== sentence || mention.form === "pronoun")) continue;
    const isObject = extraction.facts.some((fact) => fact.to === at && fact.type === "owes");
    const isOwnerOnly = extraction.mentions.some((other) => other.ties.some((tie) => tie.owner === at));
    const id = resolution.get(at);
    if (id !== undefined && !isObject && !isOwnerOnly && !(mention.isTeller === true && !isPast)) ids.add(id);
  }
  return [...ids];
}

/** "first day at Brightloom. my manager is Odette": who is a colleague where one works now works there too. */
function workmates(world: World, { extraction, resolution, moment }: Relating): void {
  const work = extraction.facts.find((fact) => fact.type === "works_at" && fact.from === ME);
  const place = work === undefined ? undefined : resolution.get(work.to);
  if (place === undefined) return;
  for (const [index, mention] of extraction.mentions.entries()) {
    if (mention.kind !== "person" || mention.form !== "name") continue;
    const id = resolution.get(index);
    const isKin = mention.ties.some((tie) => tie.type === "kin");
    if (id === undefined || isKin) continue;
    const isColleague = extraction.facts.some((fact) => fact.type === "colleague" && fact.to === index);
    if (isColleague) state(world, { from: id, type: "works_at", to: place, confidence: 0.65, moment });
    else if (/\b(?:training|trains|desk|onboarding|einarbeit|team)\w*\b/.test(lowText(extraction))) {
      state(world, { from: ME_ID, type: "colleague", to: id, confidence: 0.6, moment });
      state(world, { from: id, type: "works_at", to: place, confidence: 0.55, moment });
    }
  }
}
