/**
 * Codes that are sent to somebody: six digits, for ten minutes, five tries, good once.
 *
 * Guarantees: kept as a keyed hash, never as they are; a new one for the same purpose ends the older; what was tried five times is gone.
 * In memory only: a restart voids them all. Memory is bounded: when all places are taken no more are made.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

import type { Clock, RandomSource } from "@kaelix/base";

/** How long a code is good, ms. */
export const MAIL_CODE_MS = 10 * 60_000;

const TRIES = 5;
const KEPT_MAX = 20_000;
const CODES = 1_000_000;
/** The largest multiple of a million below 2^32: numbers above it would favour some codes. */
const FAIR_BELOW = 4_294_000_000;

interface Kept {
  readonly hash: Buffer;
  readonly untilMs: number;
  triesLeft: number;
}

/** The codes that were sent and not yet used. */
export class MailCodes {
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #key: KeyObject;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock;
    this.#random = random;
    this.#key = createSecretKey(random.bytes(32));
  }

  /** A new code for a purpose; undefined when all places are taken. */
  make(purpose: string): string | undefined {
    const nowMs = this.#clock.monotonicMs();
    // Oldest first: those that are too old stand at the head.
    for (const [old, { untilMs }] of this.#kept) {
      if (untilMs > nowMs) break;
      this.#kept.delete(old);
    }
    this.#kept.delete(purpose);
    if (this.#kept.size >= KEPT_MAX) return undefined;
    const code = this.#chance();
    this.#kept.set(purpose, { hash: this.#hash(purpose, code), untilMs: nowMs + MAIL_CODE_MS, triesLeft: TRIES });
    return code;
  }

  /** True when that is the code of the purpose; it stays good until `spend`. Each call is a try. */
  check(purpose: string, typed: string): boolean {
    const kept = this.#kept.get(purpose);
    if (kept === undefined) return false;
    kept.triesLeft--;
    const isRight =
      kept.untilMs > this.#clock.monotonicMs() &&
      timingSafeEqual(this.#hash(purpose, typed.replaceAll(/[\s-]/g, "")), kept.hash);
    if (kept.triesLeft <= 0 && !isRight) this.#kept.delete(purpose);
    return isRight && kept.triesLeft >= 0;
  }

  /** Ends the code of a purpose. */
  spend(purpose: string): void {
    this.#kept.delete(purpose);
  }

  #chance(): string {
    for (;;) {
      const number = Buffer.from(this.#random.bytes(4)).readUInt32BE();
      if (number < FAIR_BELOW) return String(number % CODES).padStart(6, "0");
    }
  }

  #hash(purpose: string, code: string): Buffer {
    return createHmac("sha256", this.#key)
      .update(JSON.stringify([purpose, code]))
      .digest();
  }
}
