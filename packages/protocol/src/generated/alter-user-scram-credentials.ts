// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of AlterUserScramCredentials's request, versions 0 to 0. */
export interface AlterUserScramCredentialsRequest {
  readonly deletions: readonly ScramCredentialDeletion[];
  readonly upsertions: readonly ScramCredentialUpsertion[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterUserScramCredentialsRequest. */
export interface ScramCredentialDeletion {
  readonly name: string;
  readonly mechanism: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterUserScramCredentialsRequest. */
export interface ScramCredentialUpsertion {
  readonly name: string;
  readonly mechanism: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly saltedPassword: Uint8Array;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterUserScramCredentialsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterUserScramCredentialsRequest(reader: WireReader, _version: number): AlterUserScramCredentialsRequest {
  const deletions: ScramCredentialDeletion[] = [];
  for (let left = reader.arrayLength(true, 3); left > 0; left -= 1) {
    deletions.push(decodeScramCredentialDeletion(reader));
  }
  const upsertions: ScramCredentialUpsertion[] = [];
  for (let left = reader.arrayLength(true, 9); left > 0; left -= 1) {
    upsertions.push(decodeScramCredentialUpsertion(reader));
  }
  const unknownTags = reader.unknownTags();
  return { deletions, upsertions, unknownTags };
}

function decodeScramCredentialDeletion(reader: WireReader): ScramCredentialDeletion {
  const name = reader.string(true);
  const mechanism = reader.int8();
  const unknownTags = reader.unknownTags();
  return { name, mechanism, unknownTags };
}

function decodeScramCredentialUpsertion(reader: WireReader): ScramCredentialUpsertion {
  const name = reader.string(true);
  const mechanism = reader.int8();
  const iterations = reader.int32();
  const salt = reader.bytes(true);
  const saltedPassword = reader.bytes(true);
  const unknownTags = reader.unknownTags();
  return { name, mechanism, iterations, salt, saltedPassword, unknownTags };
}

/**
 * Encodes AlterUserScramCredentialsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterUserScramCredentialsRequest(writer: WireWriter, _version: number, message: Loose<AlterUserScramCredentialsRequest>): void {
  const deletions = message.deletions ?? [];
  writer.arrayLength(deletions.length, true);
  for (const element of deletions) encodeScramCredentialDeletion(writer, element);
  const upsertions = message.upsertions ?? [];
  writer.arrayLength(upsertions.length, true);
  for (const element of upsertions) encodeScramCredentialUpsertion(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeScramCredentialDeletion(writer: WireWriter, message: Loose<ScramCredentialDeletion>): void {
  writer.string(message.name ?? "", true);
  writer.int8(message.mechanism ?? 0);
  writer.unknownTags(message.unknownTags);
}

function encodeScramCredentialUpsertion(writer: WireWriter, message: Loose<ScramCredentialUpsertion>): void {
  writer.string(message.name ?? "", true);
  writer.int8(message.mechanism ?? 0);
  writer.int32(message.iterations ?? 0);
  writer.bytes(message.salt ?? new Uint8Array(0), true);
  writer.bytes(message.saltedPassword ?? new Uint8Array(0), true);
  writer.unknownTags(message.unknownTags);
}

/** Body of AlterUserScramCredentials's response, versions 0 to 0. */
export interface AlterUserScramCredentialsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly results: readonly AlterUserScramCredentialsResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of AlterUserScramCredentialsResponse. */
export interface AlterUserScramCredentialsResult {
  readonly user: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes AlterUserScramCredentialsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeAlterUserScramCredentialsResponse(reader: WireReader, _version: number): Complete<AlterUserScramCredentialsResponse> {
  const throttleTimeMs = reader.int32();
  const results: Complete<AlterUserScramCredentialsResult>[] = [];
  for (let left = reader.arrayLength(true, 5); left > 0; left -= 1) {
    results.push(decodeAlterUserScramCredentialsResult(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, results, unknownTags };
}

function decodeAlterUserScramCredentialsResult(reader: WireReader): Complete<AlterUserScramCredentialsResult> {
  const user = reader.string(true);
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const unknownTags = reader.unknownTags();
  return { user, errorCode, errorMessage, unknownTags };
}

/**
 * Encodes AlterUserScramCredentialsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeAlterUserScramCredentialsResponse(writer: WireWriter, _version: number, message: AlterUserScramCredentialsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  const results = message.results;
  writer.arrayLength(results.length, true);
  for (const element of results) encodeAlterUserScramCredentialsResult(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeAlterUserScramCredentialsResult(writer: WireWriter, message: AlterUserScramCredentialsResult): void {
  writer.string(message.user, true);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  writer.unknownTags(message.unknownTags);
}
