/**
 * One more memory in a person's world: state in, memory in, changes out.
 *
 * Guarantees: deterministic; no clock, no chance, no provider; the same memories in the same order give the same world and the same changes,
 * in whatever batches they come. Time and space per memory are bounded by `WORLD_BOUNDS`. Nothing is ever merged by likeness alone; what is
 * merged is noted with its reason. A memory that is told twice (same id) changes nothing.
 */
import { type Extraction, ME, type Mention } from "../extract/extraction.ts";
import { foldWord } from "../extract/fold-word.ts";
import { extractFromText } from "../extract/extract.ts";
import { languageVotes } from "../extract/tell-language.ts";
import { readTokens } from "../extract/tokens.ts";
import { daysBetween, localDay } from "../extract/dates.ts";
import { entitiesCalled, type Moment, touch } from "./entities.ts";
import { keepDigest, linkMemory } from "./link-memories.ts";
import { isOwnerSpeaking, useOfName } from "./owner.ts";
import { relate } from "./relate.ts";
import { type Happenings, resolveHappenings } from "./resolve-happenings.ts";
import { resolvePeople, SPEAKER_SENTENCE, type Resolution } from "./resolve-people.ts";
import {
  type Connection,
  type Contradiction,
  type Digest,
  type Entity,
  ME_ID,
  type MergeProposal,
  type Relation,
  type World,
  WORLD_BOUNDS,
} from "./world.ts";

/** A memory as the connector reads it. */
export interface ConnectableMemory {
  readonly memoryId: string;
  /** ISO date or moment. */
  readonly at: string;
  readonly text: string;
  /** ISO 639-1; told from this person's texts when absent. */
  readonly language?: string;
  /**
   * Who said it, when it was not the person whose world it is. Then it makes known who speaks and who is named, and connects; it states
   * no facts: "my mum" is the mother of somebody else. A speaker who is called as the person is (`World.ownerNames`) and as nobody else is
   * the person.
   */
  readonly speaker?: string;
  /** True: it is known that the speaker is not the person, whatever they are called. */
  readonly isByAnother?: boolean;
  /** IANA name; UTC when absent. */
  readonly zone?: string;
}

/** What a memory changed. */
export interface WorldChanges {
  /** True: the person whose world it is said it. */
  readonly isOwn: boolean;
  readonly extraction: Extraction;
  /** Entity ids by index of the mention. */
  readonly resolution: ReadonlyMap<number, string>;
  /** Entities that the memory speaks of, new ones included. */
  readonly entities: readonly Entity[];
  /** Relations that the memory states. */
  readonly relations: readonly Relation[];
  readonly connections: readonly Connection[];
  /** Merges made or proposed with this memory. */
  readonly proposals: readonly MergeProposal[];
  readonly contradictions: readonly Contradiction[];
}

/** Takes one memory into a world. Changes the world in place. */
export function connectMemory(world: World, memory: ConnectableMemory): WorldChanges | undefined {
  if (world.digests.some((digest) => digest.memoryId === memory.memoryId)) return undefined;
  world.seq += 1;
  const proposalsBefore = new Set(world.proposals);
  const contradictionsBefore = new Set(world.contradictions);
  const moment: Moment = { memoryId: memory.memoryId, day: localDay(memory.at, memory.zone ?? "UTC"), seq: world.seq };
  const said = read(world, memory);
  const { speaker } = memory;
  const isOwn = speaker === undefined || (memory.isByAnother !== true && isOwnerSpeaking(world, speaker));
  const extraction = isOwn ? said : heardFrom(said, speaker);
  countStems(world, extraction);
  const resolution = resolvePeople(world, extraction, moment);
  const happenings = resolveHappenings(world, extraction, moment, resolution);
  if (isOwn) relate(world, { extraction, moment, resolution, happenings });
  if (extraction.hasMe || extraction.facts.some((fact) => fact.from === ME)) touchMe(world, moment);
  const digest = digestOf(world, { extraction, moment, resolution, happenings });
  const connections = linkMemory(world, digest);
  keepDigest(world, digest);
  world.connections.push(...connections);
  const tooMany = world.connections.length - WORLD_BOUNDS.connectionsMax;
  if (tooMany > 0) world.connections.splice(0, tooMany);
  return {
    isOwn,
    extraction,
    resolution,
    entities: [...world.entities.values()].filter((entity) => entity.lastSeen === world.seq),
    relations: [...world.relations.values()].filter((relation) => relation.evidence.at(-1) === memory.memoryId),
    connections,
    proposals: world.proposals.filter((proposal) => !proposalsBefore.has(proposal)),
    contradictions: world.contradictions.filter((contradiction) => !contradictionsBefore.has(contradiction)),
  };
}

function read(world: World, memory: ConnectableMemory): Extraction {
  const votes = memory.language === undefined ? languageVotes(readTokens(memory.text)) : { [memory.language]: 1 };
  const extraction = extractFromText(memory.text, {
    at: memory.at,
    ...(memory.zone === undefined ? {} : { zone: memory.zone }),
    ...(memory.language === undefined ? {} : { language: memory.language }),
    languageVotes: Object.fromEntries(world.languageVotes),
    nameHint: (folded) => {
      const known = entitiesCalled(world, folded).find((entity) => entity.isNamed);
      const type = known?.type;
      return type === "person" || type === "place" || type === "organisation" ? type : undefined;
    },
  });
  for (const [language, count] of Object.entries(votes))
    world.languageVotes.set(language, (world.languageVotes.get(language) ?? 0) + count);
  return world.ownerNames.length === 0 ? extraction : { ...extraction, mentions: withUses(extraction, memory.text) };
}

function withUses({ mentions }: Extraction, text: string): Mention[] {
  return mentions.map((mention) => {
    const use = mention.kind === "person" && mention.form === "name" ? useOfName(text, mention) : undefined;
    return use === undefined ? mention : { ...mention, use };
  });
}

/** What somebody else says, reduced to who speaks and who and what is named. */
function heardFrom(extraction: Extraction, speaker: string): Extraction {
  const named = extraction.mentions
    .filter(({ form, kind }) => form === "name" && (kind === "person" || kind === "place" || kind === "organisation"))
    .map((mention) => ({ ...mention, ties: [] }));
  const text = speaker.trim();
  const speaking: Mention = {
    kind: "person",
    form: "name",
    start: 0,
    end: 0,
    sentence: SPEAKER_SENTENCE,
    clause: SPEAKER_SENTENCE,
    text,
    value: foldWord(text).trim(),
    ties: [],
    aliases: [],
    isIndefinite: false,
    confidence: 0.95,
  };
  // A number is nobody's name.
  const mentions = /\p{L}/u.test(text) ? [...named, speaking] : named;
  return { ...extraction, mentions, facts: [], hasMe: false, isActing: false, isHeard: true };
}

function countStems(world: World, extraction: Extraction): void {
  for (const stem of new Set(extraction.words.map((word) => word.stem))) {
    world.stemCounts.set(stem, (world.stemCounts.get(stem) ?? 0) + 1);
  }
  if (world.stemCounts.size <= WORLD_BOUNDS.stemsMax) return;
  for (const [stem, count] of world.stemCounts) if (count === 1) world.stemCounts.delete(stem);
}

function touchMe(world: World, moment: Moment): void {
  const me = world.entities.get(ME_ID);
  if (me !== undefined) touch(me, moment);
}

/** The field of life that an event of a concept lives in. */
const FIELD_OF_EVENT: Readonly<Record<string, string>> = {
  wedding: "wedding",
  surgery: "health",
  scan: "health",
  appointment: "health",
  hearing: "court",
  interview: "work",
  exam: "school",
  demo: "work",
  match: "sport",
  race: "sport",
  concert: "music",
  move: "home",
  viewing: "home",
  birth: "baby",
  trip: "travel",
  christening: "christening",
  birthday: "party",
  party: "party",
  opening: "shop",
  graduation: "school",
};
const THREAD_AFTER_DAYS = 21;

/** Events that are ahead or just behind, whose field a memory speaks of without naming them. */
function threadsOf(world: World, extraction: Extraction, moment: Moment): string[] {
  if (extraction.isAside) return [];
  const found: string[] = [];
  for (const entity of world.entities.values()) {
    if (entity.type !== "event" || entity.lastSeen === moment.seq || entity.day === undefined) continue;
    const field = FIELD_OF_EVENT[entity.concept];
    if (field === undefined || (extraction.fields[field] ?? 0) === 0) continue;
    const late = daysBetween(entity.day, moment.day);
    if (late <= THREAD_AFTER_DAYS && late > -200) found.push(entity.id);
  }
  return found;
}

interface Connecting {
  readonly extraction: Extraction;
  readonly moment: Moment;
  readonly resolution: Resolution;
  readonly happenings: Happenings;
}

function digestOf(world: World, { extraction, moment, resolution, happenings }: Connecting): Digest {
  const strong = new Set<string>();
  const weak = new Set<string>();
  for (const [index, id] of resolution) {
    const mention = extraction.mentions[index];
    if (mention === undefined || id === ME_ID || !world.entities.has(id)) continue;
    if (mention.form === "pronoun") weak.add(id);
    else strong.add(id);
  }
  for (const { entity } of happenings.goneOnWith) strong.add(entity.id);
  for (const event of happenings.onTheDay) {
    strong.delete(event.id);
    weak.add(event.id);
  }
  for (const id of strong) weak.delete(id);
  return {
    memoryId: moment.memoryId,
    seq: moment.seq,
    day: moment.day,
    dayNumber: daysBetween("1970-01-01", moment.day),
    entityIds: [...strong],
    weakIds: [...weak],
    threadIds: threadsOf(world, extraction, moment).filter((id) => !strong.has(id) && !weak.has(id)),
    words: extraction.words.map(({ stem, isName, isIndefinite, before, after }) => ({
      stem,
      isName,
      isIndefinite,
      before,
      after,
    })),
    fields: extraction.fields,
    amounts: extraction.mentions.filter((mention) => mention.kind === "amount").map((mention) => mention.value),
    isAside: extraction.isAside,
    goesOn: extraction.goesOn,
    hasMe: extraction.hasMe,
  };
}
