/**
 * Restoring a backup into an empty data directory.
 *
 *     point + newest head ──► files of the log ──► opened, checked against the key file ──► what was erased since is erased again
 *                     └──► the database's snapshot                                  └──► in their places, by renames, the log first
 *
 * Guarantees: the data directory gets a log only when all of it was written and could be opened with the key file; nothing that was erased
 * comes back, from however old a point; nothing that was ended, changed or taken from somebody is given back: people, keys of programs, what
 * people chose and refused, audit and keys are those of the newest backup, whatever point is asked for.
 * It does not: bring the key file, or views but for the snapshot that the newest point has of the database: it catches up with the log at
 * the first start, and one that is missing, damaged, or does not open there is done without.
 */
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { encodeText, isKaelixError } from "@kaelix/base";
import { partitionOfUser } from "@kaelix/capture";
import { makeFolder, syncDirectory, writeSynced } from "@kaelix/coordinator";
import { type Log, openStreamerLog, type StreamerLog } from "@kaelix/log";
import {
  decodeEvent,
  encodeEvent,
  EVENT_VERSION,
  type KaelixEvent,
  type Level,
  type MemoryEvent,
  type MemoryId,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";
import {
  type KekProvider,
  type Keystore,
  openContent,
  openAuditLog,
  openErasureLedger,
  openKeystore,
} from "@kaelix/security";
import { snapshotIn } from "@kaelix/views";

import { serverErrors } from "../errors.ts";
import { readObject, type SavedPartition, type SavedPiece, type SavedState, type SavedView } from "./format.ts";
import { type BackupStore, statesOf } from "./store.ts";
import { choosePoint } from "./verify-backup.ts";
import { writeView } from "./view-copies.ts";

const EVENTS_PER_APPEND = 500;
const READ_AT_ONCE = 4;
const SAMPLE_MAX = 200;

/** How a backup is restored. */
export interface RestoreOptions {
  readonly store: BackupStore;
  /** Where the log is put; must not be there. */
  readonly directory: string;
  /** Where the embedded database is to be; must not be there. Absent: it is not in this house, and its snapshot is left out. */
  readonly database?: string;
  readonly kek: KekProvider;
  /** The newest point that is not younger; absent: the newest. */
  readonly atMs?: number;
  readonly onProgress?: (share: number, words: string) => void;
}

/** What was restored. */
export interface RestoreReport {
  readonly name: string;
  readonly atMs: number;
  readonly bytes: number;
  readonly records: number;
  readonly memories: number;
  readonly users: number;
  /** Memories and accounts that had been erased since the point, and were erased again. */
  readonly erasedAgain: number;
  readonly accountsErasedAgain: number;
  /** Memories whose level was changed since the point: their content of then opens with no key any more. */
  readonly moved: number;
  /** Memories that were opened with the key file to try it: at most 200, of those told last. */
  readonly opened: number;
  /** The database's snapshot came along; otherwise the first start folds the whole log. */
  readonly hasView: boolean;
}

/** Restores into a directory beside the right one, and puts it there when all is well. */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { directory, onProgress, store } = options;
  const point = await choosePoint(store, options.atMs);
  const states = await statesOf(store, point);
  const temporary = `${directory}.restoring`;
  const database = options.database === undefined ? undefined : `${options.database}.restoring`;
  const removeLeft = async (): Promise<void> => {
    for (const left of [temporary, database]) if (left !== undefined) await rm(left, { recursive: true, force: true });
  };
  await removeLeft();
  try {
    const bytes = await writeFiles(temporary, { store, states, ...(onProgress === undefined ? {} : { onProgress }) });
    onProgress?.(1, "database");
    const view = states.find((state) => state.view !== undefined)?.view;
    const hasView = database !== undefined && view !== undefined && (await writeSnapshot(database, store, view));
    onProgress?.(1, "opening the log");
    const settled = await settle(temporary, options.kek, point.name);
    await rename(temporary, directory);
    // Behind the log: a database without one would be of another.
    if (hasView && options.database !== undefined) await rename(database, options.database);
    await syncDirectory(dirname(directory));
    return { ...point, bytes, ...settled, hasView };
  } catch (failure) {
    await removeLeft();
    throw failure;
  }
}

/** False when it is not whole, as that of every point but the newest: then nothing of it stays. */
async function writeSnapshot(directory: string, store: BackupStore, view: SavedView): Promise<boolean> {
  try {
    await writeView(view, readPieces(store, view.pieces), snapshotIn(directory));
    await syncDirectory(directory);
    return true;
  } catch (failure) {
    await rm(directory, { recursive: true, force: true });
    if (isKaelixError(failure) && failure.code === "backup-damaged") return false;
    throw failure;
  }
}

interface Writing {
  readonly store: BackupStore;
  readonly states: readonly SavedState[];
  readonly onProgress?: (share: number, words: string) => void;
}

/** Writes the files of every topic, durably; returns how many bytes. */
async function writeFiles(directory: string, { onProgress, states, store }: Writing): Promise<number> {
  const topics = states.flatMap((state) => state.topics);
  const total = topics.flatMap(({ partitions }) => partitions).reduce((sum, partition) => sum + bytesOf(partition), 0);
  let bytes = 0;
  for (const { file, name, partitions } of topics) {
    const folder = join(directory, "topics", name);
    for (const [number, partition] of partitions.entries()) {
      const place = join(folder, String(number));
      await makeFolder(place);
      await writeSynced(join(place, "state"), [Buffer.from(partition.state, "base64")].values(), { isReplaced: false });
      for (const segment of partition.segments) {
        const path = join(place, `${String(segment.baseOffset).padStart(20, "0")}.log`);
        await writeSynced(path, readPieces(store, segment.pieces), { isReplaced: false });
        bytes += segment.size;
        onProgress?.(total === 0 ? 1 : bytes / total, name);
      }
      await syncDirectory(place);
    }
    // The topic's file last: a topic without one was never made.
    await makeFolder(folder);
    await writeSynced(join(folder, "topic.json"), [Buffer.from(file, "base64")].values(), { isReplaced: false });
    await syncDirectory(folder);
  }
  await makeFolder(join(directory, "topics"));
  await syncDirectory(join(directory, "topics"));
  return bytes;
}

function bytesOf({ segments }: SavedPartition): number {
  return segments.reduce((sum, { size }) => sum + size, 0);
}

/** The bytes of pieces in order, a few read ahead at once: a store answers one after the other slowly. */
async function* readPieces(
  { keys, target }: BackupStore,
  pieces: readonly SavedPiece[],
): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < pieces.length; at += READ_AT_ONCE) {
    const some = pieces.slice(at, at + READ_AT_ONCE);
    yield* await Promise.all(some.map(({ name }) => readObject(target, keys, name)));
  }
}

/** A memory as the restored log tells it. */
interface Told {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly level: Level;
}

/** What stands on the restored log. */
interface Standing {
  /** What was told last, to try the key with. */
  readonly sample: Map<MemoryId, { readonly level: Level; readonly version: number; readonly sealed: string }>;
  readonly memories: Map<MemoryId, Told>;
  readonly users: Map<UserId, TenantId>;
  records: number;
}

/** Opens what was written, and brings it to where the newest head says that keys and people are. */
async function settle(
  directory: string,
  kek: KekProvider,
  point: string,
): Promise<Omit<RestoreReport, "name" | "atMs" | "bytes" | "hasView">> {
  const log = await openStreamerLog({ directory, settings: { background: false } });
  try {
    const keystore = await openKeystore({ log, kek });
    try {
      const standing = await readStanding(log);
      const gone = goneUsers(standing, keystore);
      const { erased, moved } = erasedMemories(standing, keystore, new Set(gone.keys()));
      await eraseAgain(log, standing, { gone, erased });
      await askAgain(log);
      const audit = await openAuditLog({ log, keystore });
      const entry = { action: "server.restore", resource: point, decision: "allow", reason: "restored" } as const;
      await audit.record({ subject: "system", level: 4, ...entry });
      await audit.close();
      const { records, users } = standing;
      const [erasedAgain, accountsErasedAgain] = [erased.length, gone.size];
      const memories = standing.memories.size;
      const opened = await openSample(standing, keystore);
      return { records, memories, users: users.size, erasedAgain, accountsErasedAgain, moved, opened };
    } finally {
      await keystore.close();
    }
  } finally {
    await log.close();
  }
}

async function readStanding(log: StreamerLog): Promise<Standing> {
  const standing: Standing = { sample: new Map(), memories: new Map(), users: new Map(), records: 0 };
  for (const topic of await log.topics()) {
    const isRead = topic.name === TOPICS.memories.name || topic.name === TOPICS.identity.name;
    for (const [partition, { durableOffset, startOffset }] of topic.bounds.entries()) {
      standing.records += durableOffset - startOffset;
      if (!isRead) continue;
      for (let offset = startOffset; offset < durableOffset;) {
        const batch = await log.read(topic.name, partition, offset);
        for (const { value } of batch.records) {
          const decoded = value === null ? undefined : decodeEvent(value);
          if (decoded?.type === "event") take(standing, decoded.event);
        }
        if (batch.nextOffset <= offset) break;
        offset = batch.nextOffset;
      }
    }
  }
  return standing;
}

function take({ memories, sample, users }: Standing, event: KaelixEvent): void {
  const { tenant, user } = event;
  if (event.type === "memory.remembered" || event.type === "memory.revised") {
    memories.set(event.memory, { user, tenant, level: event.level });
    sample.delete(event.memory);
    sample.set(event.memory, { level: event.level, version: event.memory_version, sealed: event.sealed });
    for (const oldest of sample.keys()) if (sample.size > SAMPLE_MAX) sample.delete(oldest);
  } else if (event.type === "memory.erased") {
    memories.delete(event.memory);
    sample.delete(event.memory);
  } else if (event.type === "memory.all-erased") {
    for (const [memory, told] of memories) if (told.user === user) memories.delete(memory);
  } else if (event.type === "user.registered") users.set(user, tenant);
  else if (event.type === "user.erased") users.delete(user);
}

/** People whose memories are there and whose account has ended since. */
function goneUsers({ memories, users }: Standing, keystore: Keystore): ReadonlyMap<UserId, TenantId> {
  const gone = new Map<UserId, TenantId>();
  for (const { tenant, user } of memories.values()) {
    if (!users.has(user) && !keystore.hasUserKey(user)) gone.set(user, tenant);
  }
  return gone;
}

/** Memories without any key: they were erased after the point. One that has its key at another level was moved. */
function erasedMemories(
  { memories }: Standing,
  keystore: Keystore,
  gone: ReadonlySet<UserId>,
): { readonly erased: readonly MemoryId[]; readonly moved: number } {
  const erased: MemoryId[] = [];
  let moved = 0;
  for (const [memory, { level, user }] of memories) {
    if (gone.has(user)) continue;
    if (keystore.cachedMemoryKey({ memory }).type === "absent") erased.push(memory);
    else if (keystore.cachedMemoryKey({ memory, level }).type === "absent") moved += 1;
  }
  return { erased, moved };
}

/** Opens some memories: a key file that fits and a log that does not hold together would show here. @throws `backup-damaged` */
async function openSample({ memories, sample }: Standing, keystore: Keystore): Promise<number> {
  let opened = 0;
  for (const [memory, { level, sealed, version }] of sample) {
    if (!memories.has(memory)) continue;
    const [answer] = await keystore.memoryKeys([{ memory, level }]);
    // Moved to another level since.
    if (answer?.type !== "key") continue;
    if (openContent(answer.key, version, Buffer.from(sealed, "base64url")).type !== "opened") {
      throw serverErrors("backup-damaged", { message: `Cannot use the backup: ${memory} does not open with its key` });
    }
    opened += 1;
  }
  return opened;
}

/** Erasures that wait for their time name memories that an older point shows: they are hidden anew at the first start. */
async function askAgain(log: Log): Promise<void> {
  const ledger = await openErasureLedger(log);
  for (const state of ledger.in("waiting")) await ledger.put({ ...state, state: "requested" });
}

/** Says on the log what the missing keys mean, so that no view shows what cannot be opened. */
async function eraseAgain(
  log: Log,
  { memories }: Standing,
  found: { readonly gone: ReadonlyMap<UserId, TenantId>; readonly erased: readonly MemoryId[] },
): Promise<void> {
  const byPartition = new Map<number, MemoryEvent[]>();
  const add = (event: MemoryEvent): void => {
    const partition = partitionOfUser(event.user);
    const events = byPartition.get(partition);
    if (events === undefined) byPartition.set(partition, [event]);
    else events.push(event);
  };
  const at = Date.now();
  for (const [user, tenant] of found.gone) add({ type: "memory.all-erased", v: EVENT_VERSION, at, tenant, user });
  for (const memory of found.erased) {
    const told = memories.get(memory);
    if (told === undefined) continue;
    const { tenant, user } = told;
    memories.delete(memory);
    add({ type: "memory.erased", v: EVENT_VERSION, at, tenant, user, memory });
  }
  for (const [memory, { user }] of memories) if (found.gone.has(user)) memories.delete(memory);
  for (const [partition, events] of byPartition) {
    for (let from = 0; from < events.length; from += EVENTS_PER_APPEND) {
      const records = events.slice(from, from + EVENTS_PER_APPEND).map((event) => ({
        key: encodeText(event.user),
        value: encodeEvent(event),
        timestampMs: event.at,
      }));
      await log.append(TOPICS.memories.name, partition, records, { acknowledge: "durable" });
    }
  }
}
