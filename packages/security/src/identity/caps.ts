/**
 * How often something may be done within an hour, by name. Memory is bounded: when too many names are known, new ones are refused until
 * some are an hour old. In memory only, as with all counting of tries.
 */
const HOUR_MS = 3_600_000;
const NAMES_MAX = 50_000;

/** Counts by name. Times are monotonic ms given by the caller. */
export class Caps {
  readonly #perHour: number;
  readonly #times = new Map<string, readonly number[]>();

  constructor(perHour: number) {
    this.#perHour = perHour;
  }

  /** True when it may be done once more; that counts. */
  take(name: string, nowMs: number): boolean {
    const recent = (this.#times.get(name) ?? []).filter((time) => time > nowMs - HOUR_MS);
    if (recent.length >= this.#perHour) return false;
    this.#times.delete(name);
    for (const [old, times] of this.#times) {
      if ((times.at(-1) ?? 0) > nowMs - HOUR_MS) break;
      this.#times.delete(old);
    }
    if (this.#times.size >= NAMES_MAX) return false;
    this.#times.set(name, [...recent, nowMs]);
    return true;
  }
}
