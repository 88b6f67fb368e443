/**
 * Changing what is remembered: edit, move between levels, forget, restore, recall no more, erase.
 *
 * Guarantees: one change at a time per user, each against the version the caller saw; a move to another level brings a new key, so
 * that nothing sealed at the old level opens any more; erasing shreds the key durably before it is said to be done.
 */
import { assert, type LogPosition } from "@kaelix/base";
import {
  type ActingProgram,
  type Classification,
  type ErasureRange,
  EVENT_VERSION,
  type Level,
  LEVEL_INDEXED_MAX,
  type LevelDecider,
  type Memory,
  type MemoryClient,
  type MemoryContent,
  type MemoryContext,
  type MemoryEvent,
  type MemoryId,
  type MemoryRevised,
  namespaceOf,
  TOPICS,
} from "@kaelix/model";
import { isWithinReach, sealContent } from "@kaelix/security";

import { checkSealed } from "./check-draft.ts";
import { captureErrors } from "./errors.ts";
import { judge, SEALED_BY_OWNER } from "./judge.ts";
import {
  decidedByPerson,
  judgeAnew,
  type JudgedAnewParts,
  type LevelBefore,
  type OpenedMemory,
  openMemory,
  type SeenMemory,
  withoutWord,
} from "./judged-anew.ts";
import type { MemoryState, RegisteredMemory } from "./register.ts";
import { digestOf, type LessonsOf, type Owner, partitionOfUser } from "./remember.ts";

/** What a change came to. `stale`: somebody changed it meanwhile; the current version is told. */
export type Changed =
  | { readonly type: "changed"; readonly memory: Memory; readonly position: LogPosition }
  | { readonly type: "missing" }
  | { readonly type: "stale"; readonly version: number };

/** New content; absent fields stay, null empties. */
export interface ContentChange {
  readonly text?: string;
  readonly caption?: string | null;
  readonly context?: MemoryContext | null;
  /** Which program makes the change; absent: the person. */
  readonly client?: MemoryClient;
  /** Why, as whoever makes it says. */
  readonly reason?: string;
  /**
   * The memory stays at its level: another one would bring another key, under which no state before it can be read. Refused when the new
   * words would stand higher.
   */
  readonly keepsLevel?: boolean;
}

/** What its owner's browser made of a memory when it crosses the border of what can be read here. */
export type SealChange =
  /** The words, sealed there: from here on nobody here reads them. */
  | { readonly type: "sealed"; readonly body: string }
  /** The words, opened there: from here on they can be read here. */
  | {
      readonly type: "opened";
      readonly content: Omit<MemoryContent, "clientSealed" | "client" | "changeReason" | "reasons">;
    };

/** What erasing came to, and where its records stand. */
export interface Erased {
  readonly erased: number;
  readonly ranges: readonly ErasureRange[];
}

/** Which memory, seen under which ceiling. */
export interface MemoryTarget {
  readonly owner: Owner;
  readonly memoryId: MemoryId;
  /** Memories above it are missing. */
  readonly ceiling: Level;
  /** The program that makes the change: what it does not reach is missing. Absent: the person. */
  readonly program?: ActingProgram | undefined;
}

/** A memory as the version that the caller saw. */
export interface ChangeTarget extends MemoryTarget {
  readonly expectedVersion: number;
}

/** What was judged of a memory after it was told, as the version that was looked at. */
export interface Rejudged extends SeenMemory {
  readonly judged: Classification;
}

/** What changing needs of the house. */
export interface ChangeParts extends JudgedAnewParts {
  /** As of `Remember`. */
  readonly lessonsOf?: LessonsOf;
}

/** Memories that one write decides the levels of. */
export const TOGETHER_MAX = 1_000;

interface Judgement {
  readonly level: Level;
  readonly decidedBy: LevelDecider;
  readonly confidence: number;
}

/** Changes memories. One instance per process, sharing the locks of `Remember`. */
export class Changes {
  readonly #parts: ChangeParts;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  /** Changes what a memory says. Its level is decided anew unless a person had chosen it. @throws `memory-level-rises` */
  edit(target: ChangeTarget, change: ContentChange): Promise<Changed> {
    return this.#withLive(target, async (opened) => {
      if (opened.content.clientSealed !== undefined) throw captureErrors("memory-sealed-by-owner");
      const content = editedContent(opened.content, change);
      const { row } = opened;
      const kept = row.levelDecidedBy === "person";
      const lessons = await this.#parts.lessonsOf?.(target.owner);
      const judged = judge({ ...content, ...(kept ? { level: row.level } : {}) }, lessons);
      if (change.keepsLevel === true) {
        // A level that the person chose is no leave to write there what a program may not tell alone.
        const { level } = kept ? judge(content, lessons) : judged;
        const most = kept && row.level < LEVEL_INDEXED_MAX ? LEVEL_INDEXED_MAX : row.level;
        if (level > most) throw captureErrors("memory-level-rises");
      }
      // What a provider raised stays up: the rules, which saw less in it, judge the new words alone.
      const isRaised = row.levelDecidedBy === "model" && judged.level < row.level;
      const isKept = kept || isRaised || change.keepsLevel === true;
      const { confidence, level, levelDecidedBy: decidedBy } = row;
      const decided: Judgement = isKept ? { level, decidedBy, confidence } : judged;
      const reasons = isRaised ? content.reasons : judged.reasons;
      return this.#revise(target.owner, row, { ...content, reasons }, decided);
    });
  }

  /**
   * Takes over what was judged of memories after they were told: one write for all. It never lowers a level, and leaves out what a person
   * chose, what has changed since and what is gone. Returns how many took it.
   */
  async rejudge(owner: Owner, judged: readonly Rejudged[]): Promise<number> {
    const taken = await judgeAnew(this.#parts, owner, judged, {
      isMeant: (row, one) => row.levelDecidedBy !== "person" && one.judged.level >= row.level,
      decide: (content, one) => ({ ...one.judged, content: { ...content, reasons: one.judged.reasons } }),
    });
    return taken.length;
  }

  /**
   * Puts memories whose level no person decided yet at the level that their person chose: one write for all, which are at most
   * `TOGETHER_MAX`. What has changed since, is gone, stands above the ceiling or was sealed by its owner is left out.
   * @returns those that stand there now
   */
  settleLevels(
    { ceiling, owner }: Pick<MemoryTarget, "owner" | "ceiling">,
    seen: readonly SeenMemory[],
    level: Level,
  ): Promise<readonly SeenMemory[]> {
    assert(seen.length <= TOGETHER_MAX, "One write holds so many");
    return judgeAnew(this.#parts, owner, seen, {
      isMeant: (row) => row.levelDecidedBy !== "person" && row.level <= ceiling,
      decide: (content) => decidedByPerson(content, level),
    });
  }

  /**
   * Takes back a person's word about levels: each memory stands again where it stood before, by the judgement of then, and one write holds
   * them all, which are at most `TOGETHER_MAX`. Left out is what `settleLevels` leaves out, and what no person decided.
   * @returns those that stand as before
   */
  unsettleLevels(
    { ceiling, owner }: Pick<MemoryTarget, "owner" | "ceiling">,
    seen: readonly (SeenMemory & { readonly before: LevelBefore })[],
  ): Promise<readonly SeenMemory[]> {
    assert(seen.length <= TOGETHER_MAX, "One write holds so many");
    return judgeAnew(this.#parts, owner, seen, {
      isMeant: (row) => row.levelDecidedBy === "person" && row.level <= ceiling,
      decide: (content, { before }) => withoutWord(content, before),
    });
  }

  /**
   * Puts other words, sealed by its owner's browser, in the place of those it sealed before.
   * @throws `memory-not-sealed-by-owner`, `memory-text-too-long`
   */
  reseal(target: ChangeTarget, body: string): Promise<Changed> {
    checkSealed(body);
    return this.#withLive(target, async ({ row, content }) => {
      if (content.clientSealed === undefined) throw captureErrors("memory-not-sealed-by-owner");
      return this.#revise(target.owner, row, sealedContent(body), SEALED_BY_OWNER);
    });
  }

  /**
   * Moves a memory to the level a person chose: who says where it belongs says yes to it, so that what a program wrote counts as theirs.
   * What cannot be read here moves with the words that its owner's browser opened, and what shall not be read here any more with what the
   * browser sealed: both bring a new key, so that no state before is left beside it.
   * @throws `memory-sealed-by-owner`, `memory-not-sealed-by-owner`, `memory-text-too-long`, `memory-files-sealed`
   */
  move(target: ChangeTarget, level: Level, change?: SealChange): Promise<Changed> {
    if (change?.type === "sealed") checkSealed(change.body);
    return this.#withLive(target, async ({ row, content: { changeReason: _of, ...content } }) => {
      const isSealed = content.clientSealed !== undefined;
      const decided = { level, decidedBy: "person", confidence: 1 } as const;
      if (isSealed && change?.type !== "opened") throw captureErrors("memory-sealed-by-owner");
      if (change === undefined) {
        const said = decidedByPerson(content, level);
        return this.#revise(target.owner, row, said.content, said);
      }
      // Only a move between levels brings a new key; without one the words before would stay readable.
      const isFit = isSealed === (change.type === "opened") && level !== row.level && (level === 4) !== isSealed;
      if (!isFit) throw captureErrors(isSealed ? "memory-sealed-by-owner" : "memory-not-sealed-by-owner");
      if (change.type === "sealed" && content.files !== undefined) throw captureErrors("memory-files-sealed");
      const moved = change.type === "sealed" ? sealedContent(change.body) : { ...change.content, reasons: [] };
      return this.#revise(target.owner, row, moved, decided);
    });
  }

  /** Hides a memory everywhere; `restore` brings it back until it is erased. */
  forget(target: ChangeTarget): Promise<Changed> {
    return this.#withLive(target, (opened) => this.#mark(target.owner, opened, "memory.forgotten"));
  }

  /** Says whether a memory is never to be recalled; one that stands like that already stays as it is. A person's word alone. */
  decideRecall(target: ChangeTarget, never: boolean): Promise<Changed> {
    return this.#withLive(target, (opened) => this.#decideRecall(target.owner, opened, never));
  }

  async #decideRecall(owner: Owner, { content, row }: OpenedMemory, never: boolean): Promise<Changed> {
    const { neverRecalled, ...header } = headerOf(row);
    const memory = { ...header, ...(never ? { neverRecalled: true as const } : {}), ...content };
    if (never === (neverRecalled === true)) return { type: "changed", memory, position: positionOf(row) };
    const event = { ...this.#base(owner), type: "memory.recall-decided", memory: row.memoryId, never } as const;
    return { type: "changed", memory, position: await this.#appended(owner, [event]) };
  }

  /** Undoes forgetting; a memory that was not forgotten stays as it is. `missing` when it is unknown, not reached, or erased already. */
  restore({ ceiling, memoryId, owner, program }: MemoryTarget): Promise<Changed> {
    return this.#parts.remember.locks.run(owner.user, async () => {
      await this.#parts.remember.written(owner.user);
      const row = await this.#parts.register.memory(owner.user, memoryId);
      if (row === undefined || row.state === "erased" || row.level > ceiling || isKept(row, program))
        return { type: "missing" };
      const opened = await openMemory(this.#parts.keystore, row);
      if (!isWithinReach(program, namespaceOf(opened.content))) return { type: "missing" };
      if (row.state === "forgotten") return this.#mark(owner, opened, "memory.restored");
      return { type: "changed", memory: { ...headerOf(row), ...opened.content }, position: positionOf(row) };
    });
  }

  /**
   * Shreds the keys of memories that were forgotten before a time, then says so on the log.
   * @returns how many were erased; fewer than `limit` means that none are left
   */
  async eraseForgotten(beforeMs: number, limit: number): Promise<number> {
    const rows = await this.#parts.register.forgottenBefore(beforeMs, limit);
    const owners = Map.groupBy(rows, (row) => row.userId);
    let erased = 0;
    for (const [user, [first, ...more]] of owners) {
      if (first === undefined) continue;
      const memories = [first, ...more].map((row) => row.memoryId);
      erased += (await this.eraseNamed({ tenant: first.tenant, user }, memories)).erased;
    }
    return erased;
  }

  /**
   * Drops keys of levels at which nothing stands any more: of moves that a stop cut off behind the memory, and of memories that were told again
   * at another level. The keys of a move whose memory never came to the log stay, both.
   */
  async settleMoves(): Promise<void> {
    const { keystore, register, remember } = this.#parts;
    for (const user of new Set(keystore.moving().map((one) => one.user))) {
      await remember.locks.run(user, async () => {
        await remember.written(user);
        const levels = new Map(keystore.moving().map(({ level, memory }) => [memory, level]));
        const rows = await register.memories(user, [...levels.keys()]);
        const settled = rows.filter((row) => row.level === levels.get(row.memoryId));
        if (settled.length > 0) await keystore.settleMoves(settled.map((row) => row.memoryId));
      });
    }
  }

  /** Hides memories as one; those that are not live stay as they are. Returns how many were hidden. */
  hide(owner: Owner, memories: readonly MemoryId[]): Promise<number> {
    return this.#markNamed(owner, memories, { from: "live", type: "memory.forgotten" });
  }

  /** Undoes hiding; those that are not hidden stay as they are. Returns how many came back. */
  show(owner: Owner, memories: readonly MemoryId[]): Promise<number> {
    return this.#markNamed(owner, memories, { from: "forgotten", type: "memory.restored" });
  }

  #markNamed(
    owner: Owner,
    memories: readonly MemoryId[],
    change: { readonly from: MemoryState; readonly type: "memory.forgotten" | "memory.restored" },
  ): Promise<number> {
    return this.#parts.remember.locks.run(owner.user, async () => {
      await this.#parts.remember.written(owner.user);
      const found = await this.#parts.register.memories(owner.user, memories);
      const rows = found.filter((row) => row.state === change.from);
      if (rows.length === 0) return 0;
      const { type } = change;
      await this.#appended(
        owner,
        rows.map((row): MemoryEvent => ({ ...this.#base(owner), type, memory: row.memoryId })),
      );
      return rows.length;
    });
  }

  /** Shreds the keys of those memories that are hidden, durably, then says so on the log. */
  eraseNamed(owner: Owner, memories: readonly MemoryId[]): Promise<Erased> {
    return this.#parts.remember.locks.run(owner.user, async () => {
      await this.#parts.remember.written(owner.user);
      const found = await this.#parts.register.memories(owner.user, memories);
      const ids = found.filter((row) => row.state === "forgotten").map((row) => row.memoryId);
      if (ids.length === 0) return { erased: 0, ranges: [] };
      const keys = await this.#parts.keystore.shredMemories(ids);
      const events = ids.map((memory): MemoryEvent => ({ ...this.#base(owner), type: "memory.erased", memory }));
      const { topic, partition, offset } = await this.#appended(owner, events);
      const ranges = [
        { topic: TOPICS.keys.name, partition: 0, ...keys },
        { topic, partition, from: offset, to: offset + events.length },
      ];
      return { erased: ids.length, ranges };
    });
  }

  /** Runs a change under the user's lock against a live memory in the version the caller saw. */
  #withLive(target: ChangeTarget, change: (opened: OpenedMemory) => Promise<Changed>): Promise<Changed> {
    return this.#parts.remember.locks.run(target.owner.user, async () => {
      await this.#parts.remember.written(target.owner.user);
      const row = await this.#parts.register.memory(target.owner.user, target.memoryId);
      if (row === undefined || row.state !== "live" || row.level > target.ceiling || isKept(row, target.program))
        return { type: "missing" };
      const opened = await openMemory(this.#parts.keystore, row);
      // Before its version is told: what is not reached is not there.
      if (!isWithinReach(target.program, namespaceOf(opened.content))) return { type: "missing" };
      if (row.version !== target.expectedVersion) return { type: "stale", version: row.version };
      return change(opened);
    });
  }

  async #revise(owner: Owner, row: RegisteredMemory, content: MemoryContent, decided: Judgement): Promise<Changed> {
    const { keystore, remember, clock, random } = this.#parts;
    const version = row.version + 1;
    const moves = decided.level !== row.level;
    const sources = { nowMs: clock.nowMs(), random };
    const digest = digestOf(content, await keystore.lookupHasher(owner.user));
    const revised = (sealed: string): MemoryRevised => ({
      ...this.#base(owner),
      type: "memory.revised",
      memory: row.memoryId,
      memory_version: version,
      change: moves ? "move" : "edit",
      level: decided.level,
      level_by: decided.decidedBy,
      confidence: decided.confidence,
      digest,
      sealed,
      ...(content.clientSealed === undefined ? {} : { client_sealed: true }),
    });
    let position: LogPosition;
    if (moves) {
      const prepared = await keystore.prepareMemoryKeys([{ ...owner, memory: row.memoryId, level: decided.level }]);
      const key = prepared.keys[0];
      assert(key !== undefined, "The memory was given a key");
      position = await remember.appendWithKeys(owner, prepared, [revised(sealContent(key, version, content, sources))]);
      await remember.settle(owner.user, position);
      await keystore.settleMoves([row.memoryId]);
    } else {
      const key = await keystore.memoryKey(row.memoryId, row.level);
      if (key === undefined) throw captureErrors("memory-sealed-away");
      position = await this.#appended(owner, [revised(sealContent(key, version, content, sources))]);
    }
    const { level, decidedBy, confidence } = decided;
    return {
      type: "changed",
      memory: { ...headerOf(row), version, level, levelDecidedBy: decidedBy, confidence, ...content },
      position,
    };
  }

  async #mark(owner: Owner, opened: OpenedMemory, type: "memory.forgotten" | "memory.restored"): Promise<Changed> {
    const position = await this.#appended(owner, [{ ...this.#base(owner), type, memory: opened.row.memoryId }]);
    return { type: "changed", memory: { ...headerOf(opened.row), ...opened.content }, position };
  }

  /** Appends and waits until the register shows it, so that the next change of the user sees this one. */
  async #appended(owner: Owner, events: readonly MemoryEvent[]): Promise<LogPosition> {
    const first = await this.#parts.remember.append(owner, events);
    await this.#parts.remember.settle(owner.user, { ...first, offset: first.offset + events.length - 1 });
    return first;
  }

  #base(owner: Owner): Pick<MemoryEvent, "v" | "at" | "tenant" | "user"> {
    return { v: EVENT_VERSION, at: this.#parts.clock.nowMs(), tenant: owner.tenant, user: owner.user };
  }
}

/** True for a program, of what is never to be recalled: its owner alone still comes by it. */
function isKept({ neverRecalled }: RegisteredMemory, program: ActingProgram | undefined): boolean {
  return program !== undefined && neverRecalled === true;
}

/** Where the memories of a user stand on the log: for waiting and for reading on. */
export function positionOf(row: RegisteredMemory): LogPosition {
  return { topic: "memories", partition: partitionOfUser(row.userId), offset: row.offset };
}

function headerOf(row: RegisteredMemory): Omit<RegisteredMemory, "tenant" | "state" | "digest" | "sealed" | "offset"> {
  const { tenant: _tenant, state: _state, digest: _digest, sealed: _sealed, offset: _offset, ...header } = row;
  return header;
}

/** A content that only its owner's browser can read. */
function sealedContent(body: string): MemoryContent {
  return { text: "", clientSealed: body, reasons: [] };
}

function editedContent(content: MemoryContent, change: ContentChange): MemoryContent {
  // Who wrote the state before, and why, stays with that state.
  const {
    caption: oldCaption,
    context: oldContext,
    client: _client,
    accepted: _accepted,
    changeReason: _reason,
    ...rest
  } = content;
  const caption = change.caption === undefined ? oldCaption : change.caption;
  const context = change.context === undefined ? oldContext : change.context;
  return {
    ...rest,
    text: change.text ?? content.text,
    ...(caption === undefined || caption === null ? {} : { caption }),
    ...(context === undefined || context === null ? {} : { context }),
    ...(change.client === undefined ? {} : { client: change.client }),
    ...(change.reason === undefined ? {} : { changeReason: change.reason }),
  };
}
