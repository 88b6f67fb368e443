/**
 * Interceptors: code of others on the way of records in (append), out (fetch) and of offsets (commit).
 *
 * A module exports `interceptor`:
 *
 * @example
 * import type { Interceptor } from "@kaelix/streamer";
 * export const interceptor: Interceptor = {
 *   onAppend: ({ topic, recordCount }) => (topic === "small" && recordCount > 10 ? { reject: "At most ten records" } : undefined),
 * };
 */

/** A batch on its way into a partition. */
export interface AppendEvent {
  readonly topic: string;
  readonly partition: number;
  /** One record batch v2 as the producer sent it. Not to be changed in place. */
  readonly batch: Uint8Array;
  readonly recordCount: number;
}

/** Batches on their way to a consumer. */
export interface FetchEvent {
  readonly topic: string;
  readonly partition: number;
  /** The first offset asked for. */
  readonly offset: number;
  readonly bytes: number;
}

/** An offset on its way into a group. */
export interface CommitEvent {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Undefined: go on. `reject`: refuse, with a sentence for the client. `batch` (on append only): go on with this batch instead. */
export type Verdict = undefined | { readonly reject: string } | { readonly batch: Uint8Array };

/** What a module may do. Each hook is optional and synchronous; an isolated one may also take its time, up to the time limit. */
export interface Interceptor {
  /** Called once before any hook, with the settings it was loaded with. */
  readonly start?: (settings: Readonly<Record<string, string>>) => void;
  readonly onAppend?: (event: AppendEvent) => Verdict;
  readonly onFetch?: (event: FetchEvent) => Verdict;
  readonly onCommit?: (event: CommitEvent) => Verdict;
  /** Called once after the last hook. */
  readonly stop?: () => void;
}

/** The hooks by name, with their events. */
export interface HookEvents {
  readonly onAppend: AppendEvent;
  readonly onFetch: FetchEvent;
  readonly onCommit: CommitEvent;
}

/** The name of a hook. */
export type Hook = keyof HookEvents;

/** All hooks. */
export const HOOKS: readonly Hook[] = ["onAppend", "onFetch", "onCommit"];

/** How an interceptor is loaded. */
export interface InterceptorSpec {
  /** Its name in status, metrics and errors; unique. */
  readonly name: string;
  /** Path or file URL of its module. Needed unless `interceptor` is given. */
  readonly module?: string;
  /** The interceptor itself, for code of this very process: runs in it, unbounded and trusted. */
  readonly interceptor?: Interceptor;
  readonly settings?: Readonly<Record<string, string>>;
  /** Ms a hook of a module may take; default 100. */
  readonly timeoutMs?: number;
  /** MiB of heap a module may use; default 64. */
  readonly memoryMiB?: number;
}

/** Where an interceptor is in its life. */
export type InterceptorState = "running" | "stopped" | "faulty";

/** An interceptor as it stands. */
export interface InterceptorStatus {
  readonly name: string;
  readonly state: InterceptorState;
  readonly isolated: boolean;
  readonly hooks: readonly Hook[];
  readonly calls: number;
  readonly rejections: number;
  readonly faults: number;
  /** Why it is faulty; undefined when it is not. */
  readonly fault?: string | undefined;
}
