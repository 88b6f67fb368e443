/**
 * Checks an audit log from its first record: every checkpoint in it, and those that were kept elsewhere.
 *
 * Found: any entry before the last checkpoint that was changed, deleted, added or moved; a log cut off before a checkpoint that was kept
 * elsewhere; a log that was written anew. Not found: what was done to entries after the last checkpoint, and a log cut off behind a
 * checkpoint that nobody has kept: that is why checkpoints are shown and sent away.
 */
import type { Log } from "@kaelix/log";
import { decodeEvent, TOPICS } from "@kaelix/model";

import type { AuditKey } from "./audit-keys.ts";
import { type OpenCheckpoint, openCheckpoint } from "./checkpoint.ts";
import { hashLeaf, MerkleTree } from "./merkle.ts";

/** What was found. The log is as it was signed when `problems` is empty. */
export interface AuditReport {
  readonly entries: number;
  readonly checkpoints: number;
  /** Entries after the last checkpoint, which nothing vouches for yet. */
  readonly unsigned: number;
  readonly root: string;
  /** At most 100. */
  readonly problems: readonly string[];
}

const PROBLEMS_MAX = 100;

/** Takes records of topic `audit` one after the other, in order. */
export class AuditVerifier {
  #keys: readonly AuditKey[];
  readonly #tree = new MerkleTree();
  readonly #problems: string[] = [];
  #checkpoints = 0;
  #signed = 0;
  /** Number of the key of the last good checkpoint. */
  #signedBy = 0;
  #signedUntilMs = 0;

  /** @param keys the keys of the log, from the first on */
  constructor(keys: readonly AuditKey[]) {
    this.#keys = keys;
  }

  /** Takes the keys as they are after a renewal. */
  trust(keys: readonly AuditKey[]): void {
    this.#keys = keys;
  }

  /** The tree of all entries so far. */
  get tree(): MerkleTree {
    return this.#tree;
  }

  /** Size of the last good checkpoint. */
  get signed(): number {
    return this.#signed;
  }

  /** The latest time of a good checkpoint, epoch ms; 0 before one. */
  get signedUntilMs(): number {
    return this.#signedUntilMs;
  }

  get isIntact(): boolean {
    return this.#problems.length === 0;
  }

  /** The next record's value; says what it is. */
  take(value: Uint8Array | null): "entry" | "checkpoint" | "unreadable" {
    const decoded = value === null ? undefined : decodeEvent(value);
    const type = decoded?.type === "event" ? decoded.event.type : undefined;
    if (value !== null && type === "audit.entry") {
      this.#tree.append(hashLeaf(value));
      return "entry";
    }
    if (decoded?.type === "event" && decoded.event.type === "audit.checkpoint") {
      this.#takeCheckpoint(decoded.event.note);
      return "checkpoint";
    }
    this.problem(`A record after entry ${this.#tree.size} is neither an entry nor a checkpoint`);
    return "unreadable";
  }

  /** Notes something that is wrong. */
  problem(text: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(text);
  }

  /** The report, after the last record. `kept`: checkpoints that were kept elsewhere. */
  report(kept: readonly string[] = []): AuditReport {
    for (const note of kept) this.#compare(openCheckpoint(note, this.#keys), "A checkpoint kept elsewhere");
    const { size } = this.#tree;
    return {
      entries: size,
      checkpoints: this.#checkpoints,
      unsigned: size - this.#signed,
      root: this.#tree.root().toString("base64"),
      problems: [...this.#problems],
    };
  }

  #takeCheckpoint(note: string): void {
    this.#checkpoints++;
    const found = openCheckpoint(note, this.#keys);
    if (!this.#compare(found, `Checkpoint ${this.#checkpoints}`) || found === undefined) return;
    // Whoever got hold of a key that was retired since could sign with times of then.
    if (found.key < this.#signedBy) {
      this.problem(`Checkpoint ${this.#checkpoints} is signed by a key that was retired before it`);
      return;
    }
    this.#signedBy = found.key;
    this.#signedUntilMs = Math.max(this.#signedUntilMs, found.atMs ?? 0);
    // Entries of another process may stand between a checkpoint and those it speaks of; it never speaks of fewer than the one before.
    if (found.size >= this.#signed) this.#signed = found.size;
    else
      this.problem(
        `Checkpoint ${this.#checkpoints} speaks of ${found.size} entries, the one before of ${this.#signed}`,
      );
  }

  #compare(found: OpenCheckpoint | undefined, name: string): boolean {
    if (found === undefined) this.problem(`${name} is not signed by a key that this log had at its time`);
    else if (found.size > this.#tree.size) {
      this.problem(`${name} speaks of ${found.size} entries, and there are ${this.#tree.size}: the log was cut off`);
    } else if (!this.#tree.root(found.size).equals(found.root)) {
      this.problem(
        `${name} of ${found.size} entries does not fit them: one of them was changed, deleted, added or moved`,
      );
    } else return true;
    return false;
  }
}

/** Reads topic `audit` to its end and checks it. `kept`: checkpoints that were kept elsewhere. Throws errors of the log. */
export async function verifyAudit(
  log: Log,
  keys: readonly AuditKey[],
  kept: readonly string[] = [],
): Promise<AuditReport> {
  const verifier = new AuditVerifier(keys);
  const { name } = TOPICS.audit;
  const { startOffset, endOffset } = await log.bounds(name, 0);
  for (let offset = startOffset; offset < endOffset;) {
    const batch = await log.read(name, 0, offset);
    for (const record of batch.records) if (record.offset >= offset) verifier.take(record.value);
    for (const range of batch.damaged)
      verifier.problem(`Offsets ${range.firstOffset} to ${range.nextOffset - 1} are damaged`);
    if (batch.nextOffset === offset) break;
    offset = batch.nextOffset;
  }
  return verifier.report(kept);
}
