/** Files that survive a power cut: written beside, synced, renamed, directory synced. */
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Waits until a directory's entries are on the disk. Windows cannot open a directory for that; its renames are journaled. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** How a file is made. */
interface FileOptions {
  /** Who may read and write it; by default its owner alone. */
  readonly mode?: number;
  /** Whether what is there already is written over; otherwise it is an error (EEXIST). By default true. */
  readonly isReplaced?: boolean;
}

/** Writes a file and waits until its content is on the disk; its name is so after `syncDirectory`. */
export async function writeSynced(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { isReplaced = true, mode = 0o600 }: FileOptions = {},
): Promise<void> {
  const file = await open(path, isReplaced ? "w" : "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a file that is already on the disk in the place of another, durably. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}

/** Writes a small file, durably and as a whole: a power cut leaves the one before or this one. */
export async function writeFileDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await rm(beside, { force: true });
  await writeSynced(beside, content, { mode, isReplaced: false });
  await replaceFile(beside, path);
}

/** Files synced at once: Node has four threads for them, and the file system writes its journal once for all four. */
const SYNCS_MAX = 4;

/**
 * Waits until every file under a directory is on the disk.
 * @param changedSinceMs epoch ms: files not written since are known to be on the disk and passed; 0: none are
 */
export async function syncTree(root: string, changedSinceMs = 0): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const directories = [
    root,
    ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)),
  ];
  await inParallel(files, async (path) => {
    if (changedSinceMs > 0 && (await stat(path)).mtimeMs < changedSinceMs) return;
    const file = await open(path, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
  await inParallel(directories, syncDirectory);
}

async function inParallel(paths: readonly string[], work: (path: string) => Promise<void>): Promise<void> {
  const waiting = paths.values();
  const worker = async (): Promise<void> => {
    for (const path of waiting) await work(path);
  };
  await Promise.all(Array.from({ length: SYNCS_MAX }, worker));
}
