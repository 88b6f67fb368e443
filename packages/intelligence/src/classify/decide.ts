/** From evidence to a level: the rules' verdict and the scorer's, the highest level whose odds suffice, with reasons. */
import type { Classification, ClassificationReason, Level } from "@kaelix/model";
import { calibratedConfidence } from "./calibration.ts";
import { withoutDeviceNames } from "./device-names.ts";
import { featuresOf, strongestByRule } from "./features.ts";
import { type Reading, readText } from "./gather.ts";
import { gramSums } from "./gram-scorer.ts";
import type { Evidence } from "./rules/evidence.ts";
import { levelOf, type LevelOdds, raiseFor, scoreLevels, shareOf } from "./scorer.ts";

const REASONS_MAX = 6;
/** Weaker evidence is not worth a sentence while there is stronger. */
const REASON_WEIGHT_MIN = 0.15;

/** A piece of text, judged. */
export interface Judgement {
  readonly odds: LevelOdds;
  readonly byRule: ReadonlyMap<string, Evidence>;
}

/** Judges what was read. */
export function judge(reading: Reading): Judgement {
  const byRule = strongestByRule(reading.evidence);
  return { odds: scoreLevels(featuresOf(reading, byRule), byRule, gramSums(reading.scene)), byRule };
}

function byLevelAndWeight(left: Evidence, right: Evidence): number {
  return right.level - left.level || right.weight - left.weight || (left.rule < right.rule ? -1 : 1);
}

function reasonsFor(evidence: readonly Evidence[], level: Level): ClassificationReason[] {
  const nothing = { rule: "nothing-found", level: 1, text: "Holds nothing that asks for protection" } as const;
  if (level === 1) return [nothing];
  const fitting = evidence.filter((one) => one.level <= level && one.level > 1).sort(byLevelAndWeight);
  const telling = fitting.filter((one) => one.weight >= REASON_WEIGHT_MIN);
  const reasons: ClassificationReason[] = [];
  for (const one of telling.length > 0 ? telling : fitting) {
    if (reasons.length >= REASONS_MAX || reasons.some((reason) => reason.text === one.text)) continue;
    reasons.push({ rule: one.rule, level: one.level, text: one.text });
  }
  if (reasons[0]?.level === level) return reasons;
  const text = "Its words together read like texts of this level";
  return [{ rule: `tone-${level}`, level, text }, ...reasons.slice(0, REASONS_MAX - 1)];
}

/** Long texts are read in pieces of this many UTF-16 units, since nearness of words is what tells. */
const PIECE_LENGTH = 1000;
/** So that nothing falls between two pieces. */
const PIECE_OVERLAP = 120;
/** Texts are read up to this many UTF-16 units; what is behind is not judged, and the answer says so. */
export const TEXT_LENGTH_MAX = 262_144;

const UNREAD: Evidence = {
  rule: "unread-rest",
  level: 2,
  weight: 0.55,
  text: "Is too long to be read to its end",
  at: 0,
  soft: false,
};

/** Cuts a text into overlapping pieces at blanks. */
export function piecesOf(text: string): string[] {
  if (text.length <= PIECE_LENGTH) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + PIECE_LENGTH);
    const blank = text.lastIndexOf(" ", end);
    if (end < text.length && blank > start + PIECE_LENGTH - PIECE_OVERLAP) end = blank;
    pieces.push(text.slice(start, end));
    if (end >= text.length) break;
    const back = text.indexOf(" ", end - PIECE_OVERLAP);
    start = back > 0 && back < end ? back : end - PIECE_OVERLAP;
  }
  return pieces;
}

/** The strongest of many judgements, rule by rule and level by level. */
function joinJudgements(judgements: readonly Judgement[]): Judgement {
  const byRule = strongestByRule(judgements.flatMap((one) => [...one.byRule.values()]));
  const most = (at: 0 | 1 | 2): number => Math.max(...judgements.map((one) => one.odds[at]));
  return { odds: [most(0), most(1), most(2)], byRule };
}

const DEVICE_NAME: Classification = {
  level: 1,
  confidence: 0.99,
  decidedBy: "rule",
  reasons: [{ rule: "device-file-name", level: 1, text: "Is a file's name as a camera or a messenger gives it" }],
};

/** The answer for a text. Names that devices gave files say nothing: a text of nothing else is general. */
export function decide(told: string, language?: string): Classification {
  const text = withoutDeviceNames(told);
  if (text !== told && text.trim() === "") return DEVICE_NAME;
  const pieces = piecesOf(text.length > TEXT_LENGTH_MAX ? text.slice(0, TEXT_LENGTH_MAX) : text);
  const judgements = pieces.map((piece) => judge(readText(piece, language)));
  if (text.length > TEXT_LENGTH_MAX)
    judgements.push({ odds: [UNREAD.weight, 0, 0], byRule: new Map([[UNREAD.rule, UNREAD]]) });
  const { odds, byRule } = judgements.length === 1 && judgements[0] ? judgements[0] : joinJudgements(judgements);
  const found = levelOf(odds, byRule, raiseFor(text.length));
  const level = found === 1 && text.length > TEXT_LENGTH_MAX ? 2 : found;
  const reasons = reasonsFor([...byRule.values()], level);
  return { level, confidence: calibratedConfidence(level, shareOf(odds, level)), decidedBy: "rule", reasons };
}
