/** A KEK in memory for this room's tests. */
import { createSecretKey } from "node:crypto";

import { type Clock, ManualClock, systemRandom } from "@kaelix/base";

import { securityErrors } from "../errors.ts";
import type { RotatingKek } from "../keys/kek.ts";
import { NONCE_BYTES, openAead, sealAead } from "../sealing/cipher.ts";

/** The fake; counts how often it unwraps. */
export interface MemoryKek extends RotatingKek {
  unwraps: number;
}

/** Makes a KEK whose first version is 32 times one byte. */
export function memoryKek(secret = 1, clock: Clock = new ManualClock()): MemoryKek {
  const keys = new Map([[1, createSecretKey(Buffer.alloc(32, secret))]]);
  let [version, sinceMs] = [1, clock.nowMs()];
  return {
    name: "test",
    unwraps: 0,
    currentVersion: () => version,
    async wrap(bytes, aad) {
      const nonce = systemRandom.bytes(NONCE_BYTES);
      const kekVersion = version;
      const key = keys.get(kekVersion) ?? createSecretKey(Buffer.alloc(32));
      return { kekVersion, wrapped: Buffer.concat([nonce, sealAead("aes-256-gcm", key, { nonce, aad }, bytes)]) };
    },
    async unwrap({ kekVersion, wrapped }, aad) {
      this.unwraps++;
      await Promise.resolve();
      const key = keys.get(kekVersion);
      const nonce = wrapped.subarray(0, NONCE_BYTES);
      if (key === undefined) throw securityErrors("key-version-missing");
      return openAead("aes-256-gcm", key, { nonce, aad }, wrapped.subarray(NONCE_BYTES));
    },
    health: async () => ({ type: "ok" }),
    rotate: async () => {
      keys.set(++version, createSecretKey(systemRandom.bytes(32)));
      sinceMs = clock.nowMs();
      return version;
    },
    currentSinceMs: async () => sinceMs,
    destroyBefore: async (least) => {
      for (const one of keys.keys()) if (one < least) keys.delete(one);
    },
  };
}
