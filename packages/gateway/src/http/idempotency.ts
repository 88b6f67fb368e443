/**
 * Answers kept under `Idempotency-Key`, so that a request sent twice is done once.
 *
 * Guarantees: while an answer is kept, the same key of the same user with the same request gets it again, and with another request
 * gets `idempotency-mismatch`; two at a time never both run. Only successes are kept: after a failure the key is free again.
 * Does not: survive a restart, or reach other processes; kept in memory for 24 hours at most, fewer when more than `entriesMax`
 * answers or `bytesMax` bytes are newer. What must be told once for ever has an `external_id`.
 */
import type { Level } from "@kaelix/model";

/** An answer as it was sent. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The level of what the body shows. */
  readonly level: Level;
  /** How far the session that got it was open. */
  readonly ceiling: Level;
}

/** What a key comes to. `run`: do it, then call `keep` or `release` exactly once. */
type KeyOutcome =
  | { readonly type: "run"; keep(answer: KeptAnswer): void; release(): void }
  | { readonly type: "replay"; readonly answer: KeptAnswer }
  | { readonly type: "in-flight" | "mismatch" };

interface Entry {
  readonly fingerprint: string;
  readonly startedAtMs: number;
  answer: KeptAnswer | undefined;
}

const KEEP_MS = 24 * 3_600 * 1_000;

/** The kept answers of all users. */
export class IdempotencyKeys {
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: { readonly entriesMax: number; readonly bytesMax: number }) {
    this.#entriesMax = options.entriesMax;
    this.#bytesMax = options.bytesMax;
  }

  /** Looks a key up, or takes it. `fingerprint` stands for the whole request; `nowMs` is monotonic. */
  begin(scopedKey: string, fingerprint: string, nowMs: number): KeyOutcome {
    const known = this.#entries.get(scopedKey);
    if (known !== undefined && nowMs - known.startedAtMs < KEEP_MS) {
      if (known.fingerprint !== fingerprint) return { type: "mismatch" };
      return known.answer === undefined ? { type: "in-flight" } : { type: "replay", answer: known.answer };
    }
    if (known !== undefined) this.#drop(scopedKey, known);
    const entry: Entry = { fingerprint, startedAtMs: nowMs, answer: undefined };
    this.#entries.set(scopedKey, entry);
    return {
      type: "run",
      keep: (answer) => this.#keep(scopedKey, entry, answer),
      release: () => this.#drop(scopedKey, entry),
    };
  }

  /** Bytes of bodies held now. */
  get bytes(): number {
    return this.#bytes;
  }

  #keep(key: string, entry: Entry, answer: KeptAnswer): void {
    if (this.#entries.get(key) !== entry) return;
    entry.answer = answer;
    this.#bytes += answer.body.length;
    for (const [oldKey, old] of this.#entries) {
      if (this.#entries.size <= this.#entriesMax && this.#bytes <= this.#bytesMax) break;
      // What is in flight holds its key until it is done.
      if (old.answer !== undefined) this.#drop(oldKey, old);
    }
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) !== entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.answer?.body.length ?? 0;
  }
}
