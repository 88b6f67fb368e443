/**
 * A zip archive (APPNOTE 6.3.10), written as it streams: entries are stored as they are, their sizes and checksums follow them.
 *
 *     local header | bytes | data descriptor | … | central directory | zip64 end | locator | end
 *
 * Every entry is written in the zip64 form, so that there is one way for archives of any size. Names are UTF-8. Of an entry that has been
 * written its place in the directory is kept, some 100 bytes.
 */
import { crc32 } from "node:zlib";

/** A file to be put into an archive. */
export interface ZipEntry {
  /** Relative path with `/`. */
  readonly name: string;
  readonly parts: AsyncIterable<Uint8Array>;
}

/** What the directory says of an entry. */
interface Written {
  readonly name: Buffer;
  readonly checksum: number;
  readonly size: number;
  readonly offset: number;
}

const VERSION_ZIP64 = 45;
/** Sizes follow the entry; its name is UTF-8. */
const FLAGS = 0x0808;
const STORED = 0;
/** 1 January 1980, the first day there is: when something happened is said inside. */
const DAY_ONE = 0x0021;
const ELSEWHERE_32 = 0xffff_ffff;
const ELSEWHERE_16 = 0xffff;

/** The bytes of an archive of these entries, in order. Throws what an entry's parts throw. */
export async function* zipped(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array, void, undefined> {
  const written: Written[] = [];
  let offset = 0;
  for await (const { name: text, parts } of entries) {
    const name = Buffer.from(text);
    const head = localHeader(name);
    yield head;
    let checksum = 0;
    let size = 0;
    for await (const part of parts) {
      checksum = crc32(part, checksum);
      size += part.length;
      yield part;
    }
    yield descriptor(checksum, size);
    written.push({ name, checksum, size, offset });
    offset += head.length + size + DESCRIPTOR_BYTES;
  }
  let directoryBytes = 0;
  for (const entry of written) {
    const line = directoryLine(entry);
    directoryBytes += line.length;
    yield line;
  }
  yield endOf(written.length, directoryBytes, offset);
}

function localHeader(name: Buffer): Buffer {
  const head = Buffer.alloc(30 + name.length + 20);
  head.writeUInt32LE(0x0403_4b50, 0);
  head.writeUInt16LE(VERSION_ZIP64, 4);
  head.writeUInt16LE(FLAGS, 6);
  head.writeUInt16LE(STORED, 8);
  head.writeUInt16LE(DAY_ONE, 12);
  // Checksum and sizes are in the descriptor; that these say "elsewhere" makes it one of 64 bits.
  head.writeUInt32LE(ELSEWHERE_32, 18);
  head.writeUInt32LE(ELSEWHERE_32, 22);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(20, 28);
  head.set(name, 30);
  head.writeUInt16LE(1, 30 + name.length);
  head.writeUInt16LE(16, 32 + name.length);
  return head;
}

const DESCRIPTOR_BYTES = 24;

function descriptor(checksum: number, size: number): Buffer {
  const bytes = Buffer.alloc(DESCRIPTOR_BYTES);
  bytes.writeUInt32LE(0x0807_4b50, 0);
  bytes.writeUInt32LE(checksum, 4);
  bytes.writeBigUInt64LE(BigInt(size), 8);
  bytes.writeBigUInt64LE(BigInt(size), 16);
  return bytes;
}

function directoryLine({ checksum, name, offset, size }: Written): Buffer {
  const line = Buffer.alloc(46 + name.length + 28);
  line.writeUInt32LE(0x0201_4b50, 0);
  line.writeUInt16LE(VERSION_ZIP64, 4);
  line.writeUInt16LE(VERSION_ZIP64, 6);
  line.writeUInt16LE(FLAGS, 8);
  line.writeUInt16LE(STORED, 10);
  line.writeUInt16LE(DAY_ONE, 14);
  line.writeUInt32LE(checksum, 16);
  line.writeUInt32LE(ELSEWHERE_32, 20);
  line.writeUInt32LE(ELSEWHERE_32, 24);
  line.writeUInt16LE(name.length, 28);
  line.writeUInt16LE(28, 30);
  line.writeUInt32LE(ELSEWHERE_32, 42);
  line.set(name, 46);
  const extra = 46 + name.length;
  line.writeUInt16LE(1, extra);
  line.writeUInt16LE(24, extra + 2);
  line.writeBigUInt64LE(BigInt(size), extra + 4);
  line.writeBigUInt64LE(BigInt(size), extra + 12);
  line.writeBigUInt64LE(BigInt(offset), extra + 20);
  return line;
}

/** The zip64 end of the directory, its locator, and the end that says that both are there. */
function endOf(entries: number, directoryBytes: number, directoryAt: number): Buffer {
  const end = Buffer.alloc(56 + 20 + 22);
  end.writeUInt32LE(0x0606_4b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(VERSION_ZIP64, 12);
  end.writeUInt16LE(VERSION_ZIP64, 14);
  end.writeBigUInt64LE(BigInt(entries), 24);
  end.writeBigUInt64LE(BigInt(entries), 32);
  end.writeBigUInt64LE(BigInt(directoryBytes), 40);
  end.writeBigUInt64LE(BigInt(directoryAt), 48);
  end.writeUInt32LE(0x0706_4b50, 56);
  end.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 64);
  end.writeUInt32LE(1, 72);
  end.writeUInt32LE(0x0605_4b50, 76);
  end.writeUInt16LE(ELSEWHERE_16, 84);
  end.writeUInt16LE(ELSEWHERE_16, 86);
  end.writeUInt32LE(ELSEWHERE_32, 88);
  end.writeUInt32LE(ELSEWHERE_32, 92);
  return end;
}
