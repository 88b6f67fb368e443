/**
 * How far a memory has come, from the position it was given and how far each view has folded the log.
 * States only ever advance: outbox → stored → searchable.
 */
import { type LogPosition, parsePosition } from "@kaelix/base";

/** How far each view has folded each partition: key from `watermarkKey` → offset of the last folded record. */
export type Watermarks = Readonly<Record<string, number>>;

/** Views that must have passed a position before its memory counts as searchable. */
const TICK_VIEWS = ["relational", "search"] as const;

/** What the ticks of a bubble say. */
export type Tick = "sending" | "waiting" | "failed" | "stored" | "searchable";

/** The part of a memory that ticks are read from. */
interface TickSource {
  readonly position: string;
  readonly level: string;
  readonly never_recalled?: true | undefined;
  readonly progress: { readonly stored: boolean; readonly searchable: boolean; readonly classified: boolean };
}

/** Names a view's place in a partition. */
export function watermarkKey(view: string, position: Pick<LogPosition, "topic" | "partition">): string {
  return `${view}|${position.topic}/${position.partition}`;
}

/** The watermarks after one more event; the same object when nothing advanced. */
export function advanceWatermarks(marks: Watermarks, view: string, position: LogPosition): Watermarks {
  const key = watermarkKey(view, position);
  const known = marks[key];
  return known !== undefined && known >= position.offset ? marks : { ...marks, [key]: position.offset };
}

/** True for what is not put in an index, by its level or by its owner's word, so that the second tick never comes. */
export function isUnindexed({ level, never_recalled: never }: Pick<TickSource, "level" | "never_recalled">): boolean {
  return level === "secret" || level === "ultra-secret" || never === true;
}

/** The tick of a stored memory. */
export function tickOf(memory: TickSource, marks: Watermarks): Tick {
  if (memory.progress.searchable) return "searchable";
  if (isUnindexed(memory)) return "stored";
  const position = parsePosition(memory.position);
  if (position === undefined) return "stored";
  const passed = TICK_VIEWS.every((view) => (marks[watermarkKey(view, position)] ?? -1) >= position.offset);
  return passed ? "searchable" : "stored";
}

/** The tick in words, for screen readers: "Stored 18:04, searchable, Confidential". */
export function tickWords(tick: Tick, time: string, level: string | undefined): string {
  switch (tick) {
    case "sending":
      return "Sending";
    case "waiting":
      return "Waiting for the connection";
    case "failed":
      return "Not stored";
    case "stored":
      return [`Stored ${time}`, level].filter((part) => part !== undefined).join(", ");
    case "searchable":
      return [`Stored ${time}`, "searchable", level].filter((part) => part !== undefined).join(", ");
  }
}
