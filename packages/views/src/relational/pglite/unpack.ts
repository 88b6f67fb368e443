/**
 * Unpacks an archive of a data directory (ustar in gzip), as `dumpDataDir` writes it.
 *
 * PGlite could do it itself, but then its thread keeps hundreds of megabytes for good. Guarantees: bounded memory; nothing is written
 * outside the folder; an archive that is cut or is none throws. Does not: keep owners, links or times.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { viewErrors } from "../errors.ts";

const BLOCK_BYTES = 512;
/** A compressed archive is the prepared one: an empty database of some 25 megabytes. */
const PLAIN_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Inflates into one piece, of which only what is written to takes memory and which goes back to the system when it is let go. The pieces of
 * a stream are small enough for the allocator to keep: 35 MiB for good.
 */
const inflate = promisify(gunzip);

/** Unpacks an archive into a folder, which must be empty or absent. @throws `views-archive-damaged` */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  const limits = { chunkSize: PLAIN_BYTES_MAX, maxOutputLength: PLAIN_BYTES_MAX };
  const plain = await inflate(await readFile(archive), limits);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let at = 0; ;) {
    const header = take(plain, at, BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return;
    const name = textAt(header, 0, 100);
    const prefix = textAt(header, 345, 155);
    const size = Number.parseInt(textAt(header, 124, 12).trim() || "0", 8);
    const relative = normalize(join(prefix, name));
    if (!Number.isSafeInteger(size) || size < 0 || name === "" || relative.startsWith(".."))
      throw viewErrors("views-archive-damaged");
    const path = join(folder, relative);
    const isFolder = String.fromCodePoint(header[156] ?? 0) === "5";
    await mkdir(isFolder ? path : dirname(path), { recursive: true, mode: 0o700 });
    if (!isFolder) await writeFile(path, take(plain, at + BLOCK_BYTES, size), { flag: "wx", mode: 0o600 });
    at += BLOCK_BYTES + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

/** Exactly `count` bytes. @throws `views-archive-damaged` when it ends before */
function take(plain: Buffer, at: number, count: number): Buffer {
  if (at + count > plain.length) throw viewErrors("views-archive-damaged");
  return plain.subarray(at, at + count);
}

function textAt(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}
