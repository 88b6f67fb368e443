/** Where the nodes of a small graph stand: the middle, those one step away on a ring around it, the next behind whom they hang on. Pure. */

/** What is placed. */
export interface RingNode {
  readonly id: string;
  readonly hops: number;
}

/** A line between two. */
export interface RingEdge {
  readonly from: string;
  readonly to: string;
}

/** A place in a picture of a width and a height. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Room for a name at the edge of the picture. */
const MARGIN_X = 64;
const MARGIN_Y = 26;

/** Places nodes in a picture. Every node has a place; the same graph is always placed the same way. */
export function placeOnRings(
  nodes: readonly RingNode[],
  edges: readonly RingEdge[],
  { height, width }: { readonly width: number; readonly height: number },
): ReadonlyMap<string, Spot> {
  const spots = new Map<string, Spot>();
  const angles = new Map<string, number>();
  const hopsMax = Math.max(1, ...nodes.map((node) => node.hops));
  const reach = { x: Math.max(1, width / 2 - MARGIN_X), y: Math.max(1, height / 2 - MARGIN_Y) };
  const place = (id: string, angle: number, share: number): void => {
    angles.set(id, angle);
    const x = width / 2 + Math.cos(angle) * reach.x * share;
    spots.set(id, { x, y: height / 2 + Math.sin(angle) * reach.y * share });
  };
  for (let hops = 0; hops <= hopsMax; hops++) {
    const ring = nodes.filter((node) => node.hops === hops);
    const wanted = ring.map(({ id }, at) => ({
      id,
      angle: parentAngle(id, edges, angles) ?? (at / ring.length) * TURN,
    }));
    const ordered = hops < 2 ? wanted : wanted.toSorted((left, right) => left.angle - right.angle);
    for (const [at, { id }] of ordered.entries()) {
      // Names of neighbours on a full ring would lie over each other: every other one stands further in.
      const isInner = ring.length > CROWD && at % 2 === 1;
      const share = (hops / hopsMax) * (isInner ? INNER_SHARE : 1);
      place(id, (at / ring.length) * TURN - TURN / 4, share);
    }
  }
  return spots;
}

const TURN = Math.PI * 2;
const CROWD = 6;
const INNER_SHARE = 0.62;

function parentAngle(id: string, edges: readonly RingEdge[], angles: ReadonlyMap<string, number>): number | undefined {
  for (const { from, to } of edges) {
    const angle = from === id ? angles.get(to) : to === id ? angles.get(from) : undefined;
    if (angle !== undefined) return angle;
  }
  return undefined;
}
