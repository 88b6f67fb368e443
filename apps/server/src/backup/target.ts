/**
 * Where backups are kept: a folder, or a bucket of an S3-compatible store.
 *
 * Every target guarantees: an object is there whole or not at all, and stays when `write` has answered; a name that is written again
 * holds the newer bytes. It does not: keep two writers apart, or hide names and sizes.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

import { makeFolder, replaceFile, systemCodeOf, writeSynced } from "@kaelix/coordinator";

import { serverErrors } from "../errors.ts";
import { openS3Target, type S3Settings } from "./s3-target.ts";

/** The port. Names are `/`-separated words of a-z A-Z 0-9 . _ - */
export interface BackupTarget {
  /** For people; no secrets. */
  readonly text: string;
  /** Undefined when there is no such object. */
  read(name: string): Promise<Buffer | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** All names that begin so, in order. */
  list(prefix: string): Promise<readonly string[]>;
  /** Does nothing when there is no such object. */
  remove(name: string): Promise<void>;
}

/** What names a target. */
export interface TargetSettings {
  /** A folder, or `s3+https://host[:port]/bucket[/prefix]`. */
  readonly place: string;
  readonly s3: S3Settings;
}

/** Opens a target; a folder is made when it is not there. @throws `backup-target-invalid`, `backup-target-failed` */
export async function openTarget({ place, s3 }: TargetSettings): Promise<BackupTarget> {
  return /^s3\+https?:/.test(place) ? openS3Target(place, s3) : openFolderTarget(place);
}

async function openFolderTarget(folder: string): Promise<BackupTarget> {
  await failing(folder, () => makeFolder(folder));
  const pathOf = (name: string): string => join(folder, ...name.split("/"));
  return {
    text: folder,
    read: (name) =>
      failing(folder, async () => {
        try {
          return await readFile(pathOf(name));
        } catch (cause) {
          if (systemCodeOf(cause) === "ENOENT") return undefined;
          throw cause;
        }
      }),
    write: (name, bytes) => failing(folder, () => writeWhole(folder, pathOf(name), bytes)),
    list: (prefix) => failing(folder, () => namesIn(folder, prefix)),
    remove: (name) => failing(folder, () => rm(pathOf(name), { force: true })),
  };
}

async function failing<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const reason = systemCodeOf(cause);
    throw serverErrors("backup-target-failed", {
      message: `Cannot use ${place} for backups (${reason}): earlier backups are as they were; it is tried again`,
      details: { reason },
      cause,
    });
  }
}

/** A temporary file, synced, takes its name, and the folder is synced: a power cut leaves it whole or absent. */
async function writeWhole(root: string, path: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = join(
    root,
    `.writing-${process.pid}-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`,
  );
  await writeSynced(temporary, bytes);
  await replaceFile(temporary, path);
}

async function namesIn(folder: string, prefix: string): Promise<readonly string[]> {
  const under = join(folder, ...prefix.split("/").slice(0, -1));
  const entries = await readdir(under, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw cause;
  });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".writing-"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((name) => name.startsWith(prefix))
    .toSorted();
}
