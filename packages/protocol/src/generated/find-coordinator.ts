// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of FindCoordinator's request, versions 0 to 6. */
export interface FindCoordinatorRequest {
  readonly key: string; // 0–3
  readonly keyType: number; // 1+
  readonly coordinatorKeys: readonly string[]; // 4+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes FindCoordinatorRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeFindCoordinatorRequest(reader: WireReader, version: number): FindCoordinatorRequest {
  const flexible = version >= 3;
  const key = version <= 3 ? reader.string(flexible) : "";
  const keyType = version >= 1 ? reader.int8() : 0;
  const coordinatorKeys = version >= 4 ? reader.strings(flexible) : [];
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { key, keyType, coordinatorKeys, unknownTags };
}

/**
 * Encodes FindCoordinatorRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeFindCoordinatorRequest(writer: WireWriter, version: number, message: Loose<FindCoordinatorRequest>): void {
  const flexible = version >= 3;
  if (version <= 3) writer.string(message.key ?? "", flexible);
  if (version >= 1) writer.int8(message.keyType ?? 0);
  if (version >= 4) writer.strings(message.coordinatorKeys ?? [], flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of FindCoordinator's response, versions 0 to 6. */
export interface FindCoordinatorResponse {
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly errorCode?: number | undefined; // 0–3
  readonly errorMessage?: string | null | undefined; // 1–3
  readonly nodeId?: number | undefined; // 0–3
  readonly host?: string | undefined; // 0–3
  readonly port?: number | undefined; // 0–3
  readonly coordinators?: readonly Coordinator[] | undefined; // 4+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of FindCoordinatorResponse. */
export interface Coordinator {
  readonly key: string;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes FindCoordinatorResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeFindCoordinatorResponse(reader: WireReader, version: number): Complete<FindCoordinatorResponse> {
  const flexible = version >= 3;
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = version <= 3 ? reader.int16() : 0;
  const errorMessage = version >= 1 && version <= 3 ? reader.nullableString(flexible) : "";
  const nodeId = version <= 3 ? reader.int32() : 0;
  const host = version <= 3 ? reader.string(flexible) : "";
  const port = version <= 3 ? reader.int32() : 0;
  const coordinators: Complete<Coordinator>[] = [];
  if (version >= 4) {
    for (let left = reader.arrayLength(flexible, 14); left > 0; left -= 1) {
      coordinators.push(decodeCoordinator(reader));
    }
  }
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { throttleTimeMs, errorCode, errorMessage, nodeId, host, port, coordinators, unknownTags };
}

function decodeCoordinator(reader: WireReader): Complete<Coordinator> {
  const key = reader.string(true);
  const nodeId = reader.int32();
  const host = reader.string(true);
  const port = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { key, nodeId, host, port, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes FindCoordinatorResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeFindCoordinatorResponse(writer: WireWriter, version: number, message: FindCoordinatorResponse): void {
  const flexible = version >= 3;
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  if (version <= 3) writer.int16(message.errorCode ?? 0);
  if (version >= 1 && version <= 3) writer.nullableString(message.errorMessage === undefined ? "" : message.errorMessage, flexible);
  if (version <= 3) writer.int32(message.nodeId ?? 0);
  if (version <= 3) writer.string(message.host ?? "", flexible);
  if (version <= 3) writer.int32(message.port ?? 0);
  if (version >= 4) {
    const coordinators = message.coordinators ?? [];
    writer.arrayLength(coordinators.length, flexible);
    for (const element of coordinators) encodeCoordinator(writer, element);
  }
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeCoordinator(writer: WireWriter, message: Coordinator): void {
  writer.string(message.key, true);
  writer.int32(message.nodeId);
  writer.string(message.host, true);
  writer.int32(message.port);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  writer.unknownTags(message.unknownTags);
}
