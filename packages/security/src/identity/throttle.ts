/**
 * Slows down guessing: after a few failures of one name every further one doubles the wait.
 *
 * Guarantees: an attempt counts before its answer is known, so a hundred at once get no hundred guesses; memory is bounded, the names
 * that failed longest ago go first. In memory only: a restart forgets, and every process counts alone.
 */
import { isIPv6 } from "node:net";

/** How quickly waiting grows. */
interface ThrottleOptions {
  /** Failures without any wait. */
  readonly free: number;
  /** Names remembered. */
  readonly namesMax: number;
}

interface Tally {
  failures: number;
  /** Monotonic ms. */
  blockedUntilMs: number;
  lastMs: number;
}

const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 15 * 60_000;
const FORGET_MS = 60 * 60_000;

/** Failures by name. Times are monotonic milliseconds given by the caller. */
export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Names remembered now. */
  get size(): number {
    return this.#tallies.size;
  }

  /** How long the name must still wait, ms; 0 when it may try. */
  waitMs(name: string, nowMs: number): number {
    return Math.max(0, (this.#tallies.get(name)?.blockedUntilMs ?? 0) - nowMs);
  }

  /** Counts an attempt as a failure until `succeed` or `takeBack` says otherwise. */
  attempt(name: string, nowMs: number): void {
    const known = this.#tallies.get(name);
    const tally =
      known === undefined || nowMs - known.lastMs > FORGET_MS ? { failures: 0, blockedUntilMs: 0, lastMs: 0 } : known;
    tally.failures++;
    tally.lastMs = nowMs;
    const over = tally.failures - this.#options.free;
    if (over >= 0) tally.blockedUntilMs = nowMs + Math.min(FIRST_WAIT_MS * 2 ** over, WAIT_MS_MAX);
    this.#tallies.delete(name);
    this.#tallies.set(name, tally);
    if (this.#tallies.size <= this.#options.namesMax) return;
    for (const oldest of this.#tallies.keys()) {
      this.#tallies.delete(oldest);
      return;
    }
  }

  /** The attempt was right: the name starts anew. */
  succeed(name: string): void {
    this.#tallies.delete(name);
  }

  /** The attempt was no failure, but earlier ones stay counted. */
  takeBack(name: string): void {
    const tally = this.#tallies.get(name);
    if (tally === undefined) return;
    tally.failures--;
    if (tally.failures <= 0) this.#tallies.delete(name);
    else if (tally.failures < this.#options.free) tally.blockedUntilMs = 0;
  }
}

/** The part of a client's address that one customer owns: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function addressName(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "").replace(/%[^]*$/, "");
  if (!isIPv6(bare)) return bare.slice(0, 64);
  const [head = "", tail] = bare.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...after];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
