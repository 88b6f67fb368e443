/** Which event, thing, group, place, substance or promise is meant, and which of them a memory goes on with without naming it. */
import { daysBetween } from "../extract/dates.ts";
import type { Extraction, Mention } from "../extract/extraction.ts";
import { ME } from "../extract/extraction.ts";
import { foldWord } from "../extract/fold-word.ts";
import { stemWord } from "../extract/stem-word.ts";
import { addEntity, addName, entitiesCalled, type Moment, touch } from "./entities.ts";
import type { Resolution } from "./resolve-people.ts";
import { type Entity, type EntityType, ME_ID, type World } from "./world.ts";

/** How long after its last mention something is still meant by its noun, in days. */
const MEANT_DAYS: Readonly<Record<string, number>> = {
  event: 150,
  thing: 120,
  promise: 200,
  organisation: 400,
  substance: 2_000,
  place: 2_000,
};
/** An event is spoken of until this long after its day. */
const AFTER_EVENT_DAYS = 30;

/** What a memory speaks of besides people: by mention, and what it goes on with. */
export interface Happenings {
  /** Events whose day the memory is written on, or the day after. */
  readonly onTheDay: readonly Entity[];
  /** Promises, things and substances met again by a word or an amount, with the word. */
  readonly goneOnWith: readonly { readonly entity: Entity; readonly word: string }[];
}

/** Resolves the mentions that are no people into `resolution`. */
export function resolveHappenings(
  world: World,
  extraction: Extraction,
  moment: Moment,
  resolution: Resolution,
): Happenings {
  for (const [index, mention] of extraction.mentions.entries()) {
    const type = typeOf(mention);
    if (type === undefined || type === "promise") continue;
    const entity =
      known(world, extraction, { mention, index, moment, resolution, type }) ??
      created(world, extraction, { mention, index, moment, resolution, type });
    if (entity === undefined) continue;
    touch(entity, moment);
    resolution.set(index, entity.id);
    for (const alias of mention.form === "name" ? [mention.text] : mention.aliases) addName(world, entity, alias);
    entity.confidence = Math.min(
      0.99,
      Math.max(entity.confidence, mention.confidence) + (entity.memoryIds.length > 1 ? 0.1 : 0),
    );
    if (mention.owner !== undefined) entity.ownerId ??= mention.owner === ME ? ME_ID : resolution.get(mention.owner);
  }
  const goneOnWith = goOn(world, { extraction, moment, resolution });
  for (const [index, mention] of extraction.mentions.entries()) {
    if (mention.kind === "promise")
      resolution.set(index, addPromise(world, mention, { extraction, moment, resolution }).id);
  }
  return { onTheDay: eventsOnDay(world, extraction, moment), goneOnWith };
}

interface Case {
  readonly mention: Mention;
  readonly index: number;
  readonly moment: Moment;
  readonly resolution: Resolution;
  readonly type: EntityType;
}

function typeOf(mention: Mention): EntityType | undefined {
  if (mention.kind === "person" || mention.kind === "time" || mention.kind === "amount" || mention.kind === "date")
    return undefined;
  return mention.kind;
}

function scheduledDay(extraction: Extraction, index: number): string | undefined {
  const fact = extraction.facts.find((one) => one.type === "scheduled_for" && one.from === index);
  return fact === undefined ? undefined : extraction.mentions[fact.to]?.value;
}

function known(world: World, extraction: Extraction, one: Case): Entity | undefined {
  const { mention, type, moment } = one;
  if (mention.form === "name") return namedOne(world, mention, type);
  const owner =
    mention.owner === undefined ? undefined : mention.owner === ME ? ME_ID : one.resolution.get(mention.owner);
  const candidates = [...world.entities.values()].filter((entity) => {
    if (entity.type !== type || !isOfNoun(entity, mention)) return false;
    if (
      daysBetween(entity.lastDay, moment.day) > (MEANT_DAYS[type] ?? 100) &&
      (entity.day === undefined || daysBetween(entity.day, moment.day) > 3)
    )
      return false;
    if (owner !== undefined && entity.ownerId !== undefined && owner !== entity.ownerId && type !== "event")
      return false;
    if (
      owner !== undefined &&
      entity.ownerId !== undefined &&
      owner !== entity.ownerId &&
      type === "event" &&
      owner !== ME_ID
    )
      return false;
    return type !== "event" || fitsEvent(entity, extraction, one);
  });
  if (
    type === "thing" &&
    mention.confidence < 0.6 &&
    candidates.every((entity) => daysBetween(entity.lastDay, moment.day) > 21)
  )
    return undefined;
  if (mention.isIndefinite && type !== "event")
    return candidates.find((entity) => entity.memoryIds.at(-1) === moment.memoryId);
  return candidates.toSorted(
    (left, right) => likeness(right, mention) - likeness(left, mention) || right.lastSeen - left.lastSeen,
  )[0];
}

/** A birthday is a party. */
const FESTIVE = new Set(["birthday", "party"]);

/** "table" may be the walnut table; "fire drill" is no drill. */
function isOfNoun(entity: Entity, mention: Mention): boolean {
  if (entity.concept === mention.value) return true;
  if (mention.kind === "event")
    return (
      callsIt(entity, mention) ||
      (entity.concept === "wedding" && mention.aliases.includes("do")) ||
      (FESTIVE.has(entity.concept) && FESTIVE.has(mention.value))
    );
  return !mention.value.includes(" ") && entity.concept.endsWith(` ${mention.value}`) && mention.confidence > 0.6;
}

function callsIt(entity: Entity, mention: Mention): boolean {
  return mention.aliases.some((alias) => entity.names.has(foldWord(alias)));
}

function likeness(entity: Entity, mention: Mention): number {
  return mention.aliases.filter((alias) => entity.names.has(foldWord(alias))).length;
}

function fitsEvent(entity: Entity, extraction: Extraction, { mention, index, moment }: Case): boolean {
  const day = scheduledDay(extraction, index);
  if (mention.isIndefinite && day === undefined && entity.day !== moment.day) return false;
  if (entity.day !== undefined && daysBetween(entity.day, moment.day) > AFTER_EVENT_DAYS) return false;
  if (day !== undefined && entity.day !== undefined && day !== entity.day) {
    return (
      Math.abs(daysBetween(entity.day, day)) <= 120 &&
      daysBetween(moment.day, entity.day) >= 0 &&
      /\b(?:moved|postponed|now|instead|pushed|verschoben|rescheduled|brought)\b/.test(textOf(extraction))
    );
  }
  if (mention.value.startsWith("other:")) return callsIt(entity, mention);
  return modifiersFit(entity, mention);
}

function textOf(extraction: Extraction): string {
  return extraction.words.map((word) => word.low).join(" ");
}

/** "team lunch" is no "birthday lunch"; "lunch" alone may be either. */
function modifiersFit(entity: Entity, mention: Mention): boolean {
  const text = foldWord(mention.aliases[0] ?? "");
  const full = text.split(" ");
  if (full.length < 2) return true;
  // "examen de vista" after "examen": words behind the noun make another one of it.
  if (/ (?:de|d|di|du|del|da|do|chez) /.test(text) && ![...entity.names.keys()].some((name) => name.includes(" ")))
    return false;
  const others = [...entity.names.keys()].filter((name) => name.includes(" "));
  if (others.length === 0) return true;
  const own = new Set(full.slice(0, -1));
  return (
    others.some((name) => name.split(" ").some((word) => own.has(word))) ||
    others.every((name) => name.split(" ").length !== full.length)
  );
}

function namedOne(world: World, mention: Mention, type: EntityType): Entity | undefined {
  const exact = entitiesCalled(world, foldWord(mention.text), type)[0] ?? entitiesCalled(world, mention.value, type)[0];
  if (exact !== undefined) return exact;
  const other = entitiesCalled(world, foldWord(mention.text)).find(
    (entity) => entity.type === "place" || entity.type === "organisation",
  );
  if (other !== undefined) return other;
  const words = mention.value.split(" ");
  return [...world.entities.values()].find((entity) => {
    if ((entity.type !== "place" && entity.type !== "organisation") || !entity.isNamed) return false;
    const name = foldWord(entity.name).split(" ");
    return (
      name.length !== words.length &&
      (name[0] === words[0] || name.at(-1) === words[0]) &&
      (words.length === 1 || name.length === 1) &&
      (words[0]?.length ?? 0) > 3
    );
  });
}

function created(world: World, extraction: Extraction, one: Case): Entity | undefined {
  const { mention, moment, type, index } = one;
  const entity = addEntity(world, moment, {
    type,
    name: mention.form === "name" ? mention.text : (mention.aliases[0] ?? mention.text),
    concept: mention.form === "name" ? "" : mention.value,
  });
  entity.isNamed = mention.form === "name";
  entity.stems = stemsOf(mention, extraction.language);
  if (type === "event") entity.day = scheduledDay(extraction, index);
  return entity;
}

function stemsOf(mention: Mention, language: string): string[] {
  const words =
    mention.kind === "promise" ? mention.value.split(" ") : foldWord(mention.aliases[0] ?? mention.text).split(" ");
  return [...new Set(words.filter((word) => word.length > 2).map((word) => stemWord(word, language)))];
}

interface Read {
  readonly extraction: Extraction;
  readonly moment: Moment;
  readonly resolution: Resolution;
}

function addPromise(world: World, mention: Mention, { extraction, moment, resolution }: Read): Entity {
  const entity = addEntity(world, moment, {
    type: "promise",
    name: mention.text,
    concept: mention.value === "money" ? "money" : "",
  });
  addName(world, entity, mention.text);
  for (const alias of mention.aliases) addName(world, entity, alias);
  entity.stems =
    mention.value === "money"
      ? extraction.mentions.filter((one) => one.kind === "amount").map((one) => `#${one.value}`)
      : stemsOf(mention, extraction.language);
  entity.confidence = mention.confidence;
  const owes = extraction.facts.find((fact) => fact.type === "owes");
  const other = owes === undefined ? undefined : owes.from === ME ? owes.to : owes.from;
  entity.ownerId = other === undefined ? undefined : resolution.get(other);
  touch(entity, moment);
  return entity;
}

/** Promises and things that a memory takes up again without a determiner of its own: by a rare word, or by the amount. */
function goOn(world: World, { extraction, moment, resolution }: Read): { entity: Entity; word: string }[] {
  const found: { entity: Entity; word: string }[] = [];
  const amounts = new Set(extraction.mentions.filter((one) => one.kind === "amount").map((one) => `#${one.value}`));
  for (const entity of world.entities.values()) {
    if (entity.type !== "promise" && entity.type !== "substance") continue;
    if (entity.lastSeen === moment.seq || daysBetween(entity.lastDay, moment.day) > (MEANT_DAYS[entity.type] ?? 100))
      continue;
    const isPart =
      entity.concept === "money" &&
      entity.ownerId !== undefined &&
      amounts.size > 0 &&
      [...resolution.values()].includes(entity.ownerId);
    const word = matchingWord(world, extraction, entity, amounts) ?? (isPart ? [...amounts][0]?.slice(1) : undefined);
    if (word === undefined) continue;
    touch(entity, moment);
    addName(world, entity, word);
    entity.confidence = Math.min(0.97, entity.confidence + 0.1);
    found.push({ entity, word });
  }
  return found;
}

function matchingWord(
  world: World,
  extraction: Extraction,
  entity: Entity,
  amounts: ReadonlySet<string>,
): string | undefined {
  if (entity.concept === "money") {
    const amount = entity.stems.find((stem) => amounts.has(stem));
    if (amount !== undefined) return amount.slice(1);
    return extraction.words.find(
      (word) => /^(?:rest|repaid|saldat|devolv|remain)/.test(word.stem) && (extraction.fields["money"] ?? 0) > 0,
    )?.low;
  }
  if (extraction.isAside) return undefined;
  return extraction.words.find((word) => {
    if (word.isIndefinite || word.isName || !entity.stems.includes(word.stem)) return false;
    return (world.stemCounts.get(word.stem) ?? 0) <= Math.max(3, world.seq / 10) && word.stem.length > 3;
  })?.low;
}

function eventsOnDay(world: World, extraction: Extraction, moment: Moment): Entity[] {
  const found: Entity[] = [];
  for (const entity of world.entities.values()) {
    if (entity.type !== "event" || entity.day === undefined || entity.firstDay === moment.day) continue;
    const late = daysBetween(entity.day, moment.day);
    if (late < 0 || late > 1) continue;
    const isElsewhere =
      late === 1 &&
      entity.memoryIds.some((id) =>
        world.digests.some((digest) => digest.memoryId === id && digest.day === entity.day),
      );
    if (isElsewhere && !entity.memoryIds.includes(moment.memoryId)) continue;
    if (extraction.isAside && !entity.memoryIds.includes(moment.memoryId)) continue;
    touch(entity, moment);
    entity.confidence = Math.min(0.99, entity.confidence + 0.2);
    found.push(entity);
  }
  return found;
}
