/** Something that waits for a person's word, whatever the judge was last learnt from. */
import { assert } from "@kaelix/base";

import { classifyByRules } from "../../classify/classify-by-rules.ts";

/** Below it the judge is as unsure as it gets at level 1; at level 2 nearly all that are asked about are wrong. */
const DOUBTED = {
  1: {
    below: 0.6,
    candidates: [
      "He left early",
      "He never said why",
      "His brother hid the crooked lantern",
      "She carried the stairs all these years",
      "A colleague borrowed the wedding album for weeks",
    ],
  },
  2: {
    below: 0.3,
    candidates: [
      "Their marriage is on the rocks",
      "Somebody is not allowed to see the kids",
      "She is in the clinic again",
      "Somebody told nobody about the loan",
      "He sold his old phone",
    ],
  },
} as const;

/** A text that the rules put at a level and are not sure of. */
export function doubtedText(at: keyof typeof DOUBTED): string {
  const { below, candidates } = DOUBTED[at];
  const text = candidates.find((candidate) => {
    const { confidence, level } = classifyByRules(candidate);
    return level === at && confidence < below;
  });
  assert(text !== undefined, "The judge is sure of every candidate: add one that it doubts");
  return text;
}
