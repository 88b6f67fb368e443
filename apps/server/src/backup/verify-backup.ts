/** Reading a whole backup: every object of a point and of the newest head is there, is ours, and is what it is named for. */
import { piecesOf, readObject } from "./format.ts";
import { type BackupStore, type PointName, pointsAt, statesOf } from "./store.ts";
import { serverErrors } from "../errors.ts";

const PROBLEMS_MAX = 20;

/** What was found. */
export interface BackupFindings {
  readonly name: string;
  readonly atMs: number;
  readonly pieces: number;
  readonly bytes: number;
  readonly records: number;
  /** Objects that are missing or not as they were written; at most 20 are named. */
  readonly problems: readonly string[];
}

/** The newest point, or the newest that is not younger than a time. @throws `backup-missing` */
export async function choosePoint({ target }: BackupStore, atMs?: number): Promise<PointName> {
  const points = await pointsAt(target);
  const found = points.find((point) => atMs === undefined || point.atMs <= atMs);
  if (found !== undefined) return found;
  const oldest = points.at(-1);
  const which = oldest === undefined ? "there is none" : `the oldest is of ${new Date(oldest.atMs).toISOString()}`;
  throw serverErrors("backup-missing", { message: `Cannot find such a backup at ${target.text}: ${which}` });
}

/** Reads everything that a restore of a point would read. Changes nothing. */
export async function verifyBackup(
  store: BackupStore,
  options: { readonly atMs?: number; readonly onProgress?: (share: number, words: string) => void } = {},
): Promise<BackupFindings> {
  const point = await choosePoint(store, options.atMs);
  const states = await statesOf(store, point);
  const pieces = new Map(
    states
      .flatMap((state) => [...piecesOf(state), ...(state.view?.pieces ?? [])])
      .map(({ name, size }) => [name, size]),
  );
  const problems: string[] = [];
  let bytes = 0;
  let done = 0;
  for (const [name, size] of pieces) {
    const problem = await problemOf(store, name, size);
    if (problem !== undefined && problems.length < PROBLEMS_MAX) problems.push(problem);
    bytes += size;
    done += 1;
    options.onProgress?.(done / pieces.size, name);
  }
  const partitions = states.flatMap((state) => state.topics.flatMap((topic) => topic.partitions));
  const records = partitions.reduce((sum, { nextOffset, startOffset }) => sum + nextOffset - startOffset, 0);
  return { ...point, pieces: pieces.size, bytes, records, problems };
}

async function problemOf({ keys, target }: BackupStore, name: string, size: number): Promise<string | undefined> {
  try {
    const bytes = await readObject(target, keys, name);
    const isNamed = name.endsWith(`/${keys.nameOf(bytes)}`);
    return isNamed && bytes.length === size ? undefined : `${name} holds other bytes than it is named for`;
  } catch (failure) {
    return failure instanceof Error ? failure.message : `${name} cannot be read`;
  }
}
