/**
 * A passkey in software (ES256, no attestation), for tests: it signs what it is told to, rightly or wrongly.
 *
 *     authenticator data: 32 SHA-256(rpId) | 1 flags (UP 1, UV 4, AT 64) | 4 counter | at creation: 16 AAGUID | 2 length | id | COSE key
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

import type { PasskeyAnswer, PasskeyCreation } from "../access/passkey-ceremony.ts";

/** What may be wrong with an answer. */
export interface PasskeyFlaws {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly isVerified?: boolean;
  readonly isPresent?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  readonly isFramed?: boolean;
  /** Signs with another key. */
  readonly forger?: SoftwarePasskey;
}

/** One passkey of one device. */
export class SoftwarePasskey {
  readonly id: string;
  readonly #privateKey: KeyObject;
  readonly #coseKey: Buffer;
  #handle = "";
  #counter: number;

  constructor({ counter = 0, id }: { readonly counter?: number; readonly id?: string } = {}) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.id = id ?? randomBytes(32).toString("base64url");
    this.#privateKey = privateKey;
    this.#coseKey = coseKey(Buffer.from(x, "base64url"), Buffer.from(y, "base64url"));
    this.#counter = counter;
  }

  /** Answers `navigator.credentials.create`. */
  create(
    options: {
      readonly challenge: string;
      readonly rp: { readonly id: string };
      readonly user: { readonly id: string };
    },
    origin: string,
    flaws: PasskeyFlaws = {},
  ): PasskeyCreation {
    this.#handle = options.user.id;
    const id = Buffer.from(this.id, "base64url");
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const head = this.#head(flaws.rpId ?? options.rp.id, flaws, 0x40);
    const data = Buffer.concat([head, Buffer.alloc(16), length, id, this.#coseKey]);
    // { fmt: "none", attStmt: {}, authData: bytes }
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      cborText("fmt"),
      cborText("none"),
      cborText("attStmt"),
      Buffer.from([0xa0]),
      cborText("authData"),
      cborBytes(data),
    ]);
    const clientDataJSON = clientData("webauthn.create", options.challenge, origin, flaws);
    return { id: this.id, response: { clientDataJSON, attestationObject: attestation.toString("base64url") } };
  }

  /** Answers `navigator.credentials.get`. */
  answer(
    options: { readonly challenge: string; readonly rpId: string },
    origin: string,
    flaws: PasskeyFlaws = {},
  ): PasskeyAnswer {
    if (this.#counter > 0) this.#counter++;
    const data = this.#head(flaws.rpId ?? options.rpId, flaws, 0);
    const clientDataJSON = clientData("webauthn.get", options.challenge, origin, flaws);
    const hash = createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest();
    const signature = sign("sha256", Buffer.concat([data, hash]), (flaws.forger ?? this).privateKey());
    const userHandle = flaws.userHandle === undefined ? this.#handle : flaws.userHandle;
    return {
      id: this.id,
      response: {
        clientDataJSON,
        authenticatorData: data.toString("base64url"),
        signature: signature.toString("base64url"),
        ...(userHandle === null ? {} : { userHandle }),
      },
    };
  }

  /** What a forger signs with. */
  privateKey(): KeyObject {
    return this.#privateKey;
  }

  #head(
    rpId: string,
    { isPresent = true, isVerified = true, counter = this.#counter }: PasskeyFlaws,
    more: number,
  ): Buffer {
    const tail = Buffer.alloc(5);
    tail.writeUInt8((isPresent ? 1 : 0) | (isVerified ? 4 : 0) | more);
    tail.writeUInt32BE(counter, 1);
    return Buffer.concat([createHash("sha256").update(rpId).digest(), tail]);
  }
}

function clientData(type: string, challenge: string, origin: string, flaws: PasskeyFlaws): string {
  const data = {
    type: flaws.type ?? type,
    challenge: flaws.challenge ?? challenge,
    origin: flaws.origin ?? origin,
    crossOrigin: flaws.isFramed ?? false,
  };
  return Buffer.from(JSON.stringify(data)).toString("base64url");
}

/** RFC 9052: { 1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y }. */
function coseKey(x: Buffer, y: Buffer): Buffer {
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]);
  return Buffer.concat([head, cborBytes(x), Buffer.from([0x22]), cborBytes(y)]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
}

function cborBytes(bytes: Buffer): Buffer {
  const head = Buffer.from([0x59, bytes.length >> 8, bytes.length & 0xff]);
  return bytes.length < 256 ? Buffer.concat([Buffer.from([0x58, bytes.length]), bytes]) : Buffer.concat([head, bytes]);
}
