/**
 * What a backup holds, as it stands at the target.
 *
 *     kaelix-backup.json              what protects it (security room, backup-keys.ts)
 *     data/<2>/<32>                   pieces of topics that may be taken back in time, sealed, named by their content
 *     living/<2>/<32>                 pieces of topics that never go back: who may do what, what people chose, what was erased, keys
 *     views/<2>/<32>                  pieces of the database's last snapshot, for the newest point alone
 *     heads/<time>-<8>                the newest state of the living topics; there is one, and a second for a moment
 *     points/<time>-<8>               a point in time: the other topics
 *     tests/<time>-<8>                a restore that was tried and went well
 *
 * A restore takes a point and the newest head. So a key that was shredded after a point was made is in no backup any more, and what a
 * person was denied, or refused, since stays so. What stands in both is the head's: points of before a topic became a living one hold it too.
 */
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";

import { TOPICS } from "@kaelix/model";
import type { BackupKeys } from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import type { BackupTarget } from "./target.ts";

/** The header's name. */
export const HEADER_NAME = "kaelix-backup.json";
/** Bytes of a piece; the last of a segment is shorter. */
export const PIECE_BYTES = 2 * 2 ** 20;

/** What packing gives out at once: a piece in one go. By 16 KiB, as Node does by itself, a restore spends most of its time on that. */
const CHUNK_BYTES = PIECE_BYTES + 1_024;

const LIVING: readonly string[] = [
  TOPICS.identity,
  TOPICS.access,
  TOPICS.days,
  TOPICS.erasures,
  TOPICS.audit,
  TOPICS.keys,
].map(({ name }) => name);
const RAW = 0;
const ZSTD = 1;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const FORMAT = "kaelix-backup-state/1";

/** A piece of a segment: where it stands at the target, and its bytes before sealing. */
export interface SavedPiece {
  readonly name: string;
  readonly size: number;
}

/** A segment's durable bytes. */
export interface SavedSegment {
  readonly baseOffset: number;
  readonly size: number;
  readonly pieces: readonly SavedPiece[];
}

/** A partition. `state`: the bytes of its file `state`, base64. */
export interface SavedPartition {
  readonly state: string;
  readonly startOffset: number;
  readonly nextOffset: number;
  readonly segments: readonly SavedSegment[];
}

/** A topic. `file`: the bytes of `topic.json`, base64. */
export interface SavedTopic {
  readonly name: string;
  readonly isAppendOnly: boolean;
  readonly file: string;
  readonly partitions: readonly SavedPartition[];
}

/** The embedded database as its last snapshot has it: derived, and older than the topics beside it. */
export interface SavedView {
  /** Relative, `/` between names, those above before those below; also the empty ones. */
  readonly folders: readonly string[];
  /** In the order in which their bytes follow each other in the pieces. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly pieces: readonly SavedPiece[];
}

/** A point or a head. */
export interface SavedState {
  readonly format: typeof FORMAT;
  /** Which installation's log it is. */
  readonly installation: string;
  /** Version of Kaelix that made it. */
  readonly version: string;
  readonly atMs: number;
  readonly topics: readonly SavedTopic[];
  /** Of a point; absent where there was none. Its pieces are there as long as no newer point is. */
  readonly view?: SavedView;
}

/** True for a topic that is never taken back in time. */
export function isLiving(topic: string): boolean {
  return LIVING.includes(topic);
}

/** In which order topics are copied: memories before the keys they need, which come last. */
export function copyOrder(topics: readonly string[]): readonly string[] {
  const rank = (topic: string): number => (topic === TOPICS.memories.name ? -1 : LIVING.indexOf(topic) + 1);
  return topics.toSorted((left, right) => rank(left) - rank(right));
}

/** A state of these topics. */
export function savedState(fields: Omit<SavedState, "format">): SavedState {
  return { format: FORMAT, ...fields };
}

/** Every piece that the log of a state needs. */
export function* piecesOf(state: SavedState): Generator<SavedPiece, void, undefined> {
  for (const { partitions } of state.topics) {
    for (const { segments } of partitions) for (const { pieces } of segments) yield* pieces;
  }
}

/** When a point was made, from its name; undefined when it is none. */
export function timeOfName(name: string): number | undefined {
  const match = /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{8}$/.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, ms] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** The name of what is made at a time: in order of time as texts, too. */
export function nameAt(folder: "points" | "heads" | "tests", atMs: number, random: Uint8Array): string {
  const time = new Date(atMs).toISOString().replaceAll(/[-:.]/g, "");
  return `${folder}/${time}-${Buffer.from(random.subarray(0, 4)).toString("hex")}`;
}

/** Packs and seals bytes for a name. */
export async function sealObject(keys: BackupKeys, name: string, bytes: Uint8Array): Promise<Buffer> {
  const packed = await compress(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: CHUNK_BYTES });
  const smaller = packed.length < bytes.length;
  return keys.seal(name, Buffer.concat([Buffer.of(smaller ? ZSTD : RAW), smaller ? packed : bytes]));
}

/** Reads, opens and unpacks an object. @throws `backup-damaged` when it is missing, was changed, or is another's */
export async function readObject(target: BackupTarget, keys: BackupKeys, name: string): Promise<Buffer> {
  const sealed = await target.read(name);
  const opened = sealed === undefined ? undefined : keys.open(name, sealed);
  const damaged = (why: string): Error =>
    serverErrors("backup-damaged", { message: `Cannot use the backup: ${name} ${why}`, details: { name } });
  if (opened === undefined) throw damaged(sealed === undefined ? "is missing" : "is not as it was written");
  const body = opened.subarray(1);
  return opened[0] === ZSTD ? decompress(body, { chunkSize: CHUNK_BYTES }) : Buffer.from(body);
}

/** Writes a state under a name. */
export async function writeState(
  target: BackupTarget,
  keys: BackupKeys,
  { name, state }: { readonly name: string; readonly state: SavedState },
): Promise<void> {
  await target.write(name, await sealObject(keys, name, Buffer.from(JSON.stringify(state))));
}

/** Reads a state. @throws `backup-damaged` */
export async function readState(target: BackupTarget, keys: BackupKeys, name: string): Promise<SavedState> {
  // What opens under our key is what we wrote.
  const state = JSON.parse((await readObject(target, keys, name)).toString()) as SavedState;
  if (state.format === FORMAT) return state;
  throw serverErrors("backup-damaged", { message: `Cannot use the backup: ${name} is of another version of Kaelix` });
}
