/**
 * Keeps views up to date with the log.
 *
 * Guarantees: each view follows on its own: a slow or failed one does not hold up another; everything below a view's watermark is
 * folded and committed in it; a rebuilt view comes to the same state. It does not: order views among each other, or close them.
 */
import { type Clock, type LogPosition, systemClock } from "@kaelix/base";
import type { Log } from "@kaelix/log";

import { viewErrors } from "../relational/errors.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { DecodedOnce } from "./decoded-once.ts";
import type { View } from "./view.ts";
import { type FollowedPartition, ViewFollower, type ViewState } from "./view-follower.ts";
import { type WaitOptions, type Watermark, type WatermarkListener, Watermarks } from "./watermarks.ts";

const BATCH_EVENTS_MAX = 500;
const SNAPSHOT_EVERY_MS = 5 * 60_000;
const RETRY_PAUSES_MS = [50, 200, 1_000, 3_000, 10_000];

/** How to run. */
export interface ViewRunnerOptions {
  readonly log: Log;
  readonly views: readonly View[];
  /** Write unreadable records' positions to topic `dead-letters`; default true. */
  readonly deadLetters?: boolean;
  readonly clock?: Clock;
  /** Records per fold; default 500. */
  readonly batchEventsMax?: number;
  /** Between snapshots; 0: only at the end. Default 5 minutes. */
  readonly snapshotEveryMs?: number;
  /** Pauses before each new try of a fold that threw; default 50 ms to 10 s, five tries. */
  readonly retryPausesMs?: readonly number[];
  /** Told in a sentence what went wrong; never content. */
  readonly onProblem?: (problem: string) => void;
}

/** How far a catching up or a rebuilding has come, 0 to 1. */
export type ProgressListener = (fraction: number) => void;

/** A view as it stands. */
export interface ViewStatus {
  readonly name: string;
  readonly state: ViewState;
  /** Why it failed, without content. */
  readonly failure: string | undefined;
  /** Records that no event could be read from, since the start. */
  readonly unreadableCount: number;
  /** Records on the log that it has not folded. */
  readonly lagRecords: number;
  /** How old the newest folded record is while records wait, ms; 0 when nothing waits. */
  readonly lagMs: number;
  readonly watermarks: readonly Watermark[];
}

/** Runs views. Begin with `catchUp`; end with `stop`. */
export class ViewRunner {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #snapshotEveryMs: number;
  readonly #onProblem: (problem: string) => void;
  readonly #watermarks = new Watermarks();
  readonly #followers: ReadonlyMap<string, ViewFollower>;
  #snapshotTimer: NodeJS.Timeout | undefined;
  #snapshotting: Promise<void> | undefined;
  #isStarted = false;
  #isStopped = false;

  constructor(options: ViewRunnerOptions) {
    this.#log = options.log;
    this.#clock = options.clock ?? systemClock;
    this.#snapshotEveryMs = options.snapshotEveryMs ?? SNAPSHOT_EVERY_MS;
    this.#onProblem = options.onProblem ?? (() => undefined);
    const shared = {
      log: options.log,
      watermarks: this.#watermarks,
      deadLetters:
        options.deadLetters === false ? undefined : createDeadLetters(options.log, this.#clock, this.#onProblem),
      clock: this.#clock,
      batchEventsMax: options.batchEventsMax ?? BATCH_EVENTS_MAX,
      events: new DecodedOnce((topic) => options.views.filter((view) => view.topics.includes(topic)).length),
      retryPausesMs: options.retryPausesMs ?? RETRY_PAUSES_MS,
      onProblem: this.#onProblem,
    };
    this.#followers = new Map(options.views.map((view) => [view.name, new ViewFollower({ ...shared, view })]));
  }

  /** The views, in the order given. */
  get views(): readonly View[] {
    return [...this.#followers.values()].map((follower) => follower.view);
  }

  /** Begins to follow; does not wait for anything to be folded. Does nothing when it was started. */
  async start(): Promise<void> {
    if (this.#isStopped) throw viewErrors("views-stopped");
    if (this.#isStarted) return;
    this.#isStarted = true;
    await Promise.all([...this.#followers.values()].map((follower) => this.#startFollower(follower, "catching-up")));
    if (this.#snapshotEveryMs > 0) {
      this.#snapshotTimer = setInterval(() => void this.snapshot(), this.#snapshotEveryMs);
      this.#snapshotTimer.unref();
    }
  }

  /**
   * Starts when needed and waits until every view has folded what is on the log now, or has failed.
   * @returns names of the views that failed
   */
  async catchUp(onProgress: ProgressListener = () => undefined): Promise<readonly string[]> {
    await this.start();
    const followers = [...this.#followers.values()];
    await this.#settle(followers, onProgress);
    return followers.filter((follower) => follower.state === "failed").map((follower) => follower.view.name);
  }

  /**
   * Waits until the record at a position is folded: read your own writes.
   * @returns `timeout` when the time is over, and at once when a view that is waited for has failed
   * @throws `views-unknown`; the signal's reason when it aborts
   */
  async waitFor(options: WaitOptions): Promise<"reached" | "timeout"> {
    const { position } = options;
    const chosen = options.view === undefined ? [...this.#followers.values()] : [this.#follower(options.view)];
    const waited = chosen.filter((follower) => follower.view.topics.includes(position.topic));
    const answer = await this.#watermarks.wait(options, () => {
      const missing = waited.filter((follower) => !this.#isFolded(follower, position));
      if (missing.length === 0) return "reached";
      return this.#isStopped || missing.some((follower) => follower.state === "failed") ? "timeout" : undefined;
    });
    return answer ?? "timeout";
  }

  /** How far a view has folded a partition: every record below. 0 when it is unknown. */
  foldedTo(view: string, { topic, partition }: Omit<LogPosition, "offset">): number {
    return this.#watermarks.get(view, topic, partition);
  }

  /**
   * Hears of every step of every view, synchronously.
   * @returns a function that ends the listening
   */
  onWatermark(listener: WatermarkListener): () => void {
    return this.#watermarks.listen(listener);
  }

  /** Where each view stands. Asks the log for its end. */
  async status(): Promise<readonly ViewStatus[]> {
    return Promise.all([...this.#followers.values()].map((follower) => this.#statusOf(follower)));
  }

  /** The state of one view, for those who read it. @throws `views-unknown` */
  stateOf(viewName: string): ViewState {
    return this.#follower(viewName).state;
  }

  /**
   * Empties a view and folds the whole log into it, while the others go on. A view that was failed gets a new chance. What was folded
   * is kept: stopped in the middle, the next start goes on from there.
   * @throws `views-unknown`, `views-stopped`; `views-database-failed` and the like when it fails again
   */
  async rebuild(viewName: string, onProgress: ProgressListener = () => undefined): Promise<void> {
    const follower = this.#follower(viewName);
    if (this.#isStopped) throw viewErrors("views-stopped");
    await follower.reset();
    await this.#startFollower(follower, "rebuilding");
    await this.#settle([follower], onProgress);
    if (follower.state === "failed") {
      throw viewErrors("views-failed", { details: { view: viewName, reason: follower.failure ?? "" } });
    }
  }

  /** Lets a failed view go on from where it stands. @throws `views-unknown`, `views-stopped` */
  async retry(viewName: string): Promise<void> {
    if (this.#isStopped) throw viewErrors("views-stopped");
    await this.#startFollower(this.#follower(viewName), "catching-up");
  }

  /**
   * Runs `work` while no view folds, all of them at the end of the log as it stands then; afterwards they go on.
   * Watermarks do not move meanwhile; whoever waits for one waits on.
   */
  async whilePaused<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = [...this.#followers.values()].filter((follower) => follower.state !== "failed");
    await this.catchUp();
    await Promise.all(running.map((follower) => follower.stop()));
    try {
      return await work();
    } finally {
      if (!this.#isStopped) await Promise.all(running.map((follower) => this.#startFollower(follower, "catching-up")));
      for (const follower of running) follower.settled();
    }
  }

  /** Lets every view make what it folded survive a restart. A view that cannot is reported and passed. */
  async snapshot(): Promise<void> {
    this.#snapshotting ??= this.#snapshotAll().finally(() => {
      this.#snapshotting = undefined;
    });
    return this.#snapshotting;
  }

  /** Ends following after the folds in flight, then snapshots. The views stay open. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#snapshotTimer);
    this.#watermarks.wakeAll();
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
    await this.snapshot();
  }

  async #snapshotAll(): Promise<void> {
    for (const { view } of this.#followers.values()) {
      try {
        await view.snapshot();
      } catch (error) {
        this.#onProblem(
          `View ${view.name} could not be snapshotted: ${error instanceof Error ? error.name : "unknown"}`,
        );
      }
    }
  }

  async #startFollower(follower: ViewFollower, state: "catching-up" | "rebuilding"): Promise<void> {
    await follower.start(await this.#partitionsOf(follower.view), state);
  }

  async #partitionsOf(view: View): Promise<readonly FollowedPartition[]> {
    const described = await this.#log.topics();
    return described
      .filter((topic) => view.topics.includes(topic.name))
      .flatMap(({ name, partitions }) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
      );
  }

  /** Waits until followers have folded what is on the log now; failed ones are not waited for. */
  async #settle(followers: readonly ViewFollower[], onProgress: ProgressListener): Promise<void> {
    const goals: { readonly follower: ViewFollower; readonly at: FollowedPartition; readonly goal: number }[] = [];
    for (const follower of followers) {
      for (const at of await this.#partitionsOf(follower.view)) {
        const { durableOffset } = await this.#log.bounds(at.topic, at.partition);
        goals.push({ follower, at, goal: durableOffset });
      }
    }
    const total = goals.reduce((sum, { goal }) => sum + goal, 0);
    const folded = (): number =>
      goals.reduce((sum, { follower, at, goal }) => {
        const mark = this.#watermarks.get(follower.view.name, at.topic, at.partition);
        return sum + (follower.state === "failed" ? goal : Math.min(mark, goal));
      }, 0);
    const listening = this.#watermarks.listen(() => onProgress(total === 0 ? 1 : Math.min(1, folded() / total)));
    try {
      for (const { follower, at, goal } of goals) await this.#reach(follower, at, goal);
    } finally {
      listening();
    }
    for (const follower of followers) follower.settled();
    onProgress(1);
  }

  async #reach(follower: ViewFollower, { topic, partition }: FollowedPartition, goal: number): Promise<void> {
    if (goal === 0) return;
    const position = { topic, partition, offset: goal - 1 };
    await this.#watermarks.wait({ position, timeoutMs: 2 ** 31 - 1 }, () =>
      this.#isStopped || follower.state === "failed" || this.#isFolded(follower, position) ? true : undefined,
    );
  }

  #isFolded(follower: ViewFollower, { topic, partition, offset }: LogPosition): boolean {
    return this.#watermarks.get(follower.view.name, topic, partition) > offset;
  }

  async #statusOf(follower: ViewFollower): Promise<ViewStatus> {
    const { name } = follower.view;
    let lagRecords = 0;
    let lagMs = 0;
    for (const at of await this.#partitionsOf(follower.view)) {
      const { durableOffset, startOffset } = await this.#log.bounds(at.topic, at.partition);
      const waiting = durableOffset - Math.max(startOffset, this.#watermarks.get(name, at.topic, at.partition));
      if (waiting <= 0) continue;
      lagRecords += waiting;
      lagMs = Math.max(lagMs, this.#clock.nowMs() - (follower.lastFoldedAtMs(at) ?? this.#clock.nowMs()));
    }
    return {
      name,
      state: follower.state,
      failure: follower.failure,
      unreadableCount: follower.unreadableCount,
      lagRecords,
      lagMs,
      watermarks: this.#watermarks.all().filter((mark) => mark.view === name),
    };
  }

  #follower(name: string): ViewFollower {
    const follower = this.#followers.get(name);
    if (follower === undefined) throw viewErrors("views-unknown", { details: { view: name } });
    return follower;
  }
}
