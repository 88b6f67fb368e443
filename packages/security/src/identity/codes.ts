/** Claim, invitation and recovery codes: made, normalised and compared. */
import { createHash, timingSafeEqual } from "node:crypto";

import type { RandomSource } from "@kaelix/base";

import { normaliseCode } from "./parse.ts";

// Without 0 O, 1 I L, 5 S, 8 B, 2 Z: what people mix up when they copy a code by hand.
const ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY";
const CLAIM_GROUPS = 2;
const INVITE_GROUPS = 7;
const RECOVERY_GROUPS = 7;
const RESET_GROUPS = 7;
const GROUP_LETTERS = 4;
const WRONG_MAX = 20;
const FREEZE_MS = 60_000;

/** A claim code such as `X7KD-93QM`: 37 bits, enough at 20 tries a minute. */
export function makeClaimCode(random: RandomSource): string {
  return makeCode(random, CLAIM_GROUPS);
}

/** An invitation code: seven groups of four, 130 bits. */
export function makeInviteCode(random: RandomSource): string {
  return makeCode(random, INVITE_GROUPS);
}

/** A recovery code: seven groups of four, 130 bits. */
export function makeRecoveryCode(random: RandomSource): string {
  return makeCode(random, RECOVERY_GROUPS);
}

/** The code in a link that sets a new password: seven groups of four, 130 bits. */
export function makeResetCode(random: RandomSource): string {
  return makeCode(random, RESET_GROUPS);
}

/** SHA-256 of a code as people type it (base64url). */
export function hashCode(typed: string): string {
  return createHash("sha256").update(normaliseCode(typed)).digest("base64url");
}

/** Compares claim codes in constant time and freezes for a minute after 20 wrong ones. */
export class ClaimGate {
  readonly #expected: Buffer;
  #wrong = 0;
  #frozenUntilMs = 0;

  constructor(code: string) {
    this.#expected = Buffer.from(hashCode(code), "base64url");
  }

  /** Monotonic time as ms. While frozen even the right code is not looked at. */
  check(
    typed: string | undefined,
    nowMs: number,
  ): { readonly type: "right" | "wrong" } | { readonly type: "frozen"; readonly waitMs: number } {
    if (nowMs < this.#frozenUntilMs) return { type: "frozen", waitMs: this.#frozenUntilMs - nowMs };
    const given = Buffer.from(hashCode(typed ?? ""), "base64url");
    if (timingSafeEqual(given, this.#expected)) return { type: "right" };
    if (++this.#wrong >= WRONG_MAX) {
      this.#wrong = 0;
      this.#frozenUntilMs = nowMs + FREEZE_MS;
    }
    return { type: "wrong" };
  }
}

function makeCode(random: RandomSource, groups: number): string {
  const letters: string[] = [];
  while (letters.length < groups * GROUP_LETTERS) {
    for (const byte of random.bytes(64)) {
      // Bytes above the last whole multiple would favour the first letters.
      if (byte >= ALPHABET.length * 10 || letters.length === groups * GROUP_LETTERS) continue;
      letters.push(ALPHABET.charAt(byte % ALPHABET.length));
    }
  }
  return letters.join("").replaceAll(/.{4}(?=.)/g, "$&-");
}
