/** Finds where the rows of the rule table fire. */
import type { Concept } from "./concepts.ts";
import { contextFactor } from "./context.ts";
import type { Evidence } from "./evidence.ts";
import type { Occurrences } from "./match.ts";
import { RULES } from "./rule-table.ts";
import type { Scene } from "./scene.ts";
import type { Rule } from "./topic-table.ts";

/** Places of one row looked at; a text that repeats itself more often than that says nothing new. */
const PLACES_MAX = 256;
const WITHIN_DEFAULT = 12;

function placesOf(scene: Scene, need: Concept | readonly Concept[]): Occurrences[] {
  const needs = typeof need === "string" ? [need] : need;
  return needs.map((concept) => scene.concepts.get(concept)).filter((places) => places !== undefined);
}

interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly within: number;
}

function isNearAny(scene: Scene, need: Concept | readonly Concept[], { first, last, within }: Stretch): boolean {
  if (typeof need === "string") return scene.concepts.isNear(need, first, last, within);
  return need.some((concept) => scene.concepts.isNear(concept, first, last, within));
}

function fireRule(scene: Scene, rule: Rule): Evidence | undefined {
  const [anchor, ...others] = rule.all;
  if (anchor === undefined) return undefined;
  let best: Evidence | undefined;
  for (const places of placesOf(scene, anchor)) {
    for (let index = 0; index < places.first.length && index < PLACES_MAX; index += 1) {
      const first = places.first[index] ?? 0;
      const last = places.last[index] ?? 0;
      const within = rule.within ?? WITHIN_DEFAULT;
      if (!others.every((need) => isNearAny(scene, need, { first, last, within }))) continue;
      const fired: Evidence = {
        rule: rule.rule,
        level: rule.level,
        weight: rule.weight,
        text: rule.text,
        at: first,
        soft: true,
      };
      const weight = rule.weight * contextFactor(scene, fired);
      if (weight > (best?.weight ?? 0)) best = { ...fired, weight, soft: false };
      if (weight === rule.weight) return best;
    }
  }
  return best;
}

/** The evidence of all rows, already weakened by what stands around it. */
export function applyRules(scene: Scene): Evidence[] {
  const found: Evidence[] = [];
  for (const rule of RULES) {
    const evidence = fireRule(scene, rule);
    if (evidence !== undefined) found.push(evidence);
  }
  return found;
}
