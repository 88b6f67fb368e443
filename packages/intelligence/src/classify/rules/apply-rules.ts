/** Finds where the rows of the rule table fire. */
import { CONCEPT_COUNT, conceptNumber } from "./concepts.ts";
import { contextFactor } from "./context.ts";
import type { Evidence } from "./evidence.ts";
import { RULES } from "./rule-table.ts";
import type { Scene } from "./scene.ts";
import type { Rule } from "./topic-table.ts";

/** Places of one row looked at; a text that repeats itself more often than that says nothing new. */
const PLACES_MAX = 256;
const WITHIN_DEFAULT = 12;

interface ReadyRule {
  readonly rule: Rule;
  /** The rule's nouns as numbers: any of each group. */
  readonly needs: readonly (readonly number[])[];
}

const READY: readonly ReadyRule[] = RULES.map((rule) => ({
  rule,
  needs: rule.all.map((need) => (typeof need === "string" ? [need] : need).map(conceptNumber)),
}));

/** Rules by the nouns that their first need may be met by: all others cannot fire on a text without one of these. */
const READY_BY_CONCEPT: readonly (readonly number[])[] = Array.from({ length: CONCEPT_COUNT }, (_, concept) =>
  READY.flatMap(({ needs }, index) => (needs[0]?.includes(concept) === true ? [index] : [])),
);

/** Most rules end here: one of their nouns does not stand in the text at all. */
function occurs(scene: Scene, need: readonly number[]): boolean {
  for (const concept of need) if (scene.concepts.getAt(concept) !== undefined) return true;
  return false;
}

/** Where a rule's first noun was found, and how far from it the others may stand. */
interface Anchor {
  readonly concept: number;
  readonly first: number;
  readonly last: number;
  readonly within: number;
}

/** A noun that a rule names twice needs two places: one and the same word does not bear itself out. */
function isNearAny(scene: Scene, need: readonly number[], { concept: own, first, last, within }: Anchor): boolean {
  for (const concept of need) {
    if (concept !== own) {
      if (scene.concepts.nearestAt(concept, first - within, last + within) >= 0) return true;
    } else if (
      scene.concepts.nearestAt(concept, first - within, first - 1) >= 0 ||
      scene.concepts.nearestAt(concept, last + 1, last + within) >= 0
    )
      return true;
  }
  return false;
}

function areNear(scene: Scene, needs: readonly (readonly number[])[], anchor: Anchor): boolean {
  for (let index = 1; index < needs.length; index += 1) if (!isNearAny(scene, needs[index] ?? [], anchor)) return false;
  return true;
}

function fireRule(scene: Scene, { rule, needs }: ReadyRule): Evidence | undefined {
  for (const need of needs) if (!occurs(scene, need)) return undefined;
  const within = rule.within ?? WITHIN_DEFAULT;
  let best: Evidence | undefined;
  for (const anchor of needs[0] ?? []) {
    const places = scene.concepts.getAt(anchor);
    if (places === undefined) continue;
    for (let index = 0; index < places.first.length && index < PLACES_MAX; index += 1) {
      const first = places.first[index] ?? 0;
      const last = places.last[index] ?? 0;
      if (!areNear(scene, needs, { concept: anchor, first, last, within })) continue;
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

/** Numbers of the rules whose first noun stands in the text, in the order of the table. */
function rulesAtHand(scene: Scene): number[] {
  const numbers: number[] = [];
  for (let concept = 0; concept < CONCEPT_COUNT; concept += 1) {
    if (scene.concepts.getAt(concept) === undefined) continue;
    for (const rule of READY_BY_CONCEPT[concept] ?? []) if (!numbers.includes(rule)) numbers.push(rule);
  }
  return numbers.sort((left, right) => left - right);
}

/** The evidence of all rows, already weakened by what stands around it. */
export function applyRules(scene: Scene): Evidence[] {
  const found: Evidence[] = [];
  for (const number of rulesAtHand(scene)) {
    const rule = READY[number];
    const evidence = rule === undefined ? undefined : fireRule(scene, rule);
    if (evidence !== undefined) found.push(evidence);
  }
  return found;
}
