/** Files that survive a power cut: written beside, synced, renamed, directory synced. */
import { type FileHandle, open, readdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Waits until a directory's entries are on the disk. Some systems cannot sync a directory; there a rename is all there is. */
export async function syncDirectory(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle?.close();
  }
}

/** Puts a file that is already on the disk in the place of another, durably. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}

/** Writes a small file, durably and as a whole. */
export async function writeFileDurably(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  const file = await open(beside, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
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
