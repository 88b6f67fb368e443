/** The relational view in miniature, for this room's tests: folds topic `memories` of a fake log whenever it is asked. */
import type { LogPosition } from "@kaelix/base";
import { decodeEvent, type MemoryEvent, type MemoryId, TOPICS, type UserId } from "@kaelix/model";

import type { MemoryLog } from "@kaelix/log/testing";
import type { KnownMemory, MemoryRegister, RegisteredMemory } from "../register.ts";

type Row = RegisteredMemory & { readonly changedAtMs: number };

/** Answers from the log as it stands; `lagging` makes lookups answer from nothing, as a view far behind would. */
export class FakeRegister implements MemoryRegister {
  readonly #log: MemoryLog;
  lagging = false;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  async caughtUp(_position: LogPosition): Promise<void> {
    if (this.lagging) await new Promise(() => undefined);
  }

  async known(user: UserId, memories: readonly MemoryId[]): Promise<ReadonlyMap<MemoryId, KnownMemory>> {
    const rows = await this.memories(user, memories);
    return new Map(
      rows.map(({ memoryId, digest, state, version }) => [memoryId, { memoryId, digest, state, version }]),
    );
  }

  async memory(user: UserId, memory: MemoryId): Promise<RegisteredMemory | undefined> {
    return this.rows().find((row) => row.userId === user && row.memoryId === memory);
  }

  async memories(user: UserId, memories: readonly MemoryId[]): Promise<readonly RegisteredMemory[]> {
    return this.rows().filter((row) => row.userId === user && memories.includes(row.memoryId));
  }

  async forgottenBefore(timeMs: number, limit: number): Promise<readonly RegisteredMemory[]> {
    return this.rows()
      .filter((row) => row.state === "forgotten" && row.changedAtMs < timeMs)
      .slice(0, limit);
  }

  /** Every memory there is. */
  rows(): readonly Row[] {
    const rows = new Map<MemoryId, Row>();
    if (this.lagging) return [];
    for (let partition = 0; partition < TOPICS.memories.partitions; partition++) {
      for (const record of this.#log.records(TOPICS.memories.name, partition)) {
        const decoded = record.value === null ? undefined : decodeEvent(record.value);
        if (decoded?.type !== "event") throw new Error("Only events are written");
        // The topic holds these alone.
        foldOne(rows, decoded.event as MemoryEvent, record.offset);
      }
    }
    return [...rows.values()];
  }
}

function foldOne(rows: Map<MemoryId, Row>, event: MemoryEvent, offset: number): void {
  if (!("memory" in event)) return;
  const row = rows.get(event.memory);
  if (event.type === "memory.remembered") {
    rows.set(event.memory, {
      memoryId: event.memory,
      userId: event.user,
      tenant: event.tenant,
      version: event.memory_version,
      level: event.level,
      levelDecidedBy: event.level_by,
      confidence: event.confidence,
      source: event.source,
      conversationId: event.conversation,
      importId: event.import,
      occurredAtMs: event.occurred_at,
      recordedAtMs: event.at,
      changedAtMs: event.at,
      state: "live",
      digest: event.digest,
      sealed: Buffer.from(event.sealed, "base64url"),
      offset,
    });
  } else if (row === undefined) {
    throw new Error("A change of a memory that was never told");
  } else if (event.type === "memory.revised") {
    const { memory_version: version, level, level_by: levelDecidedBy, confidence, digest } = event;
    const sealed = Buffer.from(event.sealed, "base64url");
    rows.set(event.memory, {
      ...row,
      version,
      level,
      levelDecidedBy,
      confidence,
      digest,
      sealed,
      offset,
      changedAtMs: event.at,
    });
  } else if (event.type === "memory.recall-decided") {
    const { neverRecalled: _before, ...rest } = row;
    rows.set(event.memory, { ...rest, ...(event.never ? { neverRecalled: true } : {}), offset, changedAtMs: event.at });
  } else {
    const state = { "memory.forgotten": "forgotten", "memory.restored": "live", "memory.erased": "erased" } as const;
    rows.set(event.memory, { ...row, state: state[event.type], offset, changedAtMs: event.at });
  }
}
