/**
 * How often something may be done within an hour or another span, by name. Memory is bounded: when too many names are known, new ones are refused until
 * some are that old. In memory only, as with all counting of tries.
 */
const HOUR_MS = 3_600_000;
const NAMES_MAX = 50_000;

/** Counts by name. Times are monotonic ms given by the caller. */
export class Caps {
  readonly #most: number;
  readonly #spanMs: number;
  readonly #times = new Map<string, readonly number[]>();

  constructor(most: number, spanMs = HOUR_MS) {
    this.#most = most;
    this.#spanMs = spanMs;
  }

  /** True when it may be done once more; that counts. */
  take(name: string, nowMs: number): boolean {
    const recent = (this.#times.get(name) ?? []).filter((time) => time > nowMs - this.#spanMs);
    if (recent.length >= this.#most) return false;
    this.#times.delete(name);
    for (const [old, times] of this.#times) {
      if ((times.at(-1) ?? 0) > nowMs - this.#spanMs) break;
      this.#times.delete(old);
    }
    if (this.#times.size >= NAMES_MAX) return false;
    this.#times.set(name, [...recent, nowMs]);
    return true;
  }
}
