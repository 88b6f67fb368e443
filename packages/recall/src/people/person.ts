/** Lists who there is, and makes the page of one of them. */
import type { Contradiction } from "@kaelix/intelligence";
import type { MemoryId, PersonId } from "@kaelix/model";

import { isCalled, wordsOf } from "./called.ts";
import { type Evidence, quoteOf } from "./evidence.ts";
import { factsOf, type PersonFact } from "./facts.ts";
import { type Named, namedOf } from "./names.ts";
import { peopleOf, type Somebody } from "./people.ts";
import { openWorld, type OpenWorld, type PeopleScope, type PeopleSource } from "./source.ts";

const LIST_MAX = 500;
const NEAR_MAX = 12;
const REASONS_MAX = 3;

/** A list of people. */
export interface PeopleList {
  readonly people: readonly Somebody[];
  /** Names that may be no person's and are left out, unless they are asked for. */
  readonly unsure: number;
}

/** What a list is narrowed to. */
export interface PeopleListRequest extends PeopleScope {
  /** Words, each of which must begin a word of a name or of what they are. */
  readonly query?: string;
  /** Also names that may be no person's. */
  readonly isUnsureToo?: boolean;
  /** 1 to 500; default 500. */
  readonly limit?: number;
}

/** People of somebody's memories, the most spoken of first. */
export async function listPeople(source: PeopleSource, request: PeopleListRequest): Promise<PeopleList> {
  const { reading } = await openWorld(source, request);
  const { all } = peopleOf(reading);
  const wanted = wordsOf(request.query ?? "");
  const found = all.filter((somebody) => isCalled(somebody, wanted));
  const sure = found.filter((somebody) => somebody.isSure);
  const shown = request.isUnsureToo === true ? found : sure;
  return { people: shown.slice(0, request.limit ?? LIST_MAX), unsure: found.length - sure.length };
}

/** Somebody or a place that is named together with a person. */
export interface NearNamed extends Named {
  /** Memories that name both. */
  readonly together: number;
  /** Some of these, newest first. */
  readonly evidence: readonly Evidence[];
}

/** Things that were told differently at different times, side by side. */
export interface ToldDifferently {
  readonly type: Contradiction["type"];
  readonly statements: readonly { readonly value: string; readonly evidence: Evidence }[];
}

/** A person's page. */
export interface PersonPage {
  readonly somebody: Somebody;
  readonly facts: readonly PersonFact[];
  readonly differently: readonly ToldDifferently[];
  readonly near: readonly NearNamed[];
  /** The newest memories that speak of them, newest first. */
  readonly mentions: readonly Evidence[];
  /** When they last said something themself or were met, called or written to, as far as memories say so. */
  readonly lastContact: Evidence | null;
}

/** The page of somebody; undefined when there is nobody of that id. */
export async function personPage(
  source: PeopleSource,
  { id, ...scope }: PeopleScope & { readonly id: PersonId },
): Promise<PersonPage | undefined> {
  const open = await openWorld(source, scope);
  const somebody = peopleOf(open.reading).byId(id);
  if (somebody === undefined) return undefined;
  return {
    somebody,
    facts: factsOf(open, somebody),
    differently: differentlyOf(open, somebody),
    near: nearOf(open, somebody),
    mentions: newestMentions(open, somebody),
    lastContact: lastContactOf(open, somebody),
  };
}

const MENTIONS_SHOWN = 20;

function newestMentions(open: OpenWorld, { mentions }: Somebody): Evidence[] {
  const byMemory = new Map<MemoryId, (typeof mentions)[number][]>();
  for (const mention of mentions.toReversed()) {
    const known = byMemory.get(mention.memoryId);
    if (known !== undefined) known.push(mention);
    else if (byMemory.size < MENTIONS_SHOWN) byMemory.set(mention.memoryId, [mention]);
  }
  return [...byMemory].flatMap(([memoryId, spans]) => quoteOf(open, memoryId, spans) ?? []);
}

/** English and German words of having been in touch. */
const CONTACT =
  /\b(?:met|saw|called|phoned|rang|texted|emailed|wrote|visited|spoke|talked|chatted|came over|came round|call with|getroffen|traf|angerufen|telefoniert|besucht|geschrieben)\b/i;

function lastContactOf(open: OpenWorld, { mentions }: Somebody): Evidence | null {
  for (const mention of mentions.toReversed()) {
    const evidence = quoteOf(open, mention.memoryId, [mention]);
    if (evidence === undefined) continue;
    // A mention without a place is the one who speaks.
    if (mention.end === 0 || CONTACT.test(evidence.quote)) return evidence;
  }
  return null;
}

function differentlyOf(open: OpenWorld, somebody: Somebody): ToldDifferently[] {
  const { reading } = open;
  const people = peopleOf(reading);
  return reading.world.contradictions.flatMap(({ entityId, memoryIds, type, values }) => {
    if (type === "scheduled_for" || type === "family" || !somebody.entities.some((one) => one.id === entityId))
      return [];
    const statements = values.flatMap((value, at) => {
      const memoryId = memoryIds[at] as MemoryId | undefined;
      if (memoryId === undefined || people.ofEntity(entityId, memoryId) !== somebody) return [];
      const named = namedOf(open, value, memoryId);
      const spans = (reading.mentions.get(value)?.list ?? []).filter((mention) => mention.memoryId === memoryId);
      const evidence = quoteOf(open, memoryId, spans);
      return named === undefined || evidence === undefined ? [] : [{ value: named.name, evidence }];
    });
    return statements.length === values.length ? [{ type, statements }] : [];
  });
}

/** Who and which places stand in the same memories, the most often first. */
function nearOf(open: OpenWorld, somebody: Somebody): NearNamed[] {
  const { reading } = open;
  const theirs = new Set(somebody.mentions.map((mention) => mention.memoryId));
  const near = new Map<string, { named: Named; memories: Set<MemoryId> }>();
  for (const [entityId, { list }] of reading.mentions) {
    const type = reading.world.entities.get(entityId)?.type;
    if (type !== "person" && type !== "place" && type !== "organisation") continue;
    for (const { memoryId } of list) {
      if (!theirs.has(memoryId)) continue;
      const named = namedOf(open, entityId, memoryId);
      if (named === undefined || named.id === null || named.id === somebody.id) continue;
      const known = near.get(named.id) ?? { named, memories: new Set<MemoryId>() };
      near.set(named.id, known);
      known.memories.add(memoryId);
    }
  }
  return [...near.values()]
    .toSorted((left, right) => right.memories.size - left.memories.size)
    .slice(0, NEAR_MAX)
    .map(({ memories, named }) => ({
      ...named,
      together: memories.size,
      evidence: [...memories]
        .slice(-REASONS_MAX)
        .toReversed()
        .flatMap((memoryId) => quoteOf(open, memoryId, []) ?? []),
    }));
}
