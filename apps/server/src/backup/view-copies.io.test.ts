import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, expect, test } from "vitest";

import { PIECE_BYTES, type SavedPiece } from "./format.ts";
import { type PieceWriter, ViewCopies, writeView } from "./view-copies.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaelix-view-copies-"));
  return () => rmSync(folder, { recursive: true, force: true });
});

/** Pieces kept in memory, named by their content. */
class Pieces implements PieceWriter {
  readonly kept = new Map<string, Buffer>();
  saved = 0;

  has(piece: string): boolean {
    return this.kept.has(piece);
  }

  save(bytes: Buffer): Promise<SavedPiece> {
    const name = `views/${Buffer.from(bytes).toString("base64").slice(0, 40)}/${bytes.length}`;
    this.kept.set(name, Buffer.from(bytes));
    this.saved += 1;
    return Promise.resolve({ name, size: bytes.length });
  }
}

const snapshot = { withSnapshot: <Result>(work: (path: string) => Promise<Result>) => work(join(folder, "snapshot")) };

function write(path: string, size: number): void {
  writeFileSync(join(folder, "snapshot", path), randomBytes(size));
}

function filesUnder(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(root.length), entry.isFile() ? readFileSync(path).toString("base64") : "folder"] as const;
  });
  return new Map(paths);
}

test("writeView makes what ViewCopies saved, whatever the sizes; a large file that stays keeps its pieces when others change", async () => {
  mkdirSync(join(folder, "snapshot", "base", "1"), { recursive: true });
  mkdirSync(join(folder, "snapshot", "empty", "too"), { recursive: true });
  const sizes = [0, 1, 8_192, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES - 7];
  for (const [at, size] of sizes.entries()) write(join("base", "1", String(at)), size);
  write("PG_VERSION", 3);
  const pieces = new Pieces();
  const view = (await new ViewCopies(snapshot).save(1, pieces)) ?? expect.fail();
  const read = async function* (): AsyncGenerator<Buffer, void> {
    for (const { name } of view.pieces) yield pieces.kept.get(name) ?? expect.fail();
  };
  await writeView(view, read(), join(folder, "restored"));
  expect(filesUnder(join(folder, "restored"))).toEqual(filesUnder(join(folder, "snapshot")));

  write("PG_VERSION", 4);
  write(join("base", "1", "4"), PIECE_BYTES + 9);
  const next = (await new ViewCopies(snapshot).save(1, pieces)) ?? expect.fail();
  const before = new Set(view.pieces.map(({ name }) => name));
  // The one file's two pieces, and the last of those that small files share.
  expect(next.pieces.filter(({ name }) => !before.has(name)).length).toBeLessThanOrEqual(4);
});

test("ViewCopies.save makes a new copy when there is an eighth more, or when pieces are gone, and none where there is no snapshot", async () => {
  mkdirSync(join(folder, "snapshot"));
  write("PG_VERSION", 3);
  const pieces = new Pieces();
  const copies = new ViewCopies(snapshot);
  const first = await copies.save(200_000, pieces);
  expect(await copies.save(224_999, pieces)).toBe(first);
  expect(pieces.saved).toBe(1);
  await copies.save(225_000, pieces);
  expect(pieces.saved).toBe(2);
  pieces.kept.clear();
  await copies.save(225_001, pieces);
  expect(pieces.saved).toBe(3);
  expect(await new ViewCopies({ withSnapshot: () => Promise.resolve(undefined) }).save(1, pieces)).toBe(undefined);
});
