// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of Heartbeat's request, versions 0 to 4. */
export interface HeartbeatRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes HeartbeatRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeHeartbeatRequest(reader: WireReader, version: number): HeartbeatRequest {
  const flexible = version >= 4;
  const groupId = reader.string(flexible);
  const generationId = reader.int32();
  const memberId = reader.string(flexible);
  const groupInstanceId = version >= 3 ? reader.nullableString(flexible) : null;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { groupId, generationId, memberId, groupInstanceId, unknownTags };
}

/**
 * Encodes HeartbeatRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeHeartbeatRequest(writer: WireWriter, version: number, message: Loose<HeartbeatRequest>): void {
  const flexible = version >= 4;
  writer.string(message.groupId ?? "", flexible);
  writer.int32(message.generationId ?? 0);
  writer.string(message.memberId ?? "", flexible);
  if (version >= 3) writer.nullableString(message.groupInstanceId ?? null, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of Heartbeat's response, versions 0 to 4. */
export interface HeartbeatResponse {
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes HeartbeatResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeHeartbeatResponse(reader: WireReader, version: number): Complete<HeartbeatResponse> {
  const flexible = version >= 4;
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, unknownTags };
}

/**
 * Encodes HeartbeatResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeHeartbeatResponse(writer: WireWriter, version: number, message: HeartbeatResponse): void {
  const flexible = version >= 4;
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
