/**
 * A small linear model over what the rules found: three odds (at least confidential, at least secret, ultra-secret). It
 * starts from the rules' own verdict and adds what labelled texts taught (training/fit.ts). It never lowers what check
 * digits and key formats prove.
 */
import type { Level } from "@kaelix/model";
import { type Features, logOdds, supportOf } from "./features.ts";
import type { Evidence } from "./rules/evidence.ts";
import { BIASES, WEIGHTS } from "./scorer-weights.ts";

/** How likely a text is of at least level 2, 3 and 4. Never rises with the level. */
export type LevelOdds = readonly [atLeast2: number, atLeast3: number, atLeast4: number];

/** How far the rules' own log odds count; the rest is learnt. */
export const PRIOR_SHARE = 0.5;

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

/** Scores a text. Pure. */
export function scoreLevels(features: Features, byRule: ReadonlyMap<string, Evidence>): LevelOdds {
  let two = (BIASES[0] ?? 0) + PRIOR_SHARE * logOdds(supportOf(byRule, 2));
  let three = (BIASES[1] ?? 0) + PRIOR_SHARE * logOdds(supportOf(byRule, 3));
  let four = (BIASES[2] ?? 0) + PRIOR_SHARE * logOdds(supportOf(byRule, 4));
  // `forEach` and no `for`: nothing is made for an entry.
  features.forEach((value, name) => {
    const weights = WEIGHTS_BY_NAME.get(name);
    if (weights === undefined) return;
    two += (weights[0] ?? 0) * value;
    three += (weights[1] ?? 0) * value;
    four += (weights[2] ?? 0) * value;
  });
  const atLeast4 = Math.max(sigmoid(four), provenSupport(byRule, 4), givenSupport(byRule));
  const atLeast3 = Math.max(sigmoid(three), provenSupport(byRule, 3), atLeast4);
  return [Math.max(sigmoid(two), provenSupport(byRule, 2), atLeast3), atLeast3, atLeast4];
}

/** The odds a level needs; a little below one half where a miss costs more than a false alarm. */
const NEEDED: Readonly<Record<2 | 3 | 4, number>> = { 2: 0.5, 3: 0.47, 4: 0.48 };
/**
 * The weight that some rule must give a level for the odds to count. Labelled texts are one quarter secret, everyday talk hardly ever: by
 * tone alone one in four turns of ordinary chats was called secret, with a rule to name why one in twelve.
 */
const GROUND_MIN = 0.25;
/** How much more odds level 2 needs when no rule stands firmly behind it. */
const UNGROUNDED_RAISE = 0.2;
const FIRM_MIN = 0.4;

/** The highest level whose odds suffice and for which a rule can say why; `raise` asks for more, for texts read in many pieces. */
export function levelOf(odds: LevelOdds, byRule: ReadonlyMap<string, Evidence>, raise = 0): Level {
  const ground = (level: Level): number => {
    let best = 0;
    for (const one of byRule.values()) if (one.level >= level && one.weight > best) best = one.weight;
    return best;
  };
  if (odds[2] >= NEEDED[4] + raise && ground(4) >= GROUND_MIN) return 4;
  if (odds[1] >= NEEDED[3] + raise && ground(3) >= GROUND_MIN) return 3;
  const needed = NEEDED[2] + raise + (ground(2) >= FIRM_MIN ? 0 : UNGROUNDED_RAISE);
  return odds[0] >= needed ? 2 : 1;
}

/** The share of the odds that stands on exactly this level. */
export function shareOf(odds: LevelOdds, level: Level): number {
  const at = [1, ...odds, 0];
  return (at[level - 1] ?? 0) - (at[level] ?? 0);
}
