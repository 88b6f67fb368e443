/**
 * An interceptor in a process of its own (runner.ts), so that whatever it does it cannot harm this one.
 *
 * Guarantees: a hook is answered within the time limit or is a fault; a process over its memory, stuck or dead is a fault and is replaced,
 * a few times; the process may read its module's folder only.
 * Does not: keep an interceptor's own state over a fault.
 */
import { type ChildProcess, fork } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { Hook, HookEvents } from "./contract.ts";
import { interceptorErrors } from "./errors.ts";
import type { RunnerAnswer, RunnerRequest } from "./runner.ts";

const RUNNER_URL = new URL(import.meta.url.endsWith(".ts") ? "./runner.ts" : "./runner.js", import.meta.url);
const START_TIMEOUT_MS = 10_000;
const CALLS_MAX = 256;

/** Answer of a hook: what it said, or why it said nothing. */
export type CallOutcome = { readonly verdict: unknown } | { readonly fault: string };

/** How the process is bounded. */
export interface IsolationOptions {
  readonly module: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  /** Told once when the process is gone or is to be replaced. */
  readonly onFault: (reason: string) => void;
}

/** One process. */
export class IsolatedProcess {
  readonly hooks: readonly Hook[];
  readonly #child: ChildProcess;
  readonly #options: IsolationOptions;
  readonly #calls = new Map<
    number,
    { readonly settle: (outcome: CallOutcome) => void; readonly timer: NodeJS.Timeout }
  >();
  #nextId = 0;
  #ended = false;

  private constructor(child: ChildProcess, hooks: readonly Hook[], options: IsolationOptions) {
    this.#child = child;
    this.hooks = hooks;
    this.#options = options;
    child.on("message", (answer: RunnerAnswer) => this.#take(answer));
    child.once("exit", (code, signal) => this.#end(`Its process ended (${signal ?? `exit ${code}`})`));
  }

  /** Starts a process and loads the module. Throws `interceptor-invalid`. */
  static async start(options: IsolationOptions): Promise<IsolatedProcess> {
    const path = options.module.startsWith("file:") ? fileURLToPath(options.module) : options.module;
    const child = forkRunner(path, options.memoryMiB);
    const answer = await new Promise<RunnerAnswer>((resolve) => {
      const timer = setTimeout(
        () => resolve({ type: "failed", message: "It did not start in time" }),
        START_TIMEOUT_MS,
      );
      child.once("message", (message: RunnerAnswer) => {
        clearTimeout(timer);
        resolve(message);
      });
      child.once("exit", () => {
        clearTimeout(timer);
        resolve({ type: "failed", message: "Its process ended while it started" });
      });
      send(child, { type: "start", module: pathToFileURL(path).href, settings: options.settings });
    });
    if (answer.type === "started") return new IsolatedProcess(child, answer.hooks, options);
    child.kill("SIGKILL");
    const why = answer.type === "failed" ? answer.message : "It answered before it was started";
    throw interceptorErrors("interceptor-invalid", { message: `Cannot load interceptor: ${why}` });
  }

  /** Calls a hook. Never rejects. */
  call<Name extends Hook>(hook: Name, event: HookEvents[Name]): Promise<CallOutcome> {
    if (this.#ended) return Promise.resolve({ fault: "Its process has ended" });
    if (this.#calls.size >= CALLS_MAX) return Promise.resolve({ fault: `More than ${CALLS_MAX} calls wait for it` });
    const id = this.#nextId++;
    return new Promise((settle) => {
      const timer = setTimeout(() => {
        // What is stuck may never come back: the process goes, and whoever waits for it with it.
        this.#child.kill("SIGKILL");
        this.#end(`It took longer than ${this.#options.timeoutMs} ms`);
      }, this.#options.timeoutMs);
      this.#calls.set(id, { settle, timer });
      send(this.#child, { type: "call", id, hook, event });
    });
  }

  /** Lets it stop in order, then ends it. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const gone = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), this.#options.timeoutMs);
    send(this.#child, { type: "stop" });
    await gone;
    clearTimeout(timer);
    this.#settleAll("It was stopped");
  }

  #take(answer: RunnerAnswer): void {
    if (answer.type !== "verdict" && answer.type !== "fault") return;
    const call = this.#calls.get(answer.id);
    if (call === undefined) return;
    this.#calls.delete(answer.id);
    clearTimeout(call.timer);
    call.settle(answer.type === "verdict" ? { verdict: answer.verdict } : { fault: answer.message });
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#settleAll(reason);
    this.#options.onFault(reason);
  }

  #settleAll(fault: string): void {
    for (const { settle, timer } of this.#calls.values()) {
      clearTimeout(timer);
      settle({ fault });
    }
    this.#calls.clear();
  }
}

/** A broken pipe means the process is ending; its exit says so. */
function send(child: ChildProcess, message: RunnerRequest): void {
  if (child.connected) child.send(message, () => undefined);
}

function forkRunner(modulePath: string, memoryMiB: number): ChildProcess {
  const runner = fileURLToPath(RUNNER_URL);
  const readable = [dirname(runner), dirname(modulePath)].flatMap((path) => [path, realPath(path)]);
  return fork(runner, [], {
    // Nothing of this process's environment: it holds secrets.
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [
      "--permission",
      ...new Set(readable.map((path) => `--allow-fs-read=${path}/*`)),
      `--max-old-space-size=${memoryMiB}`,
      "--disable-warning=ExperimentalWarning",
    ],
  });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
