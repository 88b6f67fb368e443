/**
 * Judging by rules beside the main thread, for whoever has thousands of texts at once.
 *
 * Guarantees: the same answers as `classifyByRules`, in the order of asking; when the thread dies every open and later call rejects.
 * Does not: judge again, or start anew: a caller that is refused judges for itself.
 */
import { Worker } from "node:worker_threads";

import type { Classification } from "@kaelix/model";

interface OpenCall {
  readonly resolve: (judged: readonly Classification[]) => void;
  readonly reject: (failure: Error) => void;
}

// Built packages hold the worker as JavaScript beside this file.
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "./judge-worker.ts" : "./judge-worker.js",
  import.meta.url,
);

/** A thread that judges. It keeps no process alive and holds about 20 MB until it is ended. */
export class JudgeThread {
  readonly #worker = new Worker(WORKER_URL, { execArgv: [] });
  /** Answered in this order; bounded by the batches that callers have in flight. */
  readonly #calls: OpenCall[] = [];
  #ended: Error | undefined;
  #isReady = false;

  /** True from the moment it would answer at once: half a second after it was made, while it loads what it judges by. */
  get isReady(): boolean {
    return this.#isReady;
  }

  constructor() {
    this.#worker.unref();
    this.#worker.on("message", (judged: readonly Classification[] | "ready") => {
      if (judged === "ready") this.#isReady = true;
      else this.#calls.shift()?.resolve(judged);
    });
    this.#worker.on("error", (failure: unknown) =>
      this.#end(failure instanceof Error ? failure : new Error("Unknown")),
    );
    this.#worker.on("exit", () => this.#end(new Error("Thread that judges has ended")));
  }

  /** The level of each text, with confidence and reasons. @throws Error when the thread has ended */
  judge(texts: readonly string[]): Promise<readonly Classification[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#calls.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      this.#worker.postMessage(texts);
    });
  }

  /** Ends the thread; open calls reject. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const call of this.#calls.splice(0)) call.reject(this.#ended);
  }
}
