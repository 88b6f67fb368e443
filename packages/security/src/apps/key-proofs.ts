/**
 * Proofs that whoever sends a token holds the key it is bound to (DPoP, RFC 9449).
 *
 * Guarantees: a proof counts once, for this method, this address, this token and this minute; only keys that a stranger cannot make up a
 * signature for (no shared secrets, no `none`); when more proofs come within a minute than can be remembered, further ones are refused
 * rather than forgotten. It does not: hand out nonces, so a proof that was made ahead on a stolen machine counts in its minute. What was
 * seen is in memory: within a minute after a restart a proof could be repeated, by whoever has both it and the token.
 */
import { createHash } from "node:crypto";

import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify } from "jose";

/** Algorithms that proofs may be signed with. */
export const PROOF_ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "ES384", "PS256", "RS256"] as const;

/** What a proof must be for. */
export interface KeyProofWanted {
  readonly method: string;
  /** Address of the request; what stands behind ? and # does not count. */
  readonly url: string;
  /** The token it goes along with; absent at the token endpoint. */
  readonly token?: string;
  /** Wall clock, epoch ms. */
  readonly nowMs: number;
}

const AGE_MS_MAX = 60_000;
const AHEAD_MS_MAX = 5_000;
const LENGTH_MAX = 4_000;
const SEEN_MAX = 50_000;

/** Checks proofs and remembers those it has seen. */
export class KeyProofs {
  readonly #seenUntilMs = new Map<string, number>();

  /** The thumbprint (base64url) of the key that a proof shows; undefined when it proves nothing. */
  async check(proof: string, wanted: KeyProofWanted): Promise<string | undefined> {
    if (proof.length > LENGTH_MAX) return undefined;
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: "dpop+jwt",
        algorithms: [...PROOF_ALGORITHMS],
        currentDate: new Date(wanted.nowMs),
      });
      const { jwk } = protectedHeader;
      if (jwk === undefined || !fits(payload, wanted)) return undefined;
      const thumbprint = await calculateJwkThumbprint(jwk, "sha256");
      return this.#isFirst(`${thumbprint} ${String(payload.jti)}`, wanted.nowMs) ? thumbprint : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  #isFirst(name: string, nowMs: number): boolean {
    for (const [other, untilMs] of this.#seenUntilMs) {
      if (untilMs > nowMs) break;
      this.#seenUntilMs.delete(other);
    }
    const kept = createHash("sha256").update(name).digest("base64url");
    if (this.#seenUntilMs.has(kept) || this.#seenUntilMs.size >= SEEN_MAX) return false;
    this.#seenUntilMs.set(kept, nowMs + AGE_MS_MAX + AHEAD_MS_MAX);
    return true;
  }
}

function fits(payload: Readonly<Record<string, unknown>>, { method, nowMs, token, url }: KeyProofWanted): boolean {
  const { ath, htm, htu, iat, jti } = payload;
  if (typeof jti !== "string" || jti.length === 0 || jti.length > 500 || htm !== method) return false;
  if (typeof htu !== "string" || addressOf(htu) === undefined || addressOf(htu) !== addressOf(url)) return false;
  if (typeof iat !== "number" || iat * 1_000 < nowMs - AGE_MS_MAX || iat * 1_000 > nowMs + AHEAD_MS_MAX) return false;
  return token === undefined || ath === createHash("sha256").update(token).digest("base64url");
}

function addressOf(text: string): string | undefined {
  const url = URL.parse(text);
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}
