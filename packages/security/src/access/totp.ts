/**
 * One-time codes by time (TOTP, RFC 6238): HMAC-SHA1, 6 digits, steps of 30 s, as every authenticator app has them. Pure.
 *
 * A code is looked for in the step of now and its two neighbours, and only in steps newer than the last one used: whoever sees a code
 * being typed cannot use it again.
 */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";

/** Bytes of a secret: as many as the hash gives (RFC 4226 §4). */
export const TOTP_SECRET_BYTES = 20;

const STEP_MS = 30_000;
const STEPS_ASIDE = 1;
const DIGITS = 6;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The number of the step that a time lies in. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}

/** The code of a step, `digits` decimal digits (RFC 4226 §5.3). */
export function totpCode(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", createSecretKey(secret)).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  const number = (mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** digits;
  return String(number).padStart(digits, "0");
}

/**
 * The step whose code was typed; undefined when it is none of the three, or not newer than `after`. Compares in constant time.
 * @param after the newest step used so far; 0 for none
 */
export function findTotpStep(secret: Uint8Array, typed: string, nowMs: number, after: number): number | undefined {
  const code = Buffer.from(typed.slice(0, 20).replaceAll(/[\s-]/g, ""));
  const now = totpStep(nowMs);
  let found: number | undefined;
  for (let step = now - STEPS_ASIDE; step <= now + STEPS_ASIDE; step++) {
    const expected = Buffer.from(totpCode(secret, step));
    const fits = code.length === expected.length && timingSafeEqual(code, expected);
    if (fits && step > after) found ??= step;
  }
  return found;
}

/** Bytes as people copy them into an app (RFC 4648 §6, without padding). */
export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let buffered = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffered = ((buffered << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((buffered >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + BASE32.charAt((buffered << (5 - bits)) & 31);
}

/** What a QR code for an authenticator app says (`otpauth` key URI). */
export function totpUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${encodeBase32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}
