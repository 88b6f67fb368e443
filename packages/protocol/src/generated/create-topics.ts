// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of CreateTopics's request, versions 2 to 7. */
export interface CreateTopicsRequest {
  readonly topics: readonly CreatableTopic[];
  readonly timeoutMs: number;
  readonly validateOnly: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateTopicsRequest. */
export interface CreatableTopic {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly CreatableReplicaAssignment[];
  readonly configs: readonly CreatableTopicConfig[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateTopicsRequest. */
export interface CreatableReplicaAssignment {
  readonly partitionIndex: number;
  readonly brokerIds: readonly number[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateTopicsRequest. */
export interface CreatableTopicConfig {
  readonly name: string;
  readonly value: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes CreateTopicsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeCreateTopicsRequest(reader: WireReader, version: number): CreateTopicsRequest {
  const flexible = version >= 5;
  const topics: CreatableTopic[] = [];
  for (let left = reader.arrayLength(flexible, 9); left > 0; left -= 1) {
    topics.push(decodeCreatableTopic(reader, version));
  }
  const timeoutMs = reader.int32();
  const validateOnly = reader.boolean();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { topics, timeoutMs, validateOnly, unknownTags };
}

function decodeCreatableTopic(reader: WireReader, version: number): CreatableTopic {
  const flexible = version >= 5;
  const name = reader.string(flexible);
  const numPartitions = reader.int32();
  const replicationFactor = reader.int16();
  const assignments: CreatableReplicaAssignment[] = [];
  for (let left = reader.arrayLength(flexible, 5); left > 0; left -= 1) {
    assignments.push(decodeCreatableReplicaAssignment(reader, version));
  }
  const configs: CreatableTopicConfig[] = [];
  for (let left = reader.arrayLength(flexible, 2); left > 0; left -= 1) {
    configs.push(decodeCreatableTopicConfig(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, numPartitions, replicationFactor, assignments, configs, unknownTags };
}

function decodeCreatableReplicaAssignment(reader: WireReader, version: number): CreatableReplicaAssignment {
  const flexible = version >= 5;
  const partitionIndex = reader.int32();
  const brokerIds = reader.int32s(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { partitionIndex, brokerIds, unknownTags };
}

function decodeCreatableTopicConfig(reader: WireReader, version: number): CreatableTopicConfig {
  const flexible = version >= 5;
  const name = reader.string(flexible);
  const value = reader.nullableString(flexible);
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { name, value, unknownTags };
}

/**
 * Encodes CreateTopicsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeCreateTopicsRequest(writer: WireWriter, version: number, message: Loose<CreateTopicsRequest>): void {
  const flexible = version >= 5;
  const topics = message.topics ?? [];
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeCreatableTopic(writer, version, element);
  writer.int32(message.timeoutMs ?? 60000);
  writer.boolean(message.validateOnly ?? false);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatableTopic(writer: WireWriter, version: number, message: Loose<CreatableTopic>): void {
  const flexible = version >= 5;
  writer.string(message.name ?? "", flexible);
  writer.int32(message.numPartitions ?? 0);
  writer.int16(message.replicationFactor ?? 0);
  const assignments = message.assignments ?? [];
  writer.arrayLength(assignments.length, flexible);
  for (const element of assignments) encodeCreatableReplicaAssignment(writer, version, element);
  const configs = message.configs ?? [];
  writer.arrayLength(configs.length, flexible);
  for (const element of configs) encodeCreatableTopicConfig(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatableReplicaAssignment(writer: WireWriter, version: number, message: Loose<CreatableReplicaAssignment>): void {
  const flexible = version >= 5;
  writer.int32(message.partitionIndex ?? 0);
  writer.int32s(message.brokerIds ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatableTopicConfig(writer: WireWriter, version: number, message: Loose<CreatableTopicConfig>): void {
  const flexible = version >= 5;
  writer.string(message.name ?? "", flexible);
  writer.nullableString(message.value === undefined ? "" : message.value, flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of CreateTopics's response, versions 2 to 7. */
export interface CreateTopicsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly topics: readonly CreatableTopicResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateTopicsResponse. */
export interface CreatableTopicResult {
  readonly name: string;
  readonly topicId?: string | undefined; // 7+
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly topicConfigErrorCode?: number | undefined; // 5+
  readonly numPartitions?: number | undefined; // 5+
  readonly replicationFactor?: number | undefined; // 5+
  readonly configs?: readonly CreatableTopicConfigs[] | null | undefined; // 5+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of CreateTopicsResponse. */
export interface CreatableTopicConfigs {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource?: number | undefined;
  readonly isSensitive: boolean;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes CreateTopicsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeCreateTopicsResponse(reader: WireReader, version: number): Complete<CreateTopicsResponse> {
  const flexible = version >= 5;
  const throttleTimeMs = reader.int32();
  const topics: Complete<CreatableTopicResult>[] = [];
  for (let left = reader.arrayLength(flexible, 4); left > 0; left -= 1) {
    topics.push(decodeCreatableTopicResult(reader, version));
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, topics, unknownTags };
}

function decodeCreatableTopicResult(reader: WireReader, version: number): Complete<CreatableTopicResult> {
  const flexible = version >= 5;
  const name = reader.string(flexible);
  const topicId = version >= 7 ? reader.uuid() : "AAAAAAAAAAAAAAAAAAAAAA";
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(flexible);
  const numPartitions = version >= 5 ? reader.int32() : -1;
  const replicationFactor = version >= 5 ? reader.int16() : -1;
  let configs: Complete<CreatableTopicConfigs>[] | null = [];
  if (version >= 5) {
    let configsLeft = reader.nullableArrayLength(flexible, 6);
    configs = configsLeft < 0 ? null : [];
    for (; configsLeft > 0; configsLeft -= 1) configs?.push(decodeCreatableTopicConfigs(reader));
  }
  let topicConfigErrorCode = 0;
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0) {
        topicConfigErrorCode = reader.int16();
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return {
    name,
    topicId,
    errorCode,
    errorMessage,
    topicConfigErrorCode,
    numPartitions,
    replicationFactor,
    configs,
    unknownTags,
  };
}

function decodeCreatableTopicConfigs(reader: WireReader): Complete<CreatableTopicConfigs> {
  const name = reader.string(true);
  const value = reader.nullableString(true);
  const readOnly = reader.boolean();
  const configSource = reader.int8();
  const isSensitive = reader.boolean();
  const unknownTags = reader.unknownTags();
  return { name, value, readOnly, configSource, isSensitive, unknownTags };
}

/**
 * Encodes CreateTopicsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeCreateTopicsResponse(writer: WireWriter, version: number, message: CreateTopicsResponse): void {
  const flexible = version >= 5;
  writer.int32(message.throttleTimeMs ?? 0);
  const topics = message.topics;
  writer.arrayLength(topics.length, flexible);
  for (const element of topics) encodeCreatableTopicResult(writer, version, element);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCreatableTopicResult(writer: WireWriter, version: number, message: CreatableTopicResult): void {
  const flexible = version >= 5;
  writer.string(message.name, flexible);
  if (version >= 7) writer.uuid(message.topicId ?? "AAAAAAAAAAAAAAAAAAAAAA");
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, flexible);
  if (version >= 5) writer.int32(message.numPartitions ?? -1);
  if (version >= 5) writer.int16(message.replicationFactor ?? -1);
  if (version >= 5) {
    const configs = message.configs === undefined ? [] : message.configs;
    writer.arrayLength(configs === null ? -1 : configs.length, flexible);
    if (configs !== null) for (const element of configs) encodeCreatableTopicConfigs(writer, element);
  }
  if (flexible) {
    const topicConfigErrorCode = message.topicConfigErrorCode ?? 0;
    const hasTopicConfigErrorCode = topicConfigErrorCode !== 0;
    writer.uvarint((hasTopicConfigErrorCode ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasTopicConfigErrorCode) {
      const topicConfigErrorCodeTag = writer.beginTag(0);
      writer.int16(topicConfigErrorCode);
      writer.endTag(topicConfigErrorCodeTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeCreatableTopicConfigs(writer: WireWriter, message: CreatableTopicConfigs): void {
  writer.string(message.name, true);
  writer.nullableString(message.value, true);
  writer.boolean(message.readOnly);
  writer.int8(message.configSource ?? -1);
  writer.boolean(message.isSensitive);
  writer.unknownTags(message.unknownTags);
}
