/** An authenticator app for tests, written from RFC 6238 and not from our own code. */
import { createHmac } from "node:crypto";

const STEP_MS = 30_000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code that the app shows, or showed some steps of 30 s before (negative). */
export function authenticatorCode(secret: string, stepsFromNow = 0): string {
  const bits = (secret.match(/[A-Z2-7]/g) ?? []).map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + stepsFromNow));
  const mac = createHmac("sha1", Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

/**
 * Waits until the current step has some seconds left: a code is then good for as long as a test needs. Codes are used from the step
 * before now to the one after, each once, so three can be had in a row.
 */
export async function steadyStep(secondsLeft = 12): Promise<void> {
  const leftMs = STEP_MS - (Date.now() % STEP_MS);
  if (leftMs < secondsLeft * 1_000) await new Promise((resolve) => setTimeout(resolve, leftMs + 50));
}
