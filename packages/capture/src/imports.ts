/**
 * Importing files: looked at, asked about, read in the background, undone as one.
 *
 * Guarantees: what is read goes through `Remember`, so importing the same file again adds nothing; a started import goes on after a
 * restart from the spooled file; the spooled file is removed as soon as its import has ended. A sealed file waits for its passphrase, is found
 * whole before anything of it is looked at, and stays sealed on the disk; the passphrase is kept nowhere.
 * Does not: keep an upload that was never started beyond a day, or beyond a restart.
 */
import { type Clock, isKaelixError, type RandomSource } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
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
import {
  describeImport,
  emptyStatus,
  isNotBegun,
  type ImportStatus,
  mergeFinished,
  sealedOf,
  sealedStatus,
  waitingStatus,
} from "./import-status.ts";
import { ImportJudging } from "./import-judging.ts";
import type { ImportRegister } from "./import-register.ts";
import { ImportSpool } from "./import-spool.ts";
import type { LessonsOf, Owner, Remember } from "./remember.ts";
import {
  checkSealed,
  type ImportAnswers,
  type ImportInput,
  type ImportProblem,
  isSealed,
  nameInside,
  preview as previewImport,
  sourceErrors,
  readDrafts,
  unseal,
} from "./sources/sources.ts";

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
  input: ImportInput;
  /** IANA name that the upload came with. */
  readonly zone?: string | undefined;
  /** The program that started it; absent: a person did. */
  client?: MemoryClient | undefined;
  status: ImportStatus;
  readonly abort: AbortController;
  readonly arrivedAtMs: number;
  finished: Promise<void>;
}

const BATCH_DRAFTS = 100;
const BATCHES_IN_FLIGHT = 4;
const PROBLEMS_SHOWN_MAX = 200;
const CHANGE_INTERVAL_MS = 250;
const LEVEL_MAX: Level = 4;
const WAITING_MS_MAX = 24 * 3_600_000;
/** Failures of opening after which it can be tried again. */
const LEFT_SEALED = ["age-passphrase-wrong", "identity-busy", "import-not-sealed"] as const;
const NOTHING = { added: 0, known: 0, failed: 0 };

/** Runs imports. One instance per process. */
export class Imports {
  readonly #parts: ImportParts;
  readonly #spool: ImportSpool;
  readonly #jobs = new Map<ImportId, Job>();
  readonly #judging = new ImportJudging();

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#spool = new ImportSpool(parts.spoolFolder, parts.keystore);
  }

  /** An empty folder for an upload, and the import it will belong to. */
  async makeSpool(): Promise<{ readonly importId: ImportId; readonly folder: string }> {
    const importId = makeId("imp", this.#parts.clock.nowMs(), this.#parts.random);
    return { importId, folder: await this.#spool.make(importId) };
  }

  /**
   * Looks at a file and keeps it waiting for `start`, or for `open` when it is sealed.
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
    const { fileName, importId, path, zone } = upload;
    try {
      const input = { path, fileName };
      const sealed = await isSealed(path);
      if (sealed) await checkSealed(path);
      const status = sealed ? sealedStatus(importId, fileName) : await this.#lookAt(importId, input, zone);
      const namespace = upload.program ?? null;
      const [abort, finished] = [new AbortController(), Promise.resolve()];
      const arrivedAtMs = this.#parts.clock.nowMs();
      const job: Job = { owner, input, zone, status: { ...status, namespace }, abort, arrivedAtMs, finished };
      this.#jobs.set(importId, job);
      return job.status;
    } catch (failure) {
      await this.#spool.remove(importId);
      throw failure;
    }
  }

  /**
   * Opens a sealed file and looks at it; it then waits for `start`. A wrong passphrase changes nothing; a file that is damaged or holds nothing that
   * can be imported is removed, and its import has failed.
   * @throws KaelixError `import-not-sealed`, `age-passphrase-wrong`, `age-damaged`, `identity-busy`, or of the sources
   */
  async open(owner: Owner, importId: ImportId, passphrase: string): Promise<ImportStatus | undefined> {
    const job = this.#own(owner, importId);
    if (job === undefined) return undefined;
    if (job.status.state !== "sealed") throw captureErrors("import-not-sealed");
    const { namespace } = job.status;
    try {
      const { fileName, path } = job.input;
      const input = { path, fileName: nameInside(fileName), opened: await unseal(path, passphrase) };
      const status = await this.#lookAt(importId, input, job.zone);
      // Somebody else may have opened or discarded it meanwhile.
      if (this.#jobs.get(importId)?.status.state !== "sealed") throw captureErrors("import-not-sealed");
      Object.assign(job, { input, status: { ...status, namespace } });
    } catch (failure) {
      const isKept = LEFT_SEALED.some((code) => isKaelixError(failure, code));
      if (!isKept && job.status.state === "sealed") await this.#refuse(job, failure);
      throw failure;
    }
    this.#parts.onChange(owner, importId);
    return job.status;
  }

  async #lookAt(importId: ImportId, input: ImportInput, zone: string | undefined): Promise<ImportStatus> {
    const preview = await previewImport(input, { sample: 8, ...(zone === undefined ? {} : { zone }) });
    return waitingStatus(importId, input.fileName, preview);
  }

  async #refuse(job: Job, failure: unknown): Promise<void> {
    const error = failure instanceof Error ? failure.message : "The file cannot be opened";
    job.status = { ...job.status, state: "failed", error, finishedAtMs: this.#parts.clock.nowMs() };
    await this.#spool.remove(job.status.id);
  }

  /** Imports of a user, newest first: those of this process with their progress, the others as the log tells them. */
  async list(owner: Owner): Promise<readonly ImportStatus[]> {
    const rows = await this.#parts.register.imports(owner.user);
    const past = await Promise.all(rows.map((row) => describeImport(this.#parts.keystore, owner.user, row)));
    const own = [...this.#jobs.values()].filter((job) => job.owner.user === owner.user).map((job) => job.status);
    const byId = new Map(past.map((status) => [status.id, status]));
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
   * @throws KaelixError `import-sealed`, `import-not-waiting`, or those of the log
   */
  async start(
    owner: Owner,
    importId: ImportId,
    { client, ...answers }: ImportAnswers & { readonly client?: MemoryClient },
  ): Promise<ImportStatus | undefined> {
    const job = this.#own(owner, importId);
    if (job === undefined) return undefined;
    const before = job.status;
    if (before.state === "sealed") throw sourceErrors("import-sealed");
    if (before.state !== "waiting" || before.format === null) throw captureErrors("import-not-waiting");
    const { format } = before;
    const { clock, keystore, remember } = this.#parts;
    job.status = { ...before, state: "running", startedAtMs: clock.nowMs(), namespace: client?.key ?? null };
    job.client = client;
    try {
      const { input } = job;
      await this.#spool.keepJob(importId, { owner, input, format, answers, client });
      await keystore.ensureUserKey(owner.tenant, owner.user);
      const sealed = await keystore.sealForUser(
        { user: owner.user, purpose: "import", subject: importId },
        sealedOf(input.fileName, { client, me: answers.me }),
      );
      await remember.append(owner, [
        {
          ...this.#base(owner),
          type: "import.started",
          import: importId,
          format,
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

  /** Stops a running import (what was imported stays) or discards a waiting one, of which nothing is listed any longer. */
  async cancel(owner: Owner, importId: ImportId): Promise<ImportStatus | undefined> {
    const job = this.#own(owner, importId);
    if (job === undefined) return this.read(owner, importId);
    if (isNotBegun(job.status)) {
      job.status = { ...job.status, state: "cancelled", finishedAtMs: this.#parts.clock.nowMs() };
      this.#jobs.delete(importId);
      await this.#spool.remove(importId);
    } else {
      job.abort.abort();
      await job.finished;
    }
    return job.status;
  }

  /** Discards what has waited a day for its answers or its passphrase. It is listed as failed, with what to do, until the next start. */
  async discardOld(): Promise<void> {
    const olderThanMs = this.#parts.clock.nowMs() - WAITING_MS_MAX;
    for (const job of this.#jobs.values()) {
      if (!isNotBegun(job.status) || job.arrivedAtMs > olderThanMs) continue;
      await this.#refuse(job, captureErrors("import-not-begun"));
      this.#parts.onChange(job.owner, job.status.id);
    }
  }

  /** Forgets everything an import brought. @throws KaelixError `import-busy`, `import-not-undoable` */
  async undo(owner: Owner, importId: ImportId): Promise<ImportStatus | undefined> {
    const status = await this.read(owner, importId);
    if (status === undefined) return undefined;
    if (status.state === "running") throw captureErrors("import-busy");
    if (status.startedAtMs === null || status.state === "undone") throw captureErrors("import-not-undoable");
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
    const rows = await this.#parts.register.unfinishedImports();
    const unfinished = new Map<string, (typeof rows)[number]>(rows.map((row) => [row.importId, row]));
    for (const name of await this.#spool.names()) {
      const row = unfinished.get(name);
      const stays =
        row !== undefined && (this.#parts.isShut?.(row.tenant) === true || (await this.#resumeOne(row.importId)));
      if (stays) unfinished.delete(row.importId);
      else await this.#spool.remove(name);
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
      await this.#spool.remove(importId);
    }
  }

  async #halt(jobs: readonly Job[]): Promise<void> {
    const running = jobs.filter((job) => job.status.state === "running");
    for (const job of running) job.abort.abort("stop");
    await Promise.all(running.map((job) => job.finished));
  }

  async #resumeOne(importId: ImportId): Promise<boolean> {
    const file = await this.#spool.job(importId);
    if (file === undefined) return false;
    const job: Job = {
      owner: file.owner,
      input: file.input,
      client: file.client,
      status: {
        ...emptyStatus(importId, file.input.fileName, file.format),
        state: "running",
        startedAtMs: this.#parts.clock.nowMs(),
        namespace: file.client?.key ?? null,
      },
      abort: new AbortController(),
      arrivedAtMs: this.#parts.clock.nowMs(),
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
      const { input } = job;
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
      await this.#spool.remove(job.status.id);
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

  #base(owner: Owner): Pick<MemoryEvent, "v" | "at" | "tenant" | "user"> {
    return { v: EVENT_VERSION, at: this.#parts.clock.nowMs(), tenant: owner.tenant, user: owner.user };
  }
}
