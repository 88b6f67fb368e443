/** Files that survive a power cut: written beside, synced, renamed, directory synced. */
import { type FileHandle, open, readdir, rename } from "node:fs/promises";
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

/** Waits until every file under a directory is on the disk. */
export async function syncTree(root: string): Promise<void> {
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) {
      const file = await open(path, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  }
  await syncDirectory(root);
}
