/**
 * The ledger of erasures: the compacted topic `erasures`, read to its end at start.
 *
 * Guarantees: what `put` and `name` answer is durable; an erasure's names stay until `unname`. It does not: follow other processes (a user
 * belongs to one node), or hold anything but ids, counts, times and positions. Memory: half a KiB per erasure, and 26 letters per memory
 * that is named and not yet erased.
 */
import { encodeText } from "@kaelix/base";
import type { Log, LogRecord, StoredRecord } from "@kaelix/log";
import {
  decodeEvent,
  encodeEvent,
  type ErasureEvent,
  type ErasureId,
  type ErasureState,
  EVENT_VERSION,
  type MemoryId,
  parseId,
  type TenantId,
  TOPICS,
  type UserId,
} from "@kaelix/model";

const TOPIC = TOPICS.erasures.name;
const PARTITION = 0;
const NAMES_PER_RECORD = 2_000;

/** Makes the topic when there is none, and reads it. Throws errors of the log. */
export async function openErasureLedger(log: Log): Promise<ErasureLedger> {
  await log.createTopic(TOPICS.erasures);
  const ledger = new ErasureLedger(log);
  await ledger.start();
  return ledger;
}

/** Whose erasure, and when. */
interface NamedBy {
  readonly erasure: ErasureId;
  readonly tenant: TenantId;
  readonly user: UserId;
  readonly nowMs: number;
}

/** Erasures and what they name. Made by `openErasureLedger`. */
export class ErasureLedger {
  readonly #log: Log;
  readonly #states = new Map<ErasureId, ErasureState>();
  readonly #named = new Map<ErasureId, Map<number, readonly MemoryId[]>>();

  /** Use `openErasureLedger`. */
  constructor(log: Log) {
    this.#log = log;
  }

  /** Called once by `openErasureLedger`. */
  async start(): Promise<void> {
    const { startOffset, durableOffset } = await this.#log.bounds(TOPIC, PARTITION);
    for (let offset = startOffset; offset < durableOffset;) {
      const batch = await this.#log.read(TOPIC, PARTITION, offset);
      for (const record of batch.records) this.#fold(record);
      if (batch.nextOffset <= offset) break;
      offset = batch.nextOffset;
    }
    // Names that a stop has left behind: nothing was asked for then, or it is done.
    for (const erasure of Array.from(this.#named.keys())) {
      const state = this.#states.get(erasure)?.state;
      if (state !== "requested" && state !== "waiting") await this.unname(erasure);
    }
  }

  /** One erasure; undefined when there is none. */
  get(erasure: ErasureId): ErasureState | undefined {
    return this.#states.get(erasure);
  }

  /** Erasures of one person, newest first. */
  of(user: UserId): readonly ErasureState[] {
    const own = [...this.#states.values()].filter((state) => state.user === user);
    return own.toSorted((left, right) => right.requested_at - left.requested_at);
  }

  /** Erasures in a state, oldest first. */
  in(wanted: ErasureState["state"]): readonly ErasureState[] {
    return [...this.#states.values()]
      .filter(({ state }) => state === wanted)
      .toSorted((left, right) => left.requested_at - right.requested_at);
  }

  /** What an erasure names and has not erased yet. */
  named(erasure: ErasureId): readonly MemoryId[] {
    return [...(this.#named.get(erasure)?.values() ?? [])].flat();
  }

  /** Writes a state, durably. */
  async put(state: ErasureState): Promise<void> {
    await this.#append([{ key: encodeText(state.erasure), value: encodeEvent(state), timestampMs: state.at }]);
    this.#states.set(state.erasure, state);
  }

  /** Writes which memories an erasure names, durably. Comes before its first state. */
  async name({ erasure, tenant, user, nowMs }: NamedBy, memories: readonly MemoryId[]): Promise<void> {
    const parts = new Map<number, readonly MemoryId[]>();
    const records: LogRecord[] = [];
    for (let at = 0; at < memories.length; at += NAMES_PER_RECORD) {
      const [part, some] = [parts.size, memories.slice(at, at + NAMES_PER_RECORD)];
      parts.set(part, some);
      const base = { v: EVENT_VERSION, at: nowMs, tenant, user } as const;
      const event: ErasureEvent = { type: "erasure.named", ...base, erasure, part, memories: some };
      records.push({ key: partKey(erasure, part), value: encodeEvent(event), timestampMs: nowMs });
    }
    await this.#append(records);
    this.#named.set(erasure, parts);
  }

  /** Forgets what an erasure named. */
  async unname(erasure: ErasureId): Promise<void> {
    const parts = [...(this.#named.get(erasure)?.keys() ?? [])];
    await this.#append(parts.map((part) => ({ key: partKey(erasure, part), value: null })));
    this.#named.delete(erasure);
  }

  async #append(records: readonly LogRecord[]): Promise<void> {
    if (records.length > 0) await this.#log.append(TOPIC, PARTITION, records, { acknowledge: "durable" });
  }

  #fold({ key, value }: StoredRecord): void {
    if (value === null) {
      const [id = "", part] = Buffer.from(key ?? [])
        .toString("latin1")
        .split("/");
      const erasure = parseId("era", id);
      if (erasure === undefined || part === undefined) return;
      this.#named.get(erasure)?.delete(Number(part));
      return;
    }
    const decoded = decodeEvent(value);
    if (decoded.type !== "event") return;
    const { event } = decoded;
    if (event.type === "erasure.state") this.#states.set(event.erasure, event);
    if (event.type !== "erasure.named") return;
    const parts = this.#named.get(event.erasure) ?? new Map<number, readonly MemoryId[]>();
    this.#named.set(event.erasure, parts.set(event.part, event.memories));
  }
}

function partKey(erasure: ErasureId, part: number): Uint8Array {
  return encodeText(`${erasure}/${part}`);
}
