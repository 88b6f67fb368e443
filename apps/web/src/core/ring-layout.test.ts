import { expect, test } from "vitest";

import { placeOnRings } from "./ring-layout.ts";

test("placeOnRings puts the middle in the middle, everything inside the picture, and no two on one spot", () => {
  const ring = Array.from({ length: 14 }, (_, at) => ({ id: `r${at}`, hops: 1 }));
  const outer = Array.from({ length: 9 }, (_, at) => ({ id: `o${at}`, hops: 2 }));
  const nodes = [{ id: "m", hops: 0 }, ...ring, ...outer];
  const edges = [
    ...ring.map(({ id }) => ({ from: "m", to: id })),
    ...outer.map(({ id }, at) => ({ from: `r${at}`, to: id })),
  ];
  const size = { width: 320, height: 300 };
  const spots = placeOnRings(nodes, edges, size);
  expect(spots.get("m")).toEqual({ x: 160, y: 150 });
  expect(spots.size).toBe(nodes.length);
  const seen = new Set([...spots.values()].map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`));
  expect(seen.size).toBe(nodes.length);
  for (const { x, y } of spots.values()) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(size.width);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(size.height);
  }
});
