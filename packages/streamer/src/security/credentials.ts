/**
 * The users of SASL: what is kept of their passwords, in the cluster's store.
 *
 * Guarantees: a change is durable before it is answered; passwords are never kept.
 */
import { createHmac } from "node:crypto";

import { decodeBase64Url, encodeBase64Url, type RandomSource } from "@kaelix/base";

import type { ClusterStore } from "../broker/cluster-store.ts";
import { credentialOfPassword, type ScramCredential, type ScramMechanism, SCRAM_MECHANISMS } from "./scram.ts";

const KIND = "scram";
const SALT_BYTES = 16;
const ITERATIONS = 4096;

interface StoredCredential {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** Credentials by mechanism and user. */
export class Credentials {
  readonly #store: ClusterStore;
  readonly #random: RandomSource;
  /** Makes up the salt of users who do not exist: the same one every time, as a real one's would be. */
  readonly #decoyKey: Uint8Array;

  constructor(store: ClusterStore, random: RandomSource) {
    this.#store = store;
    this.#random = random;
    this.#decoyKey = random.bytes(32);
  }

  /** A user's credential; undefined when there is none of this mechanism. */
  get(mechanism: ScramMechanism, user: string): ScramCredential | undefined {
    const stored = this.#store.entries(KIND).get(idOf(mechanism, user)) as StoredCredential | undefined;
    if (stored === undefined) return undefined;
    const [salt, storedKey, serverKey] = [stored.salt, stored.storedKey, stored.serverKey].map(decodeBase64Url);
    if (salt === undefined || storedKey === undefined || serverKey === undefined) return undefined;
    return { salt, iterations: stored.iterations, storedKey, serverKey };
  }

  /** A credential nobody can prove, for a user who does not exist. */
  decoy(mechanism: ScramMechanism, user: string): ScramCredential {
    const { bytes } = SCRAM_MECHANISMS[mechanism];
    const salt = createHmac("sha256", this.#decoyKey).update(user).digest().subarray(0, SALT_BYTES);
    return { salt, iterations: ITERATIONS, storedKey: this.#random.bytes(bytes), serverKey: this.#random.bytes(bytes) };
  }

  /** The users who have a credential, with their mechanisms. */
  users(): ReadonlyMap<string, readonly ScramMechanism[]> {
    const users = new Map<string, ScramMechanism[]>();
    for (const id of this.#store.entries(KIND).keys()) {
      for (const mechanism of Object.keys(SCRAM_MECHANISMS) as ScramMechanism[]) {
        if (!id.startsWith(`${mechanism}:`)) continue;
        const user = id.slice(mechanism.length + 1);
        users.set(user, [...(users.get(user) ?? []), mechanism]);
      }
    }
    return users;
  }

  /** Keeps a user's credential, in place of an earlier one. */
  async put(mechanism: ScramMechanism, user: string, credential: ScramCredential): Promise<void> {
    const stored: StoredCredential = {
      salt: encodeBase64Url(credential.salt),
      iterations: credential.iterations,
      storedKey: encodeBase64Url(credential.storedKey),
      serverKey: encodeBase64Url(credential.serverKey),
    };
    await this.#store.put(KIND, idOf(mechanism, user), stored);
  }

  /** Gives a user a password, for every mechanism. */
  async setPassword(user: string, password: string): Promise<void> {
    for (const mechanism of Object.keys(SCRAM_MECHANISMS) as ScramMechanism[]) {
      const salted = { salt: this.#random.bytes(SALT_BYTES), iterations: ITERATIONS };
      await this.put(mechanism, user, await credentialOfPassword(mechanism, password, salted));
    }
  }

  /** Forgets a user's credential. False when there was none. */
  async remove(mechanism: ScramMechanism, user: string): Promise<boolean> {
    if (!this.#store.entries(KIND).has(idOf(mechanism, user))) return false;
    await this.#store.put(KIND, idOf(mechanism, user), undefined);
    return true;
  }

  /** A nonce of the server: printable, without a comma. */
  nonce(): string {
    return encodeBase64Url(this.#random.bytes(18));
  }
}

function idOf(mechanism: ScramMechanism, user: string): string {
  return `${mechanism}:${user}`;
}
