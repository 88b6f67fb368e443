/** How far each view has folded, and who waits for it. In memory; the views keep the truth. */
import type { LogPosition } from "@kaelix/base";

/** A view's progress on one partition. */
export interface Watermark {
  readonly view: string;
  readonly topic: string;
  readonly partition: number;
  /** Everything below is folded. */
  readonly nextOffset: number;
}

/** Hears of every step. Called synchronously: it must be quick and must not throw. */
export type WatermarkListener = (watermark: Watermark) => void;

/** What to wait for. */
export interface WaitOptions {
  /** Absent: every view that folds the topic. */
  readonly view?: string;
  readonly position: LogPosition;
  /** ≥ 0; 0 asks without waiting. */
  readonly timeoutMs: number;
  /** Nobody stands still for the answer: a view that gathers events may go on gathering. */
  readonly isPatient?: boolean;
  /** Aborting rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Kept by the runner. */
export class Watermarks {
  readonly #marks = new Map<string, Watermark>();
  readonly #listeners = new Set<WatermarkListener>();
  /** Waiters by `topic/partition`. */
  readonly #waiters = new Map<string, Set<() => void>>();
  /** How many of them a view must not linger for, by `topic/partition`. */
  readonly #inHaste = new Map<string, number>();

  /** Those who gather events before they fold, by `topic/partition`. */
  readonly #lingering = new Map<string, Set<() => void>>();

  /** Sets a mark, also back after a reset, and tells those who listen or wait. */
  set(mark: Watermark): void {
    this.#marks.set(`${mark.view} ${mark.topic}/${mark.partition}`, mark);
    for (const listener of this.#listeners) listener(mark);
    for (const look of this.#waiters.get(`${mark.topic}/${mark.partition}`) ?? []) look();
  }

  get(view: string, topic: string, partition: number): number {
    return this.#marks.get(`${view} ${topic}/${partition}`)?.nextOffset ?? 0;
  }

  all(): readonly Watermark[] {
    return [...this.#marks.values()];
  }

  /** @returns a function that ends the listening */
  listen(listener: WatermarkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Wakes everybody who waits, to look again: a view has failed or the runner stops. */
  wakeAll(): void {
    for (const waiters of this.#waiters.values()) for (const look of waiters) look();
  }

  /** Lets time pass, but none while somebody waits in haste for this partition, and no more once somebody begins to. */
  linger({ topic, partition }: Omit<LogPosition, "offset">, ms: number, signal: AbortSignal): Promise<void> {
    const key = `${topic}/${partition}`;
    if (signal.aborted || (this.#inHaste.get(key) ?? 0) > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const lingering = this.#lingering.get(key) ?? new Set();
      this.#lingering.set(key, lingering);
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        lingering.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done, { once: true });
      lingering.add(done);
    });
  }

  /**
   * Waits until `look` gives an answer; it is asked at every step on the partition.
   * @returns the answer, or undefined when the time is over
   */
  wait<Answer>(options: WaitOptions, look: () => Answer | undefined): Promise<Answer | undefined> {
    const { position, timeoutMs, signal, isPatient = false } = options;
    signal?.throwIfAborted();
    const now = look();
    if (now !== undefined || timeoutMs <= 0) return Promise.resolve(now);
    const key = `${position.topic}/${position.partition}`;
    return new Promise<Answer | undefined>((resolve, reject) => {
      const waiters = this.#waiters.get(key) ?? new Set();
      this.#waiters.set(key, waiters);
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        if (waiters.delete(ask) && !isPatient) this.#countHaste(key, -1);
        if (waiters.size === 0 && this.#waiters.get(key) === waiters) this.#waiters.delete(key);
      };
      const ask = (): void => {
        const answer = look();
        if (answer === undefined) return;
        leave();
        resolve(answer);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason instanceof Error ? signal.reason : new Error("Waiting was given up"));
      };
      const timer = setTimeout(() => {
        leave();
        resolve(undefined);
      }, timeoutMs);
      signal?.addEventListener("abort", abort, { once: true });
      waiters.add(ask);
      if (isPatient) return;
      this.#countHaste(key, 1);
      for (const hurry of this.#lingering.get(key) ?? []) hurry();
    });
  }

  #countHaste(key: string, by: number): void {
    const count = (this.#inHaste.get(key) ?? 0) + by;
    if (count > 0) this.#inHaste.set(key, count);
    else this.#inHaste.delete(key);
  }
}
