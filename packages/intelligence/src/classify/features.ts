/**
 * What the scorer sees of a text: which rules fired and how strongly, which nouns occur, a few shapes. No words of the
 * text itself, so nothing that is learnt from labelled texts can quote them.
 */
import type { Reading } from "./gather.ts";
import { ALL_CONCEPTS, conceptNumber } from "./rules/concepts.ts";
import type { Evidence } from "./rules/evidence.ts";

/** One feature of a text; names are stable. */
export type Features = ReadonlyMap<string, number>;

/** Nouns that say nothing by occurring. */
const SILENT: ReadonlySet<string> = new Set(["stop", "link", "notValue"]);
const HAS_NAMES: readonly (readonly [number: number, name: string])[] = ALL_CONCEPTS.filter(
  (concept) => !SILENT.has(concept),
).map((concept) => [conceptNumber(concept), `has:${concept}`] as const);

const SUPPORT_MIN = 0.03;

/** Each rule once, at its strongest. */
export function strongestByRule(evidence: readonly Evidence[]): Map<string, Evidence> {
  const byRule = new Map<string, Evidence>();
  for (const one of evidence) if (one.weight > (byRule.get(one.rule)?.weight ?? 0)) byRule.set(one.rule, one);
  return byRule;
}

/** 1 − ∏(1 − weight) over the rules at or above a level. */
export function supportOf(byRule: ReadonlyMap<string, Evidence>, level: number): number {
  let doubt = 1;
  for (const one of byRule.values()) if (one.level >= level) doubt *= 1 - one.weight;
  return 1 - doubt;
}

/** Log odds of the rules' own verdict, kept within ±3.5. */
export function logOdds(support: number): number {
  const held = Math.min(1 - SUPPORT_MIN, Math.max(SUPPORT_MIN, support));
  return Math.log(held / (1 - held));
}

/** The features of a text that was read. */
export function featuresOf(reading: Reading, byRule: ReadonlyMap<string, Evidence>): Features {
  const { scene } = reading;
  const features = new Map<string, number>();
  for (const one of byRule.values()) features.set(one.rule, one.weight);
  for (const [concept, name] of HAS_NAMES) {
    const places = scene.concepts.getAt(concept);
    if (places !== undefined) features.set(name, Math.min(1.5, 0.75 + 0.25 * places.first.length));
  }
  const words = scene.tokens.count;
  features.set("shape:length", Math.min(2, words / 20));
  if (words < 8) features.set("shape:short", 1);
  if (scene.text.includes("?")) features.set("shape:asks", 1);
  if (scene.text.includes("!")) features.set("shape:calls", 1);
  if (scene.numbers.length > 0) features.set("shape:numbers", Math.min(2, scene.numbers.length / 2));
  const isUnreal = features.has("has:fiction") || features.has("has:general") || features.has("has:news");
  const isHushed = features.has("has:secrecy") || features.has("has:cover");
  const isSomeone = features.has("has:person") || features.has("has:kin") || features.has("has:name");
  if (isUnreal && !isHushed) features.set("mix:unreal", 1);
  if (isUnreal && isHushed) features.set("mix:unreal-hushed", 1);
  if (!isSomeone) features.set("mix:nobody", 1);
  if (features.has("has:everyday") && !isHushed) features.set("mix:everyday", 1);
  if (isHushed && isSomeone) features.set("mix:hushed-someone", 1);
  const isGrave = features.has("has:illness") || features.has("has:mental") || features.has("has:finding");
  if (features.has("has:healthOrdinary") && !isGrave && !isHushed) features.set("mix:mild", 1);
  if (features.has("has:public") && (features.has("contact-phone") || features.has("contact-address")))
    features.set("mix:public-contact", 1);
  return features;
}
