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
  const reachY = Math.max(1, height / 2 - MARGIN_Y);
  const reach = { x: Math.max(1, Math.min(width / 2 - MARGIN_X, reachY * WIDER)), y: reachY };
  const place = (id: string, angle: number, share: number): void => {
    angles.set(id, angle);
    const x = width / 2 + Math.cos(angle) * reach.x * share;
    spots.set(id, { x, y: height / 2 + Math.sin(angle) * reach.y * share });
  };
  for (let hops = 0; hops <= hopsMax; hops++) {
    const ring = nodes.filter((node) => node.hops === hops);
    const around = hops < 2 ? evenly(ring) : behind(ring, edges, angles);
    for (const [at, { angle, id }] of around.entries()) {
      // Names of neighbours on a full ring would lie over each other: every other one stands further in.
      const isInner = ring.length > CROWD && at % 2 === 1;
      place(id, angle, (hops / hopsMax) * (isInner ? INNER_SHARE : 1));
    }
  }
  return spots;
}

const TURN = Math.PI * 2;
/** A wide picture is used, not filled. */
const WIDER = 1.8;
const CROWD = 6;
const INNER_SHARE = 0.62;
/** Between two that hang on the same one. */
const SPREAD = 0.5;

interface Turned {
  readonly id: string;
  readonly angle: number;
}

/** All around, the first at the top. */
function evenly(ring: readonly RingNode[]): Turned[] {
  return ring.map(({ id }, at) => ({ id, angle: (at / ring.length - 0.25) * TURN }));
}

/** Each behind the one it hangs on, side by side with the others of it. */
function behind(ring: readonly RingNode[], edges: readonly RingEdge[], angles: ReadonlyMap<string, number>): Turned[] {
  const families = Map.groupBy(ring, ({ id }) => parentAngle(id, edges, angles) ?? 0);
  const room = Math.min(SPREAD, TURN / Math.max(1, ring.length));
  return [...families]
    .toSorted(([left], [right]) => left - right)
    .flatMap(([angle, family]) =>
      family.map(({ id }, at) => ({ id, angle: angle + (at - (family.length - 1) / 2) * room })),
    );
}

function parentAngle(id: string, edges: readonly RingEdge[], angles: ReadonlyMap<string, number>): number | undefined {
  for (const { from, to } of edges) {
    const angle = from === id ? angles.get(to) : to === id ? angles.get(from) : undefined;
    if (angle !== undefined) return angle;
  }
  return undefined;
}
