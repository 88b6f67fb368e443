// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of SaslAuthenticate's request, versions 0 to 2. */
export interface SaslAuthenticateRequest {
  readonly authBytes: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes SaslAuthenticateRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeSaslAuthenticateRequest(reader: WireReader, version: number): SaslAuthenticateRequest {
  const flexible = version >= 2;
  const authBytes = reader.bytes(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { authBytes, unknownTags };
}

/**
 * Encodes SaslAuthenticateRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeSaslAuthenticateRequest(writer: WireWriter, version: number, message: Loose<SaslAuthenticateRequest>): void {
  const flexible = version >= 2;
  writer.bytes(message.authBytes ?? new Uint8Array(0), flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of SaslAuthenticate's response, versions 0 to 2. */
export interface SaslAuthenticateResponse {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly authBytes: Uint8Array;
  readonly sessionLifetimeMs?: number | undefined; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes SaslAuthenticateResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeSaslAuthenticateResponse(reader: WireReader, version: number): Complete<SaslAuthenticateResponse> {
  const flexible = version >= 2;
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const authBytes = reader.bytes(flexible);
  const sessionLifetimeMs = version >= 1 ? reader.int64() : 0;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { errorCode, errorMessage, authBytes, sessionLifetimeMs, unknownTags };
}

/**
 * Encodes SaslAuthenticateResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeSaslAuthenticateResponse(writer: WireWriter, version: number, message: SaslAuthenticateResponse): void {
  const flexible = version >= 2;
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  writer.bytes(message.authBytes, flexible);
  if (version >= 1) writer.int64(message.sessionLifetimeMs ?? 0);
  if (flexible) writer.unknownTags(message.unknownTags);
}
