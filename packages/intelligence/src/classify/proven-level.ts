import type { Level } from "@kaelix/model";

import { piecesOf, TEXT_LENGTH_MAX } from "./decide.ts";
import { strongestByRule } from "./features.ts";
import { readText } from "./gather.ts";
import { levelOf, withProof } from "./scorer.ts";

/**
 * The level that check digits, key formats and given secrets prove of a text, whatever its words read like: nothing that is learnt from
 * anybody may go below it. What was not read to its end is at least confidential.
 */
export function provenLevel(text: string): Level {
  let proven: Level = text.length > TEXT_LENGTH_MAX ? 2 : 1;
  for (const piece of piecesOf(text.slice(0, TEXT_LENGTH_MAX))) {
    const byRule = strongestByRule(readText(piece).evidence);
    const level = levelOf(withProof([0, 0, 0], byRule), byRule);
    if (level > proven) proven = level;
  }
  return proven;
}
