/**
 * What a file is, by its first bytes. Names and what a sender says of a type are never asked.
 *
 * Only types that a browser shows without running anything are named; everything else, SVG and HTML among it, is
 * `application/octet-stream`: something to keep and to hand out, not to show. Pure.
 */

/** Bytes that must be looked at. */
export const MEDIA_TYPE_HEAD_BYTES = 32;

const UNKNOWN = "application/octet-stream";

/** What stands at the beginning of a file: signatures of the WHATWG MIME Sniffing Standard, section 6. */
const HEADS: readonly (readonly [head: string, type: string])[] = [
  ["\u0089PNG\r\n\u001a\n", "image/png"],
  ["\u00ff\u00d8\u00ff", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["%PDF-", "application/pdf"],
  ["OggS\0", "audio/ogg"],
  ["ID3", "audio/mpeg"],
  ["\u00ff\u00fb", "audio/mpeg"],
  ["\u00ff\u00f3", "audio/mpeg"],
  ["\u00ff\u00f2", "audio/mpeg"],
  ["#!AMR", "audio/amr"],
  ["\u001aE\u00df\u00a3", "video/webm"],
  ["PK\u0003\u0004", "application/zip"],
];

/** Brands of ISO base media files (`ftyp` at byte 4); any other is a video. */
const BRANDS: ReadonlyMap<string, string> = new Map([
  ["avif", "image/avif"],
  ["heic", "image/heic"],
  ["heix", "image/heic"],
  ["mif1", "image/heif"],
  ["M4A ", "audio/mp4"],
  ["M4B ", "audio/mp4"],
  ["qt  ", "video/quicktime"],
]);

/** The media type of a file that begins so. */
export function mediaTypeOf(head: Uint8Array): string {
  const text = String.fromCharCode(...head.subarray(0, MEDIA_TYPE_HEAD_BYTES));
  const known = HEADS.find(([start]) => text.startsWith(start));
  if (known !== undefined) return known[1];
  if (text.startsWith("RIFF") && text.slice(8, 14) === "WEBPVP") return "image/webp";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WAVE") return "audio/wav";
  if (text.slice(4, 8) === "ftyp") return BRANDS.get(text.slice(8, 12)) ?? "video/mp4";
  return UNKNOWN;
}
