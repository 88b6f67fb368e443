/** Asking the device for a passkey. The library is loaded with the screens that import this, never with the first page. */
import { startAuthentication, startRegistration } from "@simplewebauthn/browser";

import { passkeyFailure, passkeyTrouble } from "../core/passkey-words.ts";
import { problemOf } from "./connection.ts";
import type { InputOf, OutputOf } from "./wire.ts";

/** What a passkey signed, as routes take it. */
export type PasskeyAnswer = NonNullable<InputOf<"auth.passkey">["body"]>["passkey"];

/** Why there are no passkeys on this page; null when there are. */
export function troubleHere(): string | null {
  const isKnown = globalThis.PublicKeyCredential !== undefined;
  return passkeyTrouble({ hostname: location.hostname, isSecure: isSecureContext, isKnown });
}

// The library passes on what it does not know, and knows the older extensions alone.
const WITH_SECRET: object = { prf: {} };

/** Lets the device make a passkey. */
export async function makePasskey(
  options: OutputOf<"passkeys.begin">,
): Promise<NonNullable<InputOf<"passkeys.add">["body"]>["passkey"]> {
  // Some devices keep no secret for a passkey that was made without asking for one (WebAuthn level 3, `prf`).
  const { id, response } = await startRegistration({ optionsJSON: { ...options, extensions: WITH_SECRET } });
  const { clientDataJSON, attestationObject, transports } = response;
  return { id, response: { clientDataJSON, attestationObject, ...(transports === undefined ? {} : { transports }) } };
}

/** Lets the device sign. */
export async function askPasskey(options: OutputOf<"auth.passkeyOptions">): Promise<PasskeyAnswer> {
  const { id, response } = await startAuthentication({ optionsJSON: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id,
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle === undefined ? {} : { userHandle }) },
  };
}

/** A failure of device or server in words. */
export function failureWords(error: unknown): string {
  const isOfDevice =
    error instanceof Error && (error.name === "WebAuthnError" || error instanceof DOMException || "cause" in error);
  const name = error instanceof Error && isOfDevice ? nameOf(error) : null;
  return passkeyFailure(problemOf(error), name);
}

/** The library wraps some of the browser's errors; the name is the browser's either way. */
function nameOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.name : error.name;
}
