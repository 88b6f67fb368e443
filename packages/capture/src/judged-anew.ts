/**
 * Levels of several memories that are decided after they were told: by a provider, by their person's word, or by the rules again when that
 * word is taken back.
 *
 * Guarantees: one write for all of them; a memory that has changed since it was looked at, or is gone, is left as it is; one that moves to
 * another level gets another key there. It does not: judge itself, or ask who may.
 */
import { assert, type Clock, type RandomSource } from "@kaelix/base";
import {
  type Classification,
  EVENT_VERSION,
  type Level,
  type LevelDecider,
  type MemoryContent,
  type MemoryId,
  type MemoryRevised,
} from "@kaelix/model";
import { type Keystore, type MemoryKey, openContent, sealContent } from "@kaelix/security";

import { captureErrors } from "./errors.ts";
import { judge } from "./judge.ts";
import type { MemoryRegister, RegisteredMemory } from "./register.ts";
import type { Owner, Remember } from "./remember.ts";

/** What it works with. */
export interface JudgedAnewParts {
  readonly remember: Remember;
  readonly keystore: Keystore;
  readonly register: MemoryRegister;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** A memory as the version that was looked at. */
export interface SeenMemory {
  readonly memoryId: MemoryId;
  readonly version: number;
}

/** At which level a memory stood, and by whose judgement. */
export interface LevelBefore {
  readonly level: Level;
  readonly decidedBy: LevelDecider;
}

/** A memory with its words. */
export interface OpenedMemory {
  readonly row: RegisteredMemory;
  readonly content: MemoryContent;
}

/** What is decided of a memory, and its words as they are kept with that. */
export interface Decided extends Pick<Classification, "level" | "confidence" | "decidedBy"> {
  readonly content: MemoryContent;
}

/** Which memories are meant, and what is decided of each. */
export interface Deciding<Seen extends SeenMemory> {
  /** Asked of a live memory in the version that was looked at. */
  readonly isMeant: (row: RegisteredMemory, seen: Seen) => boolean;
  /** Undefined: it is left as it is. */
  readonly decide: (content: MemoryContent, seen: Seen) => Decided | undefined;
}

/** Opens a memory's words. @throws `memory-sealed-away` when its key is gone */
export async function openMemory(keystore: Keystore, row: RegisteredMemory): Promise<OpenedMemory> {
  const key = await keystore.memoryKey(row.memoryId, row.level);
  const opened = key === undefined ? undefined : openContent(key, row.version, row.sealed);
  if (opened?.type !== "opened") throw captureErrors("memory-sealed-away");
  return { row, content: opened.content };
}

/** Decides the levels of memories in one write. @returns those that it was decided for, as they stand now */
export function judgeAnew<Seen extends SeenMemory>(
  parts: JudgedAnewParts,
  owner: Owner,
  seen: readonly Seen[],
  { decide, isMeant }: Deciding<Seen>,
): Promise<readonly SeenMemory[]> {
  return parts.remember.locks.run(owner.user, async () => {
    await parts.remember.written(owner.user);
    const wanted = new Map(seen.map((one) => [one.memoryId, one]));
    const rows = await parts.register.memories(owner.user, [...wanted.keys()]);
    const taken: { readonly row: RegisteredMemory; readonly decided: Decided }[] = [];
    for (const row of rows) {
      const one = wanted.get(row.memoryId);
      if (row.state !== "live" || row.version !== one?.version || !isMeant(row, one)) continue;
      const decided = decide((await openMemory(parts.keystore, row)).content, one);
      if (decided !== undefined) taken.push({ row, decided });
    }
    if (taken.length > 0) await reviseAll(parts, owner, taken);
    return taken.map(({ row }) => ({ memoryId: row.memoryId, version: row.version + 1 }));
  });
}

/** A memory as its person's word leaves it: who says where it belongs says yes to it, also to what a program wrote. */
export function decidedByPerson({ changeReason: _of, ...content }: MemoryContent, level: Level): Decided {
  const accepted = content.client === undefined ? {} : ({ accepted: true } as const);
  return { level, decidedBy: "person", confidence: 1, content: { ...content, ...accepted, reasons: [] } };
}

/**
 * A memory as it stood before its person's word: at that level, by that judgement, with the reasons that the rules give today. Where they
 * would put it elsewhere by now nothing is known of it, so that it waits for a word again. Undefined for what its owner's browser sealed.
 */
export function withoutWord(content: MemoryContent, before: LevelBefore): Decided | undefined {
  if (content.clientSealed !== undefined) return undefined;
  const { accepted: _yes, changeReason: _of, ...said } = content;
  const judged = judge(said);
  const isSame = judged.level === before.level;
  return {
    ...before,
    confidence: isSame ? judged.confidence : 0,
    content: { ...said, reasons: isSame ? judged.reasons : [] },
  };
}

async function reviseAll(
  { keystore, remember, clock, random }: JudgedAnewParts,
  owner: Owner,
  taken: readonly { readonly row: RegisteredMemory; readonly decided: Decided }[],
): Promise<void> {
  const nowMs = clock.nowMs();
  const moved = taken.filter(({ row, decided }) => decided.level !== row.level);
  const keys = new Map<MemoryId, MemoryKey>();
  for (const { row, decided } of taken) {
    if (decided.level !== row.level) continue;
    const key = await keystore.memoryKey(row.memoryId, row.level);
    if (key === undefined) throw captureErrors("memory-sealed-away");
    keys.set(row.memoryId, key);
  }
  // Last: a key that is prepared and not handed to the log would be waited for.
  const prepared = await keystore.prepareMemoryKeys(
    moved.map(({ row, decided }) => ({ ...owner, memory: row.memoryId, level: decided.level })),
  );
  for (const key of prepared.keys) keys.set(key.memory, key);
  const events = taken.map(({ row, decided }): MemoryRevised => {
    const key = keys.get(row.memoryId);
    assert(key !== undefined, "Every memory has a key");
    const version = row.version + 1;
    return {
      v: EVENT_VERSION,
      at: nowMs,
      tenant: owner.tenant,
      user: owner.user,
      type: "memory.revised",
      memory: row.memoryId,
      memory_version: version,
      change: decided.level === row.level ? "edit" : "move",
      level: decided.level,
      level_by: decided.decidedBy,
      confidence: decided.confidence,
      digest: row.digest,
      sealed: sealContent(key, version, decided.content, { nowMs, random }),
    };
  });
  const first = await remember.appendWithKeys(owner, prepared, events);
  await remember.settle(owner.user, { ...first, offset: first.offset + events.length - 1 });
  if (moved.length > 0) await keystore.settleMoves(moved.map(({ row }) => row.memoryId));
}
