import type { ApiTable, TableEntry } from "./api-table.ts";

/** What stands before the body of every request. */
export interface RequestHeader {
  /** Undefined when nobody serves the key. */
  readonly entry: TableEntry | undefined;
  readonly key: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Where in the frame the body begins. */
  readonly bodyAt: number;
}

const CLIENT_ID_AT = 8;

/**
 * Reads the header of a request: key i16, version i16, correlation id i32, client id (nullable string with an i16 length), and tagged
 * fields where the version is flexible. Of an API nobody serves only the first three fields are read.
 * @returns undefined when the bytes are not a header
 */
export function parseRequestHeader(frame: Buffer, table: ApiTable): RequestHeader | undefined {
  if (frame.length < CLIENT_ID_AT) return undefined;
  const key = frame.readInt16BE(0);
  const version = frame.readInt16BE(2);
  const correlationId = frame.readInt32BE(4);
  const entry = table.get(key);
  if (entry === undefined || version > entry.versionMax) {
    return { entry, key, version, correlationId, clientId: null, bodyAt: frame.length };
  }
  if (frame.length < CLIENT_ID_AT + 2) return undefined;
  const length = frame.readInt16BE(CLIENT_ID_AT);
  const clientIdAt = CLIENT_ID_AT + 2;
  const afterClientId = clientIdAt + Math.max(0, length);
  if (length < -1 || afterClientId > frame.length) return undefined;
  const clientId = length < 0 ? null : frame.toString("utf8", clientIdAt, afterClientId);
  const bodyAt = version >= entry.flexibleSince ? skipTags(frame, afterClientId) : afterClientId;
  return bodyAt === undefined ? undefined : { entry, key, version, correlationId, clientId, bodyAt };
}

/** Steps over tagged fields; undefined when they are cut off. */
function skipTags(frame: Buffer, from: number): number | undefined {
  // Nearly always there are none.
  if (frame[from] === 0) return from + 1;
  let at = from;
  const uvarint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35 && at < frame.length; shift += 7) {
      const byte = frame[at] ?? 0;
      at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return Number.POSITIVE_INFINITY;
  };
  const count = uvarint();
  if (count > frame.length) return undefined;
  for (let left = count; left > 0; left -= 1) {
    if (uvarint() === Number.POSITIVE_INFINITY) return undefined;
    at += uvarint();
    if (at > frame.length) return undefined;
  }
  return at;
}
