/**
 * Answers: encoded, charged to quotas, counted and handed to the socket.
 */
import type { Socket } from "node:net";

import { WireWriter } from "@kaelix/protocol";

import type { BrokerCore } from "./broker-core.ts";
import { countLatency } from "./metrics.ts";
import type { Slot } from "./slot.ts";
import { requestChannel } from "./traces.ts";

const PRODUCE_KEY = 0;
const FETCH_KEY = 1;

/** Writes one connection's answers. */
export class AnswerWriter {
  readonly #socket: Socket;
  readonly #core: BrokerCore;
  #corked = false;
  #closed = false;
  #heldBytes = 0;
  #lastProgressMs: number;

  constructor(socket: Socket, core: BrokerCore) {
    this.#socket = socket;
    this.#core = core;
    this.#lastProgressMs = core.clock.monotonicMs();
  }

  /** Bytes the client has not taken yet, as the budget knows them. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** When the client last took something, monotonic ms. */
  get lastProgressMs(): number {
    return this.#lastProgressMs;
  }

  /** Gives back what is held. Nothing is written after. */
  close(): void {
    this.#closed = true;
    this.#core.budget.give(this.#heldBytes);
    this.#heldBytes = 0;
  }

  /** Writes the answer of a request; returns for how long its client must keep still, ms. */
  write(slot: Slot): number {
    const { counters, entry, frameBytes, header, raw, response } = slot;
    const latencyMs = this.#core.clock.monotonicMs() - slot.startedMs;
    const limited = this.#core.quotas.active;
    let throttleMs = limited ? this.#charge(slot, latencyMs) : 0;
    let responseBytes = 0;
    if (raw !== undefined) responseBytes = this.#send([sizeOf(raw), raw]);
    else if (response !== undefined && entry !== undefined) {
      const writer = new WireWriter();
      writer.beginFrame();
      writer.int32(header.correlationId);
      if (entry.flexibleHeader && header.version >= entry.flexibleSince) writer.uvarint(0);
      const bodyAt = writer.size;
      if (limited) {
        // Every response that has this field declares it; the others ignore it.
        const throttled = response as { throttleTimeMs?: number };
        throttleMs = Math.max(throttleMs, throttled.throttleTimeMs ?? 0);
        throttled.throttleTimeMs = throttleMs;
      }
      entry.api.encodeResponse(writer, header.version, response);
      const chunks = writer.endFrame();
      if (limited && header.key === FETCH_KEY) {
        throttleMs = Math.max(throttleMs, this.#chargeFetch(slot, writer.size));
        // The throttle time is the first field of every Fetch response; only now is known how many bytes there are.
        const [first] = chunks;
        if (first !== undefined) new DataView(first.buffer, first.byteOffset).setInt32(bodyAt, throttleMs);
      }
      responseBytes = this.#send(chunks, slot.context.sent);
    }
    if (throttleMs > 0) {
      const { connections } = this.#core.metrics;
      connections.throttled += 1;
      connections.throttledMs += throttleMs;
    }
    counters.requests += 1;
    counters.requestBytes += frameBytes;
    counters.responseBytes += responseBytes;
    countLatency(counters, latencyMs);
    if (requestChannel.hasSubscribers) {
      const { context } = slot;
      requestChannel.publish({
        apiKey: header.key,
        version: header.version,
        latencyMs,
        requestBytes: frameBytes,
        responseBytes,
        context,
      });
    }
    return throttleMs;
  }

  /** Charges the quotas for a request; returns for how long its client must keep still. */
  #charge(slot: Slot, latencyMs: number): number {
    const { context, frameBytes, header } = slot;
    const subject = { user: context.principal.name, clientId: header.clientId ?? "" };
    // What waits, for records, the disk or other members, costs no time of ours.
    const busyMs = slot.busyMs === undefined ? latencyMs : slot.busyMs + context.workedMs;
    const forTime = this.#core.quotas.charge("request_percentage", subject, busyMs);
    if (header.key !== PRODUCE_KEY) return forTime;
    return Math.max(forTime, this.#core.quotas.charge("producer_byte_rate", subject, frameBytes));
  }

  #chargeFetch({ context, header }: Slot, responseBytes: number): number {
    const subject = { user: context.principal.name, clientId: header.clientId ?? "" };
    return this.#core.quotas.charge("consumer_byte_rate", subject, responseBytes);
  }

  /** Hands bytes to the socket; everything of one turn of the event loop leaves in one call. */
  #send(chunks: readonly Uint8Array[], sent?: () => void): number {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      // After all promises that settled together have been answered.
      process.nextTick(() => this.#uncork());
    }
    let bytes = 0;
    const last = chunks.length - 1;
    for (const [at, chunk] of chunks.entries()) {
      if (at === last && sent !== undefined) this.#socket.write(chunk, (error) => void (error ?? sent()));
      else this.#socket.write(chunk);
      bytes += chunk.length;
    }
    return bytes;
  }

  #uncork(): void {
    this.#corked = false;
    this.#socket.uncork();
    this.account();
  }

  /** Brings the budget up to date with what the client has not taken yet. */
  account(): void {
    if (this.#closed) return;
    const held = this.#socket.writableLength;
    const change = held - this.#heldBytes;
    if (change === 0) return;
    // What has just begun to be held has not stood still yet.
    if (this.#heldBytes === 0) this.#lastProgressMs = this.#core.clock.monotonicMs();
    this.#heldBytes = held;
    if (change > 0) this.#core.budget.take(change);
    else {
      this.#lastProgressMs = this.#core.clock.monotonicMs();
      this.#core.budget.give(-change);
    }
  }
}

function sizeOf(frame: Uint8Array): Uint8Array {
  const size = Buffer.allocUnsafe(4);
  size.writeInt32BE(frame.length);
  return size;
}
