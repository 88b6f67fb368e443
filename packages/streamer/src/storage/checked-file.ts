/**
 * A small file that is believed only when it is whole.
 *
 *     line 1: CRC-32C of line 2 as 8 hexadecimal digits
 *     line 2: JSON
 */
import { decodeText, encodeText } from "@kaelix/base";
import { checksum } from "@kaelix/protocol";

/** The bytes of a file that holds a value. */
export function encodeChecked(value: unknown): Uint8Array {
  const body = JSON.stringify(value);
  return encodeText(`${checksum(encodeText(body)).toString(16).padStart(8, "0")}\n${body}\n`);
}

/** The object in the file's bytes; undefined when they are torn, changed or hold no object. */
export function decodeChecked(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const [sum, body] = decodeText(bytes).split("\n");
    if (sum === undefined || body === undefined) return undefined;
    if (checksum(encodeText(body)) !== Number.parseInt(sum, 16)) return undefined;
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True for an object that is not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for an integer from 0 to 2^53 - 1. */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
