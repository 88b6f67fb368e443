/**
 * Zip archives, read in place.
 *
 * Guarantees: the whole directory of the archive is checked before one byte is unpacked. Refused are paths that leave the archive
 * (`..`, absolute, drive letters, backslashes), links, encryption, entries that unpack to more than 100 times their size beyond
 * 10 MB, archives that do so as a whole beyond 100 MB (entries may share their bytes), and those with too many entries or too much to
 * unpack. An entry that unpacks to another size or checksum than it declares ends the read with an error. Archives inside are ignored.
 */
import { Readable } from "node:stream";
import { callbackify } from "node:util";
import { crc32 } from "node:zlib";

import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  openPromise,
  RandomAccessReader,
  validateFileName,
  type ZipFile,
} from "yauzl";

import { type Container, isReadableName, type TextSource } from "./container.ts";
import { refuseArchive, sourceErrors } from "./errors.ts";
import type { SealedFile } from "./sealed.ts";

const RATIO_MAX = 100;
const RATIO_FREE_BYTES = 10 * 1000 * 1000;
const RATIO_FREE_WHOLE_BYTES = 100 * 1000 * 1000;
const UNIX = 3;
const MODE_TYPE = 0o170000;
const MODE_LINK = 0o120000;
const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;

/** How large an archive may be. */
export interface ZipLimits {
  readonly entriesMax: number;
  readonly unpackedBytesMax: number;
}

/**
 * Opens an archive and checks all of it. Error codes as in `openContainer`.
 * @param place a file's path, or one that is sealed, which is closed with the archive and when it is none
 */
export async function openZip(place: string | SealedFile, limits: ZipLimits): Promise<Container> {
  // Names are decoded by us, so that a bad one is our refusal and not a stream's error.
  const options = { autoClose: false, decodeStrings: false, lazyEntries: true };
  const opening =
    typeof place === "string"
      ? openPromise(place, options)
      : fromRandomAccessReaderPromise(new SealedReader(place), place.text.bytes, options);
  const zip = await opening.catch(async (cause: unknown) => {
    if (typeof place !== "string") await place.close();
    throw sourceErrors("import-not-a-zip", { cause });
  });
  try {
    const files = await listEntries(zip, limits);
    return {
      kind: "zip",
      sources: files.filter(({ name }) => isReadableName(name)),
      files,
      close: () => {
        zip.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Closed by the archive once the last of its streams has ended. */
class SealedReader extends RandomAccessReader {
  readonly #file: SealedFile;

  constructor(file: SealedFile) {
    super();
    this.#file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#file.text.read(start, end), { objectMode: false });
  }

  override close(callback: (error: Error | null) => void): void {
    callbackify(() => this.#file.close())((error: Error | null) => callback(error));
  }
}

async function listEntries(zip: ZipFile, limits: ZipLimits): Promise<TextSource[]> {
  const { entriesMax, unpackedBytesMax } = limits;
  if (zip.entryCount > entriesMax) throw sourceErrors("import-too-many-entries", { details: { entriesMax } });
  const files: TextSource[] = [];
  let textBytes = 0;
  let unpackedBytes = 0;
  let entries = 0;
  for await (const entry of eachEntry(zip)) {
    entries++;
    if (entries > entriesMax) throw sourceErrors("import-too-many-entries", { details: { entriesMax } });
    const name = checkEntry(entry);
    if (name.endsWith("/")) continue;
    unpackedBytes += entry.uncompressedSize;
    // What is not a text is bounded where it is kept, each file by itself.
    if (isReadableName(name)) textBytes += entry.uncompressedSize;
    if (textBytes > unpackedBytesMax) {
      throw refuseArchive(`it unpacks to more than ${unpackedBytesMax} bytes`, name);
    }
    if (unpackedBytes > RATIO_FREE_WHOLE_BYTES && unpackedBytes > zip.fileSize * RATIO_MAX) {
      throw refuseArchive(`it unpacks to more than ${RATIO_MAX} times its size`, name);
    }
    const isKnown = entry.compressionMethod === METHOD_STORED || entry.compressionMethod === METHOD_DEFLATED;
    if (!isKnown && !isReadableName(name)) continue;
    if (!isKnown) {
      throw refuseArchive("it is packed with a method that is not supported, must be deflate", name);
    }
    files.push({
      name,
      bytes: entry.uncompressedSize,
      modifiedAtMs: entry.getLastModDate({ timezone: "UTC" }).getTime(),
      open: () => readEntry(zip, entry),
    });
  }
  return files.sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function* eachEntry(zip: ZipFile): AsyncIterable<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (cause) {
    throw sourceErrors("import-archive-damaged", { cause });
  }
}

/** The name of an entry that may be read. */
function checkEntry(entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  if (validateFileName(name) !== null || name.includes("\0"))
    throw refuseArchive("a path inside leaves the archive", name);
  const mode = entry.externalFileAttributes >>> 16;
  if (entry.versionMadeBy >> 8 === UNIX && (mode & MODE_TYPE) === MODE_LINK)
    throw refuseArchive("it holds a link", name);
  if (entry.isEncrypted()) throw sourceErrors("import-archive-encrypted", { details: { entry: name.slice(0, 200) } });
  const isBig = entry.uncompressedSize > RATIO_FREE_BYTES;
  if (isBig && entry.uncompressedSize > entry.compressedSize * RATIO_MAX) {
    throw refuseArchive(`a file inside unpacks to more than ${RATIO_MAX} times its size`, name);
  }
  return name;
}

async function* readEntry(zip: ZipFile, entry: Entry): AsyncIterable<Uint8Array> {
  const details = { entry: entry.fileNameRaw.toString("utf8").slice(0, 200) };
  let checksum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      // yauzl's streams yield buffers.
      const bytes = chunk as Buffer;
      checksum = crc32(bytes, checksum);
      yield bytes;
    }
  } catch (cause) {
    throw sourceErrors("import-archive-damaged", { details, cause });
  }
  if (checksum !== entry.crc32) throw sourceErrors("import-archive-damaged", { details });
}
