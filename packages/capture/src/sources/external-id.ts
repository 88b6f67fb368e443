/**
 * Stable external ids for records that have none of their own.
 *
 * The same record has the same id in every later export, as long as its own words and minute are the same. Records that are
 * equal in everything within one minute are told apart by their ordinal.
 */
import { hash } from "node:crypto";

/** How many recent ids are remembered to number equal records. */
const RECENT_MAX = 100_000;

/** A short hash of parts: 22 letters of base64url (132 bits of SHA-256). */
export function hashParts(...parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "base64url").slice(0, 22);
}

/** Numbers equal records. Remembers the last 100,000 ids, so equal records further apart than that share an id. */
export class OrdinalCounter {
  readonly #recent = new Map<string, number>();

  /** The id itself for the first of its kind, then `id.1`, `id.2`… */
  next(id: string): string {
    const seen = this.#recent.get(id) ?? 0;
    if (seen === 0 && this.#recent.size >= RECENT_MAX) {
      const oldest = this.#recent.keys().next();
      if (oldest.done !== true) this.#recent.delete(oldest.value);
    }
    this.#recent.set(id, seen + 1);
    return seen === 0 ? id : `${id}.${seen}`;
  }
}
