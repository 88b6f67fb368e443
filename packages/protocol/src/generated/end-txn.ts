// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of EndTxn's request, versions 0 to 5. */
export interface EndTxnRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes EndTxnRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeEndTxnRequest(reader: WireReader, version: number): EndTxnRequest {
  const flexible = version >= 3;
  const transactionalId = reader.string(flexible);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const committed = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { transactionalId, producerId, producerEpoch, committed, unknownTags };
}

/**
 * Encodes EndTxnRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeEndTxnRequest(writer: WireWriter, version: number, message: Loose<EndTxnRequest>): void {
  const flexible = version >= 3;
  writer.string(message.transactionalId ?? "", flexible);
  writer.int64(message.producerId ?? 0);
  writer.int16(message.producerEpoch ?? 0);
  writer.boolean(message.committed ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of EndTxn's response, versions 0 to 5. */
export interface EndTxnResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly producerId?: number | undefined; // 5+
  readonly producerEpoch?: number | undefined; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes EndTxnResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeEndTxnResponse(reader: WireReader, version: number): Complete<EndTxnResponse> {
  const flexible = version >= 3;
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const producerId = version >= 5 ? reader.int64() : -1;
  const producerEpoch = version >= 5 ? reader.int16() : -1;
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, producerId, producerEpoch, unknownTags };
}

/**
 * Encodes EndTxnResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeEndTxnResponse(writer: WireWriter, version: number, message: EndTxnResponse): void {
  const flexible = version >= 3;
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  if (version >= 5) writer.int64(message.producerId ?? -1);
  if (version >= 5) writer.int16(message.producerEpoch ?? -1);
  if (flexible) writer.unknownTags(message.unknownTags);
}
