/**
 * A small linear model over what the rules found and over a text's grams: three odds (at least confidential, at least secret,
 * ultra-secret). It starts from the rules' own verdict and adds what labelled texts taught (training/fit.ts). It never lowers
 * what check digits and key formats prove.
 */
import type { Level } from "@kaelix/model";
import { type Features, logOdds, supportOf } from "./features.ts";
import type { GramSums } from "./gram-scorer.ts";
import type { Evidence } from "./rules/evidence.ts";
import { BIASES, WEIGHTS } from "./scorer-weights.ts";

/** How likely a text is of at least level 2, 3 and 4. Never rises with the level. */
export type LevelOdds = readonly [atLeast2: number, atLeast3: number, atLeast4: number];

/** How far the rules' own log odds count; the rest is learnt. */
export const PRIOR_SHARE = 0.3;

/** Rules of these families prove what they say: formats and check digits. */
const PROVEN = /^(?:number-(?!id-named|account-named|pan|nino|dni)|key-|unread-)/;

const WEIGHTS_BY_NAME = new Map(Object.entries(WEIGHTS));

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function provenSupport(byRule: ReadonlyMap<string, Evidence>, level: number): number {
  let best = 0;
  for (const one of byRule.values())
    if (one.level >= level && !one.soft && one.weight > best && PROVEN.test(one.rule)) best = one.weight;
  return best;
}

/** A noun such as "pin" with a value right behind it is a given secret, whatever else the text holds: rule, least weight. */
const GIVEN: ReadonlyMap<string, number> = new Map([
  ["secret-pin", 0.74],
  ["secret-recovery", 0.8],
  ["secret-password", 0.88],
  ["secret-wifi", 0.88],
  ["secret-lock-code", 0.88],
  ["secret-key", 0.85],
  ["secret-seed-phrase", 0.85],
]);
const GIVEN_ODDS = 0.62;

function givenSupport(byRule: ReadonlyMap<string, Evidence>): number {
  for (const [rule, weight] of GIVEN) if ((byRule.get(rule)?.weight ?? 0) >= weight) return GIVEN_ODDS;
  return 0;
}

/** Scores a text by what the rules found and by its grams. */
export function scoreLevels(features: Features, byRule: ReadonlyMap<string, Evidence>, grams: GramSums): LevelOdds {
  let two = (BIASES[0] ?? 0) + PRIOR_SHARE * logOdds(supportOf(byRule, 2)) + grams[0];
  let three = (BIASES[1] ?? 0) + PRIOR_SHARE * logOdds(supportOf(byRule, 3)) + grams[1];
  let four = (BIASES[2] ?? 0) + PRIOR_SHARE * logOdds(supportOf(byRule, 4)) + grams[2];
  // `forEach` and no `for`: nothing is made for an entry.
  features.forEach((value, name) => {
    const weights = WEIGHTS_BY_NAME.get(name);
    if (weights === undefined) return;
    two += (weights[0] ?? 0) * value;
    three += (weights[1] ?? 0) * value;
    four += (weights[2] ?? 0) * value;
  });
  return withProof([sigmoid(two), sigmoid(three), sigmoid(four)], byRule);
}

/** The model's odds, raised to what check digits and key formats prove, and never rising with the level. */
export function withProof(odds: LevelOdds, byRule: ReadonlyMap<string, Evidence>): LevelOdds {
  const [two, three, four] = odds;
  const atLeast4 = Math.max(four, provenSupport(byRule, 4), givenSupport(byRule));
  const atLeast3 = Math.max(three, provenSupport(byRule, 3), atLeast4);
  return [Math.max(two, provenSupport(byRule, 2), atLeast3), atLeast3, atLeast4];
}

/** The odds a level needs: less than one half for secrets, where a miss costs more than a false alarm. */
const NEEDED: Readonly<Record<2 | 3 | 4, number>> = { 2: 0.5, 3: 0.42, 4: 0.38 };
/** How much more odds a level needs when no rule stands firmly behind it: everyday talk is mostly general. */
const UNGROUNDED_RAISE: Readonly<Record<2 | 3 | 4, number>> = { 2: 0.1, 3: 0.1, 4: 0.1 };
const FIRM_MIN: Readonly<Record<2 | 3 | 4, number>> = { 2: 0.4, 3: 0.25, 4: 0.1 };

/** Many words are many chances to be wrong: the longer a text, the more odds it needs, by at most this much. */
const RAISE_MAX = 0.23;
/** UTF-16 units of a text that is not long. */
const RAISE_LENGTH_MIN = 75;

/** How much more odds a level needs in a text of this many UTF-16 units. */
export function raiseFor(length: number): number {
  return RAISE_MAX * (1 - 1 / Math.sqrt(Math.max(1, length / RAISE_LENGTH_MIN)));
}

/** The highest level whose odds suffice; `raise` asks for more (see raiseFor). */
export function levelOf(odds: LevelOdds, byRule: ReadonlyMap<string, Evidence>, raise = 0): Level {
  const needed = (level: 2 | 3 | 4): number => {
    let firmest = 0;
    for (const one of byRule.values()) if (one.level >= level && one.weight > firmest) firmest = one.weight;
    return NEEDED[level] + raise + (firmest >= FIRM_MIN[level] ? 0 : UNGROUNDED_RAISE[level]);
  };
  if (odds[2] >= needed(4)) return 4;
  if (odds[1] >= needed(3)) return 3;
  return odds[0] >= needed(2) ? 2 : 1;
}

/** The share of the odds that stands on exactly this level. */
export function shareOf(odds: LevelOdds, level: Level): number {
  const at = [1, ...odds, 0];
  return (at[level - 1] ?? 0) - (at[level] ?? 0);
}
