/**
 * What only one process of a checkout may do at a time: test files run side by side, and two of them may ask for the same server.
 *
 * Guarantees that two never overlap, and that nobody waits for a process that is gone: the kernel drops its lock. It is the lock of an SQLite
 * transaction, as `directory-lock.ts` of the streamer tells. Nothing is promised about the order.
 */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

// Held by another connection: of another process, or of this one.
const BUSY = [5, 6];
const LOOK_MS = 50;

/** Does the work while nobody else holds the file. */
export async function oneAtATime<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  try {
    while (!take(database)) await sleep(LOOK_MS);
    return await work();
  } finally {
    database.close();
  }
}

function take(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && BUSY.some((code) => code === error.errcode)) return false;
    throw error;
  }
}
