/**
 * The interceptors of a broker: loading, starting, stopping, reloading them, and calling their hooks in the order they were loaded.
 *
 *     load ──► running ──stop──► stopped ──start──► running
 *                 └── fault ──► (an isolated one is started again, three times a minute) ──► faulty ──start or reload──► running
 *
 * Guarantees: a faulty interceptor is named in its status and stepped over, never waited for beyond its time limit; without interceptors, or
 * with ones of this process alone, a hook is answered synchronously.
 */
import { type Clock, systemClock } from "@kaelix/base";

import {
  type Hook,
  type HookEvents,
  HOOKS,
  type Interceptor,
  type InterceptorSpec,
  type InterceptorState,
  type InterceptorStatus,
  type Verdict,
} from "./contract.ts";
import { interceptorErrors } from "./errors.ts";
import { IsolatedProcess } from "./isolated.ts";

const TIMEOUT_MS_DEFAULT = 100;
const MEMORY_MIB_DEFAULT = 64;
const RESTARTS_MAX = 3;
const RESTARTS_WINDOW_MS = 60_000;

interface Entry {
  readonly spec: InterceptorSpec;
  state: InterceptorState;
  hooks: readonly Hook[];
  inline: Interceptor | undefined;
  isolated: IsolatedProcess | undefined;
  calls: number;
  rejections: number;
  faults: number;
  fault: string | undefined;
  readonly restartsAtMs: number[];
}

/** What the hooks of all running interceptors came to. `by` is who rejected. */
export type ChainOutcome =
  | undefined
  | { readonly reject: string; readonly by: string }
  | { readonly batch: Uint8Array };

/** See the top of the file. */
export class Interceptors {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  /** Entries with a hook that run now, so that a hook nobody has costs one look. */
  #chains: Record<Hook, readonly Entry[]> = { onAppend: [], onFetch: [], onCommit: [] };

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Loads and starts an interceptor. Throws `interceptor-exists`, `interceptor-invalid`. */
  async load(spec: InterceptorSpec): Promise<void> {
    if (this.#entries.has(spec.name)) throw interceptorErrors("interceptor-exists", { details: { name: spec.name } });
    if ((spec.module === undefined) === (spec.interceptor === undefined))
      throw interceptorErrors("interceptor-invalid");
    const entry: Entry = {
      spec,
      state: "stopped",
      hooks: [],
      inline: undefined,
      isolated: undefined,
      calls: 0,
      rejections: 0,
      faults: 0,
      fault: undefined,
      restartsAtMs: [],
    };
    this.#entries.set(spec.name, entry);
    try {
      await this.#run(entry);
    } catch (error) {
      this.#entries.delete(spec.name);
      throw error;
    }
  }

  /** Starts one that was stopped or is faulty; does nothing when it runs. Throws `interceptor-missing`, `interceptor-invalid`. */
  async start(name: string): Promise<void> {
    const entry = this.#get(name);
    if (entry.state === "running") return;
    entry.restartsAtMs.length = 0;
    await this.#run(entry);
  }

  /** Stops one: its hooks are not called any more. Throws `interceptor-missing`. */
  async stop(name: string): Promise<void> {
    const entry = this.#get(name);
    entry.state = "stopped";
    this.#relink();
    entry.inline?.stop?.();
    entry.inline = undefined;
    await entry.isolated?.stop();
    entry.isolated = undefined;
  }

  /** Stops one and starts it again, its module read anew. Throws `interceptor-missing`, `interceptor-invalid`. */
  async reload(name: string): Promise<void> {
    await this.stop(name);
    await this.start(name);
  }

  /** Stops one and forgets it. */
  async unload(name: string): Promise<void> {
    await this.stop(name);
    this.#entries.delete(name);
  }

  /** All of them, in calling order. */
  list(): readonly InterceptorStatus[] {
    return [...this.#entries.values()].map(({ calls, fault, faults, hooks, rejections, spec, state }) => ({
      name: spec.name,
      state,
      isolated: spec.module !== undefined,
      hooks,
      calls,
      rejections,
      faults,
      ...(fault === undefined ? {} : { fault }),
    }));
  }

  /** Stops all. */
  async close(): Promise<void> {
    for (const name of this.#entries.keys()) await this.stop(name);
  }

  /** Whether a running interceptor has a hook. */
  has(hook: Hook): boolean {
    return this.#chains[hook].length > 0;
  }

  /** Whether `run` answers a hook at once. */
  isSynchronous(hook: Hook): boolean {
    return this.#chains[hook].every((entry) => entry.isolated === undefined);
  }

  /** Runs a hook of all interceptors that have it. Synchronous unless one of them is isolated. */
  run<Name extends Hook>(hook: Name, event: HookEvents[Name]): ChainOutcome | Promise<ChainOutcome> {
    const chain = this.#chains[hook];
    if (chain.length === 0) return undefined;
    let current = event;
    let changed: Uint8Array | undefined;
    for (let at = 0; at < chain.length; at += 1) {
      const entry = chain[at];
      if (entry === undefined || entry.state !== "running") continue;
      if (entry.isolated !== undefined) return this.#runRest(hook, current, { chain, at, changed });
      const outcome = judge(entry, hook, this.#callInline(entry, hook, current));
      if (outcome === undefined) continue;
      if ("reject" in outcome) return outcome;
      changed = outcome.batch;
      current = { ...current, batch: outcome.batch };
    }
    return changed === undefined ? undefined : { batch: changed };
  }

  async #runRest<Name extends Hook>(
    hook: Name,
    event: HookEvents[Name],
    from: { readonly chain: readonly Entry[]; readonly at: number; readonly changed: Uint8Array | undefined },
  ): Promise<ChainOutcome> {
    let current = event;
    let { changed } = from;
    for (const entry of from.chain.slice(from.at)) {
      if (entry.state !== "running") continue;
      const verdict =
        entry.isolated === undefined
          ? this.#callInline(entry, hook, current)
          : await this.#callIsolated(entry, entry.isolated, { hook, event: current });
      const outcome = judge(entry, hook, verdict);
      if (outcome === undefined) continue;
      if ("reject" in outcome) return outcome;
      changed = outcome.batch;
      current = { ...current, batch: outcome.batch };
    }
    return changed === undefined ? undefined : { batch: changed };
  }

  #callInline<Name extends Hook>(entry: Entry, hook: Name, event: HookEvents[Name]): unknown {
    entry.calls += 1;
    try {
      // The hook takes the event of its own name.
      return (entry.inline?.[hook] as ((event: HookEvents[Name]) => Verdict) | undefined)?.(event);
    } catch (error) {
      this.#fail(entry, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      return undefined;
    }
  }

  async #callIsolated<Name extends Hook>(
    entry: Entry,
    process: IsolatedProcess,
    call: { readonly hook: Name; readonly event: HookEvents[Name] },
  ): Promise<unknown> {
    entry.calls += 1;
    const outcome = await process.call(call.hook, call.event);
    if ("verdict" in outcome) return outcome.verdict;
    // The end of a process is counted once, not by every call that waited for it.
    if (entry.isolated === process) entry.faults += 1;
    entry.fault = outcome.fault;
    return undefined;
  }

  async #run(entry: Entry): Promise<void> {
    const { interceptor, memoryMiB, module, settings = {}, timeoutMs } = entry.spec;
    if (interceptor !== undefined) {
      interceptor.start?.(settings);
      entry.inline = interceptor;
      entry.hooks = HOOKS.filter((hook) => interceptor[hook] !== undefined);
    } else if (module !== undefined) {
      const process = await IsolatedProcess.start({
        module,
        settings,
        timeoutMs: timeoutMs ?? TIMEOUT_MS_DEFAULT,
        memoryMiB: memoryMiB ?? MEMORY_MIB_DEFAULT,
        onFault: (reason) => void this.#replace(entry, reason),
      });
      entry.isolated = process;
      entry.hooks = process.hooks;
    }
    entry.state = "running";
    entry.fault = undefined;
    this.#relink();
  }

  /** A process is gone: starts another unless that was done too often. Until it runs the interceptor is stepped over. */
  async #replace(entry: Entry, reason: string): Promise<void> {
    this.#fail(entry, reason);
    entry.isolated = undefined;
    const nowMs = this.#clock.monotonicMs();
    const recent = entry.restartsAtMs.filter((atMs) => nowMs - atMs < RESTARTS_WINDOW_MS);
    entry.restartsAtMs.splice(0, entry.restartsAtMs.length, ...recent);
    if (recent.length >= RESTARTS_MAX) return;
    entry.restartsAtMs.push(nowMs);
    try {
      await this.#run(entry);
      // What it did stays visible though it runs again.
      entry.fault = reason;
    } catch (error) {
      entry.fault = error instanceof Error ? error.message : reason;
    }
  }

  #fail(entry: Entry, reason: string): void {
    entry.faults += 1;
    entry.fault = reason;
    entry.state = "faulty";
    this.#relink();
  }

  #get(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw interceptorErrors("interceptor-missing", { details: { name } });
    return entry;
  }

  #relink(): void {
    const running = [...this.#entries.values()].filter((entry) => entry.state === "running");
    const having = (hook: Hook): readonly Entry[] => running.filter((entry) => entry.hooks.includes(hook));
    this.#chains = { onAppend: having("onAppend"), onFetch: having("onFetch"), onCommit: having("onCommit") };
  }
}

/** What a hook's answer means; whatever else it may be, it is not a reason to stop. */
function judge(entry: Entry, hook: Hook, verdict: unknown): ChainOutcome {
  if (typeof verdict !== "object" || verdict === null) return undefined;
  if ("reject" in verdict && typeof verdict.reject === "string") {
    entry.rejections += 1;
    return { reject: verdict.reject, by: entry.spec.name };
  }
  if (hook === "onAppend" && "batch" in verdict && verdict.batch instanceof Uint8Array) return { batch: verdict.batch };
  return undefined;
}
