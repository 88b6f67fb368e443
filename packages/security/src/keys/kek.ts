/**
 * The port to whatever holds the key-encryption key (KEK): a key file, the Transit engine of Vault or OpenBao; any key-management service
 * fits behind the same calls.
 *
 * Every provider guarantees: what `wrap` returns opens only with the same `aad` and the version it names; key bytes never leave it
 * except as the unwrapped secret; versions grow and old ones stay usable until they are destroyed.
 */

/** A secret under the KEK. */
export interface WrappedSecret {
  /** Version of the KEK it was wrapped with, ≥ 1. */
  readonly kekVersion: number;
  readonly wrapped: Uint8Array;
}

/** Whether keys can be wrapped and unwrapped now. */
export type KekHealth = { readonly type: "ok" } | { readonly type: "failed"; readonly problem: string };

/** The port. */
export interface KekProvider {
  /** Name for reports, e.g. `file`. */
  readonly name: string;
  /** The version that `wrap` uses now. */
  currentVersion(): number;
  /** Wraps a secret (at most 1 KiB) and binds it to `aad`. */
  wrap(secret: Uint8Array, aad: Uint8Array): Promise<WrappedSecret>;
  /**
   * Unwraps a secret; undefined when it was wrapped elsewhere, for another `aad`, or was damaged.
   * @throws `key-version-missing` when the provider does not hold that version
   */
  unwrap(secret: WrappedSecret, aad: Uint8Array): Promise<Uint8Array | undefined>;
  health(): Promise<KekHealth>;
}

/** A provider whose versions can be renewed and destroyed. */
export interface RotatingKek extends KekProvider {
  /** Brings in a new version and makes it current, durably. Older ones stay for unwrapping. Returns the new version. */
  rotate(): Promise<number>;
  /** Since when the current version is there, epoch ms; 0 when it is not known. */
  currentSinceMs(): Promise<number>;
  /**
   * Destroys every version below one, for ever: nothing wrapped with them opens any more.
   * @throws `key-version-missing` when that version is not there
   */
  destroyBefore(version: number): Promise<void>;
}
