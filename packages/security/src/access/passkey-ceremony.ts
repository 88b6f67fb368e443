/**
 * What browsers send for passkeys, and its check by `@simplewebauthn/server`, which is loaded with the first use. The counter is not
 * judged here: the library would refuse it before it has looked at the signature, and whoever holds no key could then cry wolf.
 */

/** What a browser made. Bytes are base64url. */
export interface PasskeyCreation {
  readonly id: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[];
  };
}

/** What a browser signed. Bytes are base64url. */
export interface PasskeyAnswer {
  readonly id: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

interface Descriptor {
  readonly type: "public-key";
  readonly id: string;
  readonly transports: string[];
}

/** Options of `navigator.credentials.create`. */
export interface PasskeyCreationOptions {
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: { readonly type: "public-key"; readonly alg: number }[];
  readonly timeout: number;
  readonly attestation: "none";
  readonly excludeCredentials: Descriptor[];
  readonly authenticatorSelection: {
    readonly residentKey: "required";
    readonly requireResidentKey: true;
    readonly userVerification: "required";
  };
}

/** Options of `navigator.credentials.get`. */
export interface PasskeyRequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout: number;
  readonly userVerification: "required";
  readonly allowCredentials: Descriptor[];
}

/** What a ceremony is held against. */
interface Expected {
  readonly rpId: string;
  readonly origin: string;
  /** Already taken back; base64url. */
  readonly challenge: string;
}

/** EdDSA, ES256, RS256: what devices offer. */
export const CREATION_ALGORITHMS: readonly number[] = [-8, -7, -257];

/** The challenge that the browser says it signed; undefined when that cannot be read, or it was asked inside a foreign page's frame. */
export function clientChallenge(clientDataJSON: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString());
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const isFramed = "crossOrigin" in parsed && parsed.crossOrigin === true;
    return !isFramed && "challenge" in parsed && typeof parsed.challenge === "string" ? parsed.challenge : undefined;
  } catch {
    return undefined;
  }
}

/** The passkey that was made; undefined when anything about it is wrong. */
export async function verifyCreation(
  { id, response }: PasskeyCreation,
  { rpId, origin, challenge }: Expected,
): Promise<
  | {
      readonly credential: string;
      readonly publicKey: string;
      readonly transports: readonly string[];
      readonly isSynced: boolean;
      readonly counter: number;
    }
  | undefined
> {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { clientDataJSON, attestationObject, transports = [] } = response;
  const given = { id, rawId: id, type: "public-key", clientExtensionResults: {} } as const;
  const verified = await verifyRegistrationResponse({
    response: { ...given, response: { clientDataJSON, attestationObject } },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...CREATION_ALGORITHMS],
  }).catch(() => undefined);
  if (verified?.verified !== true) return undefined;
  const { credential, credentialDeviceType } = verified.registrationInfo;
  if (credential.id !== id) return undefined;
  const publicKey = Buffer.from(credential.publicKey).toString("base64url");
  const isSynced = credentialDeviceType === "multiDevice";
  return { credential: id, publicKey, transports, isSynced, counter: credential.counter };
}

/** The counter of an answer whose signature holds; undefined when anything about it is wrong. */
export async function verifyAnswer(
  { id, response }: PasskeyAnswer,
  { rpId, origin, challenge, publicKey }: Expected & { readonly publicKey: string },
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const given = { id, rawId: id, type: "public-key", clientExtensionResults: {} } as const;
  const verified = await verifyAuthenticationResponse({
    response: { ...given, response },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, "base64url")), counter: 0 },
  }).catch(() => undefined);
  return verified?.verified === true ? verified.authenticationInfo.newCounter : undefined;
}
