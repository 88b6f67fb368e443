/**
 * Brings keys of memories under the newest version of their owners' keys. Contents are not touched: a memory's own key stays what it is.
 *
 * Guarantees: a memory has a key that opens at every moment; a key that was shredded does not come back, for what is known of a memory and
 * the append of its record stand in one turn, before any later tombstone; a key that is on its way to the log, or that somebody may still
 * send there, is left until it has arrived; what is cut off goes on where it was, as what is left is read from the keys themselves.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

import type { Clock, KeyedLock, RandomSource } from "@kaelix/base";
import type { LogRecord } from "@kaelix/log";
import type { MemoryId, UserId } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { NONCE_BYTES } from "../sealing/cipher.ts";
import { keyRecord } from "./key-records.ts";
import type { MemoryRewrapOptions } from "./keystore-types.ts";
import { MOVES, type MemoryKeys, type MemoryKeyState } from "./memory-keys.ts";
import { memoryKeyEvent } from "./prepare-keys.ts";
import type { OpenUserKey, UserKeyring } from "./user-keyring.ts";
import { type FormerKey, unwrapMemoryKey, wrapMemoryKey } from "./wrapping.ts";

/** Keys in one append: a few milliseconds of work in one turn. */
const KEYS_PER_APPEND = 256;
const PAUSE_MS_MAX = 1_000;
/** How often what was on its way is looked at again, and how long it has until then. */
const PASSES_MAX = 8;
const PASS_MS = 20;

/** What it works with. */
interface MemoryRewrapParts {
  readonly memories: MemoryKeys;
  readonly users: UserKeyring;
  readonly locks: KeyedLock;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Appends to topic `keys`; resolves when the records are durable and folded. */
  readonly write: (records: readonly LogRecord[]) => Promise<void>;
  /** Told of an owner none of whose memory keys is under a former version any more. */
  readonly settle: (user: UserId) => Promise<void>;
}

/** One run over the keys. */
export class MemoryRewrap {
  readonly #parts: MemoryRewrapParts;
  readonly #options: MemoryRewrapOptions;
  readonly #damaged = new Set<MemoryId>();
  #done = 0;

  constructor(parts: MemoryRewrapParts, options: MemoryRewrapOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /**
   * Wraps all of them anew and settles every owner who has none left.
   * @throws `key-damaged` when some cannot be read: what opens the former version stays; `key-busy` when some have not arrived on the log
   */
  async run(): Promise<void> {
    let left = 1;
    for (let pass = 0; left > 0 && pass < PASSES_MAX && !this.#isStopped(); pass++) {
      if (pass > 0) await sleep(PASS_MS * 2 ** pass);
      const versions = this.#versions();
      await this.#pass(versions);
      left = await this.#settle(versions);
    }
    const count = this.#damaged.size;
    if (this.#isStopped() || (left === 0 && count === 0)) return;
    if (count === 0) throw securityErrors("key-busy");
    throw securityErrors("key-damaged", {
      message: `Cannot finish the renewal: ${count} keys of memories cannot be read. What opens the former version was kept`,
    });
  }

  #isStopped(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Owners, by their number, whose memory keys may be under a version before this. */
  #versions(): ReadonlyMap<number, number> {
    const { users } = this.#parts;
    return new Map([...users.renewing()].map((owner) => [users.ownerNumber(owner), owner.keyVersion]));
  }

  async #pass(versions: ReadonlyMap<number, number>): Promise<void> {
    const { clock, memories } = this.#parts;
    const total = this.#done + memories.countBehind(versions);
    this.#options.onProgress?.(this.#done, total);
    for (const found of memories.behind(versions)) {
      for (let at = 0; at < found.length && !this.#isStopped(); at += KEYS_PER_APPEND) {
        const beganMs = clock.monotonicMs();
        this.#done += await this.#rewrap(found.slice(at, at + KEYS_PER_APPEND));
        this.#options.onProgress?.(this.#done, total);
        // Half of the time, and of the disk, is for others.
        await sleep(Math.min(clock.monotonicMs() - beganMs, PAUSE_MS_MAX));
      }
      if (this.#isStopped()) return;
      await nextTurn();
    }
  }

  /**
   * None can come under a former version again, so it need not be looked at in one turn.
   * @returns how many keys could not be wrapped anew yet
   */
  async #settle(versions: ReadonlyMap<number, number>): Promise<number> {
    const { memories, settle, users } = this.#parts;
    const behind = new Set<number>();
    let left = 0;
    for (const found of memories.behind(versions)) {
      for (const memory of found) behind.add(memories.ownerOf(memory) ?? -1);
      left += found.filter((memory) => !this.#damaged.has(memory)).length;
      await nextTurn();
    }
    for (const number of versions.keys()) {
      const owner = users.ownerAt(number);
      if (owner !== undefined && !behind.has(number) && !this.#isStopped()) await settle(owner.user);
    }
    return left;
  }

  /** @returns how many were wrapped anew */
  async #rewrap(memories: readonly MemoryId[]): Promise<number> {
    const { locks, write } = this.#parts;
    return locks.run(MOVES, async () => {
      const keys = await this.#open(memories);
      const records = memories.flatMap((memory) => this.#record(memory, keys) ?? []);
      if (records.length > 0) await write(records);
      return records.length;
    });
  }

  async #open(memories: readonly MemoryId[]): Promise<ReadonlyMap<number, OpenUserKey>> {
    const { memories: known, users } = this.#parts;
    const keys = new Map<number, OpenUserKey>();
    for (const number of new Set(memories.map((memory) => known.ownerOf(memory)))) {
      const owner = number === undefined ? undefined : users.ownerAt(number);
      const key = owner === undefined ? undefined : await users.open(owner.user);
      if (number !== undefined && key !== undefined) keys.set(number, key);
    }
    return keys;
  }

  #record(memory: MemoryId, keys: ReadonlyMap<number, OpenUserKey>): LogRecord | undefined {
    const { clock, memories, users } = this.#parts;
    const state = memories.get(memory);
    const key = state === undefined ? undefined : keys.get(state.owner);
    // Shredded meanwhile, or on its way to the log, where it may never come.
    if (state === undefined || key === undefined || memories.pendingOf(memory) !== undefined) return undefined;
    if (users.version(key.owner.user) !== key.keyVersion) return undefined;
    const next = this.#wrapped(memory, state, key);
    if (next === undefined) {
      this.#damaged.add(memory);
      return undefined;
    }
    return keyRecord(memoryKeyEvent({ ...key.owner, memory, level: state.level }, next, clock.nowMs()));
  }

  #wrapped(memory: MemoryId, state: MemoryKeyState, key: OpenUserKey): MemoryKeyState | undefined {
    const current = this.#wrappedAnew(memory, state, key);
    const formers = state.formers.map((former) => this.#wrappedAnew(memory, former, key));
    if (current === undefined || !formers.every((former) => former !== undefined)) return undefined;
    return { ...state, ...current, formers };
  }

  #wrappedAnew(memory: MemoryId, { keyVersion, level, wrapped }: FormerKey, key: OpenUserKey): FormerKey | undefined {
    const place = { ...key.owner, memory, level };
    const levelKey = key.keyFor(`level-${level}`, keyVersion);
    const opened = levelKey === undefined ? undefined : unwrapMemoryKey(levelKey, { ...place, keyVersion }, wrapped);
    if (opened === undefined) return undefined;
    const secret = opened.export();
    const nonce = this.#parts.random.bytes(NONCE_BYTES);
    const now = { ...place, keyVersion: key.keyVersion };
    const anew = wrapMemoryKey(key.subKey(`level-${level}`), now, secret, nonce);
    secret.fill(0);
    return { level, keyVersion: key.keyVersion, wrapped: anew };
  }
}
