/**
 * Backups as the running house makes them: by itself when one is due, on request, and, when something was erased or a leave was taken back,
 * the head alone, so that what was shredded is in no backup any more.
 *
 * Guarantees: one at a time; a failure is told and tried again at the next look; the house goes on whatever the target does.
 */
import { type Clock, type RandomSource } from "@kaelix/base";
import type { Logger } from "@kaelix/coordinator";
import type { StreamerLog } from "@kaelix/log";
import type { KekProvider } from "@kaelix/security";
import type { Database } from "@kaelix/views";

import { serverErrors } from "../errors.ts";
import { type BackupReport, createBackup } from "./create-backup.ts";
import { backupSecretOf, type BackupSettings, targetOf } from "./settings.ts";
import { openStoreForWriting, type PointName, pointsAt, testsAt } from "./store.ts";
import { ViewCopies } from "./view-copies.ts";

/** What it is made from. */
export interface BackupsParts {
  readonly settings: BackupSettings;
  /** The embedded log; undefined where the log is kept on a Kafka cluster. */
  readonly log: StreamerLog | undefined;
  readonly database: Pick<Database, "withSnapshot">;
  readonly installation: string;
  readonly version: string;
  readonly kek: KekProvider;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/** How backups are. */
export interface BackupsStatus {
  /** Undefined when none are made: no place is set, or the log is not the house's own. */
  readonly place: string | undefined;
  readonly everyMs: number;
  /** Newest first. */
  readonly points: readonly PointName[];
  /** When a restore was last tried and went well, epoch ms. */
  readonly testedAtMs: number | undefined;
  /** When the next one is due, epoch ms. */
  readonly nextAtMs: number | undefined;
  readonly running: { readonly share: number; readonly words: string } | undefined;
  /** Why the last one failed; undefined when it did not. */
  readonly problem: string | undefined;
  readonly last: BackupReport | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOOK_MS = 60_000;

/** Makes backups. Nothing happens before `start`, `run` or `noteTaken`. */
export class Backups {
  readonly #parts: BackupsParts;
  readonly #views: ViewCopies;
  readonly #stop = new AbortController();
  #atWork: Promise<BackupReport> | undefined;
  #running: BackupsStatus["running"];
  #problem: string | undefined;
  #last: BackupReport | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isHeadOld = false;
  /** What is at work makes no point. */
  #isHeadAlone = false;

  constructor(parts: BackupsParts) {
    this.#parts = parts;
    this.#views = new ViewCopies(parts.database);
  }

  /** True when there is a place and a log of one's own. */
  get isOn(): boolean {
    return this.#parts.settings.backupPlace !== undefined && this.#parts.log !== undefined;
  }

  /** Looks every minute whether one is due; not at once, for a house may be open for one command alone. */
  start(): void {
    if (!this.isOn) return;
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Makes what is due now; never throws: what failed is in the status. */
  async look(): Promise<void> {
    if (!this.isOn || this.#atWork !== undefined || this.#stop.signal.aborted) return;
    try {
      const { nextAtMs } = await this.status();
      if (nextAtMs === undefined || nextAtMs <= this.#parts.clock.nowMs()) await this.run();
      else if (this.#isHeadOld) await this.#make(true);
    } catch (failure) {
      this.#problem = failure instanceof Error ? failure.message : "unknown reason";
      this.#parts.logger.warn({ problem: this.#problem }, "Backup");
    }
  }

  /** Something was erased, or somebody took a leave back: within a minute or two the newest head says so, and no restore undoes it. */
  noteTaken(): void {
    this.#isHeadOld = true;
  }

  /**
   * Brings the newest head, and with it what protects the backup, under the key-encryption key of today. Before that is renewed, too: a
   * backup that stayed behind by two versions could be opened by nobody.
   */
  async refresh(): Promise<void> {
    if (!this.isOn || (await this.status()).points.length === 0) return;
    await this.#atWork?.catch(() => undefined);
    await this.#make(true);
  }

  /** Makes one now, or waits for the one at work. @throws `backup-off`, errors of the target */
  async run(): Promise<BackupReport> {
    // With nothing at work it begins before this returns: whoever asks how it is sees it run.
    if (this.#atWork !== undefined && this.#isHeadAlone) await this.#atWork.catch(() => undefined);
    return this.#make(false);
  }

  async status(): Promise<BackupsStatus> {
    const { settings } = this.#parts;
    const everyMs = settings.backupHours * HOUR_MS;
    const now = { running: this.#running, problem: this.#problem, last: this.#last, everyMs };
    if (!this.isOn) {
      return { ...now, place: undefined, points: [], testedAtMs: undefined, nextAtMs: undefined };
    }
    try {
      const target = await targetOf(settings);
      const points = await pointsAt(target);
      const [tested] = await testsAt(target);
      const nextAtMs = points[0] === undefined ? this.#parts.clock.nowMs() : points[0].atMs + everyMs;
      return { ...now, place: target.text, points, testedAtMs: tested?.atMs, nextAtMs };
    } catch (failure) {
      const problem = failure instanceof Error ? failure.message : "unknown reason";
      const place = settings.backupPlace;
      return { ...now, problem, place, points: [], testedAtMs: undefined, nextAtMs: undefined };
    }
  }

  /** Cuts off what is at work; what it has written is used by the next one. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#atWork?.catch(() => undefined);
  }

  #make(headOnly: boolean): Promise<BackupReport> {
    if (this.#atWork === undefined) this.#isHeadAlone = headOnly;
    this.#atWork ??= this.#work(headOnly).finally(() => {
      this.#atWork = undefined;
      this.#running = undefined;
    });
    return this.#atWork;
  }

  async #work(headOnly: boolean): Promise<BackupReport> {
    const { clock, installation, kek, log, random, settings, version } = this.#parts;
    if (log === undefined || settings.backupPlace === undefined) throw serverErrors("backup-off");
    this.#running = { share: 0, words: "looking at what is there" };
    this.#isHeadOld = false;
    try {
      const store = await openStoreForWriting(await targetOf(settings), backupSecretOf(settings, kek), random);
      const keepMs = settings.backupKeepDays * DAY_MS;
      const report = await createBackup({
        store,
        log,
        views: this.#views,
        installation,
        version,
        clock,
        random,
        keepMs,
        headOnly,
        signal: this.#stop.signal,
        onProgress: (share, words) => (this.#running = { share, words }),
      });
      this.#problem = undefined;
      if (!headOnly) this.#last = report;
      return report;
    } catch (failure) {
      this.#isHeadOld = true;
      this.#problem = failure instanceof Error ? failure.message : "unknown reason";
      throw failure;
    }
  }
}
