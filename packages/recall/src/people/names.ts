/** Names of anything in a world, as they are shown. */
import { type Entity, ME_ID, type Relation } from "@kaelix/intelligence";
import type { EntityId, MemoryId, PersonId } from "@kaelix/model";

import { peopleOf } from "./people.ts";
import type { OpenWorld } from "./source.ts";

/** What kinds of things are shown. `date` and `promise` are not: they are said in the facts. */
export type ShownKind = "me" | "person" | "place" | "organisation" | "event" | "thing" | "substance";

/** Something that is named. */
export interface Named {
  /** Null: the person themself. */
  readonly id: PersonId | EntityId | null;
  readonly kind: ShownKind;
  readonly name: string;
}

const YOU: Named = { id: null, kind: "me", name: "you" };

/** How an entity is shown, as a memory means it; undefined when it is not. */
export function namedOf(
  { reading }: Pick<OpenWorld, "reading">,
  entityId: string,
  memoryId?: MemoryId,
): Named | undefined {
  if (entityId === ME_ID) return YOU;
  const entity = reading.world.entities.get(entityId);
  if (entity === undefined || entity.type === "date" || entity.type === "promise") return undefined;
  if (entity.type !== "person") {
    const id = reading.mentions.get(entityId)?.list[0]?.id;
    return id === undefined ? undefined : { id, kind: entity.type, name: entityName(entity) };
  }
  const people = peopleOf(reading);
  const somebody = people.ofEntity(entityId, memoryId);
  if (somebody !== undefined && people.self.includes(somebody)) return YOU;
  if (somebody === undefined || !somebody.isSure) return undefined;
  return { id: somebody.id, kind: "person", name: somebody.name };
}

/** The memories that state a relation, oldest first. */
export function memoriesOf({ evidence }: Relation): MemoryId[] {
  // The world was told ids of memories alone.
  return evidence.map((id) => id as MemoryId);
}

function entityName(entity: Entity): string {
  // "Granny's 90th birthday": the number alone names nothing.
  if (entity.type === "event" && /^\d/.test(entity.name))
    return entity.concept.replace(/^other:/, "").replaceAll("_", " ");
  return entity.name.replace(/^(?:the|a|an|my|our)\s+/i, "");
}
