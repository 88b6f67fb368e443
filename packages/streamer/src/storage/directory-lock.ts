/**
 * One process per data directory.
 *
 * Guarantees: two openers never both hold a directory, whatever the order, also in one process and over container borders on one
 * kernel; the lock of a dead process is free at once, because the kernel drops it. Node has no flock, and a file with a process id
 * can be neither taken over without a race nor trusted between process namespaces; SQLite's exclusive transaction is an fcntl lock
 * (LockFileEx on Windows) that Node does bring. `kaelix.lock` stays empty: nothing is ever written into that database.
 * Beside it `kaelix.lock.json` says who holds it, for the message alone.
 *
 * Does not: hold between machines over a network file system. Nor when this process itself opens and closes `kaelix.lock` (a backup
 * that copies every file): POSIX drops all of a process's locks on a file with the first descriptor it closes. Leave that file out.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import type { DirectoryLock } from "./disk.ts";
import { storageErrors } from "./errors.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** Who holds a data directory. */
interface LockHolder {
  readonly pid: number;
  readonly bootId: string;
  readonly startedAtMs: number;
}

/**
 * Takes a directory for this process.
 * @throws `log-directory-locked`
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = `${directory}/kaelix.lock`;
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    const holder = readHolder(directory);
    const details = holder === undefined ? { directory } : { directory, pid: holder.pid };
    throw storageErrors("log-directory-locked", { details, cause: error });
  }
  writeHolder(directory);
  return { release: () => database.close() };
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY (5) is held by another connection, SQLITE_LOCKED (6) by one of this process.
  return error instanceof Error && "errcode" in error && (error.errcode === 5 || error.errcode === 6);
}

function writeHolder(directory: string): void {
  const holder: LockHolder = {
    pid: process.pid,
    bootId: readText(BOOT_ID),
    startedAtMs: Math.round(performance.timeOrigin),
  };
  try {
    writeFileSync(`${directory}/kaelix.lock.json`, JSON.stringify(holder));
  } catch {
    // Who holds the lock is told for comfort; a full disk must still open for reading.
  }
}

function readHolder(directory: string): LockHolder | undefined {
  try {
    const parsed: unknown = JSON.parse(readText(`${directory}/kaelix.lock.json`));
    const whole = typeof parsed === "object" && parsed !== null && "pid" in parsed && typeof parsed.pid === "number";
    return whole ? { pid: Number(parsed.pid), bootId: "", startedAtMs: 0 } : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
