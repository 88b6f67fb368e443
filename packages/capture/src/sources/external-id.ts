/**
 * Stable external ids for records that have none of their own.
 *
 * The same record has the same id in every later export, as long as its own words and minute are the same. Records that are
 * equal in everything within one minute are told apart by their ordinal.
 */
import { hash } from "node:crypto";

/** How many ids one generation holds. */
const GENERATION_MAX = 20_000;

/** A short hash of parts: 22 letters of base64url (132 bits of SHA-256). */
export function hashParts(...parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "base64url").slice(0, 22);
}

/** Numbers equal records. Remembers the last 20,000 ids at least, so equal records further apart than that may share an id. */
export class OrdinalCounter {
  // Two generations instead of one queue: taking the oldest key of a large map again and again is slow.
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** The id itself for the first of its kind, then `id.1`, `id.2`… */
  next(id: string): string {
    const seen = this.#recent.get(id) ?? this.#older.get(id) ?? 0;
    if (this.#recent.size >= GENERATION_MAX) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(id, seen + 1);
    return seen === 0 ? id : `${id}.${seen}`;
  }
}
