/** From evidence to a level: doubts multiply, the highest level whose evidence outweighs them wins. */
import type { Classification, ClassificationReason, Level } from "@kaelix/model";
import { calibratedConfidence } from "./calibration.ts";
import type { Evidence } from "./rules/evidence.ts";

const THRESHOLD = 0.5;
const REASONS_MAX = 6;
/** Weaker evidence is not worth a sentence. */
const REASON_WEIGHT_MIN = 0.15;

/** 1 − ∏(1 − weight) over the rules at or above a level, each rule once at its strongest. */
function supportOf(evidence: ReadonlyMap<string, Evidence>, level: Level): number {
  let doubt = 1;
  for (const one of evidence.values()) if (one.level >= level) doubt *= 1 - one.weight;
  return 1 - doubt;
}

function strongestByRule(evidence: readonly Evidence[]): Map<string, Evidence> {
  const byRule = new Map<string, Evidence>();
  for (const one of evidence) {
    if (one.weight > (byRule.get(one.rule)?.weight ?? 0)) byRule.set(one.rule, one);
  }
  return byRule;
}

function reasonsFor(evidence: ReadonlyMap<string, Evidence>, level: Level): ClassificationReason[] {
  const telling = [...evidence.values()].filter(
    (one) => one.level <= level && one.level > 1 && one.weight >= REASON_WEIGHT_MIN,
  );
  telling.sort(
    (left, right) => right.level - left.level || right.weight - left.weight || (left.rule < right.rule ? -1 : 1),
  );
  const reasons: ClassificationReason[] = [];
  for (const one of telling) {
    if (level === 1 || reasons.length >= REASONS_MAX || reasons.some((reason) => reason.text === one.text)) continue;
    reasons.push({ rule: one.rule, level: one.level, text: one.text });
  }
  if (reasons.length > 0) return reasons;
  return [{ rule: "nothing-found", level: 1, text: "Holds nothing that asks for protection" }];
}

/** A decision before calibration; `margin` is how far the nearest boundary is, 0 to 0.5. */
export interface Decision {
  readonly level: Level;
  readonly margin: number;
  readonly reasons: readonly ClassificationReason[];
}

/** Weighs evidence. */
export function weighEvidence(evidence: readonly Evidence[]): Decision {
  const byRule = strongestByRule(evidence);
  const supports = ([2, 3, 4] as const).map((level) => ({ level, support: supportOf(byRule, level) }));
  const level = supports.findLast((one) => one.support >= THRESHOLD)?.level ?? 1;
  const margin = Math.min(
    ...supports.filter((one) => one.level >= level).map((one) => Math.abs(one.support - THRESHOLD)),
  );
  return { level, margin, reasons: reasonsFor(byRule, level) };
}

/** The answer for a text's evidence. */
export function decide(evidence: readonly Evidence[]): Classification {
  const { level, margin, reasons } = weighEvidence(evidence);
  return { level, confidence: calibratedConfidence(level, margin), decidedBy: "rule", reasons };
}
