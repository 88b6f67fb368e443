/** Something that waits for a person's word, whatever the judge was last learnt from. */
import { assert } from "@kaelix/base";

import { classifyByRules } from "../../classify/classify-by-rules.ts";

const CANDIDATES = [
  "Somebody kept it all these years",
  "The bathroom tiles are turquoise",
  "He never said why",
  "He left early",
  "The letter kept it all these years",
];
/** About as many of the judge's levels are wrong as right. */
const DOUBTED_BELOW = 0.52;

/** A text that the rules put at level 1 and are not sure of. */
export function doubtedText(): string {
  const text = CANDIDATES.find((candidate) => {
    const { confidence, level } = classifyByRules(candidate);
    return level === 1 && confidence < DOUBTED_BELOW;
  });
  assert(text !== undefined, "The judge is sure of every candidate: add one that it doubts");
  return text;
}
