/**
 * Asking a passkey for the secret it makes of a salt (WebAuthn level 3, extension `prf`). The secret stays in this page: nothing that the
 * device signs here is sent anywhere, so its challenge is made here and checked by nobody.
 */
import { fromBase64Url, randomBytes } from "../core/seal/bytes.ts";
import type { PasskeySecret } from "../core/seal/key-ring.ts";

const SECRET_BYTES = 32;
const ASK_MS = 120_000;

/** Lets the device choose one of the passkeys and make its secret; undefined when it makes none. @throws errors of the device */
export async function secretOf(
  passkeys: readonly { readonly credential: string; readonly salt: string }[],
): Promise<PasskeySecret | undefined> {
  const known = passkeys.flatMap(({ credential, salt }) => {
    const [id, first] = [fromBase64Url(credential), fromBase64Url(salt)];
    return id === undefined || first === undefined ? [] : [{ credential, id, first }];
  });
  if (known.length === 0) return undefined;
  const made = await navigator.credentials.get({
    publicKey: {
      challenge: randomBytes(SECRET_BYTES),
      rpId: location.hostname,
      timeout: ASK_MS,
      userVerification: "required",
      allowCredentials: known.map(({ id }) => ({ type: "public-key", id })),
      extensions: {
        prf: { evalByCredential: Object.fromEntries(known.map(({ credential, first }) => [credential, { first }])) },
      },
    },
  });
  if (!(made instanceof PublicKeyCredential)) return undefined;
  const first = made.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return undefined;
  const secret = first instanceof ArrayBuffer ? new Uint8Array(first) : undefined;
  return secret?.length === SECRET_BYTES ? { credential: made.id, secret } : undefined;
}
