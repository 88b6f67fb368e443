/** A backup at its target, open: its keys, its points and its newest head. */
import { type RandomSource, systemRandom } from "@kaelix/base";
import {
  type BackupHeader,
  type BackupKeys,
  type BackupSecret,
  makeBackupKeys,
  openBackupKeys,
  renewBackupHeader,
} from "@kaelix/security";

import { serverErrors } from "../errors.ts";
import { HEADER_NAME, readState, type SavedState, timeOfName } from "./format.ts";
import type { BackupTarget } from "./target.ts";

/** An open backup. */
export interface BackupStore {
  readonly target: BackupTarget;
  readonly keys: BackupKeys;
}

/** Opens what is at a target. @throws `backup-missing`, `backup-key-wrong`, `backup-header-invalid`, `key-version-missing` */
export async function openStore(target: BackupTarget, secret: BackupSecret): Promise<BackupStore> {
  const text = await target.read(HEADER_NAME);
  if (text === undefined) {
    throw serverErrors("backup-missing", { message: `Cannot find a backup at ${target.text}: there is none` });
  }
  const { keys } = await openBackupKeys(text.toString(), secret, systemRandom);
  return { target, keys };
}

/** Opens what is at a target for writing: made when there is nothing, its header renewed when the key-encryption key was. */
export async function openStoreForWriting(
  target: BackupTarget,
  secret: BackupSecret,
  random: RandomSource,
): Promise<BackupStore> {
  const write = (header: BackupHeader): Promise<void> =>
    target.write(HEADER_NAME, Buffer.from(`${JSON.stringify(header, null, 2)}\n`));
  const text = await target.read(HEADER_NAME);
  if (text === undefined) {
    const { header, keys } = await makeBackupKeys(secret, random);
    await write(header);
    return { target, keys };
  }
  const { header, keys } = await openBackupKeys(text.toString(), secret, random);
  const renewed = await renewBackupHeader(header, keys, { secret, random });
  if (renewed !== undefined) await write(renewed);
  return { target, keys };
}

/** A point as its name tells it. */
export interface PointName {
  readonly name: string;
  readonly atMs: number;
}

/** Points at a target, newest first. Needs no key. */
export async function pointsAt(target: BackupTarget): Promise<readonly PointName[]> {
  return named(await target.list("points/"));
}

/** Restores that were tried and went well, newest first. Needs no key. */
export async function testsAt(target: BackupTarget): Promise<readonly PointName[]> {
  return named(await target.list("tests/"));
}

/** The newest head. @throws `backup-missing` */
async function headAt(target: BackupTarget): Promise<PointName> {
  const [head] = named(await target.list("heads/"));
  if (head !== undefined) return head;
  throw serverErrors("backup-missing", {
    message: `Cannot find a whole backup at ${target.text}: the first one was never finished`,
  });
}

/**
 * What a restore of a point reads: the newest head, and of the point what the head does not hold. Pieces of the database's snapshot are kept
 * for the newest point alone. @throws `backup-damaged`
 */
export async function statesOf({ keys, target }: BackupStore, point: PointName): Promise<readonly SavedState[]> {
  const head = await readState(target, keys, (await headAt(target)).name);
  const { view, ...state } = await readState(target, keys, point.name);
  const living = new Set(head.topics.map(({ name }) => name));
  const topics = state.topics.filter(({ name }) => !living.has(name));
  const [newest] = await pointsAt(target);
  return [head, { ...state, topics, ...(view !== undefined && newest?.name === point.name ? { view } : {}) }];
}

function named(names: readonly string[]): readonly PointName[] {
  const points = names.flatMap((name) => {
    const atMs = timeOfName(name);
    return atMs === undefined ? [] : [{ name, atMs }];
  });
  return points.toReversed();
}
