/** Where a share group begins in a partition it has not worked on: `share.auto.offset.reset`. */
import { OFFSET_RESET } from "../../broker/group-configs.ts";
import { findByTime } from "../../broker/offset-search.ts";
import type { Isolation } from "../../leader/contract.ts";
import type { ShareSource } from "./share-entry.ts";

const DAY_S = 86_400;
const HOUR_S = 3600;
const MINUTE_S = 60;
/** How a beginning is found. */
export interface OffsetReset {
  /** A value that matches `OFFSET_RESET`. */
  readonly rule: string;
  readonly isolation: Isolation;
  readonly nowMs: number;
}

/** The first offset of a group in a partition. Throws storage's errors. */
export async function beginningOf(
  { leader, log }: ShareSource,
  { isolation, nowMs, rule }: OffsetReset,
): Promise<number> {
  if (rule === "earliest") return leader.bounds().startOffset;
  const end = isolation === "read_committed" ? leader.lastStableOffset() : leader.bounds().endOffset;
  const ageMs = durationMs(rule);
  if (ageMs === undefined) return end;
  const found = await findByTime({ partition: log, leader, isolation }, nowMs - ageMs);
  return found?.offset ?? end;
}

function durationMs(rule: string): number | undefined {
  const parts = OFFSET_RESET.exec(rule);
  if (parts === null || !rule.startsWith("by_duration:")) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((days ?? 0) * DAY_S + (hours ?? 0) * HOUR_S + (minutes ?? 0) * MINUTE_S + (seconds ?? 0)) * 1000;
}
