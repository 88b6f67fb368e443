// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AddPartitionsToTxn's request, versions 0 to 5. */
export interface AddPartitionsToTxnRequest {
  readonly transactions: readonly AddPartitionsToTxnTransaction[]; // 4+
  readonly v3AndBelowTransactionalId: string; // 0–3
  readonly v3AndBelowProducerId: number; // 0–3
  readonly v3AndBelowProducerEpoch: number; // 0–3
  readonly v3AndBelowTopics: readonly AddPartitionsToTxnTopic[]; // 0–3
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AddPartitionsToTxnRequest. */
export interface AddPartitionsToTxnTransaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly verifyOnly: boolean;
  readonly topics: readonly AddPartitionsToTxnTopic[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AddPartitionsToTxnRequest. */
export interface AddPartitionsToTxnTopic {
  readonly name: string;
  readonly partitions: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AddPartitionsToTxnRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAddPartitionsToTxnRequest(reader: WireReader, version: number): AddPartitionsToTxnRequest {
  const flexible = version >= 3;
  const transactions: AddPartitionsToTxnTransaction[] = [];
  if (version >= 4) {
    for (let left = reader.arrayLength(flexible, 14); left > 0; left -= 1) {
      transactions.push(decodeAddPartitionsToTxnTransaction(reader, version));
    }
  }
  const v3AndBelowTransactionalId = version <= 3 ? reader.string(flexible) : "";
  const v3AndBelowProducerId = version <= 3 ? reader.int64() : 0;
  const v3AndBelowProducerEpoch = version <= 3 ? reader.int16() : 0;
  const v3AndBelowTopics: AddPartitionsToTxnTopic[] = [];
  if (version <= 3) {
    for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
      v3AndBelowTopics.push(decodeAddPartitionsToTxnTopic(reader, version));
    }
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { transactions, v3AndBelowTransactionalId, v3AndBelowProducerId, v3AndBelowProducerEpoch, v3AndBelowTopics, unknownTags };
}

function decodeAddPartitionsToTxnTransaction(reader: WireReader, version: number): AddPartitionsToTxnTransaction {
  const transactionalId = reader.string(true);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const verifyOnly = reader.boolean();
  const topics: AddPartitionsToTxnTopic[] = [];
  for (let left = reader.arrayLength(true, 2); left > 0; left -= 1) {
    topics.push(decodeAddPartitionsToTxnTopic(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { transactionalId, producerId, producerEpoch, verifyOnly, topics, unknownTags };
}

function decodeAddPartitionsToTxnTopic(reader: WireReader, version: number): AddPartitionsToTxnTopic {
  const flexible = version >= 3;
  const name = reader.string(flexible);
  const partitions = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, partitions, unknownTags };
}

/**
 * Encodes AddPartitionsToTxnRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAddPartitionsToTxnRequest(writer: WireWriter, version: number, message: Loose<AddPartitionsToTxnRequest>): void {
  const flexible = version >= 3;
  if (version >= 4) {
    const transactions = message.transactions ?? [];
    writer.arrayLength(transactions.length, flexible);
    for (const element of transactions) encodeAddPartitionsToTxnTransaction(writer, version, element);
  }
  if (version <= 3) writer.string(message.v3AndBelowTransactionalId ?? "", flexible);
  if (version <= 3) writer.int64(message.v3AndBelowProducerId ?? 0);
  if (version <= 3) writer.int16(message.v3AndBelowProducerEpoch ?? 0);
  if (version <= 3) {
    const v3AndBelowTopics = message.v3AndBelowTopics ?? [];
    writer.arrayLength(v3AndBelowTopics.length, flexible);
    for (const element of v3AndBelowTopics) encodeAddPartitionsToTxnTopic(writer, version, element);
  }
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAddPartitionsToTxnTransaction(writer: WireWriter, version: number, message: Loose<AddPartitionsToTxnTransaction>): void {
  writer.string(message.transactionalId ?? "", true);
  writer.int64(message.producerId ?? 0);
  writer.int16(message.producerEpoch ?? 0);
  writer.boolean(message.verifyOnly ?? false);
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, true);
  for (const element of topics) encodeAddPartitionsToTxnTopic(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAddPartitionsToTxnTopic(writer: WireWriter, version: number, message: Loose<AddPartitionsToTxnTopic>): void {
  const flexible = version >= 3;
  writer.string(message.name ?? "", flexible);
  writer.int32s(message.partitions ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of AddPartitionsToTxn's response, versions 0 to 5. */
export interface AddPartitionsToTxnResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode?: number | undefined; // 4+
  readonly resultsByTransaction?: readonly AddPartitionsToTxnResult[] | undefined; // 4+
  readonly resultsByTopicV3AndBelow?: readonly AddPartitionsToTxnTopicResult[] | undefined; // 0–3
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AddPartitionsToTxnResponse. */
export interface AddPartitionsToTxnResult {
  readonly transactionalId: string;
  readonly topicResults: readonly AddPartitionsToTxnTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AddPartitionsToTxnResponse. */
export interface AddPartitionsToTxnTopicResult {
  readonly name: string;
  readonly resultsByPartition: readonly AddPartitionsToTxnPartitionResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AddPartitionsToTxnResponse. */
export interface AddPartitionsToTxnPartitionResult {
  readonly partitionIndex: number;
  readonly partitionErrorCode: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AddPartitionsToTxnResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAddPartitionsToTxnResponse(reader: WireReader, version: number): Complete<AddPartitionsToTxnResponse> {
  const flexible = version >= 3;
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 4 ? reader.int16() : 0;
  const resultsByTransaction: Complete<AddPartitionsToTxnResult>[] = [];
  if (version >= 4) {
    for (let left = reader.arrayLength(flexible, 3); left > 0; left -= 1) {
      resultsByTransaction.push(decodeAddPartitionsToTxnResult(reader, version));
    }
  }
  const resultsByTopicV3AndBelow: Complete<AddPartitionsToTxnTopicResult>[] = [];
  if (version <= 3) {
    for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
      resultsByTopicV3AndBelow.push(decodeAddPartitionsToTxnTopicResult(reader, version));
    }
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, resultsByTransaction, resultsByTopicV3AndBelow, unknownTags };
}

function decodeAddPartitionsToTxnResult(reader: WireReader, version: number): Complete<AddPartitionsToTxnResult> {
  const transactionalId = reader.string(true);
  const topicResults: Complete<AddPartitionsToTxnTopicResult>[] = [];
  for (let left = reader.arrayLength(true, 2); left > 0; left -= 1) {
    topicResults.push(decodeAddPartitionsToTxnTopicResult(reader, version));
  }
  const unknownTags = reader.unknownTags();
  return { transactionalId, topicResults, unknownTags };
}

function decodeAddPartitionsToTxnTopicResult(reader: WireReader, version: number): Complete<AddPartitionsToTxnTopicResult> {
  const flexible = version >= 3;
  const name = reader.string(flexible);
  const resultsByPartition: Complete<AddPartitionsToTxnPartitionResult>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    resultsByPartition.push(decodeAddPartitionsToTxnPartitionResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, resultsByPartition, unknownTags };
}

function decodeAddPartitionsToTxnPartitionResult(reader: WireReader, version: number): Complete<AddPartitionsToTxnPartitionResult> {
  const flexible = version >= 3;
  const partitionIndex = reader.int32();
  const partitionErrorCode = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, partitionErrorCode, unknownTags };
}

/**
 * Encodes AddPartitionsToTxnResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAddPartitionsToTxnResponse(writer: WireWriter, version: number, message: AddPartitionsToTxnResponse): void {
  const flexible = version >= 3;
  writer.int32(message.throttleTimeMs ?? 0);
  if (version >= 4) writer.int16(message.errorCode ?? 0);
  if (version >= 4) {
    const resultsByTransaction = message.resultsByTransaction ?? [];
    writer.arrayLength(resultsByTransaction.length, flexible);
    for (const element of resultsByTransaction) encodeAddPartitionsToTxnResult(writer, version, element);
  }
  if (version <= 3) {
    const resultsByTopicV3AndBelow = message.resultsByTopicV3AndBelow ?? [];
    writer.arrayLength(resultsByTopicV3AndBelow.length, flexible);
    for (const element of resultsByTopicV3AndBelow) encodeAddPartitionsToTxnTopicResult(writer, version, element);
  }
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAddPartitionsToTxnResult(writer: WireWriter, version: number, message: AddPartitionsToTxnResult): void {
  writer.string(message.transactionalId, true);
  const topicResults = message.topicResults;
  writer.arrayLength(topicResults.length, true);
  for (const element of topicResults) encodeAddPartitionsToTxnTopicResult(writer, version, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAddPartitionsToTxnTopicResult(writer: WireWriter, version: number, message: AddPartitionsToTxnTopicResult): void {
  const flexible = version >= 3;
  writer.string(message.name, flexible);
  const resultsByPartition = message.resultsByPartition;
  writer.arrayLength(resultsByPartition.length, flexible);
  for (const element of resultsByPartition) encodeAddPartitionsToTxnPartitionResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeAddPartitionsToTxnPartitionResult(writer: WireWriter, version: number, message: AddPartitionsToTxnPartitionResult): void {
  const flexible = version >= 3;
  writer.int32(message.partitionIndex);
  writer.int16(message.partitionErrorCode);
  if (flexible) writer.unknownTags(message.unknownTags);
}
