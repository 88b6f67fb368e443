/**
 * Unpacks an archive of a data directory (ustar, plain or gzip), as `dumpDataDir` writes it.
 *
 * PGlite could do it itself, but then its thread keeps hundreds of megabytes for good. Guarantees: bounded memory; nothing is written
 * outside the folder; an archive that is cut or is none throws. Does not: keep owners, links or times.
 */
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, type FileHandle } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { viewErrors } from "../errors.ts";

const BLOCK_BYTES = 512;
const GZIP_MAGIC = 0x1f8b;
/** A compressed archive is the prepared one: an empty database of some forty megabytes. */
const PLAIN_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Inflates into one piece, of which only what is written to takes memory and which goes back to the system when it is let go. The pieces of
 * a stream are small enough for the allocator to keep: 35 MiB for good.
 */
const inflate = promisify(gunzip);

/** Unpacks an archive into a folder, which must be empty or absent. @throws `views-archive-damaged` */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  const reader = new BlockReader(await openPlain(archive));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const header = await reader.take(BLOCK_BYTES);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const name = textAt(header, 0, 100);
    const prefix = textAt(header, 345, 155);
    const size = Number.parseInt(textAt(header, 124, 12).trim() || "0", 8);
    const relative = normalize(join(prefix, name));
    if (!Number.isSafeInteger(size) || name === "" || relative.startsWith(".."))
      throw viewErrors("views-archive-damaged");
    const path = join(folder, relative);
    if (String.fromCodePoint(header[156] ?? 0) === "5") await mkdir(path, { recursive: true, mode: 0o700 });
    else await unpackFile(reader, path, size);
  }
}

async function unpackFile(reader: BlockReader, path: string, size: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file: FileHandle = await open(path, "wx", 0o600);
  try {
    for (let left = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES, wanted = size; left > 0;) {
      const chunk = await reader.some(left);
      if (chunk === undefined) throw viewErrors("views-archive-damaged");
      await file.writeFile(chunk.subarray(0, Math.max(0, wanted)));
      left -= chunk.length;
      wanted -= chunk.length;
    }
  } finally {
    await file.close();
  }
}

async function openPlain(archive: string): Promise<AsyncIterator<Buffer> | Iterator<Buffer>> {
  const file = await open(archive);
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  await file.close();
  // No encoding is set: the stream yields buffers.
  if (buffer.readUInt16BE() !== GZIP_MAGIC) return createReadStream(archive)[Symbol.asyncIterator]();
  const whole = await inflate(await readFile(archive), {
    chunkSize: PLAIN_BYTES_MAX,
    maxOutputLength: PLAIN_BYTES_MAX,
  });
  return [whole].values();
}

/** Takes exact amounts from a stream of chunks. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer> | Iterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterator<Buffer> | Iterator<Buffer>) {
    this.#chunks = chunks;
  }

  /** Between one and `most` bytes; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Exactly `count` bytes; undefined at the end. @throws `views-archive-damaged` when it ends in between */
  async take(count: number): Promise<Buffer | undefined> {
    const first = await this.some(count);
    if (first === undefined || first.length === count) return first;
    const parts = [first];
    for (let left = count - first.length; left > 0;) {
      const part = await this.some(left);
      if (part === undefined) throw viewErrors("views-archive-damaged");
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
}

function textAt(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}
