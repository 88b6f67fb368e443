/**
 * All the storage asks of a disk, so that faults can be injected and a whole disk simulated.
 *
 * Contract: `write` and `truncate` reach the page cache; only `sync` makes a file's bytes survive a power cut and only
 * `syncDirectory` makes created, renamed and removed names survive it. Errors are those of Node (`code` "ENOSPC", "EIO"…).
 * After `sync` has failed once the file must not be synced again: the kernel may have dropped the pages and answer "done".
 */

/** What a disk writes as a whole or not at all. */
export const SECTOR_BYTES = 512;

/** An open file. Positions are always given; there is no shared cursor. */
export interface DiskFile {
  readonly path: string;
  size(): number;
  /** Writes all bytes at a position, or throws; then a part of them may have been written. */
  write(bytes: Uint8Array, position: number): void;
  /** Reads until the target is full or the file ends; returns the bytes read. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** The same without leaving the thread: for recovery and small files. */
  readNow(target: Uint8Array, position: number): number;
  truncate(size: number): void;
  /** fdatasync, off the thread. */
  sync(): Promise<void>;
  close(): void;
}

/** How a file is opened: made new (must not exist), for reading and writing, or for reading alone. */
export type OpenMode = "create" | "write" | "read";

/** A held lock on a data directory. */
export interface DirectoryLock {
  release(): void;
}

/** The disk under a data directory. */
export interface Disk {
  open(path: string, mode: OpenMode): DiskFile;
  /** Makes a directory and its parents; does nothing when it exists. */
  makeDirectory(path: string): void;
  /** Names in a directory in no order; empty when it does not exist. */
  list(path: string): readonly string[];
  /** Bytes of a file; undefined when it does not exist. */
  size(path: string): number | undefined;
  rename(from: string, to: string): void;
  /** Removes a file; does nothing when it does not exist. */
  remove(path: string): void;
  /** Removes an empty directory; does nothing when it does not exist. */
  removeDirectory(path: string): void;
  syncDirectory(path: string): Promise<void>;
  /** Takes the data directory for this process. Throws `log-directory-locked` when another has it. */
  lock(directory: string): DirectoryLock;
}

/** Reads a whole small file; undefined when it does not exist. */
export function readWholeFile(disk: Disk, path: string): Uint8Array | undefined {
  if (disk.size(path) === undefined) return undefined;
  const file = disk.open(path, "read");
  try {
    const bytes = new Uint8Array(file.size());
    return bytes.subarray(0, file.readNow(bytes, 0));
  } finally {
    file.close();
  }
}

/** Replaces a file so that after a crash either the old or the new content stands there, never a mixture. */
export async function writeFileAtomically(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  disk.remove(temporary);
  const file = disk.open(temporary, "create");
  try {
    file.write(bytes, 0);
    await file.sync();
  } finally {
    file.close();
  }
  disk.rename(temporary, path);
  await disk.syncDirectory(path.slice(0, path.lastIndexOf("/")));
}

/** The `code` of an error of the operating system; "" when it has none. */
function systemErrorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** True when the disk or the quota has no room left. */
export function isDiskFull(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
