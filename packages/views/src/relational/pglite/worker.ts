/**
 * The thread that PGlite runs in. It is synchronous WASM: in the main thread one large query would stop everything.
 *
 * Calls are run one after the other in the order of arrival; a message of several calls gets one message of answers.
 * Imports nothing of the house but types, so that it starts fast.
 */
import { constants, cp, open as openFile, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";

import { PGlite } from "@electric-sql/pglite";

import type { WorkerGreeting, WorkerReply, WorkerRequest, WorkerSettings } from "./messages.ts";

type CommitRequest = Extract<WorkerRequest, { readonly type: "commit" }>;

if (parentPort === null) throw new Error("This file runs as a worker thread");
const port = parentPort;

function greet(greeting: WorkerGreeting): void {
  port.postMessage(greeting);
}

/** PostgreSQL's buffer cache is resident for ever once touched; the system's page cache stands behind it anyway. */
const POSTGRES_SETTINGS = ["shared_buffers = 16MB", "wal_buffers = 1MB"];

const WAL_SEGMENT = /^[0-9A-F]{24}$/;

/** PostgreSQL's number of the type `text`. */
const TEXT_TYPE = 25;
/** Texts that come as UTF-8 go to PostgreSQL as they are. PGlite passes bytes on, though its types speak of strings alone. */
const OPTIONS = {
  serializers: {
    [TEXT_TYPE]: (value: unknown) => (value instanceof Uint8Array ? (value as unknown as string) : String(value)),
  },
};

/** Gives back what opening needed: archives, and pages that V8 would keep for later unless it is told that memory is short. */
function giveMemoryBack(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect({ type: "major", flavor: "last-resort" });
}

/** What every database needs and nobody has to be asked for: PostgreSQL as WebAssembly, and the files it is installed with. */
async function loadProgram(): Promise<{ readonly pgliteWasmModule: WebAssembly.Module; readonly fsBundle: Blob }> {
  const folder = import.meta.resolve("@electric-sql/pglite");
  const [program, files] = await Promise.all([
    readFile(new URL("pglite.wasm", folder)),
    readFile(new URL("pglite.data", folder)),
  ]);
  return { pgliteWasmModule: await WebAssembly.compile(program), fsBundle: new Blob([files]) };
}

async function openDatabase(settings: WorkerSettings): Promise<PGlite> {
  const archive = settings.archive === undefined ? undefined : new Blob([await readFile(settings.archive)]);
  return PGlite.create({
    ...(await program),
    postgresqlconf: POSTGRES_SETTINGS,
    ...(settings.directory === undefined ? {} : { dataDir: settings.directory }),
    ...(archive === undefined ? {} : { loadDataDir: archive }),
  });
}

/** Writes an archive of the data directory and waits until it is on the disk. The caller renames it into place. */
async function writeArchive(database: PGlite, path: string): Promise<void> {
  const archive = await database.dumpDataDir("gzip");
  const file = await openFile(path, "w", 0o600);
  try {
    await file.writeFile(new Uint8Array(await archive.arrayBuffer()));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Copies the data directory file by file: an archive of it would pass through memory, some 500 MiB for 50,000 memories. PGlite writes
 * within its calls alone, so between two of them the files are of one moment; a transaction that is open is not in the copy.
 * Of the write-ahead log only what is behind the checkpoint is copied: the other segments, up to 1 GiB, are kept to be written over.
 */
async function copyDirectory(database: PGlite, directory: string | undefined, path: string): Promise<void> {
  if (directory === undefined) throw new Error("A database in memory has no directory");
  await database.query("checkpoint");
  const { rows } = await database.query<{ first: string; last: string }>(
    `select redo_wal_file as first, pg_walfile_name(pg_current_wal_insert_lsn()) as last from pg_control_checkpoint()`,
  );
  const isNeeded = (name: string): boolean =>
    !WAL_SEGMENT.test(name) || rows.some(({ first, last }) => first <= name && name <= last);
  await cp(directory, path, {
    recursive: true,
    filter: (source) => isNeeded(basename(source)),
    errorOnExist: true,
    force: false,
    mode: constants.COPYFILE_FICLONE,
  });
}

/** One transaction; false when its guard did not touch exactly one row and nothing was done. */
async function commit(database: PGlite, { guard, statements }: CommitRequest): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const { affectedRows } = await transaction.query(guard.sql, [...guard.parameters], OPTIONS);
    if (affectedRows !== 1) {
      await transaction.rollback();
      return false;
    }
    for (const { sql, parameters } of statements) await transaction.query(sql, [...parameters], OPTIONS);
    return true;
  });
}

async function answer(database: PGlite, settings: WorkerSettings, request: WorkerRequest): Promise<WorkerReply> {
  try {
    switch (request.type) {
      case "query": {
        const result = await database.query(request.sql, [...request.parameters], OPTIONS);
        return { id: request.id, type: "rows", rows: result.rows, affectedRows: result.affectedRows };
      }
      case "commit":
        return { id: request.id, type: (await commit(database, request)) ? "done" : "overtaken" };
      case "archive":
        await writeArchive(database, request.path);
        return { id: request.id, type: "done" };
      case "copy":
        await copyDirectory(database, settings.directory, request.path);
        return { id: request.id, type: "done" };
      case "close":
        await database.close();
        return { id: request.id, type: "done" };
    }
  } catch (error) {
    const sqlState = typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
    return { id: request.id, type: "failed", message: error instanceof Error ? error.message : "Unknown", sqlState };
  }
}

/** Opens the database that this thread is for, and answers its calls from then on. */
async function open(settings: WorkerSettings): Promise<void> {
  try {
    const database = await openDatabase(settings);
    let queue = Promise.resolve();
    const answerAll = async (before: Promise<void>, requests: readonly WorkerRequest[]): Promise<void> => {
      await before;
      const replies: WorkerReply[] = [];
      for (const request of requests) replies.push(await answer(database, settings, request));
      port.postMessage(replies);
    };
    port.on("message", (requests: readonly WorkerRequest[]) => {
      queue = answerAll(queue, requests);
    });
    greet({ type: "ready" });
    setTimeout(giveMemoryBack, 1_000);
  } catch (error) {
    greet({ type: "unopened", message: error instanceof Error ? error.message : "Unknown" });
  }
}

const program = loadProgram();
// Whoever waits for it is told; until then nobody is there to be told.
program.catch(() => undefined);
port.once("message", (settings: WorkerSettings) => void open(settings));
