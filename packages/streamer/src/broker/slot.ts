/** A request on its way from its frame to its answer. */
import type { KafkaPrincipal, RequestContext } from "./api.ts";
import type { TableEntry } from "./api-table.ts";
import type { RequestCounters } from "./metrics.ts";
import type { RequestHeader } from "./request-header.ts";

/** A request whose answer has not been written yet. */
export interface Slot {
  readonly entry: TableEntry | undefined;
  readonly header: RequestHeader;
  readonly request: unknown;
  readonly context: SlotContext;
  readonly counters: RequestCounters;
  readonly frameBytes: number;
  readonly startedMs: number;
  /** The connection waits for this answer before it begins another request. */
  readonly serial: boolean;
  /** What its handler did before it gave a promise, ms; undefined when it gave none and so never waited. */
  busyMs: number | undefined;
  done: boolean;
  /** Undefined when nothing is sent. */
  response: object | undefined;
  raw: Uint8Array | undefined;
}

/** What a context asks of its connection. */
export interface ContextSource {
  readonly clientHost: string;
  readonly listener: string;
  readonly signal: AbortSignal;
}

/** What surrounds a request; asks the connection for what is the same for all of its requests. */
export class SlotContext implements RequestContext {
  readonly version: number;
  readonly clientId: string | null;
  readonly principal: KafkaPrincipal;
  readonly #connection: ContextSource;
  #workedMs = 0;
  #sent: (() => void) | undefined;

  constructor(header: RequestHeader, principal: KafkaPrincipal, connection: ContextSource) {
    this.version = header.version;
    this.clientId = header.clientId;
    this.principal = principal;
    this.#connection = connection;
  }

  get clientHost(): string {
    return this.#connection.clientHost;
  }

  get listener(): string {
    return this.#connection.listener;
  }

  get signal(): AbortSignal {
    return this.#connection.signal;
  }

  /** What was told by `worked`. */
  get workedMs(): number {
    return this.#workedMs;
  }

  worked(ms: number): void {
    this.#workedMs += ms;
  }

  /** What waits for the answer to have left. */
  get sent(): (() => void) | undefined {
    return this.#sent;
  }

  onSent(listener: () => void): void {
    const before = this.#sent;
    this.#sent =
      before === undefined
        ? listener
        : () => {
            before();
            listener();
          };
  }
}

/** Requests in the order they came, of which the first ones may be answered. */
export class SlotQueue {
  #slots: Slot[] = [];
  #first = 0;

  get size(): number {
    return this.#slots.length - this.#first;
  }

  push(slot: Slot): void {
    this.#slots.push(slot);
  }

  /** Takes the oldest request when it is done. */
  takeDone(): Slot | undefined {
    const slot = this.#slots[this.#first];
    if (slot?.done !== true) return undefined;
    this.#first += 1;
    if (this.#first === this.#slots.length) {
      this.#slots = [];
      this.#first = 0;
    } else if (this.#first > COMPACT_AT) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
    return slot;
  }
}

const COMPACT_AT = 256;
