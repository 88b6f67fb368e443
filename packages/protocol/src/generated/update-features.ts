// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of UpdateFeatures's request, versions 0 to 2. */
export interface UpdateFeaturesRequest {
  readonly timeoutMs: number;
  readonly featureUpdates: readonly FeatureUpdateKey[];
  readonly validateOnly: boolean; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of UpdateFeaturesRequest. */
export interface FeatureUpdateKey {
  readonly feature: string;
  readonly maxVersionLevel: number;
  readonly allowDowngrade: boolean; // 0–0
  readonly upgradeType: number; // 1+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes UpdateFeaturesRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeUpdateFeaturesRequest(reader: WireReader, version: number): UpdateFeaturesRequest {
  const timeoutMs = reader.int32();
  const featureUpdates: FeatureUpdateKey[] = [];
  for (let left = reader.arrayLength(true, 4); left > 0; left -= 1) {
    featureUpdates.push(decodeFeatureUpdateKey(reader, version));
  }
  const validateOnly = version >= 1 ? reader.boolean() : false;
  const unknownTags = reader.unknownTags();
  return { timeoutMs, featureUpdates, validateOnly, unknownTags };
}

function decodeFeatureUpdateKey(reader: WireReader, version: number): FeatureUpdateKey {
  const feature = reader.string(true);
  const maxVersionLevel = reader.int16();
  const allowDowngrade = version <= 0 ? reader.boolean() : false;
  const upgradeType = version >= 1 ? reader.int8() : 1;
  const unknownTags = reader.unknownTags();
  return { feature, maxVersionLevel, allowDowngrade, upgradeType, unknownTags };
}

/**
 * Encodes UpdateFeaturesRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeUpdateFeaturesRequest(writer: WireWriter, version: number, message: Loose<UpdateFeaturesRequest>): void {
  writer.int32(message.timeoutMs ?? 60000);
  const featureUpdates = message.featureUpdates ?? [];
  writer.arrayLength(featureUpdates.length, true);
  for (const element of featureUpdates) encodeFeatureUpdateKey(writer, version, element);
  if (version >= 1) writer.boolean(message.validateOnly ?? false);
  writer.unknownTags(message.unknownTags);
}

function encodeFeatureUpdateKey(writer: WireWriter, version: number, message: Loose<FeatureUpdateKey>): void {
  writer.string(message.feature ?? "", true);
  writer.int16(message.maxVersionLevel ?? 0);
  if (version <= 0) writer.boolean(message.allowDowngrade ?? false);
  if (version >= 1) writer.int8(message.upgradeType ?? 1);
  writer.unknownTags(message.unknownTags);
}

/** Body of UpdateFeatures's response, versions 0 to 2. */
export interface UpdateFeaturesResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly results?: readonly UpdatableFeatureResult[] | undefined; // 0–1
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of UpdateFeaturesResponse. */
export interface UpdatableFeatureResult {
  readonly feature: string;
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes UpdateFeaturesResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeUpdateFeaturesResponse(reader: WireReader, version: number): Complete<UpdateFeaturesResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const results: Complete<UpdatableFeatureResult>[] = [];
  if (version <= 1) {
    for (let left = reader.arrayLength(true, 5); left > 0; left -= 1) {
      results.push(decodeUpdatableFeatureResult(reader));
    }
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, results, unknownTags };
}

function decodeUpdatableFeatureResult(reader: WireReader): Complete<UpdatableFeatureResult> {
  const feature = reader.string(true);
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { feature, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes UpdateFeaturesResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeUpdateFeaturesResponse(writer: WireWriter, version: number, message: UpdateFeaturesResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  if (version <= 1) {
    const results = message.results ?? [];
    writer.arrayLength(results.length, true);
    for (const element of results) encodeUpdatableFeatureResult(writer, element);
  }
  writer.unknownTags(message.unknownTags);
}

function encodeUpdatableFeatureResult(writer: WireWriter, message: UpdatableFeatureResult): void {
  writer.string(message.feature, true);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage ?? null, true);
  writer.unknownTags(message.unknownTags);
}
