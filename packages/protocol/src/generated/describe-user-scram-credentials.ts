// Written by tools/generate-protocol.ts from src/schemas; do not edit.
import type { Complete, Loose, UnknownTag } from "../wire/message.ts";
import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** Body of DescribeUserScramCredentials's request, versions 0 to 0. */
export interface DescribeUserScramCredentialsRequest {
  readonly users: readonly UserName[] | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeUserScramCredentialsRequest. */
export interface UserName {
  readonly name: string;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeUserScramCredentialsRequest.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeUserScramCredentialsRequest(reader: WireReader, _version: number): DescribeUserScramCredentialsRequest {
  let usersLeft = reader.nullableArrayLength(true, 2);
  const users: UserName[] | null = usersLeft < 0 ? null : [];
  for (; usersLeft > 0; usersLeft -= 1) users?.push(decodeUserName(reader));
  const unknownTags = reader.unknownTags();
  return { users, unknownTags };
}

function decodeUserName(reader: WireReader): UserName {
  const name = reader.string(true);
  const unknownTags = reader.unknownTags();
  return { name, unknownTags };
}

/**
 * Encodes DescribeUserScramCredentialsRequest.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeUserScramCredentialsRequest(writer: WireWriter, _version: number, message: Loose<DescribeUserScramCredentialsRequest>): void {
  const users = message.users === undefined ? [] : message.users;
  writer.arrayLength(users === null ? -1 : users.length, true);
  if (users !== null) for (const element of users) encodeUserName(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeUserName(writer: WireWriter, message: Loose<UserName>): void {
  writer.string(message.name ?? "", true);
  writer.unknownTags(message.unknownTags);
}

/** Body of DescribeUserScramCredentials's response, versions 0 to 0. */
export interface DescribeUserScramCredentialsResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly results: readonly DescribeUserScramCredentialsResult[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeUserScramCredentialsResponse. */
export interface DescribeUserScramCredentialsResult {
  readonly user: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly credentialInfos: readonly CredentialInfo[];
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** Part of DescribeUserScramCredentialsResponse. */
export interface CredentialInfo {
  readonly mechanism: number;
  readonly iterations: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/**
 * Decodes DescribeUserScramCredentialsResponse.
 * @throws `protocol-frame-invalid`
 */
export function decodeDescribeUserScramCredentialsResponse(reader: WireReader, _version: number): Complete<DescribeUserScramCredentialsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const results: Complete<DescribeUserScramCredentialsResult>[] = [];
  for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
    results.push(decodeDescribeUserScramCredentialsResult(reader));
  }
  const unknownTags = reader.unknownTags();
  return { throttleTimeMs, errorCode, errorMessage, results, unknownTags };
}

function decodeDescribeUserScramCredentialsResult(reader: WireReader): Complete<DescribeUserScramCredentialsResult> {
  const user = reader.string(true);
  const errorCode = reader.int16();
  const errorMessage = reader.nullableString(true);
  const credentialInfos: Complete<CredentialInfo>[] = [];
  for (let left = reader.arrayLength(true, 6); left > 0; left -= 1) {
    credentialInfos.push(decodeCredentialInfo(reader));
  }
  const unknownTags = reader.unknownTags();
  return { user, errorCode, errorMessage, credentialInfos, unknownTags };
}

function decodeCredentialInfo(reader: WireReader): Complete<CredentialInfo> {
  const mechanism = reader.int8();
  const iterations = reader.int32();
  const unknownTags = reader.unknownTags();
  return { mechanism, iterations, unknownTags };
}

/**
 * Encodes DescribeUserScramCredentialsResponse.
 * @throws `protocol-message-invalid`
 */
export function encodeDescribeUserScramCredentialsResponse(writer: WireWriter, _version: number, message: DescribeUserScramCredentialsResponse): void {
  writer.int32(message.throttleTimeMs ?? 0);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  const results = message.results;
  writer.arrayLength(results.length, true);
  for (const element of results) encodeDescribeUserScramCredentialsResult(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeDescribeUserScramCredentialsResult(writer: WireWriter, message: DescribeUserScramCredentialsResult): void {
  writer.string(message.user, true);
  writer.int16(message.errorCode);
  writer.nullableString(message.errorMessage, true);
  const credentialInfos = message.credentialInfos;
  writer.arrayLength(credentialInfos.length, true);
  for (const element of credentialInfos) encodeCredentialInfo(writer, element);
  writer.unknownTags(message.unknownTags);
}

function encodeCredentialInfo(writer: WireWriter, message: CredentialInfo): void {
  writer.int8(message.mechanism);
  writer.int32(message.iterations);
  writer.unknownTags(message.unknownTags);
}
