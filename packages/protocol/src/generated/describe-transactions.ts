// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeTransactions's request, versions 0 to 0. */
export interface DescribeTransactionsRequest {
  readonly transactionalIds: readonly string[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeTransactionsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeTransactionsRequest(reader: WireReader, _version: number): DescribeTransactionsRequest {
  const transactionalIds = reader.strings(true);
  const unknownTags = reader.unknownTags();
  return { transactionalIds, unknownTags };
}

/**
 * Encodes DescribeTransactionsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeTransactionsRequest(writer: WireWriter, _version: number, message: Loose<DescribeTransactionsRequest>): void {
  writer.strings(message.transactionalIds ?? [], true);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeTransactions's response, versions 0 to 0. */
export interface DescribeTransactionsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly transactionStates: readonly DescribeTransactionsTransactionState[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTransactionsResponse. */
export interface DescribeTransactionsTransactionState {
  readonly errorCode: number;
  readonly transactionalId: string;
  readonly transactionState: string;
  readonly transactionTimeoutMs: number;
  readonly transactionStartTimeMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topics: readonly TopicData[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeTransactionsResponse. */
export interface TopicData {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeTransactionsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeTransactionsResponse(reader: WireReader, _version: number): Complete<DescribeTransactionsResponse> {
  const throttleTimeMs = reader.int32();
  const transactionStates: Complete<DescribeTransactionsTransactionState>[] = [];
  for (let left = reader.arrayLength(true, 28); left > 0; left -= 1) {
    transactionStates.push(decodeDescribeTransactionsTransactionState(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, transactionStates, unknownTags };
}

function decodeDescribeTransactionsTransactionState(reader: WireReader): Complete<DescribeTransactionsTransactionState> {
  const errorCode = reader.int16();
  const transactionalId = reader.string(true);
  const transactionState = reader.string(true);
  const transactionTimeoutMs = reader.int32();
  const transactionStartTimeMs = reader.int64();
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const topics: Complete<TopicData>[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    topics.push(decodeTopicData(reader));
  }
  const unknownTags = reader.unknownTags();
  return {
    errorCode,
    transactionalId,
    transactionState,
    transactionTimeoutMs,
    transactionStartTimeMs,
    producerId,
    producerEpoch,
    topics,
    unknownTags,
  };
}

function decodeTopicData(reader: WireReader): Complete<TopicData> {
  const topic = reader.string(true);
  const partitions = reader.int32s(true);
  const unknownTags = reader.unknownTags();
  return { topic, partitions, unknownTags };
}

/**
 * Encodes DescribeTransactionsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeTransactionsResponse(writer: WireWriter, _version: number, message: DescribeTransactionsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const transactionStates = message.transactionStates;
  writer.arrayLength(transactionStates.length, true);
  for (const element of transactionStates) encodeDescribeTransactionsTransactionState(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeTransactionsTransactionState(writer: WireWriter, message: DescribeTransactionsTransactionState): void {
  writer.int16(message.errorCode);
  writer.string(message.transactionalId, true);
  writer.string(message.transactionState, true);
  writer.int32(message.transactionTimeoutMs);
  writer.int64(message.transactionStartTimeMs);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  const topics = message.topics;
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeTopicData(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeTopicData(writer: WireWriter, message: TopicData): void {
  writer.string(message.topic, true);
  writer.int32s(message.partitions, true);
  writer.unknownTags(message.unknownTags);
}
