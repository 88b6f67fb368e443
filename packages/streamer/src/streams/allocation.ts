/**
 * Memory for streams under one bound.
 *
 *     bound ├── granted to a: used ███ spare ░░ ──┤├── granted to b ──┤├── free ──────┤
 *
 * A stream takes memory for what it has in flight and gives it back. Its grant grows by doubling while it asks for more and shrinks by half
 * at each `tick` in which it did not use it. When nothing is free, spare memory of other streams is taken back; when there is none, the
 * request waits and with it whoever feeds the stream: that is the back-pressure. Waiting streams are served fairly by priority.
 *
 * Guarantees: granted ≤ bound at all times; used ≤ granted; nothing is dropped; a waiting request is served after a finite amount of
 * memory was given back, whatever its size.
 * Does not: allocate buffers. It counts; the buffers are the caller's.
 */
import { assert } from "@kaelix/base";

import { streamErrors } from "./errors.ts";
import { FairSchedule } from "./fair-schedule.ts";

const GRANT_BYTES_MIN = 4096;

/** Bounds of the manager. */
export interface AllocationSettings {
  /** Bytes all streams together may hold. */
  readonly bytesMax: number;
  /** Bytes one stream may hold. */
  readonly streamBytesMax: number;
}

/** How the memory stands. */
export interface AllocationMetrics {
  readonly bytesMax: number;
  readonly grantedBytes: number;
  readonly usedBytes: number;
  /** Most that was granted at once. */
  readonly grantedBytesPeak: number;
  /** Streams that hold a grant. */
  readonly streams: number;
  /** Requests that wait for memory now. */
  readonly waiting: number;
  /** Requests that ever had to wait. */
  readonly waitedTotal: number;
  readonly growthsTotal: number;
  readonly shrinksTotal: number;
}

interface Grant {
  granted: number;
  used: number;
  /** Most used since the last tick. */
  peak: number;
}

interface Request {
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Grants memory to streams; see the top of the file. */
export class StreamingAllocationManager {
  readonly #settings: AllocationSettings;
  readonly #grants = new Map<number, Grant>();
  #sweep = this.#grants.entries();
  readonly #waiting = new Map<number, Request[]>();
  readonly #order = new FairSchedule(GRANT_BYTES_MIN);
  /** The stream whose turn it is and whose request did not fit yet: nobody overtakes it. */
  #head: { readonly slot: number; readonly priority: number } | undefined;
  /** Streams whose request waits for memory of their own, by priority: they hold nobody else up. */
  readonly #parked = new Map<number, number>();
  #granted = 0;
  #used = 0;
  #peak = 0;
  #waitingCount = 0;
  #waited = 0;
  #growths = 0;
  #shrinks = 0;
  #closed = false;

  constructor(settings: AllocationSettings) {
    assert(settings.streamBytesMax >= GRANT_BYTES_MIN, "A stream may hold at least 4 KiB");
    assert(settings.bytesMax >= settings.streamBytesMax, "All streams may hold at least what one may");
    this.#settings = settings;
  }

  /** Takes memory for a stream at once when there is some and nobody waits; says whether it did. */
  tryTake(slot: number, bytes: number): boolean {
    if (this.#closed || this.#head !== undefined || this.#order.length > 0 || this.#parked.has(slot)) return false;
    return this.#grantOnto(slot, bytes);
  }

  /**
   * Takes memory for a stream, waiting until there is some.
   * @throws `stream-record-too-large` when it can never be had, `streams-closed`
   */
  take(slot: number, bytes: number, priority: number): Promise<void> {
    if (this.#closed) return Promise.reject(streamErrors("streams-closed"));
    const { streamBytesMax } = this.#settings;
    if (bytes > streamBytesMax) {
      const message = `Cannot take memory for a record: it has ${bytes} bytes, must have at most ${streamBytesMax}`;
      return Promise.reject(streamErrors("stream-record-too-large", { message, details: { bytes, streamBytesMax } }));
    }
    if (this.tryTake(slot, bytes)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(slot);
      if (queue === undefined) this.#waiting.set(slot, [{ bytes, resolve, reject }]);
      else queue.push({ bytes, resolve, reject });
      this.#waitingCount += 1;
      this.#waited += 1;
      if (this.#head?.slot !== slot && !this.#parked.has(slot)) this.#order.add(slot, priority);
      this.#serve();
    });
  }

  /** Gives memory of a stream back. */
  give(slot: number, bytes: number): void {
    const grant = this.#grants.get(slot);
    assert(grant !== undefined && grant.used >= bytes, "A stream gives back what it took");
    grant.used -= bytes;
    this.#used -= bytes;
    const parkedPriority = this.#parked.get(slot);
    if (parkedPriority !== undefined) {
      this.#parked.delete(slot);
      this.#order.add(slot, parkedPriority);
    }
    if (this.#waitingCount > 0) this.#serve();
  }

  /** Lets go of a stream's grant as far as nothing of it is in use. */
  release(slot: number): void {
    const grant = this.#grants.get(slot);
    if (grant === undefined) return;
    this.#shrink(slot, grant, grant.used);
    if (this.#waitingCount > 0) this.#serve();
  }

  /** Shrinks the grants that were not needed since the last tick. Call it about once a second. */
  tick(): void {
    for (const [slot, grant] of this.#grants) {
      if (grant.peak * 2 <= grant.granted) this.#shrink(slot, grant, Math.max(grant.used, grant.granted >> 1));
      grant.peak = grant.used;
    }
    if (this.#waitingCount > 0) this.#serve();
  }

  /** How the memory stands now. */
  metrics(): AllocationMetrics {
    return {
      bytesMax: this.#settings.bytesMax,
      grantedBytes: this.#granted,
      usedBytes: this.#used,
      grantedBytesPeak: this.#peak,
      streams: this.#grants.size,
      waiting: this.#waitingCount,
      waitedTotal: this.#waited,
      growthsTotal: this.#growths,
      shrinksTotal: this.#shrinks,
    };
  }

  /** Refuses whoever waits. */
  close(): void {
    this.#closed = true;
    for (const requests of this.#waiting.values()) {
      for (const request of requests) request.reject(streamErrors("streams-closed"));
    }
    this.#waiting.clear();
    this.#parked.clear();
    this.#waitingCount = 0;
  }

  /** Serves waiting requests in their order, stopping at the first that does not fit. */
  #serve(): void {
    for (;;) {
      this.#head ??= this.#order.next();
      const head = this.#head;
      if (head === undefined) return;
      const requests = this.#waiting.get(head.slot);
      const request = requests?.[0];
      if (requests !== undefined && request !== undefined) {
        if ((this.#grants.get(head.slot)?.used ?? 0) + request.bytes > this.#settings.streamBytesMax) {
          this.#parked.set(head.slot, head.priority);
          this.#head = undefined;
          continue;
        }
        if (!this.#grantOnto(head.slot, request.bytes)) return;
        requests.shift();
        this.#waitingCount -= 1;
        this.#order.spent(head.priority, request.bytes);
        request.resolve();
      }
      this.#head = undefined;
      if (requests === undefined) continue;
      if (requests.length > 0) this.#order.add(head.slot, head.priority);
      else this.#waiting.delete(head.slot);
    }
  }

  #grantOnto(slot: number, bytes: number): boolean {
    const grant = this.#grants.get(slot);
    const used = (grant?.used ?? 0) + bytes;
    if (used > this.#settings.streamBytesMax) return false;
    const granted = grant?.granted ?? 0;
    if (used > granted && !this.#makeRoom(used - granted, slot)) return false;
    const holder = grant ?? { granted: 0, used: 0, peak: 0 };
    if (grant === undefined) this.#grants.set(slot, holder);
    if (used > granted) this.#grow(holder, used);
    holder.used = used;
    if (used > holder.peak) holder.peak = used;
    this.#used += bytes;
    return true;
  }

  /** Doubles a grant, or as much of that as is free, but at least to what is needed. */
  #grow(grant: Grant, needed: number): void {
    const free = this.#settings.bytesMax - this.#granted;
    const wished = Math.min(Math.max(needed, grant.granted * 2, GRANT_BYTES_MIN), this.#settings.streamBytesMax);
    const granted = Math.max(needed, Math.min(wished, grant.granted + free));
    this.#granted += granted - grant.granted;
    grant.granted = granted;
    this.#growths += 1;
    if (this.#granted > this.#peak) this.#peak = this.#granted;
  }

  /** Sees to it that so many bytes are free, taking back what others hold and do not use. */
  #makeRoom(bytes: number, slot: number): boolean {
    const { bytesMax } = this.#settings;
    // Everything that is not in use is spare: when that does not suffice nothing will, and no grant need be looked at.
    if (bytesMax - this.#used < bytes) return false;
    // Goes on where it stopped: every grant is looked at once before any is looked at again.
    for (let looked = 0; bytesMax - this.#granted < bytes && looked <= this.#grants.size * 2; looked += 1) {
      let next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = this.#grants.entries();
        next = this.#sweep.next();
        if (next.done === true) break;
      }
      const [other, grant] = next.value;
      if (other !== slot) this.#shrink(other, grant, grant.used);
    }
    return bytesMax - this.#granted >= bytes;
  }

  #shrink(slot: number, grant: Grant, granted: number): void {
    if (granted >= grant.granted) return;
    this.#granted -= grant.granted - granted;
    grant.granted = granted;
    this.#shrinks += 1;
    if (granted === 0) this.#grants.delete(slot);
  }
}
