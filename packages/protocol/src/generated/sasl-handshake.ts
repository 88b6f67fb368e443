// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of SaslHandshake's request, versions 0 to 1. */
export interface SaslHandshakeRequest {
  readonly mechanism: string;
}

/**
 * Decodes SaslHandshakeRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeSaslHandshakeRequest(reader: WireReader, _version: number): SaslHandshakeRequest {
  const mechanism = reader.string(false);
  return { mechanism };
}

/**
 * Encodes SaslHandshakeRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeSaslHandshakeRequest(writer: WireWriter, _version: number, message: Loose<SaslHandshakeRequest>): void {
  writer.string(message.mechanism ?? "", false);
}

/** Body of SaslHandshake's response, versions 0 to 1. */
export interface SaslHandshakeResponse {
  readonly errorCode: number;
  readonly mechanisms: readonly string[];
}

/**
 * Decodes SaslHandshakeResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeSaslHandshakeResponse(reader: WireReader, _version: number): Complete<SaslHandshakeResponse> {
  const errorCode = reader.int16();
  const mechanisms = reader.strings(false);
  return { errorCode, mechanisms };
}

/**
 * Encodes SaslHandshakeResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeSaslHandshakeResponse(writer: WireWriter, _version: number, message: SaslHandshakeResponse): void {
  writer.int16(message.errorCode);
  writer.strings(message.mechanisms, false);
}
