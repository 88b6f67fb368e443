/**
 * One client's connection: frames in, requests served, responses out in the order of the requests.
 *
 *     socket ─► FrameReader ─► header ─► decode ─► handle ─► slot ─► encode ─► one writev per turn of the event loop
 *                  ▲                                                    │
 *                  └── reading stops while too much is in flight ◄──────┘
 *
 * Guarantees: a request begins only after the one before it has been answered or has done everything whose order counts (`overlaps`);
 * responses keep the order of requests; what one connection holds in memory is bounded, and what all hold together is (`ByteBudget`);
 * a client that goes away cancels what waits for it. Bytes that are no request close the connection.
 * Does not: know any API but ApiVersions, whose versions are answered in a form every client understands.
 */
import type { Socket } from "node:net";

import { isKaelixError } from "@kaelix/base";
import { KAFKA_ERRORS, WireReader, WireWriter } from "@kaelix/protocol";

import { AnswerWriter } from "./answer-writer.ts";
import type { KafkaPrincipal } from "./api.ts";
import type { TableEntry } from "./api-table.ts";
import { ANONYMOUS, type ConnectionAuthentication } from "./authentication.ts";
import type { BrokerCore } from "./broker-core.ts";
import { clientError } from "./errors.ts";
import { FrameReader } from "./frame-reader.ts";
import { receive } from "./receive-buffer.ts";
import { parseRequestHeader, type RequestHeader } from "./request-header.ts";
import { type Slot, SlotContext, SlotQueue } from "./slot.ts";

const API_VERSIONS_KEY = 18;
const SASL_HANDSHAKE_KEY = 17;
const SASL_AUTHENTICATE_KEY = 36;
/** Half of the shortest header. */
const FRAME_BYTES_MIN = 8;

/** What a listener tells a connection. */
export interface ConnectionOptions {
  readonly socket: Socket;
  readonly core: BrokerCore;
  readonly listener: string;
  readonly authentication: ConnectionAuthentication;
  /** What the socket is read into; shared with others. */
  readonly received: Buffer;
  readonly closed: (connection: Connection) => void;
}

/** Serves one socket; see the top of the file. */
export class Connection {
  readonly listener: string;
  readonly clientHost: string;
  readonly #socket: Socket;
  readonly #core: BrokerCore;
  readonly #authentication: ConnectionAuthentication;
  readonly #reader: FrameReader;
  readonly #writer: AnswerWriter;
  readonly #onClosed: (connection: Connection) => void;
  #abort: AbortController | undefined;
  readonly #slots = new SlotQueue();
  #serialRunning = false;
  #closed = false;
  #draining = false;
  #paused = false;
  #pumping = false;
  /** Taken from the budget for bytes that are not a whole request yet. */
  #readBytesHeld = 0;
  #leaveQueue: (() => void) | undefined;
  #muteTimer: NodeJS.Timeout | undefined;
  #muteUntilMs = 0;
  #frameBytesHeld = 0;
  #lastDataMs: number;
  /** When the oldest bytes came that are no whole request yet. */
  #frameSinceMs = 0;
  #drained: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    const { socket, core } = options;
    this.#socket = socket;
    this.#core = core;
    this.listener = options.listener;
    this.clientHost = socket.remoteAddress ?? "";
    this.#authentication = options.authentication;
    this.#onClosed = options.closed;
    this.#writer = new AnswerWriter(socket, core);
    this.#reader = new FrameReader({ frameBytesMin: FRAME_BYTES_MIN, frameBytesMax: core.limits.frameBytesMax });
    this.#lastDataMs = core.clock.monotonicMs();
    socket.setNoDelay(true);
    socket.on("drain", () => this.#onDrain());
    // "close" follows, and is where everything ends.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#onClose());
    receive(socket, options.received, (chunk) => this.#onData(chunk));
  }

  /** Aborts when the connection is gone or the broker closes. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#closed || this.#draining) this.#abort.abort();
    return this.#abort.signal;
  }

  /** Reads nothing for a while, as quotas ask. The longest while counts: an answer may be followed by one that asks for less. */
  mute(ms: number): void {
    if (ms <= 0 || this.#closed) return;
    const untilMs = this.#core.clock.monotonicMs() + ms;
    if (this.#muteTimer !== undefined && untilMs <= this.#muteUntilMs) return;
    this.#muteUntilMs = untilMs;
    clearTimeout(this.#muteTimer);
    this.#muteTimer = setTimeout(() => {
      this.#muteTimer = undefined;
      this.#pump();
    }, ms);
    this.#updateReading();
  }

  /**
   * Closes the connection when it is idle. Called about once a second.
   * @returns true when it holds memory and has not got on for `stallMs`
   */
  sweep(nowMs: number): boolean {
    this.#writer.account();
    const { limits, metrics } = this.#core;
    const idleMs = limits.idleMs();
    const quiet = this.#slots.size === 0 && this.#writer.heldBytes === 0;
    if (idleMs > 0 && quiet && nowMs - this.#lastDataMs > idleMs) {
      metrics.connections.idle += 1;
      this.#socket.destroy();
      return false;
    }
    // Also when it is not read from because there is no room: nobody can know whether it would get on.
    const sinceMs = this.#writer.heldBytes > 0 ? this.#writer.lastProgressMs : this.#frameSinceMs;
    const holds = this.#writer.heldBytes > 0 || (this.#readBytesHeld > 0 && this.#slots.size === 0);
    return holds && nowMs - sinceMs > limits.stallMs;
  }

  /** Bytes it still needs to finish what it began. */
  get missingBytes(): number {
    return this.#reader.missingBytes + this.#writer.heldBytes;
  }

  /** Bytes of half requests and of answers the client has not taken. */
  get heldBytes(): number {
    return this.#readBytesHeld + this.#writer.heldBytes;
  }

  /** Begins no other request, answers those that run, and ends. */
  async drain(): Promise<void> {
    if (this.#closed) return;
    this.#draining = true;
    this.#abort?.abort();
    if (this.#slots.size > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    if (!this.#closed) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#lastDataMs = this.#core.clock.monotonicMs();
    this.#reader.push(chunk);
    this.#pump();
    this.#reader.settle();
  }

  #onDrain(): void {
    this.#writer.account();
    this.#pump();
  }

  #onClose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leaveQueue?.();
    clearTimeout(this.#muteTimer);
    const { budget } = this.#core;
    this.#writer.close();
    budget.give(this.#frameBytesHeld + this.#readBytesHeld);
    budget.endFavour(this);
    this.#frameBytesHeld = 0;
    this.#readBytesHeld = 0;
    this.#abort?.abort();
    this.#authentication.closed?.();
    this.#drained?.();
    this.#onClosed(this);
  }

  #mustWait(): boolean {
    const { limits, budget } = this.#core;
    const busy = this.#slots.size > 0 || this.#writer.heldBytes > 0;
    return (
      this.#serialRunning ||
      this.#draining ||
      this.#muteTimer !== undefined ||
      this.#slots.size >= limits.requestsMax ||
      this.#socket.writableLength > limits.writeBytesMax ||
      // Who holds nothing yet may ask: answers that need much memory wait for it by themselves.
      (busy && budget.spent)
    );
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (!this.#closed && !this.#mustWait()) {
      const next = this.#reader.next();
      if (next.type === "incomplete") break;
      if (next.type === "frame") this.#onFrame(next.bytes);
      else this.#malformed();
    }
    this.#pumping = false;
    if (this.#closed) return;
    this.#accountReads();
    this.#updateReading();
  }

  #accountReads(): void {
    const held = this.#reader.heldBytes;
    const change = held - this.#readBytesHeld;
    if (change === 0) return;
    if (this.#readBytesHeld === 0) this.#frameSinceMs = this.#lastDataMs;
    this.#readBytesHeld = held;
    if (change > 0) this.#core.budget.take(change);
    else this.#core.budget.give(-change);
  }

  /** Reads on unless the next request must wait and enough lies ready, or a large one finds no memory. */
  #updateReading(): void {
    const { budget, limits } = this.#core;
    const mustWait = this.#mustWait();
    const large = this.#readBytesHeld > limits.freeFrameBytes;
    const noRoom = budget.spent && large && !mustWait && !budget.favours(this);
    if (!budget.spent || !large) budget.endFavour(this);
    if (budget.spent && (noRoom || mustWait)) {
      this.#leaveQueue ??= budget.whenFree(() => {
        this.#leaveQueue = undefined;
        this.#pump();
      });
    }
    const ahead = mustWait && this.#readBytesHeld > limits.aheadBytesMax;
    const pause = noRoom || ahead || this.#muteTimer !== undefined;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }

  #malformed(): void {
    this.#core.metrics.connections.malformed += 1;
    this.#socket.destroy();
    // The socket says so later, and what came in the same packet must not be served any more.
    this.#onClose();
  }

  #onFrame(frame: Buffer): void {
    this.#frameSinceMs = this.#lastDataMs;
    this.#core.budget.take(frame.length);
    this.#frameBytesHeld += frame.length;
    const raw = this.#authentication.rawFrame?.();
    if (raw !== undefined) {
      this.#serveRaw(frame, raw);
      return;
    }
    const header = parseRequestHeader(frame, this.#core.table);
    if (header === undefined) {
      this.#malformed();
      return;
    }
    const { entry } = header;
    const supported = entry !== undefined && header.version >= entry.versionMin && header.version <= entry.versionMax;
    if (supported) this.#serve(entry, header, frame);
    else if (header.key === API_VERSIONS_KEY) this.#refuseApiVersions(header, frame.length);
    else this.#malformed();
  }

  #serveRaw(frame: Buffer, answer: (frame: Uint8Array) => Promise<Uint8Array | undefined>): void {
    const header: RequestHeader = {
      entry: undefined,
      key: SASL_AUTHENTICATE_KEY,
      version: 0,
      correlationId: 0,
      clientId: null,
      bodyAt: 0,
    };
    const slot = this.#open(header, frame.length, undefined);
    this.#serialRunning = true;
    void answer(Buffer.from(frame))
      .catch(() => undefined)
      .then((bytes) => {
        slot.raw = bytes;
        if (bytes === undefined) this.#socket.destroy();
        return this.#finish(slot, undefined);
      });
  }

  /** Who asks, when it may ask this. */
  #principalFor(key: number): KafkaPrincipal | undefined {
    const principal = this.#authentication.principal();
    const open = key === API_VERSIONS_KEY || key === SASL_HANDSHAKE_KEY || key === SASL_AUTHENTICATE_KEY;
    if (open) return principal ?? ANONYMOUS;
    const expiresAtMs = this.#authentication.expiresAtMs?.();
    return expiresAtMs !== undefined && this.#core.clock.monotonicMs() > expiresAtMs ? undefined : principal;
  }

  #open(header: RequestHeader, frameBytes: number, request: unknown, principal?: KafkaPrincipal): Slot {
    const context = new SlotContext(header, principal ?? ANONYMOUS, this);
    const { entry } = header;
    const slot: Slot = {
      entry,
      header,
      request,
      context,
      counters: this.#core.metrics.request(header.key),
      frameBytes,
      startedMs: this.#core.clock.monotonicMs(),
      serial: entry?.api.overlaps?.(request, context) !== true,
      busyMs: undefined,
      done: false,
      response: undefined,
      raw: undefined,
    };
    this.#slots.push(slot);
    return slot;
  }

  #serve(entry: TableEntry, header: RequestHeader, frame: Buffer): void {
    const principal = this.#principalFor(header.key);
    if (principal === undefined) {
      this.#malformed();
      return;
    }
    const beganMs = this.#core.clock.monotonicMs();
    let request: unknown;
    try {
      const body = frame.subarray(header.bodyAt);
      const reader = new WireReader(entry.api.borrows === true ? body : Buffer.from(body));
      request = entry.api.decodeRequest(reader, header.version);
    } catch (error) {
      if (!isKaelixError(error)) this.#core.report(error);
      this.#malformed();
      return;
    }
    const slot = this.#open(header, frame.length, request, principal);
    let result: object | undefined | Promise<object | undefined>;
    try {
      const sasl = header.key === SASL_HANDSHAKE_KEY || header.key === SASL_AUTHENTICATE_KEY;
      const own = sasl ? this.#authentication.handle : undefined;
      result =
        own === undefined
          ? entry.api.handle(request, slot.context)
          : (own(header.key, request, slot.context) as object | Promise<object>);
    } catch (error) {
      this.#fail(slot, error);
      return;
    }
    if (!(result instanceof Promise)) this.#finish(slot, result);
    else {
      this.#serialRunning = slot.serial;
      slot.busyMs = this.#core.clock.monotonicMs() - beganMs;
      result.then(
        (response) => this.#finish(slot, response),
        (error: unknown) => this.#fail(slot, error),
      );
    }
  }

  #fail(slot: Slot, error: unknown): void {
    slot.counters.errors += 1;
    const { code, message } = clientError(error);
    if (!isKaelixError(error)) this.#core.report(error);
    if (this.#closed) return;
    if (isKaelixError(error, "broker-connection-unusable")) {
      this.#socket.destroy();
      return;
    }
    try {
      this.#finish(slot, slot.entry?.api.failed(slot.request, code, message));
    } catch (another) {
      this.#core.report(another);
      this.#socket.destroy();
    }
  }

  /** Version 0 of the answer, which every client reads, saying which versions there are. */
  #refuseApiVersions(header: RequestHeader, frameBytes: number): void {
    const slot = this.#open({ ...header, entry: undefined }, frameBytes, undefined);
    const writer = new WireWriter();
    writer.int32(header.correlationId);
    writer.int16(KAFKA_ERRORS.UNSUPPORTED_VERSION);
    writer.int32(1);
    writer.int16(API_VERSIONS_KEY);
    const entry = this.#core.table.get(API_VERSIONS_KEY);
    writer.int16(entry?.advertisedMin ?? 0);
    writer.int16(entry?.versionMax ?? 0);
    slot.raw = writer.toBytes();
    this.#finish(slot, undefined);
  }

  #finish(slot: Slot, response: object | undefined): void {
    if (slot.serial) this.#serialRunning = false;
    slot.done = true;
    slot.response = response;
    if (this.#closed) return;
    this.#frameBytesHeld -= slot.frameBytes;
    this.#core.budget.give(slot.frameBytes);
    try {
      this.#writeDone();
    } catch (error) {
      // A response that cannot be encoded is ours; the client can only be told by losing the connection.
      this.#core.report(error);
      this.#socket.destroy();
      return;
    }
    if (!this.#pumping) this.#pump();
    if (this.#slots.size === 0) this.#drained?.();
  }

  #writeDone(): void {
    for (let slot = this.#slots.takeDone(); slot !== undefined; slot = this.#slots.takeDone()) {
      this.mute(this.#writer.write(slot));
    }
  }
}
