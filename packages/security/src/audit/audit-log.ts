/**
 * The audit log: who did, tried or saw what, on topic `audit`, hashed into a Merkle tree whose head is signed again and again.
 *
 * Guarantees: what concerns level 3 or 4 is durable before it is done, and is not done when it cannot be written (`guard`); entries are
 * hashed in the order of the log; a log that does not fit its own checkpoints at start is reported and signed no more.
 * It does not: hold up levels 1 and 2 (their entries wait in a bounded queue while the log refuses; how many were lost is an entry of its
 * own), keep content, tokens or codes, or prove anything of entries after the last checkpoint: every 1,000 entries or a minute.
 * Memory: 72 bytes per entry.
 */
import type { KeyObject } from "node:crypto";

import { type Clock, encodeText, systemClock } from "@kaelix/base";
import type { Log } from "@kaelix/log";
import {
  type AuditCheckpoint,
  type AuditEntry,
  type AuditEvent,
  DEFAULT_TENANT,
  decodeEvent,
  encodeEvent,
  type ErasureState,
  EVENT_VERSION,
  type Level,
  LEVEL_INDEXED_MAX,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { Keystore } from "../keys/keystore.ts";
import { SYSTEM_USER } from "../keys/keystore-types.ts";
import type { Subject } from "../policy/subjects.ts";
import { type AuditKey, openAuditKeys } from "./audit-keys.ts";
import { AuditVerifier } from "./audit-verifier.ts";
import { signReceipt } from "../erasure/receipt.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { NoteSigner } from "./signed-note.ts";

/** Something to be written down. */
export interface AuditNote {
  readonly subject: Subject | "system";
  /** Whom it concerns when the system did it; without it the entry is of those who run the house. */
  readonly tenant?: TenantId;
  /** Name of an action, or of a thing that happened (`identity.login`). */
  readonly action: string;
  /** Id of what it was done to. */
  readonly resource?: string;
  readonly level?: Level;
  readonly decision: "allow" | "deny";
  /** Word of a closed list. */
  readonly reason: string;
  /** Sealed under the person's key: goes with it. */
  readonly origin?: { readonly address: string; readonly client: string };
}

/** An entry and its place. */
export interface AuditRecord {
  readonly index: number;
  readonly entry: AuditEntry;
}

/** What shows that an entry stands in the log: the bytes, the path (base64) and the checkpoint it leads to. */
export interface AuditProof {
  readonly index: number;
  readonly entry: string;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

/** How the log is. */
export interface AuditStatus {
  readonly entries: number;
  readonly unsigned: number;
  /** Waiting to be written; lost because too many waited. */
  readonly waiting: number;
  readonly lost: number;
  /** False when the log does not fit its checkpoints: nothing more is signed. */
  readonly isIntact: boolean;
  /** The last checkpoint; undefined before the first. */
  readonly checkpoint: string | undefined;
  /** The key that signs now: 32 bytes, base64url. */
  readonly publicKey: string;
  /** The notes by which all keys of the log vouch for each other, from the first on: see `openAuditKeys`. */
  readonly vouched: readonly string[];
  /** The same, opened. */
  readonly keys: readonly AuditKey[];
}

/** What an audit log is made of. */
export interface AuditOptions {
  readonly log: Log;
  readonly keystore: Keystore;
  readonly clock?: Clock;
  /** Told of a log that does not fit its checkpoints, and of entries that cannot be written. */
  readonly onProblem?: (problem: string) => void;
  /** Told of every new checkpoint, for showing it and sending it away. */
  readonly onCheckpoint?: (note: string) => void;
}

const TOPIC = TOPICS.audit.name;
const PARTITION = 0;
const CHECKPOINT_ENTRIES = 1_000;
const CHECKPOINT_MS = 60_000;
const BATCH_MAX = 500;
const WAITING_MAX = 10_000;
const SCANNED_MAX = 5_000;

interface StoredRecord extends AuditRecord {
  readonly bytes: Uint8Array;
}

/** What is signed with now. */
interface SigningAudit {
  readonly secret: KeyObject;
  readonly signer: NoteSigner;
  readonly vouched: readonly string[];
  readonly keys: readonly AuditKey[];
  readonly fromMs: number;
}

interface Waiting {
  readonly event: AuditEvent;
  readonly done: (() => void) | undefined;
  readonly failed: ((error: unknown) => void) | undefined;
}

/** Reads the log to its end, checks it, and is ready to write. Throws errors of the log. */
export async function openAuditLog(options: AuditOptions): Promise<AuditLog> {
  await options.log.createTopic(TOPICS.audit);
  const audit = new AuditLog(options);
  await audit.start();
  return audit;
}

/** The audit log. Made by `openAuditLog`. */
export class AuditLog {
  readonly #options: AuditOptions;
  readonly #clock: Clock;
  #signing: SigningAudit | undefined;
  readonly #verifier = new AuditVerifier([]);
  /** Offset of each entry. */
  readonly #offsets: number[] = [];
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextOffset = 0;
  #lost = 0;
  #lostWritten = 0;
  #checkpoint: string | undefined;
  /** The latest time that was signed here. */
  #signedUntilMs = 0;

  /** Use `openAuditLog`. */
  constructor(options: AuditOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#keys();
  }

  /** Called once by `openAuditLog`. */
  async start(): Promise<void> {
    const { startOffset, endOffset } = await this.#options.log.bounds(TOPIC, PARTITION);
    this.#nextOffset = startOffset;
    await this.#readTo(endOffset);
    const [problem] = this.#verifier.report().problems;
    if (problem !== undefined) this.#options.onProblem?.(`The audit log does not fit its checkpoints: ${problem}`);
    this.#timer = setInterval(() => void this.#tick(), CHECKPOINT_MS);
    this.#timer.unref();
  }

  /**
   * Writes down that something is about to be done, and does it. At levels 3 and 4 it is not done when that cannot be written.
   * @throws `audit-unavailable`; whatever `work` throws
   */
  async guard<Result>(note: AuditNote, work: () => Promise<Result>): Promise<Result> {
    await this.record(note);
    return work();
  }

  /**
   * Writes something down. Above level 2 this returns when it is durable; otherwise at once.
   * @throws `audit-unavailable` above level 2 when it cannot be written
   */
  async record(note: AuditNote): Promise<void> {
    const mustBeDurable = (note.level ?? 1) > LEVEL_INDEXED_MAX;
    const event = await this.#entry(note).catch((error: unknown) => error);
    if (!isEntry(event)) {
      if (mustBeDurable) throw securityErrors("audit-unavailable", { cause: event });
      this.#lost++;
      return;
    }
    if (!mustBeDurable) {
      this.#enqueue({ event, done: undefined, failed: undefined });
      return;
    }
    try {
      await new Promise<void>((done, failed) => this.#enqueue({ event, done, failed }));
    } catch (error) {
      throw securityErrors("audit-unavailable", { cause: error });
    }
  }

  /** Entries newest first, before an index; of one organisation, of one person when asked. Looks at 5,000 at most; `nextBefore` is where to go on. */
  async list(request: {
    readonly before?: number;
    readonly limit: number;
    readonly tenant?: TenantId;
    readonly user?: UserId;
  }): Promise<{ readonly records: readonly AuditRecord[]; readonly nextBefore: number | null }> {
    const end = Math.min(request.before ?? this.#offsets.length, this.#offsets.length);
    const floor = Math.max(0, end - SCANNED_MAX);
    const found: AuditRecord[] = [];
    let index = end;
    while (index > floor && found.length < request.limit) {
      const from = Math.max(floor, index - BATCH_MAX);
      const page = await this.#entries(from, index);
      for (const record of page.reverse()) {
        index = record.index;
        const { entry } = record;
        const isTheirs = request.tenant === undefined || entry.tenant === request.tenant;
        if (isTheirs && (request.user === undefined || entry.user === request.user)) found.push({ index, entry });
        if (found.length === request.limit) break;
      }
      if (found.length < request.limit) index = from;
    }
    return { records: found, nextBefore: index === 0 ? null : index };
  }

  /** What shows that an entry stands in the log; undefined before a checkpoint covers it, and for an entry of another organisation. */
  async prove(index: number, tenant?: TenantId): Promise<AuditProof | undefined> {
    const { signed, tree } = this.#verifier;
    if (this.#checkpoint === undefined || index < 0 || index >= signed) return undefined;
    const checkpoint = this.#checkpoint;
    const path = tree.inclusionProof(index, signed).map((hash) => hash.toString("base64"));
    const [record] = await this.#entries(index, index + 1);
    if (record === undefined || (tenant !== undefined && record.entry.tenant !== tenant)) return undefined;
    return { index, entry: Buffer.from(record.bytes).toString(), path, checkpoint };
  }

  /** What shows that an earlier checkpoint's entries are the beginning of the last one's; undefined when it is not one of ours. */
  proveConsistency(size: number): { readonly path: readonly string[]; readonly checkpoint: string } | undefined {
    const { signed, tree } = this.#verifier;
    if (this.#checkpoint === undefined || size < 1 || size > signed) return undefined;
    const path = tree.consistencyProof(size, signed).map((hash) => hash.toString("base64"));
    return { path, checkpoint: this.#checkpoint };
  }

  /** Signs what there is now and writes it down; does nothing when all is signed or the log does not fit. */
  async sign(): Promise<void> {
    await this.#drained();
    const { tree, signed } = this.#verifier;
    if (!this.#maySign() || tree.size === signed) return;
    await new Promise<void>((done, failed) => this.#enqueue({ event: this.#head(), done, failed }));
  }

  /** The signed receipt of an erasure; undefined before it is done. */
  receipt(erasure: ErasureState): string | undefined {
    return signReceipt(this.#keys().signer, erasure);
  }

  /**
   * Makes a new key for checkpoints and receipts. The one before vouches for it and is gone; what it signed stays verifiable.
   * @throws `signing-keys-many`; whatever the key server or the log throws: nothing is signed until a next try
   */
  async renewKey(): Promise<void> {
    await this.#options.keystore.signing.renew("audit", {
      signedUntilMs: () => Math.max(this.#signedUntilMs, this.#verifier.signedUntilMs),
    });
    this.#keys();
  }

  /** How the log is. */
  status(): AuditStatus {
    const { tree, signed, isIntact } = this.#verifier;
    const { keys, signer, vouched } = this.#keys();
    return {
      entries: tree.size,
      unsigned: tree.size - signed,
      waiting: this.#queue.length,
      lost: this.#lost,
      isIntact,
      checkpoint: this.#checkpoint,
      publicKey: signer.publicKey,
      vouched,
      keys,
    };
  }

  /** Writes what waits and signs it. The log stays open. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.sign().catch((error: unknown) => this.#report(error));
  }

  async #tick(): Promise<void> {
    await this.sign().catch((error: unknown) => this.#report(error));
  }

  async #entry(note: AuditNote): Promise<AuditEntry> {
    const at = this.#clock.nowMs();
    const { subject, origin } = note;
    const who = whoOf(subject, note.tenant);
    const blob = origin === undefined ? undefined : Buffer.from(JSON.stringify(origin));
    const place = { user: who.user, purpose: "audit", subject: `${at}` } as const;
    const sealed = blob === undefined ? undefined : await this.#options.keystore.sealForUser(place, blob);
    return {
      type: "audit.entry",
      v: EVENT_VERSION,
      at,
      ...who,
      action: note.action,
      resource: note.resource ?? null,
      level: note.level ?? null,
      decision: note.decision,
      reason: note.reason,
      sealed: sealed?.toString("base64url") ?? null,
    };
  }

  #enqueue(waiting: Waiting): void {
    if (waiting.failed === undefined && this.#queue.length >= WAITING_MAX) {
      this.#lost++;
      return;
    }
    this.#queue.push(waiting);
    this.#writing ??= this.#write();
  }

  /** Resolves when nothing is being written: all that waited is on the log, or the log has refused it. */
  async #drained(): Promise<void> {
    if (this.#queue.length > 0) this.#writing ??= this.#write();
    await this.#writing;
  }

  /** One batch after the other. What need not be durable stays in the queue when the log refuses and goes with the next batch. */
  async #write(): Promise<void> {
    // In a later turn, so that what comes together is written together.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue.splice(0, BATCH_MAX);
        try {
          await this.#append(batch.map((waiting) => waiting.event));
        } catch (error) {
          // Nobody waits for a log that refuses: what need not be durable goes with the next try.
          const all = [...batch, ...this.#queue];
          this.#queue = all.filter((waiting) => waiting.failed === undefined);
          for (const { failed } of all) failed?.(error);
          this.#report(error);
          return;
        }
        for (const { done } of batch) done?.();
        this.#afterBatch();
      }
    } finally {
      this.#writing = undefined;
    }
  }

  #afterBatch(): void {
    const { tree, signed } = this.#verifier;
    if (this.#lost > this.#lostWritten) {
      const count = this.#lost - this.#lostWritten;
      this.#lostWritten = this.#lost;
      void this.record({ subject: "system", action: "audit.lost", decision: "deny", reason: `${count} entries` });
    }
    if (this.#maySign() && tree.size - signed >= CHECKPOINT_ENTRIES) {
      this.#queue.unshift({ event: this.#head(), done: undefined, failed: (error) => this.#report(error) });
    }
  }

  async #append(events: readonly AuditEvent[]): Promise<void> {
    const values = events.map((event) => encodeEvent(event));
    const records = events.map((event, at) => ({
      key: encodeText(event.user),
      value: values[at] ?? null,
      timestampMs: event.at,
    }));
    const { baseOffset } = await this.#options.log.append(TOPIC, PARTITION, records, { acknowledge: "durable" });
    // Another process's entries, and those that landed although they were refused, come first.
    await this.#readTo(baseOffset);
    for (const [at, value] of values.entries()) this.#take(baseOffset + at, value);
    this.#nextOffset = Math.max(this.#nextOffset, baseOffset + values.length);
  }

  async #readTo(endOffset: number): Promise<void> {
    const { log } = this.#options;
    while (this.#nextOffset < endOffset) {
      const before = this.#nextOffset;
      const batch = await log.read(TOPIC, PARTITION, before);
      for (const { offset, value } of batch.records) {
        if (offset >= before && offset < endOffset) this.#take(offset, value);
      }
      for (const range of batch.damaged) this.#verifier.problem(`Offsets from ${range.firstOffset} are damaged`);
      this.#nextOffset = Math.min(batch.nextOffset, endOffset);
      if (this.#nextOffset === before) return;
    }
  }

  #take(offset: number, value: Uint8Array | null): void {
    const before = this.#verifier.signed;
    const kind = this.#verifier.take(value);
    if (kind === "entry") this.#offsets.push(offset);
    if (kind !== "checkpoint" || value === null || this.#verifier.signed === before) return;
    const decoded = decodeEvent(value);
    if (decoded.type !== "event" || decoded.event.type !== "audit.checkpoint") return;
    this.#checkpoint = decoded.event.note;
    this.#options.onCheckpoint?.(decoded.event.note);
  }

  /** Not while a new key is on its way to the log: its time has begun, and only the one before could sign. */
  #maySign(): boolean {
    return this.#verifier.isIntact && this.#options.keystore.signing.isSettled("audit");
  }

  /** The keys as they are now. */
  #keys(): SigningAudit {
    const { signing } = this.#options.keystore;
    const [{ secret }] = signing.keys("audit");
    if (this.#signing?.secret === secret) return this.#signing;
    const vouched = signing.vouched();
    const keys = openAuditKeys(vouched) ?? [];
    const fromMs = keys.at(-1)?.fromMs ?? 0;
    this.#signing = { secret, vouched, keys, fromMs, signer: new NoteSigner(secret.export()) };
    this.#verifier.trust(keys);
    return this.#signing;
  }

  #head(): AuditCheckpoint {
    const { tree } = this.#verifier;
    const nowMs = this.#clock.nowMs();
    const { fromMs, signer } = this.#keys();
    // A clock that was set back must not take a checkpoint out of its key's time.
    const atMs = Math.max(nowMs, fromMs);
    this.#signedUntilMs = Math.max(this.#signedUntilMs, atMs);
    const note = signCheckpoint(signer, { size: tree.size, root: tree.root(), atMs });
    const base = { v: EVENT_VERSION, at: nowMs, tenant: DEFAULT_TENANT, user: SYSTEM_USER };
    return { type: "audit.checkpoint", ...base, note };
  }

  async #entries(from: number, until: number): Promise<StoredRecord[]> {
    const [first, last] = [this.#offsets[from], this.#offsets[until - 1]];
    const found: StoredRecord[] = [];
    if (first === undefined || last === undefined) return found;
    for (let offset = first; offset <= last;) {
      const batch = await this.#options.log.read(TOPIC, PARTITION, offset);
      for (const record of batch.records) {
        if (record.offset < offset || record.offset > last || record.value === null) continue;
        const decoded = decodeEvent(record.value);
        if (decoded.type !== "event" || decoded.event.type !== "audit.entry") continue;
        found.push({ index: from + found.length, entry: decoded.event, bytes: record.value });
      }
      if (batch.nextOffset === offset) break;
      offset = batch.nextOffset;
    }
    return found;
  }

  #report(error: unknown): void {
    const why = error instanceof Error ? error.message : "unknown reason";
    this.#options.onProblem?.(`The audit log cannot be written: ${why}`);
  }
}

function isEntry(value: unknown): value is AuditEntry {
  return typeof value === "object" && value !== null && "type" in value && value.type === "audit.entry";
}

function whoOf(
  subject: Subject | "system",
  concerns = DEFAULT_TENANT,
): Pick<AuditEntry, "actor" | "key" | "session"> & { readonly tenant: TenantId; readonly user: UserId } {
  if (subject === "system") {
    return { tenant: concerns, user: SYSTEM_USER, actor: "system", key: null, session: null };
  }
  const { type: actor, tenantId: tenant } = subject;
  if (actor === "user") return { tenant, user: subject.userId, actor, key: null, session: subject.sessionId };
  if (actor === "agent") return { tenant, user: subject.userId, actor, key: subject.keyId, session: null };
  const key = actor === "service" ? subject.keyId : null;
  return { tenant, user: SYSTEM_USER, actor, key, session: null };
}
