// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ListTransactions's request, versions 0 to 2. */
export interface ListTransactionsRequest {
  readonly stateFilters: readonly string[];
  readonly producerIdFilters: readonly number[];
  readonly durationFilter: number; // 1+
  readonly transactionalIdPattern: string | null; // 2+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListTransactionsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeListTransactionsRequest(reader: WireReader, version: number): ListTransactionsRequest {
  const stateFilters = reader.strings(true);
  const producerIdFilters = reader.int64s(true);
  const durationFilter = version >= 1 ? reader.int64() : -1;
  const transactionalIdPattern = version >= 2 ? reader.nullableString(true) : null;
  const unknownTags = reader.unknownTags();
  return { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern, unknownTags };
}

/**
 * Encodes ListTransactionsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeListTransactionsRequest(writer: WireWriter, version: number, message: Loose<ListTransactionsRequest>): void {
  writer.strings(message.stateFilters ?? [], true);
  writer.int64s(message.producerIdFilters ?? [], true);
  if (version >= 1) writer.int64(message.durationFilter ?? -1);
  if (version >= 2) writer.nullableString(message.transactionalIdPattern ?? null, true);
  writer.unknownTags(message.unknownTags);
}

/** Body of ListTransactions's response, versions 0 to 2. */
export interface ListTransactionsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly unknownStateFilters: readonly string[];
  readonly transactionStates: readonly ListTransactionsTransactionState[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ListTransactionsResponse. */
export interface ListTransactionsTransactionState {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly transactionState: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ListTransactionsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeListTransactionsResponse(reader: WireReader, _version: number): Complete<ListTransactionsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const unknownStateFilters = reader.strings(true);
  const transactionStates: Complete<ListTransactionsTransactionState>[] = [];
  for (let left = reader.arrayLength(true, 11); left > 0; left -= 1) {
    transactionStates.push(decodeListTransactionsTransactionState(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, unknownStateFilters, transactionStates, unknownTags };
}

function decodeListTransactionsTransactionState(reader: WireReader): Complete<ListTransactionsTransactionState> {
  const transactionalId = reader.string(true);
  const producerId = reader.int64();
  const transactionState = reader.string(true);
  const unknownTags = reader.unknownTags();
  return { transactionalId, producerId, transactionState, unknownTags };
}

/**
 * Encodes ListTransactionsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeListTransactionsResponse(writer: WireWriter, _version: number, message: ListTransactionsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.strings(message.unknownStateFilters, true);
  const transactionStates = message.transactionStates;
  writer.arrayLength(transactionStates.length, true);
  for (const element of transactionStates) encodeListTransactionsTransactionState(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeListTransactionsTransactionState(writer: WireWriter, message: ListTransactionsTransactionState): void {
  writer.string(message.transactionalId, true);
  writer.int64(message.producerId);
  writer.string(message.transactionState, true);
  writer.unknownTags(message.unknownTags);
}
