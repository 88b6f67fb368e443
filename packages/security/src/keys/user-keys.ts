/**
 * Users' keys on the log: made, renewed, brought under a new KEK and shredded, one after the other for each user, so that no record of a key
 * comes behind the tombstone that shredded it.
 *
 *     (none) ──make──► version 1 ──renew──► version n + 1, renewing ──settle──► version n + 1 ──renew──► …
 *                                              any of them ──shred──► gone for good
 */
import { type Clock, KeyedLock, type RandomSource } from "@kaelix/base";
import type { LogRecord } from "@kaelix/log";
import { EVENT_VERSION, type TenantId, type UserId, type UserKeyWrapped } from "@kaelix/model";

import { securityErrors } from "../errors.ts";
import { KEY_BYTES, NONCE_BYTES } from "../sealing/cipher.ts";
import type { KekProvider } from "./kek.ts";
import { type KeptKey, sealKept } from "./kept-keys.ts";
import { keyRecord, userTombstone } from "./key-records.ts";
import { type ShredRange, SYSTEM_USER } from "./keystore-types.ts";
import { unwrapUserKey, type UserKeyring, type VersionedOwner } from "./user-keyring.ts";
import { userKeyAad } from "./wrapping.ts";

const FIRST_VERSION = 1;

/** What they are written with. */
interface UserKeysParts {
  readonly kek: KekProvider;
  readonly users: UserKeyring;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Appends to topic `keys`, durable; resolves to the offset after the last record. */
  readonly append: (records: readonly LogRecord[]) => Promise<number>;
  /** Resolves when everything before an offset is folded. */
  readonly reach: (offset: number) => Promise<void>;
}

/** A key as it is to be wrapped. */
interface Unwrapped {
  readonly owner: VersionedOwner;
  /** What the KEK wraps. */
  readonly secret: Uint8Array;
  readonly kept: string | undefined;
  readonly isRenewing: boolean;
}

/** Writes users' keys. One per keystore. */
export class UserKeys {
  readonly #parts: UserKeysParts;
  readonly #lock = new KeyedLock();

  constructor(parts: UserKeysParts) {
    this.#parts = parts;
  }

  /**
   * Makes a user's first key unless there is one.
   * @param wasThere whether there was one that cannot be seen: a second would replace it for ever, with everything under it
   * @throws `key-damaged` when there was one
   */
  async make(tenant: TenantId, user: UserId, wasThere: () => boolean): Promise<void> {
    const { append, random, users } = this.#parts;
    await this.#lock.run(user, async () => {
      if (users.has(user)) return;
      if (wasThere()) {
        throw securityErrors("key-damaged", {
          message: "Cannot make a key for the user: there was one, and it was shredded or its record is damaged",
          details: { user },
        });
      }
      const secret = random.bytes(KEY_BYTES);
      const owner = { tenant, user, keyVersion: FIRST_VERSION };
      const event = await this.#wrap({ owner, secret, kept: undefined, isRenewing: false });
      await append([keyRecord(event)]);
      users.putOpen(event, secret);
    });
  }

  /**
   * Gives a user a new key beside what is needed of the one before; false when the last renewal is still under way.
   * @throws `key-user-missing`; `key-mismatch`; whatever the provider or the log throws
   */
  async renew(user: UserId): Promise<boolean> {
    const { append, random, reach, users } = this.#parts;
    return this.#lock.run(user, async () => {
      const before = user === SYSTEM_USER ? undefined : await users.open(user);
      if (before === undefined) throw securityErrors("key-user-missing", { details: { user } });
      if (users.wrapped(user)?.isRenewing === true) return false;
      const owner = { ...before.owner, keyVersion: before.keyVersion + 1 };
      const event = await this.#wrapWith(random.bytes(KEY_BYTES), before.keptForNext(), { owner, isRenewing: true });
      await reach(await append([keyRecord(event)]));
      return true;
    });
  }

  /**
   * Destroys what opens memory keys of the former version. Call it when none is under it any more.
   * @throws `key-mismatch`; whatever the provider or the log throws
   */
  async settle(user: UserId): Promise<void> {
    const { append, kek, reach, users } = this.#parts;
    await this.#lock.run(user, async () => {
      const wrapped = users.wrapped(user);
      const key = await users.open(user);
      // It may have been shredded meanwhile.
      if (wrapped?.isRenewing !== true || key === undefined) return;
      const secret = await unwrapUserKey(kek, wrapped);
      const own = secret.subarray(0, KEY_BYTES);
      const event = await this.#wrapWith(own, key.keptForGood(), { owner: wrapped.owner, isRenewing: false });
      secret.fill(0);
      await reach(await append([keyRecord(event)]));
    });
  }

  /** Wraps a user's key under the KEK of today; false when it is, or is no more. Throws as `settle`. */
  async rewrap({ user }: VersionedOwner): Promise<boolean> {
    const { append, kek, users } = this.#parts;
    return this.#lock.run(user, async () => {
      const wrapped = users.wrapped(user);
      // It may have been shredded meanwhile.
      if (wrapped === undefined || wrapped.kekVersion >= kek.currentVersion()) return false;
      const secret = await unwrapUserKey(kek, wrapped);
      const event = await this.#wrap({ ...wrapped, secret });
      secret.fill(0);
      await append([keyRecord(event)]);
      users.put(event);
      return true;
    });
  }

  /** Shreds a user's key, and every version of it. */
  async shred(user: UserId): Promise<ShredRange> {
    const { append, clock, reach } = this.#parts;
    // Not while the key is being rewrapped: its record would come after the tombstone and bring it back.
    return this.#lock.run(user, async () => {
      const to = await append([userTombstone(user, clock.nowMs())]);
      await reach(to);
      return { from: to - 1, to };
    });
  }

  /** Kept keys are sealed under a key that is new each time: with an earlier record's they open no more when its KEK is destroyed. */
  async #wrapWith(
    own: Uint8Array,
    kept: readonly KeptKey[],
    as: Pick<Unwrapped, "owner" | "isRenewing">,
  ): Promise<UserKeyWrapped> {
    const { random } = this.#parts;
    const keptKey = random.bytes(KEY_BYTES);
    const sealed = sealKept(kept, { ...as.owner, isRenewing: as.isRenewing }, keptKey, random.bytes(NONCE_BYTES));
    const secret = Buffer.concat([own, keptKey]);
    for (const bytes of [keptKey, own, ...kept.map(({ key }) => key)]) bytes.fill(0);
    const event = await this.#wrap({ ...as, secret, kept: sealed.toString("base64url") });
    secret.fill(0);
    return event;
  }

  async #wrap({ isRenewing, kept, owner, secret }: Unwrapped): Promise<UserKeyWrapped> {
    const { clock, kek } = this.#parts;
    const { keyVersion, tenant, user } = owner;
    const { kekVersion, wrapped } = await kek.wrap(secret, userKeyAad(tenant, user, keyVersion));
    return {
      type: "key.user",
      v: EVENT_VERSION,
      at: clock.nowMs(),
      tenant,
      user,
      key_version: keyVersion,
      kek_version: kekVersion,
      wrapped: Buffer.from(wrapped).toString("base64url"),
      ...(kept === undefined ? {} : { kept }),
      ...(isRenewing ? { renewing: true } : {}),
    };
  }
}
