/**
 * Starts and stops the services of the house in order, and says how far the start is.
 *
 * Guarantees: a service starts after those it depends on; when one fails, those already started are stopped in reverse order and
 * the failure is thrown; `stop` runs once, in reverse order, and lets every service drain even when another fails to.
 * Does not: restart services, or run them in other processes.
 */
import { assert, type Clock } from "@kaelix/base";

/** Where a service stands; what a progress bar needs. */
export interface ServiceStep {
  readonly name: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** 0 to 1. */
  readonly progress: number;
  readonly detail: string | null;
  readonly tookMs: number | null;
}

/** Says how far a service's start is: a share from 0 to 1 and a word or two. */
export type ReportProgress = (progress: number, detail?: string) => void;

/** One part of the house. */
export interface Service {
  /** A word for people: "log", "database", "search". */
  readonly name: string;
  /** Names of services that must have started. They must be registered before. */
  readonly dependsOn: readonly string[];
  start(report: ReportProgress): Promise<void>;
  /** Finishes what is in flight and lets go of files and sockets. */
  stop(): Promise<void>;
}

/** The registry and life cycle of services (C1, C2). */
export class LifeCycle {
  readonly #clock: Clock;
  readonly #onChange: (steps: readonly ServiceStep[]) => void;
  readonly #services: Service[] = [];
  readonly #steps = new Map<string, ServiceStep>();
  readonly #started: Service[] = [];
  #stopping: Promise<readonly Error[]> | undefined;

  constructor(clock: Clock, onChange: (steps: readonly ServiceStep[]) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Adds a service after those it depends on. */
  register(service: Service): void {
    for (const name of service.dependsOn)
      assert(this.#steps.has(name), `Service ${service.name} needs ${name} registered before`);
    assert(!this.#steps.has(service.name), `Service ${service.name} is registered twice`);
    this.#services.push(service);
    this.#steps.set(service.name, { name: service.name, state: "waiting", progress: 0, detail: null, tookMs: null });
  }

  /** Every service with its state, in order of registration. */
  steps(): readonly ServiceStep[] {
    return [...this.#steps.values()];
  }

  /** True when every service has started. */
  isReady(): boolean {
    return this.#started.length === this.#services.length && this.#stopping === undefined;
  }

  /** Starts all, one after the other. On failure stops what had started and throws the failure. */
  async start(): Promise<void> {
    for (const service of this.#services) {
      if (this.#stopping !== undefined) return;
      const beganMs = this.#clock.monotonicMs();
      this.#change(service.name, { state: "running" });
      try {
        await service.start((progress, detail) => this.#change(service.name, { progress, detail: detail ?? null }));
      } catch (failure) {
        this.#change(service.name, { state: "failed", tookMs: this.#clock.monotonicMs() - beganMs });
        await this.stop();
        throw failure;
      }
      this.#started.push(service);
      this.#change(service.name, {
        state: "done",
        progress: 1,
        detail: null,
        tookMs: this.#clock.monotonicMs() - beganMs,
      });
    }
  }

  /** Stops what had started, newest first. Answers with the failures met on the way. */
  stop(): Promise<readonly Error[]> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const service of this.#started.toReversed()) {
      try {
        await service.stop();
      } catch (failure) {
        failures.push(failure instanceof Error ? failure : new Error(String(failure)));
      }
    }
    return failures;
  }

  #change(name: string, change: Partial<ServiceStep>): void {
    const step = this.#steps.get(name);
    assert(step !== undefined, `Service ${name} is not registered`);
    this.#steps.set(name, { ...step, ...change });
    this.#onChange(this.steps());
  }
}
