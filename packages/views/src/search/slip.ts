/** Slips of the finger: one letter too many, too few, wrong, or two neighbours exchanged. */

/** How a typed word came from the one that was meant. */
export type Slip = "left-out" | "put-in" | "exchanged" | "wrong";

/** The one slip that makes `typed` of `meant`; undefined for the same word and for words that are further apart. */
export function slipOf(typed: string, meant: string): Slip | undefined {
  if (typed === meant) return undefined;
  let at = 0;
  while (at < typed.length && typed[at] === meant[at]) at += 1;
  const [rest, left] = [typed.slice(at), meant.slice(at)];
  if (rest === left.slice(1)) return "left-out";
  if (rest.slice(1) === left) return "put-in";
  if (rest.slice(2) === left.slice(2) && rest[0] === left[1] && rest[1] === left[0]) return "exchanged";
  return rest.slice(1) === left.slice(1) ? "wrong" : undefined;
}
