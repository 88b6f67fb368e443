/** Frames that others wrote, read by the codecs and written again: what was read rightly is written as it was. */
import {
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestHeader,
  encodeResponseHeader,
  findApi,
} from "../api-table.ts";
import { WireReader } from "../wire/reader.ts";
import { WireWriter } from "../wire/writer.ts";
import { codecOf } from "./codecs.ts";

/** A request as it is written again. */
export interface RewrittenRequest {
  readonly apiName: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads and writes a request: header and body, without the length in front.
 * @throws `protocol-frame-invalid`; `Error` when there is no such API
 */
export function rewriteRequest(frame: Uint8Array): RewrittenRequest {
  const reader = new WireReader(frame);
  const header = decodeRequestHeader(reader);
  const { apiKey, apiVersion: version } = header;
  const apiName = findApi(apiKey)?.name;
  if (apiName === undefined) throw new Error(`There is no API ${apiKey}`);
  const { decode, encode } = codecOf(apiName, "request");
  const writer = new WireWriter();
  encodeRequestHeader(writer, header);
  encode(writer, version, decode(reader, version));
  return { apiName, version, bytes: writer.toBytes() };
}

/**
 * Reads and writes the response to a request of an API and version: header and body, without the length in front.
 * @returns the bytes, and the message that was read
 * @throws `protocol-frame-invalid`
 */
export function rewriteResponse(
  apiName: string,
  version: number,
  frame: Uint8Array,
): { readonly bytes: Uint8Array; readonly message: object } {
  const { decode, encode, schema } = codecOf(apiName, "response");
  const reader = new WireReader(frame);
  const writer = new WireWriter();
  encodeResponseHeader(writer, schema.key, version, decodeResponseHeader(reader, schema.key, version));
  const message = decode(reader, version);
  encode(writer, version, message);
  return { bytes: writer.toBytes(), message };
}
