// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of InitProducerId's request, versions 0 to 5. */
export interface InitProducerIdRequest {
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
  readonly producerId: number; // 3+
  readonly producerEpoch: number; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes InitProducerIdRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeInitProducerIdRequest(reader: WireReader, version: number): InitProducerIdRequest {
  const flexible = version >= 2;
  const transactionalId = reader.nullableString(flexible);
  const transactionTimeoutMs = reader.int32();
  const producerId = version >= 3 ? reader.int64() : -1;
  const producerEpoch = version >= 3 ? reader.int16() : -1;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { transactionalId, transactionTimeoutMs, producerId, producerEpoch, unknownTags };
}

/**
 * Encodes InitProducerIdRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeInitProducerIdRequest(writer: WireWriter, version: number, message: Loose<InitProducerIdRequest>): void {
  const flexible = version >= 2;
  writer.nullableString(message.transactionalId === undefined ? "" : message.transactionalId, flexible);
  writer.int32(message.transactionTimeoutMs ?? 0);
  if (version >= 3) writer.int64(message.producerId ?? -1);
  if (version >= 3) writer.int16(message.producerEpoch ?? -1);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of InitProducerId's response, versions 0 to 5. */
export interface InitProducerIdResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly producerId?: number | undefined;
  readonly producerEpoch: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes InitProducerIdResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeInitProducerIdResponse(reader: WireReader, version: number): Complete<InitProducerIdResponse> {
  const flexible = version >= 2;
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, producerId, producerEpoch, unknownTags };
}

/**
 * Encodes InitProducerIdResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeInitProducerIdResponse(writer: WireWriter, version: number, message: InitProducerIdResponse): void {
  const flexible = version >= 2;
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.int64(message.producerId ?? -1);
  writer.int16(message.producerEpoch);
  if (flexible) writer.unknownTags(message.unknownTags);
}
