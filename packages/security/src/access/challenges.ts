/**
 * Challenges for what is proved once: made without keeping anything, good once, for five minutes, for what they were made for.
 *
 *     16 bytes by chance | 6 bytes until when, monotonic ms | 32 bytes HMAC-SHA-256 of those and of what it is for
 *
 * Guarantees: nobody but this process makes one; asking for many costs no memory, so nobody's challenge is pushed out by others'; one that
 * was given back is spent whatever came of it. A restart voids all.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

import type { Clock, RandomSource } from "@kaelix/base";

/** How long a challenge is good, ms. */
export const CHALLENGE_MS = 5 * 60_000;

const CHANCE_BYTES = 16;
const TIME_BYTES = 6;
const HEAD_BYTES = CHANCE_BYTES + TIME_BYTES;
const BYTES = HEAD_BYTES + 32;
const SPENT_MAX = 100_000;

/** Makes challenges and takes them back. */
export class Challenges {
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #key: KeyObject;
  /** Those that came back and are not yet too old, by when they are. */
  readonly #spent = new Map<string, number>();

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock;
    this.#random = random;
    this.#key = createSecretKey(random.bytes(32));
  }

  /** A challenge for one purpose; what it is for is said as `purpose`, exactly as `take` will be told. */
  make(purpose: string): Uint8Array<ArrayBuffer> {
    const head = Buffer.alloc(HEAD_BYTES);
    head.set(this.#random.bytes(CHANCE_BYTES));
    head.writeUIntBE(Math.floor(this.#clock.monotonicMs()) + CHALLENGE_MS, CHANCE_BYTES, TIME_BYTES);
    const challenge = new Uint8Array(BYTES);
    challenge.set(head);
    challenge.set(this.#seal(head, purpose), HEAD_BYTES);
    return challenge;
  }

  /** True once for a challenge of ours that is still good and was made for this; from then on it is spent. */
  take(challenge: Uint8Array, purpose: string): boolean {
    if (challenge.length !== BYTES) return false;
    const head = Buffer.from(challenge.subarray(0, HEAD_BYTES));
    if (!timingSafeEqual(this.#seal(head, purpose), challenge.subarray(HEAD_BYTES))) return false;
    const nowMs = this.#clock.monotonicMs();
    const untilMs = head.readUIntBE(CHANCE_BYTES, TIME_BYTES);
    const name = head.toString("base64url");
    if (untilMs <= nowMs || this.#spent.has(name)) return false;
    for (const [old, oldUntilMs] of this.#spent) if (oldUntilMs <= nowMs) this.#spent.delete(old);
    // Forgetting one that is spent would make it good again.
    if (this.#spent.size >= SPENT_MAX) return false;
    this.#spent.set(name, untilMs);
    return true;
  }

  #seal(head: Uint8Array, purpose: string): Buffer {
    return createHmac("sha256", this.#key).update(head).update(purpose).digest();
  }
}
