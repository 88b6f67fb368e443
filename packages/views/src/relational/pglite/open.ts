/**
 * PGlite on a directory, as a disposable view needs it.
 *
 * PGlite never syncs a file. So: after an unclean stop in another life of the kernel the data directory may be torn and is thrown away;
 * one that does not open is thrown away too. What replaces it is the last snapshot, else the prepared archive, else an empty
 * database; the log brings the rest. A clean stop syncs every file before it says so.
 *
 * ```
 * <directory>/lock.json      who has it, how it was left (directory-lock.ts)
 * <directory>/pglite/        the data directory
 * <directory>/snapshot/      the last snapshot: a copy of the data directory, renamed into place when it was on the disk
 * ```
 */
import { constants, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { KeyedLock } from "@kaelix/base";
import { syncDirectory, syncTree } from "@kaelix/coordinator";
import { Kysely } from "kysely";

import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import type { Tables } from "../schema.ts";
import { type PgliteClient, startWorker } from "./client.ts";
import { pgliteDialect, PgliteDriver } from "./dialect.ts";
import { type DirectoryLock, lockDirectory, type LockIdentity } from "./directory-lock.ts";
import { findPrepared } from "./prepared.ts";
import { unpackArchive } from "./unpack.ts";

/** Where the database that was opened came from. */
export type PgliteOrigin = "directory" | "snapshot" | "prepared" | "empty";

/** How to open. */
export interface PgliteOptions {
  /** Made when it is missing. Absent: the database lives in memory and is gone at the end. */
  readonly directory?: string;
  /** Told in a sentence what was found and thrown away. */
  readonly onNotice?: (notice: string) => void;
  /** For tests: plays another process or another life of the kernel. */
  readonly identity?: LockIdentity;
  /** For tests and measurements: false begins with initdb although an archive is prepared. */
  readonly usePrepared?: boolean;
}

/** A PGlite database that is open. */
export interface PgliteDatabase extends Database {
  readonly type: "pglite";
  readonly origin: PgliteOrigin;
  /** Ends at once without syncing or closing, as a killed process would; for tests. */
  abandon(): Promise<void>;
}

interface Opened {
  readonly client: PgliteClient;
  readonly queries: Kysely<Tables>;
  readonly driver: PgliteDriver;
  readonly origin: PgliteOrigin;
}

/**
 * Opens, repairs by discarding, and migrates.
 * @throws `views-directory-locked`, `views-database-failed`
 */
export async function openPglite(options: PgliteOptions = {}): Promise<PgliteDatabase> {
  const { directory } = options;
  if (directory === undefined) return inMemory(options);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory, options.identity);
  try {
    const openedAtMs = Date.now();
    const opened = await openBest(directory, lock, options);
    return handle(directory, lock, { ...opened, openedAtMs });
  } catch (error) {
    await lock.release({ clean: false });
    throw error;
  }
}

async function inMemory(options: PgliteOptions): Promise<PgliteDatabase> {
  const archive = options.usePrepared === false ? undefined : await findPrepared();
  const opened = await attempt(archive === undefined ? {} : { archive });
  return {
    type: "pglite",
    queries: opened.queries,
    read: (_scope, work) => work(opened.queries),
    commit: (guard, statements) => opened.driver.commit(guard, statements),
    origin: archive === undefined ? "empty" : "prepared",
    snapshot: () => Promise.resolve(),
    withSnapshot: () => Promise.resolve(undefined),
    close: () => opened.queries.destroy(),
    abandon: () => opened.client.terminate(),
  };
}

/** Tries what is there, best first; each that fails is thrown away. The last, an empty database, may throw. */
async function openBest(directory: string, lock: DirectoryLock, options: PgliteOptions): Promise<Opened> {
  const data = join(directory, "pglite");
  const snapshot = snapshotIn(directory);
  const notice = options.onNotice ?? (() => undefined);

  if (lock.lastStop === "unclean-other-boot") {
    notice("Machine stopped while the database was open: its directory is thrown away and filled again from the log");
  } else if (await hasEntries(data)) {
    try {
      return { ...(await attempt({ directory: data })), origin: "directory" };
    } catch (error) {
      notice(`Database did not open, its directory is thrown away and filled again from the log: ${reasonOf(error)}`);
    }
  }
  const prepared = options.usePrepared === false ? undefined : await findPrepared();
  const copySnapshot = (): Promise<void> => cp(snapshot, data, { recursive: true, mode: constants.COPYFILE_FICLONE });
  const replacements = [
    ...((await hasEntries(snapshot)) ? [{ origin: "snapshot" as const, fill: copySnapshot }] : []),
    ...(prepared === undefined ? [] : [{ origin: "prepared" as const, fill: () => unpackArchive(prepared, data) }]),
  ];
  for (const { origin, fill } of replacements) {
    await rm(data, { recursive: true, force: true });
    try {
      await fill();
      return { ...(await attempt({ directory: data })), origin };
    } catch (error) {
      notice(`What the database was to be filled from did not open and is left out (${origin}): ${reasonOf(error)}`);
    }
  }
  await rm(data, { recursive: true, force: true });
  return { ...(await attempt({ directory: data })), origin: "empty" };
}

async function attempt(settings: {
  readonly directory?: string;
  readonly archive?: string;
}): Promise<Omit<Opened, "origin">> {
  const client = await startWorker(settings);
  try {
    const driver = new PgliteDriver(client);
    const queries = new Kysely<Tables>({ dialect: pgliteDialect(driver) });
    await migrate(queries);
    return { client, driver, queries };
  } catch (error) {
    await client.terminate();
    throw error;
  }
}

function handle(
  directory: string,
  lock: DirectoryLock,
  opened: Opened & { readonly openedAtMs: number },
): PgliteDatabase {
  const { client, driver, queries, origin, openedAtMs } = opened;
  let ending: Promise<void> | undefined;
  /** One at a time: who replaces the snapshot, and who reads it. */
  const turns = new KeyedLock();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => turns.run("snapshot", work);
  // After a clean stop everything older is on the disk; a second is left for clocks and coarse file times.
  const syncedBeforeMs = lock.lastStop === "clean" && origin === "directory" ? openedAtMs - 1_000 : 0;
  async function close(): Promise<void> {
    try {
      await queries.destroy();
      await syncTree(join(directory, "pglite"), syncedBeforeMs);
    } catch (error) {
      await lock.release({ clean: false });
      throw error;
    }
    await lock.release({ clean: true });
  }
  return {
    type: "pglite",
    queries,
    read: (_scope, work) => work(queries),
    commit: (guard, statements) => driver.commit(guard, statements),
    origin,
    snapshot: () => inTurn(() => replaceSnapshot(directory, client)),
    withSnapshot: (work) =>
      inTurn(async () => ((await hasEntries(snapshotIn(directory))) ? work(snapshotIn(directory)) : undefined)),
    close: () => (ending ??= close()),
    abandon: () => (ending ??= client.terminate().then(() => lock.release({ clean: false }))),
  };
}

/** Where the last snapshot of a database's directory is, and where one may be put that a database is to begin with. */
export function snapshotIn(directory: string): string {
  return join(directory, "snapshot");
}

async function replaceSnapshot(directory: string, client: PgliteClient): Promise<void> {
  const last = snapshotIn(directory);
  const [beside, old] = [`${last}.new`, `${last}.old`];
  for (const left of [beside, old]) await rm(left, { recursive: true, force: true });
  await client.copy(beside);
  await syncTree(beside);
  // A directory cannot be renamed over another. A cut between these two leaves none, and the log brings everything.
  if (await hasEntries(last)) await rename(last, old);
  await rename(beside, last);
  await syncDirectory(directory);
  await rm(old, { recursive: true, force: true });
}

async function hasEntries(path: string): Promise<boolean> {
  const entries = await readdir(path).catch(() => []);
  return entries.length > 0;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner = cause instanceof Error ? cause.message : cause;
  return typeof inner === "string" ? `${error.message} (${inner})` : error.message;
}
