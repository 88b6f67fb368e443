/**
 * Importing files: looked at, asked about, read in the background, undone as one.
 *
 * Guarantees: what is read goes through `Remember`, so importing the same file again adds nothing; a started import goes on after a
 * restart from the spooled file; the spooled file is removed as soon as its import has ended.
 * Does not: keep an upload that was never started beyond a restart.
 */
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type Clock, type RandomSource } from "@kaelix/base";
import { type Logger, makeFolder } from "@kaelix/coordinator";
import {
  type ApiKeyId,
  EVENT_VERSION,
  type ImportId,
  type Level,
  makeId,
  type MemoryClient,
  type MemoryEvent,
  type TenantId,
} from "@kaelix/model";
import type { Keystore } from "@kaelix/security";

import { captureErrors } from "./errors.ts";
import { notingLost } from "./files/lost-files.ts";
import { type HeldWrites, notHeld, type ReadDraft } from "./held-writes.ts";
import { emptyStatus, saidOf, type ImportStatus, mergeFinished, waitingStatus } from "./import-status.ts";
import { ImportJudging } from "./import-judging.ts";
import { JOB_FILE, type JobFile, readJobFile } from "./job-file.ts";
import type { MemoryRegister } from "./register.ts";
import type { LessonsOf, Owner, Remember } from "./remember.ts";
import {
  type ImportAnswers,
  type ImportFormat,
  type ImportProblem,
  preview as previewImport,
  readDrafts,
} from "./sources/sources.ts";

/** An import as the relational view keeps it. */
export interface RegisteredImport {
  readonly importId: ImportId;
  readonly format: ImportFormat;
  readonly state: "started" | "done" | "cancelled" | "failed" | "undone";
  readonly added: number;
  readonly known: number;
  readonly failed: number;
  /** Sealed `{ file }`, purpose `import`. */
  readonly sealed: Uint8Array;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
}

/** What importing asks the relational view. */
export interface ImportRegister extends MemoryRegister {
  /** Newest first. */
  imports(user: Owner["user"]): Promise<readonly RegisteredImport[]>;
  /** Memories that an import has brought so far. */
  importedCount(user: Owner["user"], importId: ImportId): Promise<number>;
  /** Imports that began and, as far as the log says, never ended. */
  unfinishedImports(): Promise<readonly (Owner & { readonly importId: ImportId })[]>;
}

/** What importing needs of the house. */
export interface ImportParts {
  readonly remember: Remember;
  readonly register: ImportRegister;
  readonly keystore: Keystore;
  /** As of `Remember`. */
  readonly lessonsOf?: LessonsOf;
  /** What programs may not write alone; absent: nothing is held. */
  readonly held?: HeldWrites;
  /** True for an organisation for which nothing is done now; absent: there is none. */
  readonly isShut?: (tenant: TenantId) => boolean;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Folder for uploaded files, mode 0700. */
  readonly spoolFolder: string;
  /** Called when an import's numbers or state have changed; a few times a second at most. */
  readonly onChange: (owner: Owner, importId: ImportId) => void;
}

interface Job {
  readonly owner: Owner;
  readonly path: string;
  readonly fileName: string;
  /** The program that started it; absent: a person did. */
  client?: MemoryClient | undefined;
  status: ImportStatus;
  readonly abort: AbortController;
  finished: Promise<void>;
}

const BATCH_DRAFTS = 100;
const BATCHES_IN_FLIGHT = 4;
const PROBLEMS_SHOWN_MAX = 200;
const CHANGE_INTERVAL_MS = 250;
const LEVEL_MAX: Level = 4;
const NOTHING = { added: 0, known: 0, failed: 0 };

/** Runs imports. One instance per process. */
export class Imports {
  readonly #parts: ImportParts;
  readonly #jobs = new Map<ImportId, Job>();
  readonly #judging = new ImportJudging();

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /** An empty folder for an upload, and the import it will belong to. */
  async makeSpool(): Promise<{ readonly importId: ImportId; readonly folder: string }> {
    const importId = makeId("imp", this.#parts.clock.nowMs(), this.#parts.random);
    const folder = join(this.#parts.spoolFolder, importId);
    await makeFolder(folder);
    return { importId, folder };
  }

  /**
   * Looks at a file and keeps it waiting for `start`.
   * @throws KaelixError of the sources when the file cannot be imported; its spool is then removed
   */
  async accept(
    owner: Owner,
    upload: {
      readonly importId: ImportId;
      readonly path: string;
      readonly fileName: string;
      readonly zone?: string;
      /** The program that brings it; absent: a person does. */
      readonly program?: ApiKeyId | undefined;
    },
  ): Promise<ImportStatus> {
    try {
      const zone = upload.zone === undefined ? {} : { zone: upload.zone };
      const preview = await previewImport({ path: upload.path, fileName: upload.fileName }, { sample: 8, ...zone });
      const job: Job = {
        owner,
        path: upload.path,
        fileName: upload.fileName,
        status: { ...waitingStatus(upload.importId, upload.fileName, preview), namespace: upload.program ?? null },
        abort: new AbortController(),
        finished: Promise.resolve(),
      };
      this.#jobs.set(upload.importId, job);
      return job.status;
    } catch (failure) {
      await this.#removeSpool(upload.importId);
      throw failure;
    }
  }

  /** Imports of a user, newest first: those of this process with their progress, the others as the log tells them. */
  async list(owner: Owner): Promise<readonly ImportStatus[]> {
    const rows = await this.#parts.register.imports(owner.user);
    const past = await Promise.all(rows.map((row) => this.#describe(owner, row)));
    const own = [...this.#jobs.values()].filter((job) => job.owner.user === owner.user).map((job) => job.status);
    const byId = new Map(past.map((status) => [status.id, status]));
    for (const status of own) if (status.state === "waiting" || status.state === "running") byId.set(status.id, status);
    for (const status of own) byId.set(status.id, mergeFinished(status, byId.get(status.id)));
    return [...byId.values()].toSorted((left, right) => (left.id < right.id ? 1 : -1));
  }

  /** Whether an import of a user is under way in this process. */
  isRunningFor(user: Owner["user"]): boolean {
    return [...this.#jobs.values()].some(({ owner, status }) => owner.user === user && status.state === "running");
  }

  /** One import of a user. */
  async read(owner: Owner, importId: ImportId): Promise<ImportStatus | undefined> {
    return (await this.list(owner)).find((status) => status.id === importId);
  }

  /**
   * Begins to import; goes on in the background. What a program starts carries its name, and what it may not write alone is held.
   * @throws KaelixError `import-not-waiting`, or those of the log
   */
  async start(
    owner: Owner,
    importId: ImportId,
    { client, ...answers }: ImportAnswers & { readonly client?: MemoryClient },
  ): Promise<ImportStatus | undefined> {
    const job = this.#own(owner, importId);
    if (job === undefined) return undefined;
    if (job.status.state !== "waiting") throw captureErrors("import-not-waiting");
    const { clock, keystore, remember } = this.#parts;
    const before = job.status;
    job.status = { ...before, state: "running", startedAtMs: clock.nowMs(), namespace: client?.key ?? null };
    job.client = client;
    try {
      const { path, fileName } = job;
      const file: JobFile = { owner, path, fileName, format: job.status.format, answers, client };
      const folder = join(this.#parts.spoolFolder, importId);
      await makeFolder(folder);
      await writeFile(join(folder, JOB_FILE), JSON.stringify(file), { mode: 0o600 });
      await keystore.ensureUserKey(owner.tenant, owner.user);
      const sealed = await keystore.sealForUser(
        { user: owner.user, purpose: "import", subject: importId },
        Buffer.from(JSON.stringify({ file: job.fileName, ...(client === undefined ? {} : { program: client.key }) })),
      );
      await remember.append(owner, [
        {
          ...this.#base(owner),
          type: "import.started",
          import: importId,
          format: job.status.format,
          sealed: sealed.toString("base64url"),
        },
      ]);
    } catch (failure) {
      job.status = before;
      throw failure;
    }
    job.finished = this.#run(job, answers, 0);
    return job.status;
  }

  /** Stops a running import (what was imported stays) or discards a waiting one. */
  async cancel(owner: Owner, importId: ImportId): Promise<ImportStatus | undefined> {
    const job = this.#own(owner, importId);
    if (job === undefined) return this.read(owner, importId);
    if (job.status.state === "waiting") {
      job.status = { ...job.status, state: "cancelled", finishedAtMs: this.#parts.clock.nowMs() };
      await this.#removeSpool(importId);
    } else {
      job.abort.abort();
      await job.finished;
    }
    return job.status;
  }

  /** Forgets everything an import brought. @throws KaelixError `import-busy`, `import-not-undoable` */
  async undo(owner: Owner, importId: ImportId): Promise<ImportStatus | undefined> {
    const status = await this.read(owner, importId);
    if (status === undefined) return undefined;
    if (status.state === "running") throw captureErrors("import-busy");
    if (status.state === "waiting" || status.state === "undone") throw captureErrors("import-not-undoable");
    await this.#parts.remember.locks.run(owner.user, async () => {
      const position = await this.#parts.remember.append(owner, [
        { ...this.#base(owner), type: "import.undone", import: importId },
      ]);
      await this.#parts.remember.settle(owner.user, position);
    });
    await this.#parts.held?.drop(owner, { type: "import", import: importId }, LEVEL_MAX);
    this.#jobs.delete(importId);
    this.#parts.onChange(owner, importId);
    return { ...status, state: "undone" };
  }

  /** Goes on with imports that a stop interrupted, and clears away uploads that were never started. */
  async resume(): Promise<void> {
    await makeFolder(this.#parts.spoolFolder);
    const rows = await this.#parts.register.unfinishedImports();
    const unfinished = new Map<string, (typeof rows)[number]>(rows.map((row) => [row.importId, row]));
    for (const name of await readdir(this.#parts.spoolFolder)) {
      const row = unfinished.get(name);
      const stays =
        row !== undefined && (this.#parts.isShut?.(row.tenant) === true || (await this.#resumeOne(row.importId)));
      if (stays) unfinished.delete(row.importId);
      else await rm(join(this.#parts.spoolFolder, name), { recursive: true, force: true });
    }
    for (const lost of unfinished.values()) await this.#finish(lost, lost.importId, "failed", NOTHING);
  }

  /** Stops running imports; they go on after the next start. */
  async stop(): Promise<void> {
    await this.#halt([...this.#jobs.values()]);
  }

  /** Stops what runs for an organisation; it goes on with `goOn`, or after a start when it may. */
  async pause(tenant: TenantId): Promise<void> {
    const jobs = [...this.#jobs.values()].filter(({ owner, status }) => {
      return owner.tenant === tenant && status.state === "running";
    });
    await this.#halt(jobs);
    for (const { status } of jobs) this.#jobs.delete(status.id);
  }

  /** Goes on with what `pause` has stopped. */
  async goOn(tenant: TenantId): Promise<void> {
    for (const row of await this.#parts.register.unfinishedImports()) {
      if (row.tenant !== tenant || this.#jobs.has(row.importId) || (await this.#resumeOne(row.importId))) continue;
      await this.#finish(row, row.importId, "failed", NOTHING);
    }
  }

  /** Stops what runs for a person who goes, and removes every file of theirs that waits. */
  async leave(user: Owner["user"]): Promise<void> {
    const jobs = [...this.#jobs.values()].filter(({ owner }) => owner.user === user);
    await this.#halt(jobs);
    const paused = (await this.#parts.register.unfinishedImports()).filter((row) => row.user === user);
    for (const importId of [...jobs.map(({ status }) => status.id), ...paused.map((row) => row.importId)]) {
      this.#jobs.delete(importId);
      await this.#removeSpool(importId);
    }
  }

  async #halt(jobs: readonly Job[]): Promise<void> {
    const running = jobs.filter((job) => job.status.state === "running");
    for (const job of running) job.abort.abort("stop");
    await Promise.all(running.map((job) => job.finished));
  }

  async #resumeOne(importId: ImportId): Promise<boolean> {
    const file = await readJobFile(join(this.#parts.spoolFolder, importId, JOB_FILE));
    if (file === undefined) return false;
    const size = await stat(file.path).catch(() => undefined);
    if (size === undefined) return false;
    const job: Job = {
      owner: file.owner,
      path: file.path,
      fileName: file.fileName,
      client: file.client,
      status: {
        ...emptyStatus(importId, file.fileName, file.format),
        state: "running",
        startedAtMs: this.#parts.clock.nowMs(),
        namespace: file.client?.key ?? null,
      },
      abort: new AbortController(),
      finished: Promise.resolve(),
    };
    this.#jobs.set(importId, job);
    const before = await this.#parts.register.importedCount(file.owner.user, importId);
    job.finished = this.#run(job, file.answers, before);
    return true;
  }

  /** Reads the file to its end. `addedBefore`: memories that an interrupted run of the same import had added. */
  async #run(job: Job, answers: ImportAnswers, addedBefore: number): Promise<void> {
    const importId = job.status.id;
    const counts = { added: addedBefore, known: -addedBefore, failed: 0 };
    const problems: ImportProblem[] = [];
    let changedMs = 0;
    const show = (bytes?: { readonly bytesRead: number; readonly bytesTotal: number }): void => {
      job.status = {
        ...job.status,
        ...counts,
        known: Math.max(0, counts.known),
        problems,
        ...(bytes === undefined ? {} : { bytesDone: bytes.bytesRead, bytesTotal: bytes.bytesTotal }),
      };
      const nowMs = this.#parts.clock.monotonicMs();
      if (nowMs - changedMs < CHANGE_INTERVAL_MS) return;
      changedMs = nowMs;
      this.#parts.onChange(job.owner, importId);
    };
    const note = (problem: ImportProblem): void => {
      counts.failed++;
      if (problems.length < PROBLEMS_SHOWN_MAX) problems.push(problem);
    };
    // Some batches wait for look-ups while others are judged or stored; they are stored in order.
    const storing: Promise<void>[] = [];
    const endJudging = this.#judging.begin();
    try {
      let batch: ReadDraft[] = [];
      const flush = async (): Promise<void> => {
        const told = this.#tellBatch(job, batch, { counts, note });
        batch = [];
        // Whoever reads a failure is a later flush; until then it must not be unhandled.
        told.catch(() => undefined);
        storing.push(told);
        if (storing.length >= BATCHES_IN_FLIGHT) await storing.shift();
        show();
        // Other requests get their turn between batches.
        await new Promise((resolve) => setImmediate(resolve));
      };
      const input = { path: job.path, fileName: job.fileName };
      const settled = async (): Promise<unknown> => {
        if (batch.length > 0 && !job.abort.signal.aborted) await flush();
        return Promise.allSettled(storing);
      };
      for await (const item of readDrafts(input, answers, { signal: job.abort.signal, onProgress: show, settled })) {
        if (item.type === "problem") note({ line: item.line, text: item.text, why: item.why });
        else batch.push(item);
        if (batch.length >= BATCH_DRAFTS) await flush();
      }
      await Promise.all(storing);
      if (job.abort.signal.aborted) throw job.abort.signal.reason;
      await this.#end(job, "done", counts);
    } catch (failure) {
      await Promise.allSettled(storing);
      await this.#failed(job, counts, failure);
    } finally {
      await endJudging();
    }
  }

  async #tellBatch(
    job: Job,
    batch: readonly ReadDraft[],
    tally: { readonly counts: { added: number; known: number }; readonly note: (problem: ImportProblem) => void },
  ): Promise<void> {
    const importId = job.status.id;
    const { client } = job;
    const told = batch.map((one) => notingLost(one, { importId, ...(client && { client }) }, tally.note));
    const free = await notHeld(client === undefined ? undefined : this.#parts.held, job.owner, told, tally.note);
    const lessons = await this.#parts.lessonsOf?.(job.owner);
    const drafts = await this.#judging.judged(
      free.map(({ draft }) => draft),
      lessons,
    );
    const results = await this.#parts.remember.remember(job.owner, drafts);
    for (const [index, result] of results.entries()) {
      if (result.type === "stored") tally.counts.added++;
      else if (result.type === "known") tally.counts.known++;
      else tally.note({ line: free[index]?.line ?? 0, text: "", why: "Known under the same id with another text" });
    }
  }

  async #failed(job: Job, counts: { added: number; known: number; failed: number }, failure: unknown): Promise<void> {
    if (job.abort.signal.aborted) {
      // A stop of the server leaves the import unfinished on purpose: it goes on after the next start.
      if (job.abort.signal.reason !== "stop") await this.#end(job, "cancelled", counts);
      return;
    }
    const error = failure instanceof Error ? failure.message : "Import failed";
    job.status = { ...job.status, error };
    this.#parts.logger.warn(
      { import: job.status.id, code: failure instanceof Error ? failure.name : "unknown" },
      "Import failed",
    );
    await this.#end(job, "failed", counts);
  }

  async #end(
    job: Job,
    outcome: "done" | "cancelled" | "failed",
    counts: { readonly added: number; readonly known: number; readonly failed: number },
  ): Promise<void> {
    const ended = { ...counts, known: Math.max(0, counts.known) };
    try {
      await this.#finish(job.owner, job.status.id, outcome, ended);
      await this.#removeSpool(job.status.id);
    } catch (failure) {
      this.#parts.logger.error({ import: job.status.id, failure: String(failure) }, "Import could not be closed");
    }
    const bytesDone = outcome === "done" ? job.status.bytesTotal : job.status.bytesDone;
    job.status = { ...job.status, ...ended, bytesDone, state: outcome, finishedAtMs: this.#parts.clock.nowMs() };
    this.#parts.onChange(job.owner, job.status.id);
  }

  async #finish(
    owner: Owner,
    importId: ImportId,
    outcome: "done" | "cancelled" | "failed",
    counts: { readonly added: number; readonly known: number; readonly failed: number },
  ): Promise<void> {
    const position = await this.#parts.remember.append({ tenant: owner.tenant, user: owner.user }, [
      { ...this.#base(owner), type: "import.finished", import: importId, outcome, ...counts },
    ]);
    await this.#parts.register.caughtUp(position);
  }

  #own(owner: Owner, importId: ImportId): Job | undefined {
    const job = this.#jobs.get(importId);
    return job?.owner.user === owner.user ? job : undefined;
  }

  async #describe(owner: Owner, row: RegisteredImport): Promise<ImportStatus> {
    const opened = await this.#parts.keystore.openForUser(
      { user: owner.user, purpose: "import", subject: row.importId },
      row.sealed,
    );
    const { file, namespace } = opened.type === "opened" ? saidOf(opened.bytes) : { file: "(sealed)", namespace: null };
    return {
      ...emptyStatus(row.importId, file, row.format),
      namespace,
      state: row.state === "started" ? "running" : row.state,
      startedAtMs: row.startedAtMs,
      finishedAtMs: row.finishedAtMs,
      total: row.added + row.known,
      added: row.added,
      known: row.known,
      failed: row.failed,
    };
  }

  #base(owner: Owner): Pick<MemoryEvent, "v" | "at" | "tenant" | "user"> {
    return { v: EVENT_VERSION, at: this.#parts.clock.nowMs(), tenant: owner.tenant, user: owner.user };
  }

  async #removeSpool(importId: ImportId): Promise<void> {
    await rm(join(this.#parts.spoolFolder, importId), { recursive: true, force: true });
  }
}
