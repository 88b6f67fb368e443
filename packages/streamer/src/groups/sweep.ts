/**
 * Which offsets are over (`offsets.retention.minutes`), as Apache Kafka has it: offsets of a group count from the moment its last member
 * left; those of consumers that assign themselves from their commit; in a group with members only topics nobody reads any more expire.
 */
import { type GroupEntry, isVacant, readsTopic } from "./group-entry.ts";
import type { Groups } from "./groups.ts";
import type { CommittedOffset, OffsetPlace } from "./store/offset-table.ts";

/** Deletes offsets that are over, then groups that have neither members nor offsets. */
export async function sweep(groups: Groups, nowMs: number): Promise<void> {
  const { settings, store } = groups;
  if (store === undefined) return;
  for (const groupId of store.offsets.groups()) {
    const entry = groups.get(groupId);
    const over: OffsetPlace[] = [];
    for (const [place, value] of store.offsets.of(groupId)) {
      const isOver = endMs(entry, place, value, settings.offsetsRetentionMs) <= nowMs;
      if (isOver && !store.offsets.isPending(place)) over.push(place);
    }
    await store.forget(over);
  }
  for (const [groupId, entry] of groups.entries()) {
    // A share group stays until somebody deletes it, as in Apache Kafka.
    const isIdle =
      entry.type !== "share" && isVacant(entry) && !store.offsets.has(groupId) && !store.offsets.hasPending(groupId);
    if (isIdle) await groups.delete(groupId);
  }
}

/** When an offset is over, epoch ms; Infinity while it is used. */
function endMs(entry: GroupEntry | undefined, place: OffsetPlace, value: CommittedOffset, retentionMs: number): number {
  if (entry !== undefined && readsTopic(entry, place.topic) !== false) return Infinity;
  if (value.expireTimestampMs !== -1) return value.expireTimestampMs;
  const isLeft = entry?.type === "classic" && isVacant(entry) && entry.group.protocolType !== null;
  const sinceMs = isLeft ? Math.max(entry.group.stateSinceMs, value.commitTimestampMs) : value.commitTimestampMs;
  return sinceMs + retentionMs;
}
