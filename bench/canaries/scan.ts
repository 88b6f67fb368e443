/**
 * Looks for canaries in bytes: as UTF-8 in small and capital letters, UTF-16 in both orders, hexadecimal, base64 at its three places, and
 * all of that inside gzip and zstd. URL encoding leaves a canary's letters as they are.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";

/** What all canaries of a level begin with; a number follows. */
export function canaryHead(level: number): string {
  return `kxqvjzcanary${"abcd"[level - 1] ?? ""}`;
}

/** One canary. */
export function canaryOf(level: number, number: number): string {
  return `${canaryHead(level)}${String(number).padStart(6, "0")}`;
}

/** How often a level's canaries stand somewhere, and how. */
export interface Hits {
  readonly count: number;
  readonly forms: readonly string[];
}

interface Form {
  readonly name: string;
  readonly bytes: Buffer;
}

const CHUNK_BYTES = 16 * 1_024 * 1_024;
const OVERLAP_BYTES = 256;
const UNPACKED_BYTES_MAX = 64 * 1_024 * 1_024;

/** All ways in which a level's canaries may be written. */
export function formsOf(level: number): readonly Form[] {
  const head = canaryHead(level);
  const utf8 = Buffer.from(head);
  const little = Buffer.from(head, "utf16le");
  const forms: Form[] = [
    { name: "UTF-8", bytes: utf8 },
    { name: "capitals", bytes: Buffer.from(head.toUpperCase()) },
    { name: "UTF-16 LE", bytes: little },
    { name: "UTF-16 BE", bytes: Buffer.from(little).swap16() },
    { name: "hex", bytes: Buffer.from(utf8.toString("hex")) },
    { name: "HEX", bytes: Buffer.from(utf8.toString("hex").toUpperCase()) },
  ];
  for (const shift of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(shift), utf8])
      .toString("base64")
      .replaceAll("=", "");
    forms.push({ name: `base64 at ${shift}`, bytes: Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, -2)) });
  }
  return forms;
}

/** Hits of a level in bytes, and in what is packed in them. */
export function scanBytes(bytes: Buffer, level: number): Hits {
  const forms = formsOf(level);
  const found = new Map<string, number>();
  countIn(bytes, forms, found, "");
  for (const [magic, name, unpack] of PACKERS) {
    for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
      const unpacked = unpackAt(bytes.subarray(at), unpack);
      if (unpacked !== undefined) countIn(unpacked, forms, found, ` in ${name}`);
    }
  }
  return { count: [...found.values()].reduce((sum, count) => sum + count, 0), forms: [...found.keys()] };
}

const PACKERS: readonly (readonly [Buffer, string, (bytes: Buffer) => Buffer])[] = [
  [Buffer.of(0x1f, 0x8b, 0x08), "gzip", (bytes) => gunzipSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX })],
  [
    Buffer.of(0x28, 0xb5, 0x2f, 0xfd),
    "zstd",
    (bytes) => zstdDecompressSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX }),
  ],
];

function unpackAt(bytes: Buffer, unpack: (bytes: Buffer) => Buffer): Buffer | undefined {
  try {
    return unpack(bytes);
  } catch {
    return undefined;
  }
}

function countIn(bytes: Buffer, forms: readonly Form[], found: Map<string, number>, where: string): void {
  for (const { bytes: form, name } of forms) {
    for (let at = bytes.indexOf(form); at !== -1; at = bytes.indexOf(form, at + form.length)) {
      found.set(name + where, (found.get(name + where) ?? 0) + 1);
    }
  }
}

/** Hits of a level in a file of any size. */
function scanFile(path: string, level: number): Hits {
  const file = openSync(path, "r");
  const chunk = Buffer.alloc(CHUNK_BYTES + OVERLAP_BYTES);
  let count = 0;
  const forms = new Set<string>();
  try {
    for (let at = 0; ; at += CHUNK_BYTES) {
      const read = readSync(file, chunk, 0, chunk.length, at);
      if (read === 0) break;
      // What lies in the overlap is counted twice at most, never missed.
      const hits = scanBytes(chunk.subarray(0, read), level);
      count += hits.count;
      for (const form of hits.forms) forms.add(form);
      if (read < chunk.length) break;
    }
  } finally {
    closeSync(file);
  }
  return { count, forms: [...forms] };
}

/** Files below a folder in which a level's canaries stand. */
export function scanFolder(
  folder: string,
  level: number,
): { readonly files: number; readonly hits: readonly string[] } {
  const hits: string[] = [];
  let files = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (scanBytes(Buffer.from(path), level).count > 0) hits.push(`the name ${path}`);
    if (!entry.isFile()) continue;
    files++;
    if (statSync(path, { throwIfNoEntry: false }) === undefined) continue;
    const found = scanFile(path, level);
    if (found.count > 0) hits.push(`${path.slice(folder.length + 1)}: ${found.count} × ${found.forms.join(", ")}`);
  }
  return { files, hits };
}
