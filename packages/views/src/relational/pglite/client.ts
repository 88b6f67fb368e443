/**
 * The main thread's side of the PGlite worker.
 *
 * Guarantees: calls are answered in order of asking; calls made in the same turn of the event loop travel as one message; when the
 * worker dies every open and later call fails with `views-database-failed`. It does not: keep a transaction together (see dialect.ts).
 */
import type { Worker } from "node:worker_threads";

import type { Statement } from "../database.ts";
import { viewErrors } from "../errors.ts";
import type { WorkerGreeting, WorkerReply, WorkerRequest, WorkerSettings } from "./messages.ts";
import { takeDatabaseThread } from "./thread.ts";

interface OpenCall {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: unknown) => void;
}

/** A request before it has its number. */
type Call = WorkerRequest extends infer Request ? (Request extends WorkerRequest ? Omit<Request, "id"> : never) : never;

/** What a statement gives back. */
interface StatementResult {
  readonly rows: unknown[];
  readonly affectedRows: number | undefined;
}

/** A running worker. Made by `startWorker`. */
export class PgliteClient {
  /** Resolves when the database is open or could not be opened. */
  readonly greeting: Promise<WorkerGreeting>;
  readonly #worker: Worker;
  readonly #calls = new Map<number, OpenCall>();
  #outgoing: WorkerRequest[] = [];
  #lastId = 0;
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    let greet = (_greeting: WorkerGreeting): void => undefined;
    this.greeting = new Promise<WorkerGreeting>((resolve) => (greet = resolve));
    worker.on("message", (message: WorkerGreeting | readonly WorkerReply[]) => {
      if ("type" in message) greet(message);
      else for (const reply of message) this.#settle(reply);
    });
    worker.on("error", (error: unknown) => {
      greet({ type: "unopened", message: error instanceof Error ? error.message : "Unknown" });
      this.#end(viewErrors("views-database-failed", { cause: error }));
    });
    worker.on("exit", () => {
      greet({ type: "unopened", message: "Worker ended" });
      this.#end(viewErrors("views-database-failed"));
    });
  }

  /**
   * Runs one statement.
   * @throws `views-database-refused` with `details.sqlState`, `views-database-failed`, `views-database-closed`
   */
  async query(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const reply = await this.#call({ type: "query", sql, parameters });
    return reply.type === "rows" ? reply : { rows: [], affectedRows: undefined };
  }

  /** Runs a guard and statements as one transaction, as `Database.commit`. Throws as `query` does. */
  async commit(guard: Statement, statements: readonly Statement[]): Promise<"committed" | "overtaken"> {
    const reply = await this.#call({ type: "commit", guard, statements });
    return reply.type === "overtaken" ? "overtaken" : "committed";
  }

  /** Writes a compressed archive of the data directory to a file and waits until it is on the disk. */
  async archive(path: string): Promise<void> {
    await this.#call({ type: "archive", path });
  }

  /** Copies the data directory, of one moment, into a folder that must not exist; nothing of it is waited for on the disk. */
  async copy(path: string): Promise<void> {
    await this.#call({ type: "copy", path });
  }

  /** Closes the database and ends the thread. Calls made before are answered first. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = this.#call({ type: "close" });
    this.#ended = viewErrors("views-database-closed");
    try {
      await closed;
    } finally {
      await this.#worker.terminate();
    }
  }

  /** Ends the thread at once, as a killed process would. */
  async terminate(): Promise<void> {
    this.#end(viewErrors("views-database-closed"));
    await this.#worker.terminate();
  }

  #call(call: Call): Promise<WorkerReply> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise<WorkerReply>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      if (this.#outgoing.length === 0) queueMicrotask(() => this.#send());
      this.#outgoing.push({ ...call, id });
    });
  }

  #send(): void {
    const requests = this.#outgoing;
    this.#outgoing = [];
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      this.#worker.postMessage(requests);
    } catch (error) {
      // A parameter that cannot be cloned: a bug of the caller, not of the worker.
      for (const { id } of requests) this.#calls.get(id)?.reject(error);
      for (const { id } of requests) this.#calls.delete(id);
    }
  }

  #settle(reply: WorkerReply): void {
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if (reply.type !== "failed") call?.resolve(reply);
    else {
      const details = { sqlState: reply.sqlState ?? null, problem: reply.message };
      call?.reject(viewErrors("views-database-refused", { details }));
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const call of this.#calls.values()) call.reject(this.#ended);
    this.#calls.clear();
  }
}

/**
 * Starts a worker and waits until its database is open.
 * @throws `views-database-failed` when it cannot be opened; `cause` says why
 */
export async function startWorker(settings: WorkerSettings): Promise<PgliteClient> {
  const worker = takeDatabaseThread();
  const client = new PgliteClient(worker);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  worker.postMessage(settings);
  const greeting = await client.greeting;
  if (greeting.type === "ready") return client;
  await client.terminate();
  throw viewErrors("views-database-failed", { message: "Cannot open the database", cause: greeting.message });
}
