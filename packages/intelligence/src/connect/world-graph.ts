/** A world as it is shown: what is sure enough to show, with its wordings and evidence. */
import type { RelationType } from "../extract/extraction.ts";
import {
  type Connection,
  type Contradiction,
  type Entity,
  type EntityType,
  ME_ID,
  type MergeProposal,
  type World,
} from "./world.ts";

/** An entity as shown. */
export interface GraphEntity {
  readonly id: string;
  readonly name: string;
  readonly type: EntityType;
  readonly aliases: readonly string[];
  readonly memoryIds: readonly string[];
  readonly confidence: number;
}

/** A relation as shown; `until` when a later memory ended it. */
export interface GraphRelation {
  readonly from: string;
  readonly type: RelationType;
  readonly to: string;
  readonly evidence: readonly string[];
  readonly confidence: number;
  readonly since: string;
  readonly until: string | undefined;
}

/** A person's world as tables. */
export interface WorldGraph {
  readonly entities: readonly GraphEntity[];
  readonly relations: readonly GraphRelation[];
  readonly connections: readonly Connection[];
  readonly proposals: readonly MergeProposal[];
  readonly contradictions: readonly Contradiction[];
}

/** Relations below this are kept, and not shown. */
const RELATION_CONFIDENCE_MIN = 0.5;

/** Events that are shown even when one memory alone speaks of them, without a day. */
const WEIGHTY = new Set("wedding funeral surgery interview graduation hearing christening birth".split(" "));

/** Tables of what is sure enough. */
export function graphOfWorld(world: World): WorldGraph {
  const shown = new Map<string, Entity>();
  for (const entity of world.entities.values()) if (isShown(world, entity)) shown.set(entity.id, entity);
  const relations = [...world.relations.values()].filter(
    (relation) => relation.confidence >= RELATION_CONFIDENCE_MIN && shown.has(relation.from) && shown.has(relation.to),
  );
  const days = new Set(
    relations.filter((relation) => relation.type === "scheduled_for").map((relation) => relation.to),
  );
  for (const [id, entity] of shown) if (entity.type === "date" && !days.has(id)) shown.delete(id);
  return {
    entities: [...shown.values()].map((entity) => ({
      id: entity.id,
      name: entity.name,
      type: entity.type,
      aliases: [...entity.names.values()].map(({ text }) => text),
      memoryIds: entity.memoryIds,
      confidence: entity.confidence,
    })),
    relations: relations.filter((relation) => shown.has(relation.from) && shown.has(relation.to)),
    connections: world.connections,
    proposals: world.proposals,
    contradictions: world.contradictions,
  };
}

function isShown(world: World, entity: Entity): boolean {
  if (entity.id === ME_ID) return entity.memoryIds.length > 0;
  if (entity.type === "person" || entity.type === "promise" || entity.type === "substance" || entity.type === "date")
    return true;
  if (entity.isNamed) return true;
  const count = entity.memoryIds.length;
  if (entity.type === "event" && WEIGHTY.has(entity.concept) && entity.confidence >= 0.6) return true;
  const isOwned = entity.ownerId !== undefined && /^(?:birthday|party|concert)$/.test(entity.concept);
  if (entity.type === "event" && isOwned && entity.confidence >= 0.75) return true;
  if (entity.type === "event") return entity.day !== undefined || (count >= 2 && entity.confidence >= 0.6);
  const related = [...world.relations.values()].some(
    (relation) => relation.to === entity.id && relation.confidence >= RELATION_CONFIDENCE_MIN,
  );
  if (entity.type === "thing") return count >= 2 || (related && entity.confidence >= 0.7);
  return related || count >= 2 || (entity.type === "organisation" && entity.concept.includes(" "));
}
