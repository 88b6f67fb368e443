/**
 * Local time in a zone ↔ instant.
 *
 * In a gap (clocks go forward) the time is moved forward by the gap; in an overlap (clocks go back) the earlier instant is
 * taken, unless that would go against the order of the records. Both as Temporal's "compatible" does. Offsets are asked of
 * the platform once per day and kept.
 */
const DAY_MS = 86_400_000;
const OFFSETS_KEPT_MAX = 50_000;

/** Converts local times of one zone, named as IANA does. */
export class ZoneConverter {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError when the platform knows no such zone */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      calendar: "gregory",
      numberingSystem: "latn",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /**
   * The instant of a local time.
   * @param localMs the local fields as if they were UTC, epoch ms
   * @param notBeforeMs the instant of the record before, to choose within an overlap
   */
  toInstant(localMs: number, notBeforeMs = Number.NEGATIVE_INFINITY): number {
    // No zone is further than a day from UTC, and none changes twice within two days.
    const before = this.#dayOffset(Math.floor(localMs / DAY_MS) - 1);
    const after = this.#dayOffset(Math.floor(localMs / DAY_MS) + 2);
    if (before === after) return localMs - before;
    const early = localMs - before;
    const late = localMs - after;
    const isEarly = this.offsetAt(early) === before;
    const isLate = this.offsetAt(late) === after;
    if (isEarly && isLate) return Math.min(early, late) < notBeforeMs ? Math.max(early, late) : Math.min(early, late);
    if (isEarly) return early;
    return isLate ? late : early;
  }

  /** An instant as the clock on the wall shows it: the local fields as if they were UTC, epoch ms. */
  toLocal(atMs: number): number {
    const day = Math.floor(atMs / DAY_MS);
    const before = this.#dayOffset(day);
    // No zone changes its offset twice within two days.
    return atMs + (before === this.#dayOffset(day + 1) ? before : this.offsetAt(atMs));
  }

  /** Local minus UTC at an instant, ms. */
  offsetAt(atMs: number): number {
    const parts = { era: "", year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of this.#format.formatToParts(atMs)) {
      if (type === "era") parts.era = value;
      else if (type in parts) Object.assign(parts, { [type]: Number(value) });
    }
    const year = parts.era.startsWith("B") ? 1 - parts.year : parts.year;
    const local = Date.UTC(year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    return local - Math.floor(atMs / 1000) * 1000;
  }

  #dayOffset(day: number): number {
    const known = this.#offsets.get(day);
    if (known !== undefined) return known;
    if (this.#offsets.size >= OFFSETS_KEPT_MAX) this.#offsets.clear();
    const offset = this.offsetAt(day * DAY_MS);
    this.#offsets.set(day, offset);
    return offset;
  }
}

/** The zone this process runs in; what is suggested when nobody said one. */
export function systemZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
