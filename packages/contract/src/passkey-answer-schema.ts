/** What a passkey signs, as WebAuthn's JSON form names it. Bytes are base64url. */
import { z } from "zod";

/** Bytes as base64url, at most so many letters. */
export const wireBytes = (lengthMax: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^[A-Za-z0-9_-]+$/);

/** Id of a credential. */
export const credentialId = wireBytes(1_400);
/** What the browser says that it signed. */
export const clientData = wireBytes(8_000);

/** What a passkey signed. */
export const passkeyAnswerSchema = z
  .object({
    id: credentialId,
    response: z.object({
      clientDataJSON: clientData,
      authenticatorData: wireBytes(8_000),
      signature: wireBytes(8_000),
      userHandle: wireBytes(100).optional(),
    }),
  })
  .meta({ id: "PasskeyAnswer" });
