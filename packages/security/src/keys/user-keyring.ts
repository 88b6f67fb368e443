/**
 * Keys of users: the wrapped ones for all, the unwrapped ones for those at work.
 *
 * Guarantees: an unwrapped key stays at most `cacheMs` after it was unwrapped, the least recently used go first, and its bytes are
 * overwritten on leaving. It does not: reach the copies inside KeyObjects, which the runtime frees with them.
 */
import { createSecretKey, type KeyObject } from "node:crypto";

import { type Clock, KeyedLock } from "@kaelix/base";
import type { Level, TenantId, UserId, UserKeyWrapped } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import type { KekProvider, WrappedSecret } from "./kek.ts";
import { deriveKey, userKeyAad } from "./wrapping.ts";

/** A person, or the installation itself, as the owner of keys. */
interface KeyOwner {
  readonly tenant: TenantId;
  readonly user: UserId;
}

/** A user's key at work. */
export class OpenUserKey {
  readonly owner: KeyOwner;
  readonly keyVersion: number;
  readonly #secret: Uint8Array;
  readonly #key: KeyObject;
  readonly #derived = new Map<string, KeyObject>();

  /** Takes over `secret` (32 bytes) and overwrites it in `close`. */
  constructor(owner: KeyOwner, keyVersion: number, secret: Uint8Array) {
    this.owner = owner;
    this.keyVersion = keyVersion;
    this.#secret = secret;
    this.#key = createSecretKey(secret);
  }

  /** The key that wraps this user's memory keys of one level. */
  levelKey(level: Level): KeyObject {
    return this.subKey(`level-${level}`);
  }

  /** The key for one purpose; purposes are few and fixed. */
  subKey(purpose: string): KeyObject {
    let key = this.#derived.get(purpose);
    if (key === undefined) {
      const { tenant, user } = this.owner;
      const bytes = deriveKey(this.#key, purpose, tenant, user, String(this.keyVersion));
      key = createSecretKey(bytes);
      bytes.fill(0);
      this.#derived.set(purpose, key);
    }
    return key;
  }

  /** Overwrites the key. */
  close(): void {
    this.#secret.fill(0);
    this.#derived.clear();
  }
}

interface Wrapped {
  readonly owner: KeyOwner;
  readonly keyVersion: number;
  readonly kekVersion: number;
  readonly wrapped: Buffer;
}

interface Cached {
  readonly key: OpenUserKey;
  readonly untilMs: number;
}

/** How many unwrapped keys are kept and for how long. */
interface KeyringOptions {
  readonly kek: KekProvider;
  readonly clock: Clock;
  readonly cacheMs: number;
  readonly cachedMax: number;
}

/** All users' keys. */
export class UserKeyring {
  readonly #options: KeyringOptions;
  readonly #wrapped = new Map<UserId, Wrapped>();
  readonly #cache = new Map<UserId, Cached>();
  readonly #owners: KeyOwner[] = [];
  readonly #ownerNumbers = new Map<string, number>();
  readonly #known = new Set<UserId>();
  readonly #lock = new KeyedLock();

  constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Users that have a key. */
  get size(): number {
    return this.#wrapped.size;
  }

  /** Unwrapped keys held now. */
  get cached(): number {
    return this.#cache.size;
  }

  /** A small number that stands for an owner while the process lives. */
  ownerNumber(owner: KeyOwner): number {
    const name = `${owner.tenant}/${owner.user}`;
    let number = this.#ownerNumbers.get(name);
    if (number === undefined) {
      number = this.#owners.push({ tenant: owner.tenant, user: owner.user }) - 1;
      this.#ownerNumbers.set(name, number);
      this.#known.add(owner.user);
    }
    return number;
  }

  /** The owner of a number from `ownerNumber`. */
  ownerAt(number: number): KeyOwner | undefined {
    return this.#owners[number];
  }

  /** True when the user has a key. */
  has(user: UserId): boolean {
    return this.#wrapped.has(user);
  }

  /** True when keys of memories, or a shredded key of their own, say that the user once had a key. */
  isOwner(user: UserId): boolean {
    return this.#known.has(user);
  }

  /** The wrapped key and the version of the KEK it is under. */
  wrapped(user: UserId): WrappedSecret | undefined {
    return this.#wrapped.get(user);
  }

  /** Users whose key is under an older version of the KEK. */
  *behind(kekVersion: number): IterableIterator<KeyOwner & { readonly keyVersion: number }> {
    for (const { owner, keyVersion, kekVersion: version } of this.#wrapped.values()) {
      if (version < kekVersion) yield { ...owner, keyVersion };
    }
  }

  /** Puts the wrapped key of an event. */
  put(event: UserKeyWrapped): void {
    const wrapped = Buffer.from(event.wrapped, "base64url");
    const owner = { tenant: event.tenant, user: event.user };
    const known = this.#wrapped.get(event.user);
    if (known !== undefined && known.keyVersion !== event.key_version) this.#evict(event.user);
    this.#wrapped.set(event.user, { owner, keyVersion: event.key_version, kekVersion: event.kek_version, wrapped });
  }

  /** Takes a key that was just made, with its wrapped form, so that the first use need not unwrap it. */
  putOpen(event: UserKeyWrapped, secret: Uint8Array): void {
    this.put(event);
    const key = new OpenUserKey({ tenant: event.tenant, user: event.user }, event.key_version, secret);
    this.#keep(event.user, key);
  }

  /** Forgets a user's key for good. */
  drop(user: UserId): void {
    this.#known.add(user);
    this.#wrapped.delete(user);
    this.#evict(user);
  }

  /** The key when it is unwrapped already. */
  cachedKey(user: UserId): OpenUserKey | undefined {
    const found = this.#cache.get(user);
    if (found === undefined) return undefined;
    this.#cache.delete(user);
    if (found.untilMs <= this.#options.clock.monotonicMs()) {
      found.key.close();
      return undefined;
    }
    this.#cache.set(user, found);
    return found.key;
  }

  /**
   * The key, unwrapped when it must be; undefined when the user has none.
   * @throws `key-mismatch` when the KEK at hand does not open it; whatever the provider throws
   */
  async open(user: UserId): Promise<OpenUserKey | undefined> {
    return this.cachedKey(user) ?? this.#lock.run(user, async () => this.cachedKey(user) ?? (await this.#unwrap(user)));
  }

  /** Overwrites what has stayed its time. */
  sweep(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [user, { untilMs }] of this.#cache) if (untilMs <= nowMs) this.#evict(user);
  }

  /** Overwrites every unwrapped key. */
  close(): void {
    for (const user of this.#cache.keys()) this.#evict(user);
  }

  async #unwrap(user: UserId): Promise<OpenUserKey | undefined> {
    const found = this.#wrapped.get(user);
    if (found === undefined) return undefined;
    const { owner, keyVersion } = found;
    const aad = userKeyAad(owner.tenant, owner.user, keyVersion);
    const secret = await this.#options.kek.unwrap(found, aad);
    if (secret === undefined) {
      throw securityErrors("key-mismatch", {
        message:
          "Cannot unwrap a user's key: the key-encryption key at hand is not the one it was wrapped with, or the wrapped key was changed. Nothing was changed; put back the key file that belongs to this data",
        details: { user, kekVersion: found.kekVersion },
      });
    }
    const key = new OpenUserKey(owner, keyVersion, secret);
    // It may have been shredded while the provider worked.
    if (!this.#wrapped.has(user)) {
      key.close();
      return undefined;
    }
    this.#keep(user, key);
    return key;
  }

  #keep(user: UserId, key: OpenUserKey): void {
    this.#evict(user);
    this.#cache.set(user, { key, untilMs: this.#options.clock.monotonicMs() + this.#options.cacheMs });
    if (this.#cache.size <= this.#options.cachedMax) return;
    for (const oldest of this.#cache.keys()) {
      this.#evict(oldest);
      return;
    }
  }

  #evict(user: UserId): void {
    this.#cache.get(user)?.key.close();
    this.#cache.delete(user);
  }
}
