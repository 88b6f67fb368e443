/**
 * The proof that nothing was lost: the log is replayed by the rules alone, and every view is compared with the outcome.
 *
 * Guarantees: a memory that the log holds and a view does not (or the other way round) is named; damaged ranges and unreadable records
 * of the log are counted; the replay holds some 200 bytes per memory, nothing of its content. It does not: compare contents or ranks.
 */
import type { DamagedRange, Log } from "@kaelix/log";
import { decodeEvent, type ImportUndone, type KaelixEvent, type MemoryId, TOPICS, type UserId } from "@kaelix/model";

import { judge, type MemoryStanding } from "../relational/memories/standing.ts";
import type { View, ViewCensus } from "./view.ts";

/** Differing ids that are named; all are counted. */
const NAMED_MAX = 100;
/** Damaged ranges that are named; all are counted. */
const DAMAGED_MAX = 1_000;

/** A damaged range and where it is. */
export interface DamagedPlace extends DamagedRange {
  readonly topic: string;
  readonly partition: number;
}

/** What the replay of the log came to. */
export interface LogCensus extends ViewCensus {
  readonly records: number;
  readonly unreadableRecords: number;
  readonly damagedRanges: readonly DamagedPlace[];
  readonly damagedRangeCount: number;
}

/** Ids that one side has and the other has not: how many, and the first 100. */
export interface Difference {
  readonly total: number;
  readonly ids: readonly MemoryId[];
}

/** One view against the log. */
export interface ViewVerification {
  readonly name: string;
  readonly agrees: boolean;
  /** False when the view stands at other offsets than the replay: nothing else was compared then. */
  readonly atSameOffsets: boolean;
  /** Undefined when the view does not count. */
  readonly census: ViewCensus | undefined;
  /** Recallable by the log, not in the view. */
  readonly missing: Difference;
  /** In the view, not recallable by the log. */
  readonly extra: Difference;
}

/** The whole proof. `agree` is true when every view agrees and the log is undamaged. */
export interface Verification {
  readonly agree: boolean;
  readonly log: LogCensus;
  readonly views: readonly ViewVerification[];
}

/** What to verify. */
export interface VerifyOptions {
  /** Told how far the replay has come, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

interface Seen {
  standing: MemoryStanding;
  /** Number of the view that was seen to hold it last; 0: none. */
  view: number;
}

/**
 * Replays the log up to where it ends now and compares. Run it while no view folds (`ViewRunner.whilePaused`) or after they caught up
 * with a log that nobody appends to.
 */
export async function verify(log: Log, views: readonly View[], options: VerifyOptions = {}): Promise<Verification> {
  const replay = await replayLog(log, options);
  const verified: ViewVerification[] = [];
  for (const [index, view] of views.entries()) {
    options.signal?.throwIfAborted();
    verified.push(await compare(view, replay, index + 1));
  }
  const isLogWhole = replay.census.damagedRangeCount === 0;
  return { agree: isLogWhole && verified.every((view) => view.agrees), log: replay.census, views: verified };
}

interface Replay {
  readonly census: LogCensus;
  readonly memories: ReadonlyMap<MemoryId, Seen>;
  /** Where the replay ended, by `topic/partition`. */
  readonly ends: ReadonlyMap<
    string,
    { readonly topic: string; readonly partition: number; readonly nextOffset: number }
  >;
}

async function replayLog(log: Log, { onProgress, signal }: VerifyOptions): Promise<Replay> {
  const replayed: string[] = [TOPICS.memories.name, TOPICS.identity.name];
  const described = (await log.topics()).filter((topic) => replayed.includes(topic.name));
  const goal = described.flatMap((topic) => topic.bounds).reduce((sum, bounds) => sum + bounds.durableOffset, 0);
  const memories = new Map<MemoryId, Seen>();
  const people = { users: new Map<UserId, string>(), phones: new Set<string>() };
  const ends = new Map<string, { topic: string; partition: number; nextOffset: number }>();
  const damagedRanges: DamagedPlace[] = [];
  const counts = { records: 0, unreadableRecords: 0, damagedRangeCount: 0 };
  let passed = 0;

  for (const { name: topic, bounds: all } of described) {
    for (const [partition, bounds] of all.entries()) {
      let offset = bounds.startOffset;
      while (offset < bounds.durableOffset) {
        signal?.throwIfAborted();
        const batch = await log.read(topic, partition, offset);
        for (const record of batch.records) {
          if (record.offset >= bounds.durableOffset || record.value === null) continue;
          counts.records++;
          const decoded = decodeEvent(record.value);
          if (decoded.type === "event") apply(decoded.event, memories, people);
          else counts.unreadableRecords++;
        }
        counts.damagedRangeCount += batch.damaged.length;
        for (const range of batch.damaged) {
          if (damagedRanges.length < DAMAGED_MAX) damagedRanges.push({ ...range, topic, partition });
        }
        if (batch.nextOffset <= offset) break;
        passed += Math.min(batch.nextOffset, bounds.durableOffset) - offset;
        offset = batch.nextOffset;
        onProgress?.(goal === 0 ? 1 : Math.min(1, passed / goal));
      }
      ends.set(`${topic}/${partition}`, { topic, partition, nextOffset: Math.min(offset, bounds.durableOffset) });
    }
  }
  return { census: { ...count(memories), ...counts, users: people.users.size, damagedRanges }, memories, ends };
}

function apply(
  event: KaelixEvent,
  memories: Map<MemoryId, Seen>,
  people: { readonly users: Map<UserId, string>; readonly phones: Set<string> },
): void {
  switch (event.type) {
    case "memory.remembered":
    case "memory.revised":
    case "memory.forgotten":
    case "memory.restored":
    case "memory.recall-decided":
    case "memory.erased": {
      const judgement = judge(memories.get(event.memory)?.standing, event);
      if (judgement.type === "apply") memories.set(event.memory, { standing: judgement.standing, view: 0 });
      return;
    }
    case "memory.all-erased":
      for (const [id, { standing }] of memories) if (standing.userId === event.user) memories.delete(id);
      return;
    case "user.erased":
      people.phones.delete(people.users.get(event.user) ?? "");
      people.users.delete(event.user);
      return;
    case "import.undone":
      undoImport(event, memories);
      return;
    case "user.registered":
      if (people.users.has(event.user) || people.phones.has(event.phone)) return;
      people.users.set(event.user, event.phone);
      people.phones.add(event.phone);
      return;
    case "import.started":
    case "import.finished":
    case "access.way":
    case "access.seal":
    case "day.judged":
    case "day.made":
    case "day.settings":
    case "lessons.forgotten":
    case "retention.chosen":
    case "retention.announced":
    case "retention.kept":
    case "provider.chosen":
    case "search.saved":
    case "write.proposed":
    case "session.started":
    case "session.rotated":
    case "session.revoked":
    case "invite.created":
    case "invite.revoked":
    case "access.account":
    case "access.tenant":
    case "user.password-changed":
    case "access.factors":
    case "access.key":
    case "access.app":
    case "access.grant":
    case "audit.entry":
    case "audit.checkpoint":
    case "person.decided":
    case "person.undone":
    case "key.user":
    case "key.memory":
    case "key.signing":
    case "erasure.state":
    case "erasure.named":
      return;
  }
}

/** Rare, and the map is all there is: an index by import would cost more than looking through. */
function undoImport(event: ImportUndone, memories: ReadonlyMap<MemoryId, Seen>): void {
  for (const seen of memories.values()) {
    const { standing } = seen;
    const isUndone = standing.importId === event.import && standing.userId === event.user;
    if (isUndone && standing.state === "live") seen.standing = { ...standing, state: "forgotten" };
  }
}

function count(memories: ReadonlyMap<MemoryId, Seen>): Omit<ViewCensus, "users"> {
  const states = { live: 0, forgotten: 0, erased: 0 };
  for (const { standing } of memories.values()) states[standing.state]++;
  return { memoriesLive: states.live, memoriesForgotten: states.forgotten, memoriesErased: states.erased };
}

async function compare(view: View, replay: Replay, number: number): Promise<ViewVerification> {
  const none: Difference = { total: 0, ids: [] };
  for (const { topic, partition, nextOffset } of replay.ends.values()) {
    if (!view.topics.includes(topic) || (await view.nextOffset(topic, partition)) === nextOffset) continue;
    const unequal = { agrees: false, atSameOffsets: false, census: undefined, missing: none, extra: none };
    return { name: view.name, ...unequal };
  }
  const extra = { total: 0, ids: new Array<MemoryId>() };
  for await (const id of view.memoryIds()) {
    const seen = replay.memories.get(id);
    // Twice in the view is once too often.
    if (seen?.standing.state === "live" && seen.view !== number) seen.view = number;
    else note(extra, id);
  }
  const missing = { total: 0, ids: new Array<MemoryId>() };
  for (const [id, { standing, view: seenIn }] of replay.memories) {
    if (standing.state === "live" && seenIn !== number) note(missing, id);
  }
  const census = await view.census();
  const agrees = missing.total === 0 && extra.total === 0 && isSameCensus(census, replay.census);
  return { name: view.name, agrees, atSameOffsets: true, census, missing, extra };
}

function note(difference: { total: number; readonly ids: MemoryId[] }, id: MemoryId): void {
  difference.total++;
  if (difference.ids.length < NAMED_MAX) difference.ids.push(id);
}

function isSameCensus(census: ViewCensus | undefined, log: ViewCensus): boolean {
  if (census === undefined) return true;
  return (
    census.memoriesLive === log.memoriesLive &&
    census.memoriesForgotten === log.memoriesForgotten &&
    census.memoriesErased === log.memoriesErased &&
    census.users === log.users
  );
}
