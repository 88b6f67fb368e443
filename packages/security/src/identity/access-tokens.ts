/**
 * Access tokens: signed JWTs of ten minutes (RFC 7519, RFC 9068), Ed25519 alone.
 *
 * Guarantees: the algorithm, type, issuer and audience are pinned; a token chooses among our own keys alone, the one that signs and those
 * that were retired within the life of a token; only the canonical spelling of a token is accepted; tokens survive a restart.
 * It does not know of revoked sessions: the service asks for that.
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject } from "node:crypto";

import { type Clock, type RandomSource } from "@kaelix/base";
import { parseId, parseTenantId, type Role, type SessionId, type TenantId, type UserId } from "@kaelix/model";
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";

import type { SigningKey, SigningLine } from "../keys/signing-keys.ts";

/** Seconds an access token is good for. */
export const ACCESS_TOKEN_SECONDS = 600;

/** What a token says of its bearer. */
export interface AccessClaims {
  readonly user: UserId;
  readonly tenant: TenantId;
  readonly role: Role;
  readonly session: SessionId;
  readonly expiresAtMs: number;
}

/** The claims, or why the token is none of ours. */
export type VerifiedToken =
  | { readonly type: "verified"; readonly claims: AccessClaims }
  | { readonly type: "refused"; readonly why: "malformed" | "forged" | "expired" };

/** What tokens are made with. */
export interface AccessTokenOptions {
  /** The key that signs, and after it those that still verify. */
  readonly keys: () => SigningLine;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly random: RandomSource;
}

const ALGORITHM = "EdDSA";
const TYPE = "at+jwt";
const TOKEN_LENGTH_MAX = 2_048;
const CACHE_MAX = 20_000;
const CLOCK_SKEW_SECONDS = 60;
// PKCS #8 of an Ed25519 private key (RFC 8410 §7): this head and the 32-byte seed.
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const ROLES: readonly Role[] = ["owner", "admin", "member", "guest"];

/** A key at work. */
interface TokenKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Names it in `kid`. */
  readonly id: string;
}

/** Signs and verifies. Verified tokens are remembered until they end, because a verification costs 0.14 ms. */
export class AccessTokens {
  readonly #options: AccessTokenOptions;
  readonly #verified = new Map<string, { readonly claims: AccessClaims; readonly keyId: string }>();
  readonly #tokenKeys = new WeakMap<KeyObject, TokenKey>();

  constructor(options: AccessTokenOptions) {
    this.#options = options;
  }

  /** The public key of the one that signs. */
  get publicKey(): KeyObject {
    return this.#tokenKey(this.#options.keys()[0]).publicKey;
  }

  /** A token for a session, good for ten minutes. */
  async sign(claims: Omit<AccessClaims, "expiresAtMs">): Promise<string> {
    const seconds = Math.floor(this.#options.clock.nowMs() / 1_000);
    const { id, privateKey } = this.#tokenKey(this.#options.keys()[0]);
    return new SignJWT({ sid: claims.session, role: claims.role, tenant: claims.tenant })
      .setProtectedHeader({ alg: ALGORITHM, kid: id, typ: TYPE })
      .setIssuer(this.#options.issuer)
      .setAudience(this.#options.audience)
      .setSubject(claims.user)
      .setJti(Buffer.from(this.#options.random.bytes(16)).toString("base64url"))
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ACCESS_TOKEN_SECONDS)
      .sign(privateKey);
  }

  /** Reads a token; never throws for a bad one. */
  async verify(token: string): Promise<VerifiedToken> {
    if (token.length > TOKEN_LENGTH_MAX) return { type: "refused", why: "malformed" };
    const name = hash("sha256", token, "base64url");
    const known = this.#verified.get(name);
    if (known !== undefined) {
      const isOver = this.#options.clock.nowMs() >= known.claims.expiresAtMs;
      if (!isOver && this.#find(known.keyId) !== undefined) return { type: "verified", claims: known.claims };
      this.#verified.delete(name);
      return { type: "refused", why: isOver ? "expired" : "forged" };
    }
    if (!isCanonical(token)) return { type: "refused", why: "malformed" };
    const keyId = keyIdOf(token);
    const key = this.#find(keyId);
    if (key === undefined) return { type: "refused", why: "forged" };
    const verified = await this.#verify(token, key);
    if (verified.type === "verified") this.#remember(name, { claims: verified.claims, keyId });
    return verified;
  }

  /** The key that a token names, when it is one of ours and still good. */
  #find(keyId: string): SigningKey | undefined {
    return this.#options.keys().find((key) => this.#tokenKey(key).id === keyId);
  }

  async #verify(token: string, key: SigningKey): Promise<VerifiedToken> {
    try {
      const { payload } = await jwtVerify(token, this.#tokenKey(key).publicKey, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.#options.issuer,
        audience: this.#options.audience,
        currentDate: new Date(this.#options.clock.nowMs()),
        requiredClaims: ["sub", "sid", "jti", "role", "tenant", "iat", "exp"],
      });
      const claims = parseClaims(payload, this.#options.clock.nowMs());
      if (claims !== undefined && isAfter(claims, key)) return { type: "refused", why: "forged" };
      return claims === undefined ? { type: "refused", why: "malformed" } : { type: "verified", claims };
    } catch (error) {
      return { type: "refused", why: error instanceof errors.JWTExpired ? "expired" : "forged" };
    }
  }

  #tokenKey({ secret }: SigningKey): TokenKey {
    let found = this.#tokenKeys.get(secret);
    if (found === undefined) {
      const der = Buffer.concat([PKCS8_HEAD, secret.export()]);
      const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      der.fill(0);
      const publicKey = createPublicKey(privateKey);
      const id = hash("sha256", publicKey.export({ format: "der", type: "spki" }), "base64url").slice(0, 16);
      found = { privateKey, publicKey, id };
      this.#tokenKeys.set(secret, found);
    }
    return found;
  }

  #remember(name: string, verified: { readonly claims: AccessClaims; readonly keyId: string }): void {
    this.#verified.set(name, verified);
    if (this.#verified.size <= CACHE_MAX) return;
    for (const oldest of this.#verified.keys()) {
      this.#verified.delete(oldest);
      return;
    }
  }
}

/** True for a token that says it was signed after its key was retired: nobody here did that. */
function isAfter({ expiresAtMs }: AccessClaims, { retiredAtMs = Number.POSITIVE_INFINITY }: SigningKey): boolean {
  return expiresAtMs > retiredAtMs + (ACCESS_TOKEN_SECONDS + CLOCK_SKEW_SECONDS) * 1_000;
}

/** The key that a token says it is signed by; empty when it says none. */
function keyIdOf(token: string): string {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === "string" ? kid : "";
  } catch {
    return "";
  }
}

/** Three parts of base64url whose spare bits are zero: a token has one spelling. */
function isCanonical(token: string): boolean {
  const parts = token.split(".");
  return (
    parts.length === 3 &&
    parts.every((part) => part !== "" && Buffer.from(part, "base64url").toString("base64url") === part)
  );
}

function parseClaims(payload: Readonly<Record<string, unknown>>, nowMs: number): AccessClaims | undefined {
  const { sub, sid, jti, iat, exp } = payload;
  const user = typeof sub === "string" ? parseId("usr", sub) : undefined;
  const session = typeof sid === "string" ? parseId("ses", sid) : undefined;
  const tenant = typeof payload["tenant"] === "string" ? parseTenantId(payload["tenant"]) : undefined;
  const role = ROLES.find((name) => name === payload["role"]);
  if (user === undefined || session === undefined || tenant === undefined || role === undefined) return undefined;
  if (typeof jti !== "string" || typeof iat !== "number" || typeof exp !== "number") return undefined;
  const isTimely =
    Number.isSafeInteger(iat) &&
    Number.isSafeInteger(exp) &&
    exp - iat === ACCESS_TOKEN_SECONDS &&
    iat <= nowMs / 1_000 + CLOCK_SKEW_SECONDS;
  return isTimely ? { user, session, tenant, role, expiresAtMs: exp * 1_000 } : undefined;
}
