/** Backups without a server: reading one, and restoring one, on the machine that has the key file. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { systemClock, systemRandom } from "@kaelix/base";
import { makeFolder } from "@kaelix/coordinator";

import { type DataPaths, dataPaths, prepareDataDirectory } from "../data-directory.ts";
import { serverErrors } from "../errors.ts";
import { openKek } from "../open-kek.ts";
import { readSettings, type ServerSettings } from "../settings.ts";
import { nameAt, sealObject } from "./format.ts";
import { restoreBackup, type RestoreReport } from "./restore.ts";
import { backupSecretOf, targetOf } from "./settings.ts";
import { type BackupStore, openStore } from "./store.ts";
import { type BackupFindings, verifyBackup } from "./verify-backup.ts";

/** Which backup, and with what it is opened; everything else comes from the environment. */
export interface LocalBackup {
  readonly dataDirectory?: string;
  /** The place of backups. */
  readonly from?: string;
  /** The key file. */
  readonly keyFile?: string;
  /** The newest point that is not younger, epoch ms. */
  readonly atMs?: number;
  readonly onProgress?: (share: number, words: string) => void;
}

/** Reads a whole backup and says what is not as it was written. Throws errors of the target and of the key. */
export async function verifyBackupHere(options: LocalBackup): Promise<BackupFindings> {
  const { store } = await opened(options);
  return verifyBackup(store, options);
}

/**
 * Restores a backup: into the data directory, which must be empty, or, to try it, into a folder that is removed again.
 * @throws `restore-not-empty`, `backup-…`, errors of the key
 */
export async function restoreHere(
  options: LocalBackup & { readonly verifyOnly: boolean },
): Promise<RestoreReport & { readonly directory: string | null }> {
  const { hasDatabase, kek, paths, store } = await opened(options);
  const { atMs, onProgress, verifyOnly } = options;
  const how = {
    store,
    kek,
    ...(atMs === undefined ? {} : { atMs }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  if (!verifyOnly) {
    await mustBeEmpty(paths);
    await prepareDataDirectory(paths);
    const places = { directory: paths.log, ...(hasDatabase ? { database: paths.database } : {}) };
    return { ...(await restoreBackup({ ...how, ...places })), directory: paths.root };
  }
  const folder = await mkdtemp(join(tmpdir(), "kaelix-restore-"));
  try {
    const places = { directory: join(folder, "log"), database: join(folder, "database") };
    const report = await restoreBackup({ ...how, ...places });
    await writeTest(store, report);
    return { ...report, directory: null };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function opened(options: LocalBackup): Promise<{
  readonly store: BackupStore;
  readonly kek: Awaited<ReturnType<typeof openKek>>;
  readonly paths: DataPaths;
  /** The embedded one. */
  readonly hasDatabase: boolean;
}> {
  const { dataDirectory, from, keyFile } = options;
  const settings: ServerSettings = {
    ...readSettings(process.env, dataDirectory === undefined ? {} : { dataDirectory }),
    ...(from === undefined ? {} : { backupPlace: from }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
  const paths = dataPaths(settings);
  await makeFolder(dirname(paths.root));
  const target = await targetOf(settings);
  const kek = await openKek(settings, paths, false);
  const store = await openStore(target, backupSecretOf(settings, kek));
  return { store, kek, paths, hasDatabase: settings.databaseUrl === undefined };
}

/** Nothing is ever restored over what is there. */
async function mustBeEmpty({ database, log, root, search }: DataPaths): Promise<void> {
  for (const folder of [log, database, search]) {
    const names = await readdir(folder).catch(() => []);
    if (names.length === 0) continue;
    throw serverErrors("restore-not-empty", {
      message: `Cannot restore into ${root}: ${folder} is not empty. Choose another data directory with --data, or move that one away`,
    });
  }
  // An empty folder would be in the way of the one that takes its name.
  for (const folder of [log, database]) await rm(folder, { recursive: true, force: true });
}

/** So that the house, wherever it runs, can say when a restore was last tried. */
async function writeTest({ keys, target }: BackupStore, report: RestoreReport): Promise<void> {
  const name = nameAt("tests", systemClock.nowMs(), systemRandom.bytes(4));
  await target.write(name, await sealObject(keys, name, Buffer.from(JSON.stringify(report))));
}
