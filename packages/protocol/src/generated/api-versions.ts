// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of ApiVersions's request, versions 0 to 4. */
export interface ApiVersionsRequest {
  readonly clientSoftwareName: string; // 3+
  readonly clientSoftwareVersion: string; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ApiVersionsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeApiVersionsRequest(reader: WireReader, version: number): ApiVersionsRequest {
  const flexible = version >= 3;
  const clientSoftwareName = version >= 3 ? reader.string(flexible) : "";
  const clientSoftwareVersion = version >= 3 ? reader.string(flexible) : "";
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { clientSoftwareName, clientSoftwareVersion, unknownTags };
}

/**
 * Encodes ApiVersionsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeApiVersionsRequest(writer: WireWriter, version: number, message: Loose<ApiVersionsRequest>): void {
  const flexible = version >= 3;
  if (version >= 3) writer.string(message.clientSoftwareName ?? "", flexible);
  if (version >= 3) writer.string(message.clientSoftwareVersion ?? "", flexible);
  if (flexible) writer.unknownTags(message.unknownTags);
}

/** Body of ApiVersions's response, versions 0 to 4. */
export interface ApiVersionsResponse {
  readonly errorCode: number;
  readonly apiKeys: readonly ApiVersion[];
  readonly throttleTimeMs?: number | undefined; // 1+
  readonly supportedFeatures?: readonly SupportedFeatureKey[] | undefined; // 3+
  readonly finalizedFeaturesEpoch?: number | undefined; // 3+
  readonly finalizedFeatures?: readonly FinalizedFeatureKey[] | undefined; // 3+
  readonly zkMigrationReady?: boolean | undefined; // 3+
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ApiVersionsResponse. */
export interface ApiVersion {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ApiVersionsResponse. */
export interface SupportedFeatureKey {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of ApiVersionsResponse. */
export interface FinalizedFeatureKey {
  readonly name: string;
  readonly maxVersionLevel: number;
  readonly minVersionLevel: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes ApiVersionsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeApiVersionsResponse(reader: WireReader, version: number): Complete<ApiVersionsResponse> {
  const flexible = version >= 3;
  const errorCode = reader.int16();
  const apiKeys: Complete<ApiVersion>[] = [];
  for (let left = reader.arrayLength(flexible, 6); left > 0; left -= 1) {
    apiKeys.push(decodeApiVersion(reader, version));
  }
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  let supportedFeatures: Complete<SupportedFeatureKey>[] = [];
  let finalizedFeaturesEpoch = -1;
  let finalizedFeatures: Complete<FinalizedFeatureKey>[] = [];
  let zkMigrationReady = false;
  let unknownTags: UnknownTag[] | undefined;
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left -= 1) {
      const tag = reader.uvarint();
      const tagEnd = reader.tagEnd();
      if (tag === 0) {
        supportedFeatures = [];
        for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) supportedFeatures.push(decodeSupportedFeatureKey(reader));
        reader.endTag(tagEnd);
      } else if (tag === 1) {
        finalizedFeaturesEpoch = reader.int64();
        reader.endTag(tagEnd);
      } else if (tag === 2) {
        finalizedFeatures = [];
        for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) finalizedFeatures.push(decodeFinalizedFeatureKey(reader));
        reader.endTag(tagEnd);
      } else if (tag === 3) {
        zkMigrationReady = reader.boolean();
        reader.endTag(tagEnd);
      } else (unknownTags ??= []).push(reader.unknownTag(tag, tagEnd));
    }
  }
  return { errorCode, apiKeys, throttleTimeMs, supportedFeatures, finalizedFeaturesEpoch, finalizedFeatures, zkMigrationReady, unknownTags };
}

function decodeApiVersion(reader: WireReader, version: number): Complete<ApiVersion> {
  const flexible = version >= 3;
  const apiKey = reader.int16();
  const minVersion = reader.int16();
  const maxVersion = reader.int16();
  const unknownTags = flexible ? reader.unknownTags() : undefined;
  return { apiKey, minVersion, maxVersion, unknownTags };
}

function decodeSupportedFeatureKey(reader: WireReader): Complete<SupportedFeatureKey> {
  const name = reader.string(true);
  const minVersion = reader.int16();
  const maxVersion = reader.int16();
  const unknownTags = reader.unknownTags();
  return { name, minVersion, maxVersion, unknownTags };
}

function decodeFinalizedFeatureKey(reader: WireReader): Complete<FinalizedFeatureKey> {
  const name = reader.string(true);
  const maxVersionLevel = reader.int16();
  const minVersionLevel = reader.int16();
  const unknownTags = reader.unknownTags();
  return { name, maxVersionLevel, minVersionLevel, unknownTags };
}

/**
 * Encodes ApiVersionsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeApiVersionsResponse(writer: WireWriter, version: number, message: ApiVersionsResponse): void {
  const flexible = version >= 3;
  writer.int16(message.errorCode);
  const apiKeys = message.apiKeys;
  writer.arrayLength(apiKeys.length, flexible);
  for (const element of apiKeys) encodeApiVersion(writer, version, element);
  if (version >= 1) writer.int32(message.throttleTimeMs ?? 0);
  if (flexible) {
    const supportedFeatures = message.supportedFeatures ?? [];
    const hasSupportedFeatures = supportedFeatures.length > 0;
    const finalizedFeaturesEpoch = message.finalizedFeaturesEpoch ?? -1;
    const hasFinalizedFeaturesEpoch = finalizedFeaturesEpoch !== -1;
    const finalizedFeatures = message.finalizedFeatures ?? [];
    const hasFinalizedFeatures = finalizedFeatures.length > 0;
    const zkMigrationReady = message.zkMigrationReady ?? false;
    const hasZkMigrationReady = zkMigrationReady;
    writer.uvarint((hasSupportedFeatures ? 1 : 0) + (hasFinalizedFeaturesEpoch ? 1 : 0) + (hasFinalizedFeatures ? 1 : 0) + (hasZkMigrationReady ? 1 : 0) + (message.unknownTags?.length ?? 0));
    if (hasSupportedFeatures) {
      const supportedFeaturesTag = writer.beginTag(0);
      writer.arrayLength(supportedFeatures.length, true);
      for (const element of supportedFeatures) encodeSupportedFeatureKey(writer, element);
      writer.endTag(supportedFeaturesTag);
    }
    if (hasFinalizedFeaturesEpoch) {
      const finalizedFeaturesEpochTag = writer.beginTag(1);
      writer.int64(finalizedFeaturesEpoch);
      writer.endTag(finalizedFeaturesEpochTag);
    }
    if (hasFinalizedFeatures) {
      const finalizedFeaturesTag = writer.beginTag(2);
      writer.arrayLength(finalizedFeatures.length, true);
      for (const element of finalizedFeatures) encodeFinalizedFeatureKey(writer, element);
      writer.endTag(finalizedFeaturesTag);
    }
    if (hasZkMigrationReady) {
      const zkMigrationReadyTag = writer.beginTag(3);
      writer.boolean(zkMigrationReady);
      writer.endTag(zkMigrationReadyTag);
    }
    writer.appendTags(message.unknownTags);
  }
}

function encodeApiVersion(writer: WireWriter, version: number, message: ApiVersion): void {
  const flexible = version >= 3;
  writer.int16(message.apiKey);
  writer.int16(message.minVersion);
  writer.int16(message.maxVersion);
  if (flexible) writer.unknownTags(message.unknownTags);
}

function encodeSupportedFeatureKey(writer: WireWriter, message: SupportedFeatureKey): void {
  writer.string(message.name, true);
  writer.int16(message.minVersion);
  writer.int16(message.maxVersion);
  writer.unknownTags(message.unknownTags);
}

function encodeFinalizedFeatureKey(writer: WireWriter, message: FinalizedFeatureKey): void {
  writer.string(message.name, true);
  writer.int16(message.maxVersionLevel);
  writer.int16(message.minVersionLevel);
  writer.unknownTags(message.unknownTags);
}
