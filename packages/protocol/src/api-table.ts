/**
 * Which APIs there are, and the headers before their bodies.
 *
 *     request header 1   key i16, version i16, correlation id i32, client id (classic nullable string)
 *     request header 2   the same and tagged fields; the client id stays classic (KIP-482)
 *     response header 0  correlation id i32
 *     response header 1  the same and tagged fields
 *
 * A flexible version has headers 2 and 1, any other 1 and 0, but ApiVersions' response always has header 0: a client that does not
 * know yet what the broker speaks must be able to read it (KIP-511).
 */
import { APIS } from "./generated/apis.ts";
import type { UnknownTag } from "./wire/message.ts";
import type { WireReader } from "./wire/reader.ts";
import type { WireWriter } from "./wire/writer.ts";

/** Name of an API, as Kafka writes it. */
export type ApiName = keyof typeof APIS;

/** One API of the table. */
export interface ApiRow {
  readonly key: number;
  readonly name: ApiName;
  /** First and last version that Apache Kafka 4.3 advertises. */
  readonly versionMin: number;
  readonly versionMax: number;
  /** First version with a codec; larger than `versionMin` for Produce alone. */
  readonly decodableMin: number;
  /** First flexible version; Infinity when there is none. */
  readonly flexibleSince: number;
}

/** What stands before the body of a request. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

/** What stands before the body of a response. */
export interface ResponseHeader {
  readonly correlationId: number;
  readonly unknownTags?: readonly UnknownTag[] | undefined;
}

const ROWS_BY_KEY: readonly (ApiRow | undefined)[] = listByKey();

function listByKey(): (ApiRow | undefined)[] {
  const rows: (ApiRow | undefined)[] = [];
  for (const row of Object.values(APIS)) rows[row.key] = row;
  return rows;
}

/** The row of a key; undefined for an API without codecs. */
export function findApi(key: number): ApiRow | undefined {
  return ROWS_BY_KEY[key];
}

/** 2 for flexible versions, else 1. An API that is not known has 1. */
export function requestHeaderVersion(key: number, version: number): 1 | 2 {
  return isFlexible(key, version) ? 2 : 1;
}

/** 1 for flexible versions, else 0; always 0 for ApiVersions. */
export function responseHeaderVersion(key: number, version: number): 0 | 1 {
  return key !== APIS.ApiVersions.key && isFlexible(key, version) ? 1 : 0;
}

function isFlexible(key: number, version: number): boolean {
  const row = ROWS_BY_KEY[key];
  return row !== undefined && version >= row.flexibleSince;
}

/**
 * Decodes the header of a request; the reader then stands at the body.
 * Of an API that is not known, and of a version beyond the table, it reads what all headers have in common.
 * @throws `protocol-frame-invalid`
 */
export function decodeRequestHeader(reader: WireReader): RequestHeader {
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  const clientId = reader.nullableString(false);
  const unknownTags = isFlexible(apiKey, apiVersion) ? reader.unknownTags() : undefined;
  return { apiKey, apiVersion, correlationId, clientId, unknownTags };
}

/** Encodes the header of a request: the client's half. */
export function encodeRequestHeader(writer: WireWriter, header: RequestHeader): void {
  writer.int16(header.apiKey);
  writer.int16(header.apiVersion);
  writer.int32(header.correlationId);
  writer.nullableString(header.clientId, false);
  if (isFlexible(header.apiKey, header.apiVersion)) writer.unknownTags(header.unknownTags);
}

/** Encodes the header of the response to a request of this API and version. */
export function encodeResponseHeader(writer: WireWriter, key: number, version: number, header: ResponseHeader): void {
  writer.int32(header.correlationId);
  if (responseHeaderVersion(key, version) === 1) writer.unknownTags(header.unknownTags);
}

/**
 * Decodes the header of the response to a request of this API and version: the client's half.
 * @throws `protocol-frame-invalid`
 */
export function decodeResponseHeader(reader: WireReader, key: number, version: number): ResponseHeader {
  const correlationId = reader.int32();
  const unknownTags = responseHeaderVersion(key, version) === 1 ? reader.unknownTags() : undefined;
  return { correlationId, unknownTags };
}
