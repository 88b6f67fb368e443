/**
 * Keys of users: the wrapped ones for all, the unwrapped ones for those at work.
 *
 * Guarantees: an unwrapped key stays at most `cacheMs` after it was unwrapped, the least recently used go first, and its bytes are
 * overwritten on leaving; an older version never takes the place of a newer one. It does not: reach the copies inside KeyObjects, which
 * the runtime frees with them.
 */
import { createSecretKey, type KeyObject } from "node:crypto";

import { type Clock, KeyedLock } from "@kaelix/base";
import type { TenantId, UserId, UserKeyWrapped } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { KEY_BYTES } from "../sealing/cipher.ts";
import type { SealScope } from "../sealing/envelope.ts";
import type { KekProvider, WrappedSecret } from "./kek.ts";
import { isPassing, type KeptKey, openKept, SUB_KEY_PURPOSES, type SubKeyPurpose } from "./kept-keys.ts";
import type { UserSealPlace } from "./keystore-types.ts";
import { deriveKey, userKeyAad } from "./wrapping.ts";

/** A person, or the installation itself, as the owner of keys. */
export interface KeyOwner {
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
  readonly #kept: readonly (Omit<KeptKey, "key"> & { readonly key: KeyObject })[];

  /**
   * Takes over `secret` (32 bytes) and overwrites it in `close`.
   * @param kept what former versions left behind; copied
   */
  constructor({ keyVersion, ...owner }: VersionedOwner, secret: Uint8Array, kept: readonly KeptKey[] = []) {
    this.owner = owner;
    this.keyVersion = keyVersion;
    this.#secret = secret;
    this.#key = createSecretKey(secret);
    this.#kept = kept.map((one) => ({ ...one, key: createSecretKey(one.key) }));
  }

  /** The key for one purpose of this version, or what a former one left behind; undefined when that is gone or was never there. */
  keyFor(purpose: SubKeyPurpose, version: number): KeyObject | undefined {
    if (version === this.keyVersion) return this.subKey(purpose);
    return this.#kept.find((one) => one.version === version && one.purpose === purpose)?.key;
  }

  /** The key that texts are looked up by. The first version's for ever: what was told is found by it, and told twice known by it. */
  lookupKey(): KeyObject {
    return this.#kept.find(({ purpose }) => purpose === "lookup")?.key ?? this.subKey("lookup");
  }

  /** What the next version needs of this one and of those before, as long as memory keys are wrapped anew. */
  keptForNext(): readonly KeptKey[] {
    const own = SUB_KEY_PURPOSES.map((purpose) => ({ version: this.keyVersion, purpose, key: this.subKey(purpose) }));
    const isLookedUpBy = this.#kept.some(({ purpose }) => purpose === "lookup");
    const needed = own.filter(({ purpose }) => purpose !== "lookup" || !isLookedUpBy);
    return [...this.#kept, ...needed].map((one) => ({ ...one, key: one.key.export() }));
  }

  /** What is needed of former versions when every memory key is under this one. */
  keptForGood(): readonly KeptKey[] {
    const needed = this.#kept.filter(({ purpose }) => !isPassing(purpose));
    return needed.map((one) => ({ ...one, key: one.key.export() }));
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

  /** What a blob of the owner's own is bound to. */
  scopeOf({ purpose, subject, version = 0 }: UserSealPlace): SealScope {
    // Level 3 stands for the suite: AES-256-GCM.
    return { ...this.owner, subject, level: 3, version, purpose };
  }

  /** Overwrites the key. */
  close(): void {
    this.#secret.fill(0);
    this.#derived.clear();
  }
}

/** A version of a user's key. */
export interface VersionedOwner extends KeyOwner {
  readonly keyVersion: number;
}

/** A user's key as it stands on the log. */
export interface WrappedUserKey extends WrappedSecret {
  readonly owner: VersionedOwner;
  /** Former versions' keys, sealed under the second half of what is wrapped. */
  readonly kept: string | undefined;
  /** True while keys of memories may be under the version before. */
  readonly isRenewing: boolean;
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
  readonly #wrapped = new Map<UserId, WrappedUserKey>();
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
  wrapped(user: UserId): WrappedUserKey | undefined {
    return this.#wrapped.get(user);
  }

  /** Version of a user's key; undefined when there is none. */
  version(user: UserId): number | undefined {
    return this.#wrapped.get(user)?.owner.keyVersion;
  }

  /** Users whose key is under an older version of the KEK. */
  *behind(kekVersion: number): IterableIterator<VersionedOwner> {
    for (const { owner, kekVersion: version } of this.#wrapped.values()) if (version < kekVersion) yield owner;
  }

  /** Users whose memory keys may still be under a former version of theirs. */
  *renewing(): IterableIterator<VersionedOwner> {
    for (const { isRenewing, owner } of this.#wrapped.values()) if (isRenewing) yield owner;
  }

  /** Users that have a key. */
  all(): IterableIterator<UserId> {
    return this.#wrapped.keys();
  }

  /** Puts the wrapped key of an event; a version older than the one at hand is none. */
  put(event: UserKeyWrapped): void {
    const { kept, key_version: keyVersion, renewing, tenant, user } = event;
    const known = this.#wrapped.get(user);
    if (known !== undefined && known.owner.keyVersion > keyVersion) return;
    if (known !== undefined && (known.owner.keyVersion !== keyVersion || known.kept !== kept)) this.#evict(user);
    this.#wrapped.set(user, {
      owner: { tenant, user, keyVersion },
      kekVersion: event.kek_version,
      wrapped: Buffer.from(event.wrapped, "base64url"),
      kept,
      isRenewing: renewing === true,
    });
  }

  /** Takes a first key that was just made, with its wrapped form, so that the first use need not unwrap it. */
  putOpen(event: UserKeyWrapped, secret: Uint8Array): void {
    this.put(event);
    const { key_version: keyVersion, tenant, user } = event;
    this.#keep(user, new OpenUserKey({ tenant, user, keyVersion }, secret));
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
    for (;;) {
      const found = this.#wrapped.get(user);
      if (found === undefined) return undefined;
      const key = openUserKey(found, await unwrapUserKey(this.#options.kek, found));
      // It may have been shredded or renewed while the provider worked.
      if (this.#wrapped.get(user) === found) {
        this.#keep(user, key);
        return key;
      }
      key.close();
    }
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

/**
 * Unwraps a user's key: 32 bytes, and where versions before it are kept 32 more, under which they are sealed.
 * @throws `key-mismatch` when the KEK at hand does not open it; whatever the provider throws
 */
export async function unwrapUserKey(kek: KekProvider, wrapped: WrappedUserKey): Promise<Uint8Array> {
  const { keyVersion, tenant, user } = wrapped.owner;
  const secret = await kek.unwrap(wrapped, userKeyAad(tenant, user, keyVersion));
  const bytes = wrapped.kept === undefined ? KEY_BYTES : 2 * KEY_BYTES;
  if (secret?.length === bytes) return secret;
  throw mismatch(wrapped);
}

function openUserKey(wrapped: WrappedUserKey, secret: Uint8Array): OpenUserKey {
  const { isRenewing, kept, owner } = wrapped;
  if (kept === undefined) return new OpenUserKey(owner, secret);
  const keys = openKept(Buffer.from(kept, "base64url"), { ...owner, isRenewing }, secret.subarray(KEY_BYTES));
  if (keys === undefined) throw mismatch(wrapped);
  const own = Uint8Array.from(secret.subarray(0, KEY_BYTES));
  secret.fill(0);
  const open = new OpenUserKey(owner, own, keys);
  for (const { key } of keys) key.fill(0);
  return open;
}

function mismatch({ kekVersion, owner }: WrappedUserKey): Error {
  return securityErrors("key-mismatch", {
    message:
      "Cannot unwrap a user's key: the key-encryption key at hand is not the one it was wrapped with, or the wrapped key was changed. Nothing was changed; put back the key file that belongs to this data",
    details: { user: owner.user, kekVersion },
  });
}
