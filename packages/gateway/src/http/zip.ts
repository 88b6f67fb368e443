import { PassThrough, Readable } from "node:stream";
import { finished } from "node:stream/promises";

import { ZipFile } from "yazl";

/** A file to be put into an archive. */
export interface ZipEntry {
  /** Relative path with `/`. */
  readonly name: string;
  readonly parts: AsyncIterable<Uint8Array>;
  /** False for what does not shrink. */
  readonly compress: boolean;
}

/** When something happened is said inside; the same for all, so that the same memories make the same archive. */
const DAY_ONE = new Date(1980, 0, 1);

/** The bytes of an archive of these entries, in order, written as they are read. Ends with the error that an entry's parts throw. */
export function zipped(entries: AsyncIterable<ZipEntry>): Readable {
  const archive = new ZipFile();
  // A stream of our own: theirs cannot be given up.
  const bytes = archive.outputStream.pipe(new PassThrough());
  let current: Readable | undefined;
  // Who goes away in the middle leaves nothing open.
  bytes.once("close", () => current?.destroy());
  const write = async (): Promise<void> => {
    for await (const { compress, name, parts } of entries) {
      const entry = Readable.from(parts, { objectMode: false });
      current = entry;
      // One way for entries of any size: how large one is, is known behind it.
      archive.addReadStream(entry, name, { compress, forceZip64Format: true, mtime: DAY_ONE });
      await finished(entry);
    }
    archive.end();
  };
  write().catch((error: unknown) => bytes.destroy(error instanceof Error ? error : new Error(String(error))));
  return bytes;
}
