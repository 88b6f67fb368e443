const HEX = "0123456789abcdef";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Letter → its six bits; 255: no letter of base64url. */
const BASE64URL_VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < BASE64URL.length; value++) BASE64URL_VALUES[BASE64URL.charCodeAt(value)] = value;
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder("utf-8", { fatal: true });

/** UTF-8 bytes of a string. Lone surrogates become U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return textEncoder.encode(text);
}

/** The string of UTF-8 bytes. Throws a TypeError for bytes that are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  return textDecoder.decode(bytes);
}

/** True when both hold the same bytes. Not constant time: never for secrets. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  return left.every((byte, index) => byte === right[index]);
}

/** Lower-case hexadecimal. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (HEX[byte >> 4] ?? "") + (HEX[byte & 15] ?? "");
  return text;
}

/** base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const word = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += (BASE64URL[word >> 18] ?? "") + (BASE64URL[(word >> 12) & 63] ?? "");
    if (left > 1) text += BASE64URL[(word >> 6) & 63] ?? "";
    if (left > 2) text += BASE64URL[word & 63] ?? "";
  }
  return text;
}

/** Bytes of base64url without padding, or undefined when the text is not canonical base64url. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let buffered = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const value = BASE64URL_VALUES[text.charCodeAt(index)] ?? 255;
    if (value === 255) return undefined;
    buffered = ((buffered << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (buffered >> bits) & 255;
    }
  }
  // Bits left over must be zero, or two texts would stand for the same bytes.
  if ((buffered & ((1 << bits) - 1)) !== 0) return undefined;
  return bytes;
}
