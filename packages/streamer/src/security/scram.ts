/**
 * The server's half of SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677) as Kafka speaks it.
 *
 *     client-first  n,,n=user,r=clientNonce
 *     server-first  r=clientNonce+serverNonce,s=salt,i=iterations
 *     client-final  c=biws,r=nonce,p=proof
 *     server-final  v=serverSignature
 *
 * Guarantees: passwords are never known here, only keys from which none can be found; comparisons take the same time whatever differs; a
 * user who does not exist is answered as one whose password is wrong. Does not: bind to a TLS channel, or let one user act for another.
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

import { decodeText, encodeText } from "@kaelix/base";

const deriveKey = promisify(pbkdf2);
/** Kafka's bounds. */
const ITERATIONS_MIN = 4096;
const ITERATIONS_MAX = 16_384;
const MESSAGE_BYTES_MAX = 4096;

/** A mechanism's name. */
export type ScramMechanism = "SCRAM-SHA-256" | "SCRAM-SHA-512";

/** The mechanisms with their hash and Kafka's number of them. */
export const SCRAM_MECHANISMS: Readonly<
  Record<ScramMechanism, { readonly hash: string; readonly bytes: number; readonly code: number }>
> = {
  "SCRAM-SHA-256": { hash: "sha256", bytes: 32, code: 1 },
  "SCRAM-SHA-512": { hash: "sha512", bytes: 64, code: 2 },
};

/** What a server keeps of a password. */
export interface ScramCredential {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** True for a number of iterations that Kafka accepts. */
export function isIterationCount(iterations: number): boolean {
  return Number.isInteger(iterations) && iterations >= ITERATIONS_MIN && iterations <= ITERATIONS_MAX;
}

/** The credential of a salted password, as clients that administer users send it. */
export function credentialOf(
  mechanism: ScramMechanism,
  salted: { readonly salt: Uint8Array; readonly iterations: number; readonly saltedPassword: Uint8Array },
): ScramCredential {
  const { hash } = SCRAM_MECHANISMS[mechanism];
  const clientKey = hmac(hash, salted.saltedPassword, "Client Key");
  return {
    salt: salted.salt,
    iterations: salted.iterations,
    storedKey: createHash(hash).update(clientKey).digest(),
    serverKey: hmac(hash, salted.saltedPassword, "Server Key"),
  };
}

/** The credential of a password. */
export async function credentialOfPassword(
  mechanism: ScramMechanism,
  password: string,
  salted: { readonly salt: Uint8Array; readonly iterations: number },
): Promise<ScramCredential> {
  const { bytes, hash } = SCRAM_MECHANISMS[mechanism];
  const saltedPassword = await deriveKey(password.normalize("NFKC"), salted.salt, salted.iterations, bytes, hash);
  return credentialOf(mechanism, { ...salted, saltedPassword });
}

/** Whether a password is the one a credential was made of. */
export async function isPassword(
  mechanism: ScramMechanism,
  credential: ScramCredential,
  password: string,
): Promise<boolean> {
  const made = await credentialOfPassword(mechanism, password, credential);
  return timingSafeEqual(made.storedKey, credential.storedKey);
}

/** The client's first message; undefined when it is not one, or asks for what is not offered. */
export function parseClientFirst(
  bytes: Uint8Array,
): { readonly user: string; readonly nonce: string; readonly bare: string } | undefined {
  if (bytes.length > MESSAGE_BYTES_MAX) return undefined;
  // "n" and "y": no channel binding; acting for another user (a=) is not offered. Extensions after the nonce may be ignored.
  const match = /^[ny],,(n=([^,]*),r=([\x21-\x2b\x2d-\x7e]{1,256})(?:,.*)?)$/s.exec(decodeText(bytes));
  const [, bare, name, nonce] = match ?? [];
  if (bare === undefined || name === undefined || nonce === undefined) return undefined;
  // Kafka's clients may send tokenauth=true here: delegation tokens are not offered.
  if (/,tokenauth=true(,|$)/.test(bare)) return undefined;
  const user = parseSaslName(name);
  return user === undefined || user === "" ? undefined : { user, nonce, bare };
}

/** `=2C` is a comma and `=3D` an equals sign; any other `=` is a mistake. */
function parseSaslName(name: string): string | undefined {
  if (/=(?!2C|3D)/.test(name)) return undefined;
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** One exchange, from the server's first message on. */
export class ScramExchange {
  readonly user: string;
  readonly serverFirst: Uint8Array;
  readonly #hash: string;
  readonly #credential: ScramCredential;
  readonly #exists: boolean;
  readonly #nonce: string;
  readonly #messages: string;

  /** @param exists false when the credential was made up for a user who does not exist: the exchange then fails at its end */
  constructor(
    mechanism: ScramMechanism,
    first: { readonly user: string; readonly nonce: string; readonly bare: string },
    server: { readonly credential: ScramCredential; readonly exists: boolean; readonly nonce: string },
  ) {
    this.user = first.user;
    this.#hash = SCRAM_MECHANISMS[mechanism].hash;
    this.#credential = server.credential;
    this.#exists = server.exists;
    this.#nonce = first.nonce + server.nonce;
    const salt = Buffer.from(server.credential.salt).toString("base64");
    const serverFirst = `r=${this.#nonce},s=${salt},i=${server.credential.iterations}`;
    this.#messages = `${first.bare},${serverFirst}`;
    this.serverFirst = encodeText(serverFirst);
  }

  /** Checks the client's proof. Returns the server's last message; undefined when the proof is wrong. */
  finish(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length > MESSAGE_BYTES_MAX) return undefined;
    const match = /^(c=([^,]*),r=([^,]*)(?:,[^p].*)?),p=([A-Za-z0-9+/=]+)$/s.exec(decodeText(bytes));
    const [, withoutProof, binding, nonce, proof] = match ?? [];
    // RFC 5802 wants the very nonce. librdkafka before 2.6.1 puts its own in front once more; Kafka 3.8 and 3.9 take that, and it is as
    // safe: the server's part is random, whole and signed.
    if (withoutProof === undefined || proof === undefined || nonce?.endsWith(this.#nonce) !== true) return undefined;
    // Base64 of "n,," or "y,,".
    if (binding !== "biws" && binding !== "eSws") return undefined;
    const auth = `${this.#messages},${withoutProof}`;
    const signature = hmac(this.#hash, this.#credential.storedKey, auth);
    const given = Buffer.from(proof, "base64");
    if (given.length !== signature.length) return undefined;
    const clientKey = given.map((byte, at) => byte ^ (signature[at] ?? 0));
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    if (!timingSafeEqual(storedKey, this.#credential.storedKey) || !this.#exists) return undefined;
    const verifier = hmac(this.#hash, this.#credential.serverKey, auth);
    return encodeText(`v=${verifier.toString("base64")}`);
  }
}

function hmac(hash: string, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}
