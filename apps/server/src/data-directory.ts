/** The data directory: where things stand in it, and whether it can be used. */
import { constants } from "node:fs";
import { access, readdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { makeFolder, runFileOf, systemCodeOf } from "@kaelix/coordinator";
import type { Log } from "@kaelix/log";
import { TOPICS } from "@kaelix/model";

import { serverErrors } from "./errors.ts";
import type { ServerSettings } from "./settings.ts";

/** Free space below which the server does not start. */
const FREE_BYTES_MIN = 256 * 2 ** 20;

/** The folders and files of a data directory. */
export interface DataPaths {
  readonly root: string;
  readonly keyFile: string;
  readonly log: string;
  readonly database: string;
  readonly search: string;
  readonly world: string;
  readonly spool: string;
  /** Where the running server says how to reach it; mode 0600. */
  readonly runFile: string;
}

/** Where everything stands for these settings. */
export function dataPaths(settings: ServerSettings): DataPaths {
  const root = resolve(settings.dataDirectory);
  return {
    root,
    keyFile: settings.keyFile ?? join(root, "keys", "kek.json"),
    log: join(root, "log"),
    database: join(root, "database"),
    search: join(root, "search"),
    world: join(root, "world"),
    spool: join(root, "spool"),
    runFile: runFileOf(root),
  };
}

/**
 * Makes the data directory and the folder of the key file (mode 0700), and checks that it can be written and that space is left.
 * @throws `data-directory-unusable`, `disk-space-low`
 */
export async function prepareDataDirectory(paths: DataPaths): Promise<void> {
  try {
    await makeFolder(paths.root);
    await access(paths.root, constants.R_OK | constants.W_OK | constants.X_OK);
    const probe = join(paths.root, `.probe-${process.pid}`);
    await writeFile(probe, "");
    await rm(probe);
    await makeFolder(join(paths.root, "run"));
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw serverErrors("data-directory-unusable", {
      message: `Cannot use data directory ${paths.root} (${reason}): it must be a folder that this user can write; choose another with --data`,
      details: { reason },
      cause,
    });
  }
  await makeKeyFolder(dirname(paths.keyFile));
  const { bavail, bsize } = await statfs(paths.root);
  if (bavail * bsize < FREE_BYTES_MIN) {
    throw serverErrors("disk-space-low", {
      message: `Cannot start on ${paths.root}: ${Math.floor((bavail * bsize) / 2 ** 20)} MiB are free, must be ${FREE_BYTES_MIN / 2 ** 20} MiB at least; what is stored there is safe`,
    });
  }
}

async function makeKeyFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw serverErrors("data-directory-unusable", {
      message: `Cannot make ${folder} for the key file (${reason}): it must be a folder that this user can write; choose another with KAELIX_KEY_FILE`,
      details: { reason },
      cause,
    });
  }
}

/** True when anything was ever appended to the log. */
export async function hasLog(log: Log): Promise<boolean> {
  const topics = await log.topics();
  return topics.some((topic) => topic.bounds.some((bounds) => bounds.endOffset > 0));
}

/** Whether somebody has signed up, judged before the log is open: identities have bytes on disk. For words on a terminal only. */
export async function isProbablyClaimed(paths: DataPaths): Promise<boolean> {
  const folder = join(paths.log, "topics", TOPICS.identity.name, "0");
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (name.endsWith(".log") && (await stat(join(folder, name))).size > 0) return true;
  }
  return false;
}
