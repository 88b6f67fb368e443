/** What hangs together around somebody: a small graph, or the refusal to make a big one. */
import { ME_ID, type Relation } from "@kaelix/intelligence";
import type { EntityId, MemoryId, PersonId } from "@kaelix/model";

import { isSureEnough } from "./facts.ts";
import { memoriesOf, type Named, namedOf } from "./names.ts";
import { peopleOf, type Somebody } from "./people.ts";
import { openWorld, type OpenWorld, type PeopleScope, type PeopleSource } from "./source.ts";

/** Something in a graph. The person whose world it is has the id `me`. */
export interface GraphNode extends Omit<Named, "id"> {
  readonly id: PersonId | EntityId | "me";
  /** How many steps from the middle. */
  readonly hops: number;
}

/** Two that hang together. */
export interface GraphEdge {
  readonly from: GraphNode["id"];
  readonly to: GraphNode["id"];
  /** `together`: named in the same memories. */
  readonly type: Relation["type"] | "together";
  /** 0 to 1. */
  readonly confidence: number;
  readonly since: string;
  readonly until: string | null;
  /** Memories that say so, the newest last; at most 8. */
  readonly memoryIds: readonly MemoryId[];
}

/** A graph, nobody, or more than was wanted. */
export type GraphOutcome =
  | { readonly type: "graph"; readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  | { readonly type: "missing" }
  | { readonly type: "too-large"; readonly nodes: number };

/** What a graph is made of. */
export interface GraphRequest extends PeopleScope {
  readonly id: PersonId;
  /** 1 or 2. */
  readonly hops: number;
  /** Nodes above which it is refused. */
  readonly nodesMax: number;
}

const MEMORIES_MAX = 8;
/** Named together so often is worth a line. */
const TOGETHER_MIN = 2;

/** The graph around somebody. */
export async function graphAround(source: PeopleSource, request: GraphRequest): Promise<GraphOutcome> {
  const open = await openWorld(source, request);
  const somebody = peopleOf(open.reading).byId(request.id);
  if (somebody === undefined) return { type: "missing" };
  const all = edgesOf(open);
  const byNode = new Map<string, GraphEdge[]>();
  for (const edge of all.edges) {
    for (const id of [edge.from, edge.to]) {
      const known = byNode.get(id);
      if (known === undefined) byNode.set(id, [edge]);
      else known.push(edge);
    }
  }
  const middle: GraphNode = { id: somebody.id, kind: "person", name: somebody.name, hops: 0 };
  const nodes = new Map<string, GraphNode>([[middle.id, middle]]);
  let ring: readonly GraphNode[] = [middle];
  for (let hops = 1; hops <= request.hops; hops++) {
    const next: GraphNode[] = [];
    for (const node of ring) {
      // Everybody hangs together through the person whose world it is: not a step.
      if (node.id === ME_ID) continue;
      for (const { from, to } of byNode.get(node.id) ?? []) {
        const id = from === node.id ? to : from;
        const named = all.named.get(id);
        if (named === undefined || nodes.has(id)) continue;
        const reached = { ...named, id, hops };
        nodes.set(id, reached);
        next.push(reached);
      }
    }
    ring = next;
  }
  if (nodes.size > request.nodesMax) return { type: "too-large", nodes: nodes.size };
  const edges = all.edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  return { type: "graph", nodes: [...nodes.values()], edges };
}

interface Edges {
  readonly named: ReadonlyMap<string, Named>;
  readonly edges: readonly GraphEdge[];
}

function edgesOf(open: OpenWorld): Edges {
  const named = new Map<string, Named>();
  const edges = new Map<string, GraphEdge>();
  const idOf = (one: Named): GraphNode["id"] => {
    const id = one.id ?? ME_ID;
    named.set(id, one);
    return id;
  };
  for (const relation of open.reading.world.relations.values()) {
    const [memoryId] = memoriesOf(relation);
    const from = namedOf(open, relation.from, memoryId);
    const to = namedOf(open, relation.to, memoryId);
    if (from === undefined || to === undefined || !isSureEnough(relation)) continue;
    const ends = { from: idOf(from), to: idOf(to) };
    if (ends.from === ends.to) continue;
    const { confidence, since, type, until } = relation;
    const memoryIds = memoriesOf(relation).slice(-MEMORIES_MAX);
    edges.set(`${ends.from} ${type} ${ends.to}`, { ...ends, type, confidence, since, until: until ?? null, memoryIds });
  }
  const tied = new Set([...edges.values()].map(pairOf));
  for (const edge of togetherOf(open, idOf)) if (!tied.has(pairOf(edge))) edges.set(pairOf(edge), edge);
  return { named, edges: [...edges.values()] };
}

function pairOf({ from, to }: Pick<GraphEdge, "from" | "to">): string {
  return from < to ? `${from} ${to}` : `${to} ${from}`;
}

/** People who are named in the same memories. */
function togetherOf(open: OpenWorld, idOf: (one: Named) => GraphNode["id"]): GraphEdge[] {
  const byMemory = new Map<MemoryId, Set<Somebody>>();
  for (const somebody of peopleOf(open.reading).all) {
    if (!somebody.isSure) continue;
    for (const { memoryId } of somebody.mentions)
      byMemory.set(memoryId, (byMemory.get(memoryId) ?? new Set()).add(somebody));
  }
  const pairs = new Map<string, { left: Somebody; right: Somebody; memoryIds: MemoryId[] }>();
  for (const [memoryId, people] of byMemory) {
    const there = [...people].slice(0, PEOPLE_OF_MEMORY_MAX);
    for (const [at, left] of there.entries()) {
      for (const right of there.slice(at + 1)) {
        const key = left.id < right.id ? `${left.id} ${right.id}` : `${right.id} ${left.id}`;
        const pair = pairs.get(key) ?? { left, right, memoryIds: [] };
        pairs.set(key, pair);
        pair.memoryIds.push(memoryId);
      }
    }
  }
  const dayOf = (memoryId: MemoryId | undefined): string => {
    const atMs = memoryId === undefined ? undefined : open.index.document(memoryId)?.occurredAtMs;
    return atMs === undefined ? "" : new Date(atMs).toISOString().slice(0, 10);
  };
  return [...pairs.values()]
    .filter(({ memoryIds }) => memoryIds.length >= TOGETHER_MIN)
    .map(({ left, memoryIds, right }) => ({
      from: idOf({ id: left.id, kind: "person", name: left.name }),
      to: idOf({ id: right.id, kind: "person", name: right.name }),
      type: "together" as const,
      confidence: 1,
      since: dayOf(memoryIds[0]),
      until: null,
      memoryIds: memoryIds.slice(-MEMORIES_MAX),
    }));
}

/** A list of names in one memory does not make everybody hang together with everybody. */
const PEOPLE_OF_MEMORY_MAX = 8;
