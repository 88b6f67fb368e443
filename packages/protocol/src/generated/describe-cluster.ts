// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeCluster's request, versions 0 to 2. */
export interface DescribeClusterRequest {
  readonly includeClusterAuthorizedOperations: boolean;
  readonly endpointType: number; // 1+
  readonly includeFencedBrokers: boolean; // 2+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeClusterRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeClusterRequest(reader: WireReader, version: number): DescribeClusterRequest {
  const includeClusterAuthorizedOperations = reader.boolean();
  const endpointType = version >= 1 ? reader.int8() : 1;
  const includeFencedBrokers = version >= 2 ? reader.boolean() : false;
  const unknownTags = reader.unknownTags();
  return { includeClusterAuthorizedOperations, endpointType, includeFencedBrokers, unknownTags };
}

/**
 * Encodes DescribeClusterRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeClusterRequest(writer: WireWriter, version: number, message: Loose<DescribeClusterRequest>): void {
  writer.boolean(message.includeClusterAuthorizedOperations ?? false);
  if (version >= 1) writer.int8(message.endpointType ?? 1);
  if (version >= 2) writer.boolean(message.includeFencedBrokers ?? false);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeCluster's response, versions 0 to 2. */
export interface DescribeClusterResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly endpointType?: number | undefined; // 1+
  readonly clusterId: string;
  readonly controllerId?: number | undefined;
  readonly brokers: readonly DescribeClusterBroker[];
  readonly clusterAuthorizedOperations?: number | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeClusterResponse. */
export interface DescribeClusterBroker {
  readonly brokerId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null | undefined;
  readonly isFenced?: boolean | undefined; // 2+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeClusterResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeClusterResponse(reader: WireReader, version: number): Complete<DescribeClusterResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const endpointType = version >= 1 ? reader.int8() : 1;
  const clusterId = reader.string(true);
  const controllerId = reader.int32();
  const brokers: Complete<DescribeClusterBroker>[] = [];
  for (let left = reader.arrayLength(true, 11); left > 0; left -= 1) {
    brokers.push(decodeDescribeClusterBroker(reader, version));
  }
  const clusterAuthorizedOperations = reader.int32();
  const unknownTags = reader.unknownTags();
  return {
    throttleTimeMs,
    errorCode,
    errorMessage,
    endpointType,
    clusterId,
    controllerId,
    brokers,
    clusterAuthorizedOperations,
    unknownTags,
  };
}

function decodeDescribeClusterBroker(reader: WireReader, version: number): Complete<DescribeClusterBroker> {
  const brokerId = reader.int32();
  const host = reader.string(true);
  const port = reader.int32();
  const rack = reader.nullableString(true);
  const isFenced = version >= 2 ? reader.boolean() : false;
  const unknownTags = reader.unknownTags();
  return { brokerId, host, port, rack, isFenced, unknownTags };
}

/**
 * Encodes DescribeClusterResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeClusterResponse(writer: WireWriter, version: number, message: DescribeClusterResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  if (version >= 1) writer.int8(message.endpointType ?? 1);
  writer.string(message.clusterId, true);
  writer.int32(message.controllerId ?? -1);
  const brokers = message.brokers;
  writer.arrayLength(brokers.length, true);
  for (const element of brokers) encodeDescribeClusterBroker(writer, version, element);
  writer.int32(message.clusterAuthorizedOperations ?? -2147483648);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeClusterBroker(writer: WireWriter, version: number, message: DescribeClusterBroker): void {
  writer.int32(message.brokerId);
  writer.string(message.host, true);
  writer.int32(message.port);
  writer.nullableString(message.rack ?? null, true);
  if (version >= 2) writer.boolean(message.isFenced ?? false);
  writer.unknownTags(message.unknownTags);
}
