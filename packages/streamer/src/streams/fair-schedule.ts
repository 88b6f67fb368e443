/**
 * Which stream is served next: weighted deficit round robin over priorities, round robin inside one.
 *
 *     priority 0 ──► [a b c]  weight 8      each priority in turn gets its weight × quantum of bytes to spend;
 *     priority 1 ──► [d]      weight 7      a stream that was served goes to the back of its queue
 *     …                                     (M. Shreedhar, G. Varghese: Efficient Fair Queuing Using Deficit Round Robin, 1995)
 *
 * Guarantees: a stream with work waits for at most one quantum of every other stream of its priority and eight rounds of the others: a hot
 * stream and a high priority get more, nobody gets nothing. All calls are O(1).
 * Does not: know what the work is.
 */
import { assert } from "@kaelix/base";

/** Priorities are 0 (most) to 7 (least). */
export const PRIORITIES = 8;

/** One priority's waiting slots: a ring that grows. */
class SlotQueue {
  #slots = new Int32Array(16);
  #first = 0;
  length = 0;

  push(slot: number): void {
    if (this.length === this.#slots.length) this.#grow();
    this.#slots[(this.#first + this.length) & (this.#slots.length - 1)] = slot;
    this.length += 1;
  }

  shift(): number {
    const slot = this.#slots[this.#first] ?? -1;
    this.#first = (this.#first + 1) & (this.#slots.length - 1);
    this.length -= 1;
    return slot;
  }

  #grow(): void {
    const larger = new Int32Array(this.#slots.length * 2);
    for (let at = 0; at < this.length; at += 1) {
      larger[at] = this.#slots[(this.#first + at) & (this.#slots.length - 1)] ?? 0;
    }
    this.#slots = larger;
    this.#first = 0;
  }
}

/** The order of service. A slot stands in it at most once. */
export class FairSchedule {
  readonly #queues = Array.from({ length: PRIORITIES }, () => new SlotQueue());
  readonly #deficits = new Float64Array(PRIORITIES);
  readonly #quantumBytes: number;
  #waiting = new Uint8Array(1024);
  #turn = 0;
  #fresh = true;
  #length = 0;

  /** @param quantumBytes what a stream may be given in one turn, about */
  constructor(quantumBytes: number) {
    assert(quantumBytes >= 1, "A quantum is at least one byte");
    this.#quantumBytes = quantumBytes;
  }

  /** Streams that wait. */
  get length(): number {
    return this.#length;
  }

  get quantumBytes(): number {
    return this.#quantumBytes;
  }

  /** Puts a stream with work at the end of its priority's queue; does nothing when it stands there. */
  add(slot: number, priority: number): void {
    if (slot >= this.#waiting.length) {
      const larger = new Uint8Array(Math.max(this.#waiting.length * 2, slot + 1));
      larger.set(this.#waiting);
      this.#waiting = larger;
    }
    if (this.#waiting[slot] === 1) return;
    this.#waiting[slot] = 1;
    this.#queueOf(priority).push(slot);
    this.#length += 1;
  }

  /** Takes the stream to serve now; undefined when none waits. Tell `spent` what it was given. */
  next(): { readonly slot: number; readonly priority: number } | undefined {
    if (this.#length === 0) return undefined;
    for (;;) {
      const priority = this.#turn;
      const queue = this.#queueOf(priority);
      if (this.#fresh && queue.length > 0) {
        this.#deficits[priority] = (this.#deficits[priority] ?? 0) + (PRIORITIES - priority) * this.#quantumBytes;
        this.#fresh = false;
      }
      if (queue.length > 0 && (this.#deficits[priority] ?? 0) > 0) {
        const slot = queue.shift();
        this.#waiting[slot] = 0;
        this.#length -= 1;
        return { slot, priority };
      }
      // Credit is not saved up while there is nothing to do; debt of a large record is.
      if (queue.length === 0) this.#deficits[priority] = Math.min(0, this.#deficits[priority] ?? 0);
      this.#turn = (priority + 1) % PRIORITIES;
      this.#fresh = true;
    }
  }

  /** Charges what a stream of a priority was given, bytes. */
  spent(priority: number, bytes: number): void {
    this.#deficits[priority] = (this.#deficits[priority] ?? 0) - bytes;
  }

  #queueOf(priority: number): SlotQueue {
    const queue = this.#queues[priority];
    assert(queue !== undefined, "A priority is 0 to 7");
    return queue;
  }
}
