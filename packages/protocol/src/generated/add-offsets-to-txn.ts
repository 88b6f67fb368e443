// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AddOffsetsToTxn's request, versions 0 to 4. */
export interface AddOffsetsToTxnRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly groupId: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AddOffsetsToTxnRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAddOffsetsToTxnRequest(reader: WireReader, version: number): AddOffsetsToTxnRequest {
  const flexible = version >= 3;
  const transactionalId = reader.string(flexible);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const groupId = reader.string(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { transactionalId, producerId, producerEpoch, groupId, unknownTags };
}

/**
 * Encodes AddOffsetsToTxnRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAddOffsetsToTxnRequest(writer: WireWriter, version: number, message: Loose<AddOffsetsToTxnRequest>): void {
  const flexible = version >= 3;
  writer.string(message.transactionalId ?? "", flexible);
  writer.int64(message.producerId ?? 0);
  writer.int16(message.producerEpoch ?? 0);
  writer.string(message.groupId ?? "", flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of AddOffsetsToTxn's response, versions 0 to 4. */
export interface AddOffsetsToTxnResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AddOffsetsToTxnResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAddOffsetsToTxnResponse(reader: WireReader, version: number): Complete<AddOffsetsToTxnResponse> {
  const flexible = version >= 3;
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, unknownTags };
}

/**
 * Encodes AddOffsetsToTxnResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAddOffsetsToTxnResponse(writer: WireWriter, version: number, message: AddOffsetsToTxnResponse): void {
  const flexible = version >= 3;
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
