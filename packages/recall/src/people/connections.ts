/** What a memory hangs together with, and why. */
import type { Connection } from "@kaelix/intelligence";
import { LEVEL_INDEXED_MAX, type MemoryId } from "@kaelix/model";
import type { SearchDocument } from "@kaelix/views";

import { type Named, namedOf } from "./names.ts";
import { openWorld, type OpenWorld, type PeopleScope, type PeopleSource } from "./source.ts";

/** Connections below this are kept and not shown; those that rest on a field of life alone must be surer. */
const SCORE_MIN = 0.6;
const FIELD_SCORE_MIN = 0.8;
const SHOWN_MAX = 20;

/** A memory that belongs to another. */
export interface LinkedMemory {
  readonly document: SearchDocument;
  /** 0 to 1. */
  readonly score: number;
  /** A sentence without a full stop: "Both speak of Mum". */
  readonly reason: string;
}

/** What is named in a memory and what it hangs together with, the surest first. */
export interface MemoryLinks {
  readonly named: readonly Named[];
  readonly links: readonly LinkedMemory[];
}

/** The links of a memory; none for one that is not in the world, being above level 2. */
export async function linksOf(
  source: PeopleSource,
  { memoryId, ...scope }: PeopleScope & { readonly memoryId: MemoryId },
): Promise<MemoryLinks> {
  const open = await openWorld(source, scope);
  const links = open.reading.world.connections
    .filter((connection) => connection.from === memoryId || connection.to === memoryId)
    .filter(({ reason, score }) => score >= (reason.type === "same-field" ? FIELD_SCORE_MIN : SCORE_MIN))
    .toSorted((left, right) => right.score - left.score)
    .slice(0, SHOWN_MAX)
    .flatMap((connection): LinkedMemory[] => {
      const other = (connection.from === memoryId ? connection.to : connection.from) as MemoryId;
      const document = open.index.document(other);
      // A world of level 1 alone connects level 1 alone; this holds whatever it does.
      const isVisible = document !== undefined && document.level <= Math.min(scope.ceiling, LEVEL_INDEXED_MAX);
      const reason = reasonOf(open, connection, memoryId);
      return isVisible && reason !== undefined ? [{ document, score: connection.score, reason }] : [];
    });
  return { named: namedIn(open, memoryId), links };
}

function namedIn(open: OpenWorld, memoryId: MemoryId): Named[] {
  const named = new Map<string, Named>();
  for (const [entityId, { list }] of open.reading.mentions) {
    if (!list.some((mention) => mention.memoryId === memoryId)) continue;
    const one = namedOf(open, entityId, memoryId);
    if (
      one !== undefined &&
      one.id !== null &&
      (one.kind === "person" || one.kind === "place" || one.kind === "organisation")
    )
      named.set(one.id, one);
  }
  return [...named.values()];
}

function reasonOf(open: OpenWorld, { reason }: Connection, memoryId: MemoryId): string | undefined {
  if (reason.type === "same-words") return `Both say ${reason.words.join(", ")}`;
  if (reason.type === "same-amount") return `Both speak of ${reason.amount}`;
  if (reason.type === "same-field") return `Both are about ${reason.field.replaceAll("_", " ")}`;
  const name = nameOf(open, reason.entityId, memoryId);
  if (name === undefined) return undefined;
  return reason.type === "on-the-day" ? `On the day of ${name}` : `Both speak of ${name}`;
}

function nameOf(open: OpenWorld, entityId: string, memoryId: MemoryId): string | undefined {
  const named = namedOf(open, entityId, memoryId);
  if (named !== undefined) return named.name;
  const entity = open.reading.world.entities.get(entityId);
  // What was promised has no name; its words do.
  return entity?.type === "promise" ? `“${entity.name}”` : undefined;
}
