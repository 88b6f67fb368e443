/**
 * The key pair that push services know this installation by (VAPID, RFC 8292). It is derived from the installation's secret, so it is made
 * once and for all, lies nowhere in clear, and comes back with a restored backup.
 */
import { createECDH, hkdfSync } from "node:crypto";

/** Both halves, base64url as the Push API takes them. */
export interface PushKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

const TRIES = 16;

/** @param secret 32 secret bytes of the installation */
export function pushKeysOf(secret: Uint8Array): PushKeys {
  for (let count = 0; ; count++) {
    const scalar = Buffer.from(hkdfSync("sha256", secret, new Uint8Array(), `vapid-${count}`, 32));
    const pair = createECDH("prime256v1");
    try {
      pair.setPrivateKey(scalar);
    } catch (error) {
      // One scalar in four billion is none of the curve.
      if (count >= TRIES) throw error;
      continue;
    }
    return { publicKey: pair.getPublicKey("base64url"), privateKey: scalar.toString("base64url") };
  }
}
