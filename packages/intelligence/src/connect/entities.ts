/** Entities of a world by their wordings: adding, finding, touching, merging, and forgetting the oldest. */
import { foldWord } from "../extract/fold-word.ts";
import {
  type Entity,
  type EntityTie,
  type EntityType,
  makeEntity,
  ME_ID,
  type MergeProposal,
  type World,
  WORLD_BOUNDS,
} from "./world.ts";

/** The memory being connected. */
export interface Moment {
  readonly memoryId: string;
  readonly day: string;
  readonly seq: number;
}

/** Adds an entity. */
export function addEntity(
  world: World,
  moment: Moment,
  what: { readonly type: EntityType; readonly name: string; readonly concept: string },
): Entity {
  const entity = makeEntity({ id: `e${world.nextId}`, day: moment.day, seq: moment.seq, ...what });
  world.nextId += 1;
  world.entities.set(entity.id, entity);
  if (world.entities.size > WORLD_BOUNDS.entitiesMax) forgetOldest(world);
  return entity;
}

function forgetOldest(world: World): void {
  const oldest = [...world.entities.values()]
    .filter((entity) => entity.id !== ME_ID)
    .toSorted((left, right) => left.lastSeen - right.lastSeen || (left.id < right.id ? -1 : 1))
    .slice(0, Math.ceil(WORLD_BOUNDS.entitiesMax / 20));
  for (const entity of oldest) removeEntity(world, entity);
}

function removeEntity(world: World, entity: Entity): void {
  world.entities.delete(entity.id);
  for (const key of entity.names.keys()) {
    const rest = (world.index.get(key) ?? []).filter((id) => id !== entity.id);
    if (rest.length === 0) world.index.delete(key);
    else world.index.set(key, rest);
  }
  for (const [key, relation] of world.relations) {
    if (relation.from === entity.id || relation.to === entity.id) world.relations.delete(key);
  }
}

/** Calls an entity by a wording. */
export function addName(world: World, entity: Entity, text: string): void {
  const key = foldWord(text).trim();
  if (key === "") return;
  const known = entity.names.get(key);
  if (known === undefined) entity.names.set(key, { text, count: 1 });
  else known.count += 1;
  const ids = world.index.get(key) ?? [];
  if (!ids.includes(entity.id)) world.index.set(key, [...ids, entity.id]);
}

/** Entities called by a folded wording, last touched first. */
export function entitiesCalled(world: World, key: string, type?: EntityType): Entity[] {
  return (world.index.get(key) ?? [])
    .map((id) => world.entities.get(id))
    .filter((entity) => entity !== undefined)
    .filter((entity) => type === undefined || entity.type === type)
    .toSorted((left, right) => right.lastSeen - left.lastSeen);
}

/** Notes that a memory speaks of an entity. */
export function touch(entity: Entity, moment: Moment): void {
  if (entity.memoryIds.at(-1) !== moment.memoryId && !entity.memoryIds.includes(moment.memoryId)) {
    entity.memoryIds.push(moment.memoryId);
    if (entity.memoryIds.length > WORLD_BOUNDS.evidenceMax) entity.memoryIds.splice(WORLD_BOUNDS.evidenceMax / 2, 1);
  }
  entity.lastDay = moment.day;
  entity.lastSeen = moment.seq;
}

/** Adds a tie once. */
export function addTie(entity: Entity, tie: EntityTie): void {
  if (!hasTie(entity, tie.concept, tie.owner)) entity.ties.push(tie);
}

/** Whether an entity has a tie. */
export function hasTie(entity: Entity, concept: string, owner: string): boolean {
  return entity.ties.some((tie) => tie.concept === concept && tie.owner === owner);
}

/** Takes one entity into another, and keeps a note of it. */
export function mergeEntities(
  world: World,
  keep: Entity,
  merged: Entity,
  note: Omit<MergeProposal, "keep" | "merge" | "isApplied">,
): void {
  if (keep === merged || merged.id === ME_ID) return;
  for (const [, { text, count }] of merged.names) {
    for (let time = 0; time < Math.min(count, 3); time += 1) addName(world, keep, text);
  }
  for (const tie of merged.ties) addTie(keep, tie);
  keep.memoryIds = [...new Set([...merged.memoryIds, ...keep.memoryIds])].slice(-WORLD_BOUNDS.evidenceMax);
  keep.sex ??= merged.sex;
  const moved = [...world.relations].filter(([, relation]) => relation.from === merged.id || relation.to === merged.id);
  for (const digest of world.digests) {
    for (const ids of [digest.entityIds, digest.weakIds, digest.threadIds]) {
      const at = ids.indexOf(merged.id);
      if (at >= 0) ids.splice(at, 1, ...(ids.includes(keep.id) ? [] : [keep.id]));
    }
  }
  for (const entity of world.entities.values()) {
    if (entity.ownerId === merged.id) entity.ownerId = keep.id;
    entity.ties = entity.ties.map((tie) => (tie.owner === merged.id ? { ...tie, owner: keep.id } : tie));
  }
  removeEntity(world, merged);
  for (const [, relation] of moved) {
    const from = relation.from === merged.id ? keep.id : relation.from;
    const to = relation.to === merged.id ? keep.id : relation.to;
    const key = `${from} ${relation.type} ${to}`;
    if (from !== to && !world.relations.has(key)) world.relations.set(key, { ...relation, from, to });
  }
  propose(world, { ...note, keep: keep.id, merge: merged.id, isApplied: true });
}

/** Notes a merge, made or proposed, once. */
export function propose(world: World, proposal: MergeProposal): void {
  const isKnown = world.proposals.some((one) => one.keep === proposal.keep && one.merge === proposal.merge);
  if (isKnown) return;
  world.proposals.push(proposal);
  if (world.proposals.length > WORLD_BOUNDS.notesMax) world.proposals.shift();
}
