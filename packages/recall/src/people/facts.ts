/**
 * What memories say of somebody, dated, each with the words that say it.
 *
 * Guarantees: below the thresholds nothing is shown, for a wrong fact costs more trust than a missing one; a fact without a memory that can
 * be quoted is none.
 */
import { ME_ID, type Relation } from "@kaelix/intelligence";
import type { MemoryId } from "@kaelix/model";

import { type Evidence, quoteOf } from "./evidence.ts";
import { memoriesOf, type Named, namedOf } from "./names.ts";
import { peopleOf, type Somebody } from "./people.ts";
import type { OpenWorld } from "./source.ts";

/** A relation must be at least as sure as that to be shown. Taking part is often only being named beside. */
const CONFIDENCE_MIN = 0.7;
const ATTENDS_MIN = 0.75;
const EVIDENCE_MAX = 8;

/** A fact about somebody. */
export interface PersonFact {
  readonly type: Relation["type"];
  /** In words, without the person: "lives in Leeds". */
  readonly text: string;
  readonly other: Named;
  /** 0 to 1. */
  readonly confidence: number;
  /** Days between which it was said to hold (ISO); until null: nothing says otherwise. */
  readonly since: string;
  readonly until: string | null;
  /** The newest last; the oldest and the newest when there are many. */
  readonly evidence: readonly Evidence[];
}

const ORDER: readonly PersonFact["type"][] = [
  ...(["family", "friend", "colleague", "neighbour", "lives_in", "works_at", "studies_at", "member_of"] as const),
  ...(["allergic_to", "owes", "owns", "attends", "scheduled_for"] as const),
];

/** Facts about somebody: what holds first, who they are before what they do; then what held. */
export function factsOf(open: OpenWorld, somebody: Somebody): PersonFact[] {
  const ids = new Set(somebody.entities.map((entity) => entity.id));
  const facts: PersonFact[] = [];
  for (const relation of open.reading.world.relations.values()) {
    const isFrom = ids.has(relation.from);
    if (isFrom === ids.has(relation.to) || !isSureEnough(relation)) continue;
    const fact = factOf(open, relation, { somebody, isFrom });
    if (fact !== undefined && !facts.some((one) => one.text === fact.text && one.since === fact.since))
      facts.push(fact);
  }
  const rank = (fact: PersonFact): number => ORDER.indexOf(fact.type) + (fact.until === null ? 0 : ORDER.length);
  return facts.toSorted((left, right) => rank(left) - rank(right) || (left.since < right.since ? 1 : -1));
}

/** Whether a relation is shown at all. */
export function isSureEnough({ confidence, type }: Relation): boolean {
  return confidence >= (type === "attends" ? ATTENDS_MIN : CONFIDENCE_MIN);
}

interface Side {
  readonly somebody: Somebody;
  readonly isFrom: boolean;
}

function factOf(open: OpenWorld, relation: Relation, side: Side): PersonFact | undefined {
  const [mine, theirs] = side.isFrom ? [relation.from, relation.to] : [relation.to, relation.from];
  const people = peopleOf(open.reading);
  const memories = memoriesOf(relation).filter((memoryId) => people.ofEntity(mine, memoryId) === side.somebody);
  const other = namedOf(open, theirs, memories[0]);
  const evidence = evidenceOf(open, memories, [relation.from, relation.to]);
  if (other === undefined || evidence.length === 0 || other.id === side.somebody.id) return undefined;
  const text = textOf(open, relation, { ...side, other });
  if (text === undefined) return undefined;
  const { confidence, since, type, until } = relation;
  return { type, text, other, confidence, since, until: until ?? null, evidence };
}

/** Quotes memories in which entities are named; the oldest and the newest when there are many. */
function evidenceOf(open: OpenWorld, memories: readonly MemoryId[], entities: readonly string[]): Evidence[] {
  const shown =
    memories.length <= EVIDENCE_MAX
      ? memories
      : [...memories.slice(0, EVIDENCE_MAX / 2), ...memories.slice(-EVIDENCE_MAX / 2)];
  return shown.flatMap((memoryId) => {
    const spans = entities
      .filter((entityId) => entityId !== ME_ID)
      .flatMap((entityId) => open.reading.mentions.get(entityId)?.list ?? [])
      .filter((mention) => mention.memoryId === memoryId);
    return quoteOf(open, memoryId, spans) ?? [];
  });
}

function textOf(
  open: OpenWorld,
  relation: Relation,
  { isFrom, other, somebody }: Side & { other: Named },
): string | undefined {
  const isOver = relation.until !== undefined;
  const { name } = other;
  switch (relation.type) {
    case "lives_in":
      return isFrom ? `${isOver ? "lived" : "lives"} in ${name}` : undefined;
    case "works_at":
      return isFrom ? `${isOver ? "worked" : "works"} at ${name}` : undefined;
    case "studies_at":
      return isFrom ? `${isOver ? "studied" : "studies"} at ${name}` : undefined;
    case "member_of":
      return isFrom ? `is a member of ${name}` : undefined;
    case "owns":
      return isFrom ? `has ${name}` : undefined;
    case "allergic_to":
      return isFrom ? `is allergic to ${name}` : undefined;
    case "attends":
      return isFrom ? `${name}${dayOfEvent(open, relation.to)}` : undefined;
    case "owes":
      return isFrom
        ? `owes ${name} something`
        : other.kind === "me"
          ? "you owe them something"
          : `${name} owes them something`;
    case "family":
    case "colleague":
    case "friend":
    case "neighbour":
      return tieText(open, relation, { isFrom, other, somebody });
    case "scheduled_for":
      return undefined;
  }
}

function tieText(open: OpenWorld, relation: Relation, { isFrom, other, somebody }: Side & { other: Named }): string {
  const whose = other.kind === "me" ? "your" : `${other.name}’s`;
  const tied = open.reading.world.entities.get(relation.to);
  const concept = tied?.ties.find((tie) => tie.owner === relation.from)?.concept.replaceAll("_", " ");
  if (concept !== undefined && isFrom && other.name.startsWith(`${somebody.name}’s `)) return `has a ${concept}`;
  if (concept !== undefined) return isFrom ? `their ${concept} is ${other.name}` : `is ${whose} ${concept}`;
  return `is ${whose} ${relation.type}`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

function dayOfEvent({ reading }: OpenWorld, eventId: string): string {
  const day = reading.world.entities.get(eventId)?.day;
  return day === undefined ? "" : `, ${DAY.format(Date.parse(day))}`;
}
