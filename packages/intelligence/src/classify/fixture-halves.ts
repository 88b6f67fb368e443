/** Which half of the labelled fixture a text belongs to: decided by its id alone, so that nobody chooses. */

/** Rules are tuned on `development`; `held-out` is only measured. */
export type FixtureHalf = "development" | "held-out";

/** The half of a fixture's text. */
export function fixtureHalf(id: string): FixtureHalf {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  return (hash >>> 0) % 2 === 0 ? "development" : "held-out";
}
