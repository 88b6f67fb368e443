/**
 * The last snapshot of the embedded database in a backup, so that recovery is a copy and catching up instead of folding the whole log.
 *
 * It is derived: the log decides. It is older than every topic of its point, so what was erased since is in what the database catches up
 * with; the newest point alone keeps one; and a restore that cannot use it goes without.
 */
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { makeFolder, syncTree } from "@kaelix/coordinator";
import type { Database } from "@kaelix/views";

import { PIECE_BYTES, type SavedPiece, type SavedView } from "./format.ts";

/** A new copy is made when an eighth more is on the log than it knows, and this many events: the pages of indexes change all over. */
const NEW_EVENTS_MIN = 10_000;
const NEW_SHARE = 1 / 8;

/** How pieces get to the target. */
export interface PieceWriter {
  has(piece: string): boolean;
  save(bytes: Buffer): Promise<SavedPiece>;
}

/** Copies of one process's database. What was saved last is of this very log: no other process's is taken over. */
export class ViewCopies {
  readonly #database: Pick<Database, "withSnapshot">;
  #last: { readonly events: number; readonly view: SavedView } | undefined;

  constructor(database: Pick<Database, "withSnapshot">) {
    this.#database = database;
  }

  /**
   * Saves the last snapshot, or finds that the copy made last will do.
   * @param events how many are on the log now
   * @returns undefined when there is no snapshot: of a few thousand memories none is made
   */
  async save(events: number, pieces: PieceWriter): Promise<SavedView | undefined> {
    const last = this.#last;
    if (last !== undefined && last.view.pieces.every(({ name }) => pieces.has(name))) {
      if (events - last.events < Math.max(NEW_EVENTS_MIN, last.events * NEW_SHARE)) return last.view;
    }
    const view = await this.#database.withSnapshot((folder) => saveFolder(folder, (bytes) => pieces.save(bytes)));
    this.#last = view === undefined ? undefined : { events, view };
    return view;
  }
}

/** Cuts the files of a folder, which do not change, into pieces: a large one has pieces of its own, small ones share theirs. */
async function saveFolder(folder: string, save: (bytes: Buffer) => Promise<SavedPiece>): Promise<SavedView> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = (isWanted: (entry: (typeof entries)[number]) => boolean): readonly string[] =>
    entries
      .filter(isWanted)
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .toSorted();
  const folders = paths((entry) => entry.isDirectory());
  const files: { readonly path: string; readonly size: number }[] = [];
  for (const path of paths((entry) => entry.isFile())) {
    files.push({ path, size: (await stat(join(folder, path))).size });
  }
  const isLarge = ({ size }: { readonly size: number }): boolean => size >= PIECE_BYTES;
  const ordered = [...files.filter(isLarge), ...files.filter((file) => !isLarge(file))];
  const pieces: SavedPiece[] = [];
  const buffer = Buffer.alloc(PIECE_BYTES);
  let filled = 0;
  const flush = async (): Promise<void> => {
    if (filled > 0) pieces.push(await save(buffer.subarray(0, filled)));
    filled = 0;
  };
  for (const { path, size } of ordered) {
    const file = await open(join(folder, path));
    try {
      for (let position = 0; position < size;) {
        const { bytesRead } = await file.read(
          buffer,
          filled,
          Math.min(PIECE_BYTES - filled, size - position),
          position,
        );
        if (bytesRead === 0) throw new Error("A file of a snapshot became shorter while it was read");
        position += bytesRead;
        filled += bytesRead;
        if (filled === PIECE_BYTES || (size >= PIECE_BYTES && position === size)) await flush();
      }
    } finally {
      await file.close();
    }
  }
  await flush();
  return { folders, files: ordered, pieces };
}

/** Writes the files of a copy into a folder, which must not be there, and waits until they are on the disk. */
export async function writeView(
  { files, folders }: SavedView,
  pieces: AsyncIterator<Buffer, void>,
  folder: string,
): Promise<void> {
  await makeFolder(folder);
  for (const path of folders) await mkdir(join(folder, path), { mode: 0o700 });
  let rest: Buffer = Buffer.alloc(0);
  for (const { path, size } of files) {
    const file = await open(join(folder, path), "wx", 0o600);
    try {
      for (let left = size; left > 0;) {
        if (rest.length === 0) {
          const next = await pieces.next();
          if (next.done === true) throw new Error("A copy of a view has fewer pieces than its files need");
          rest = next.value;
        }
        const some = rest.subarray(0, left);
        await file.writeFile(some);
        rest = rest.subarray(some.length);
        left -= some.length;
      }
    } finally {
      await file.close();
    }
  }
  await syncTree(folder);
}
