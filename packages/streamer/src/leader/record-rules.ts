/** What the records of a batch must be like where a topic's rules ask for a look at them. */
import { type BatchHeader, decodeRecords } from "@kaelix/protocol";

import { type LeaderRules, type Refusal, refusal } from "./batch-rules.ts";

/** Why a batch's records may not stand in a topic; undefined when they may. Decodes only for compacted topics. */
export function recordsProblem(bytes: Uint8Array, header: BatchHeader, rules: LeaderRules): Refusal | undefined {
  if (!rules.compacted) return undefined;
  const records = decodeRecords(bytes, 0, header);
  if (typeof records === "string") return refusal("CORRUPT_MESSAGE", `batch ${records} is wrong`);
  if (records.every(({ key }) => key !== null)) return undefined;
  return refusal("INVALID_RECORD", "a record has no key, must have one in a compacted topic");
}
