/**
 * The thread that PGlite runs in, from its start until somebody opens a database with it. It takes a third of a second to load what it
 * needs, which may go on before anything is known of the database. Imports nothing of the house, so that it may be the first thing loaded.
 */
import { Worker } from "node:worker_threads";

// Built packages hold the worker as JavaScript beside this file.
const WORKER_URL = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

let prepared: Worker | undefined;

/** A thread that ends before anybody took it is forgotten: whoever opens a database starts another, and is told why if that ends too. */
function forget(): void {
  prepared = undefined;
}

function startThread(): Worker {
  return new Worker(WORKER_URL, { execArgv: [], stdout: true, stderr: true });
}

/** Starts a thread for the first database that will be opened. It keeps no process alive while nobody has taken it. */
export function prepareDatabaseThread(): void {
  prepared ??= startThread().once("error", forget).once("exit", forget);
  prepared.unref();
}

/** A thread to open one database with: the prepared one, or another. It is the caller's, who ends it. */
export function takeDatabaseThread(): Worker {
  const thread = prepared ?? startThread();
  thread.off("error", forget).off("exit", forget);
  prepared = undefined;
  thread.ref();
  // What PostgreSQL prints is read, or its pipe would fill; nothing in it is for anybody. A thread that is read from keeps its process alive.
  thread.stdout.resume();
  thread.stderr.resume();
  return thread;
}
