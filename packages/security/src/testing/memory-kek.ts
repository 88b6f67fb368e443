/** A KEK in memory for this room's tests. */
import { createSecretKey } from "node:crypto";

import { systemRandom } from "@kaelix/base";

import type { KekProvider } from "../keys/kek.ts";
import { NONCE_BYTES, openAead, sealAead } from "../sealing/cipher.ts";

/** The fake; counts how often it unwraps. */
export interface MemoryKek extends KekProvider {
  unwraps: number;
  rotate(): void;
}

/** Makes a KEK whose first version is 32 times one byte. */
export function memoryKek(secret = 1): MemoryKek {
  const keys = new Map([[1, createSecretKey(Buffer.alloc(32, secret))]]);
  return {
    name: "test",
    unwraps: 0,
    currentVersion: () => keys.size,
    async wrap(bytes, aad) {
      const nonce = systemRandom.bytes(NONCE_BYTES);
      const kekVersion = keys.size;
      const key = keys.get(kekVersion) ?? createSecretKey(Buffer.alloc(32));
      return { kekVersion, wrapped: Buffer.concat([nonce, sealAead("aes-256-gcm", key, { nonce, aad }, bytes)]) };
    },
    async unwrap({ kekVersion, wrapped }, aad) {
      this.unwraps++;
      await Promise.resolve();
      const key = keys.get(kekVersion);
      const nonce = wrapped.subarray(0, NONCE_BYTES);
      return key === undefined
        ? undefined
        : openAead("aes-256-gcm", key, { nonce, aad }, wrapped.subarray(NONCE_BYTES));
    },
    health: async () => ({ type: "ok" }),
    rotate: () => void keys.set(keys.size + 1, createSecretKey(systemRandom.bytes(32))),
  };
}
