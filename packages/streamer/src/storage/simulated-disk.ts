/**
 * A disk in memory that can lose power, for tests and crash benches. One seed, one run.
 *
 * Model: a write or truncate is pending until the file's `sync` ends; a name made, renamed or removed is pending until its directory is
 * synced. `cut` gives the disk as it stands after power came back: of each file's pending writes a random choice was kept, torn at
 * 512 bytes, in any order, holes read as zeros; of each directory's pending names a prefix was kept (journals keep their order).
 * Directories themselves are durable at once. Also injects errors of the operating system and a size limit.
 */
import type { seededRandom } from "@kaelix/base";

import { type DirectoryLock, type Disk, type DiskFile, type OpenMode, SECTOR_BYTES } from "./disk.ts";
import { storageErrors } from "./errors.ts";

type Random = ReturnType<typeof seededRandom>;

/** What a fault hook is asked about. */
export type DiskOperation = "open" | "write" | "read" | "truncate" | "sync" | "syncDirectory" | "rename" | "remove";

/** Settings of a simulated disk. */
export interface SimulatedDiskOptions {
  /** Files whose `sync` answers without making anything durable, as a writer without fdatasync would. The control of crash tests. */
  readonly liesAboutSync?: (path: string) => boolean;
  /** Bytes over all files above which writes fail with ENOSPC. */
  readonly bytesMax?: number;
}

interface PendingWrite {
  readonly position: number;
  /** Undefined is a truncation to `position`. */
  readonly bytes: Uint8Array | undefined;
}

/** Bytes that grow in place: a log is written in thousands of small pieces. */
class Bytes {
  #room: Uint8Array;
  #size: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#room = bytes.slice();
    this.#size = bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  /** As they stand; changes with them. */
  view(): Uint8Array {
    return this.#room.subarray(0, this.#size);
  }

  copy(): Bytes {
    return new Bytes(this.view());
  }

  write(bytes: Uint8Array, position: number): void {
    this.#reserve(position + bytes.length);
    this.#room.set(bytes, position);
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  /** Ends them at `size`; what is new reads as zeros. */
  truncate(size: number): void {
    this.#reserve(size);
    if (size < this.#size) this.#room.fill(0, size, this.#size);
    this.#size = size;
  }

  apply({ bytes, position }: PendingWrite): void {
    if (bytes === undefined) this.truncate(position);
    else this.write(bytes, position);
  }

  #reserve(size: number): void {
    if (size <= this.#room.length) return;
    const grown = new Uint8Array(Math.max(size, this.#room.length * 2));
    grown.set(this.view());
    this.#room = grown;
  }
}

class Inode {
  content = new Bytes();
  durable = new Bytes();
  pending: PendingWrite[] = [];

  /** A file whose bytes are on the disk. */
  static durable(bytes: Uint8Array): Inode {
    const inode = new Inode();
    inode.content = new Bytes(bytes);
    inode.durable = new Bytes(bytes);
    return inode;
  }

  get size(): number {
    return this.content.size;
  }

  write(bytes: Uint8Array, position: number): void {
    this.content.write(bytes, position);
    this.pending.push({ position, bytes: bytes.slice() });
  }

  truncate(size: number): void {
    this.content.truncate(size);
    this.pending.push({ position: size, bytes: undefined });
  }

  /** Makes the first `count` pending operations durable. */
  settle(count: number): void {
    for (const operation of this.pending.splice(0, count)) this.durable.apply(operation);
  }

  copy(): Inode {
    const copy = new Inode();
    copy.content = this.content.copy();
    copy.durable = this.durable.copy();
    copy.pending = [...this.pending];
    return copy;
  }

  /** The content after a power cut. */
  afterCut(random: Random): Uint8Array {
    const bytes = this.durable.copy();
    const keepShare = random.fraction();
    for (const operation of this.pending) {
      if (operation.bytes === undefined) {
        if (random.fraction() < keepShare) bytes.apply(operation);
        continue;
      }
      if (random.fraction() < 0.3 && random.fraction() >= keepShare) continue;
      tear(bytes, { position: operation.position, bytes: operation.bytes }, random, keepShare);
    }
    return bytes.view();
  }
}

/** Writes the sectors that made it. */
function tear(
  onto: Bytes,
  write: { readonly position: number; readonly bytes: Uint8Array },
  random: Random,
  keepShare: number,
): void {
  for (let at = 0; at < write.bytes.length;) {
    const position = write.position + at;
    const length = Math.min(SECTOR_BYTES - (position % SECTOR_BYTES), write.bytes.length - at);
    if (random.fraction() < keepShare) onto.write(write.bytes.subarray(at, at + length), position);
    at += length;
  }
}

interface NameChange {
  readonly directory: string;
  readonly path: string;
  /** Undefined removes the name. */
  readonly inode: Inode | undefined;
  /** Name that goes away in the same moment, for a rename. */
  readonly from?: string;
}

/** The disk; see the top of the file. */
export class SimulatedDisk implements Disk {
  readonly #options: SimulatedDiskOptions;
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  readonly #directories = new Set<string>();
  /** Names in each directory, so that listing one does not look at every file there is. */
  readonly #children = new Map<string, Set<string>>();
  #changes: NameChange[] = [];
  #locked = new Set<string>();
  /** Answers with an error code ("EIO", "ENOSPC", "EMFILE"…) to let an operation fail. May be replaced at any time. */
  fault: (operation: DiskOperation, path: string) => string | undefined = () => undefined;
  /** May be raised or lowered while the disk is in use. */
  bytesMax: number;

  constructor(options: SimulatedDiskOptions = {}) {
    this.#options = options;
    this.bytesMax = options.bytesMax ?? Number.POSITIVE_INFINITY;
  }

  /** The disk after a power cut at this moment; this one goes on as if nothing had happened. */
  cut(random: Random, options: SimulatedDiskOptions = this.#options): SimulatedDisk {
    const after = new SimulatedDisk(options);
    for (const directory of this.#directories) after.makeDirectory(directory);
    const names = new Map(this.#durableNames);
    const kept = new Map<string, number>();
    for (const directory of new Set(this.#changes.map((change) => change.directory))) {
      const total = this.#changes.filter((change) => change.directory === directory).length;
      kept.set(directory, random.integer(total + 1));
    }
    for (const change of this.#changes) {
      const left = kept.get(change.directory) ?? 0;
      if (left === 0) continue;
      kept.set(change.directory, left - 1);
      applyName(names, change);
    }
    for (const [path, inode] of names) {
      const reborn = Inode.durable(inode.afterCut(random));
      after.#names.set(path, reborn);
      after.#link(path);
      after.#durableNames.set(path, reborn);
    }
    return after;
  }

  /** The disk as a killed process leaves it: nothing is lost, nothing more is durable. This one goes on as if nothing had happened. */
  afterKill(): SimulatedDisk {
    const after = new SimulatedDisk(this.#options);
    for (const directory of this.#directories) after.makeDirectory(directory);
    const copies = new Map<Inode, Inode>();
    const copyOf = (inode: Inode): Inode => {
      const copy = copies.get(inode) ?? inode.copy();
      copies.set(inode, copy);
      return copy;
    };
    for (const [path, inode] of this.#names) {
      after.#names.set(path, copyOf(inode));
      after.#link(path);
    }
    for (const [path, inode] of this.#durableNames) after.#durableNames.set(path, copyOf(inode));
    after.#changes = this.#changes.map((change) => ({
      ...change,
      inode: change.inode === undefined ? undefined : copyOf(change.inode),
    }));
    return after;
  }

  /** Changes bytes of a file behind its owner's back; they are durable at once. */
  corrupt(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const inode = this.#inode(path);
    const bytes = change(inode.content.view().slice());
    inode.content = new Bytes(bytes);
    inode.durable = new Bytes(bytes);
    inode.pending = [];
  }

  /** A copy of a file's bytes. */
  contentOf(path: string): Uint8Array {
    return this.#inode(path).content.view().slice();
  }

  /** Every file's path. */
  paths(): readonly string[] {
    return [...this.#names.keys()];
  }

  open(path: string, mode: OpenMode): DiskFile {
    this.check("open", path);
    const existing = this.#names.get(path);
    if (mode === "create") {
      if (existing !== undefined) throw systemError("EEXIST", path);
      const inode = new Inode();
      this.#change({ directory: parentOf(path), path, inode });
      return new SimulatedFile(this, path, inode);
    }
    if (existing === undefined) throw systemError("ENOENT", path);
    return new SimulatedFile(this, path, existing);
  }

  makeDirectory(path: string): void {
    this.#directories.add(path);
    this.#link(path);
  }

  /** Tells a path's directory, and those above it, of it. */
  #link(path: string): void {
    let name = path;
    for (let parent = parentOf(name); parent !== ""; parent = parentOf(parent)) {
      const names = this.#children.get(parent) ?? new Set();
      this.#children.set(parent, names.add(name.slice(parent.length + 1)));
      name = parent;
    }
  }

  list(path: string): readonly string[] {
    return [...(this.#children.get(path) ?? [])];
  }

  size(path: string): number | undefined {
    return this.#names.get(path)?.size;
  }

  rename(from: string, to: string): void {
    this.check("rename", from);
    this.#change({ directory: parentOf(to), path: to, inode: this.#inode(from), from });
  }

  remove(path: string): void {
    this.check("remove", path);
    if (this.#names.has(path)) this.#change({ directory: parentOf(path), path, inode: undefined });
  }

  removeDirectory(path: string): void {
    this.check("remove", path);
    if (this.list(path).length > 0) throw systemError("ENOTEMPTY", path);
    this.#directories.delete(path);
    this.#unlink(path);
  }

  async syncDirectory(path: string): Promise<void> {
    const pending = new Set(this.#changes.filter((change) => change.directory === path));
    await nextTurn();
    this.check("syncDirectory", path);
    this.#changes = this.#changes.filter((change) => !pending.has(change));
    for (const change of pending) applyName(this.#durableNames, change);
  }

  lock(directory: string): DirectoryLock {
    if (this.#locked.has(directory)) throw storageErrors("log-directory-locked", { details: { directory } });
    this.#locked.add(directory);
    return { release: () => this.#locked.delete(directory) };
  }

  /** Throws when the fault hook wants this operation to fail. */
  check(operation: DiskOperation, path: string): void {
    const code = this.fault(operation, path);
    if (code !== undefined) throw systemError(code, path);
  }

  /** Writes as much as there is room for; throws ENOSPC when that was not all. */
  write(inode: Inode, bytes: Uint8Array, position: number): void {
    if (this.bytesMax === Number.POSITIVE_INFINITY) {
      inode.write(bytes, position);
      return;
    }
    let used = 0;
    for (const other of new Set(this.#names.values())) used += other.size;
    const growth = Math.max(0, position + bytes.length - inode.size);
    const missing = used + growth - this.bytesMax;
    if (missing <= 0) {
      inode.write(bytes, position);
      return;
    }
    if (bytes.length > missing) inode.write(bytes.subarray(0, bytes.length - missing), position);
    throw systemError("ENOSPC", "");
  }

  /** True when a file's `sync` is a lie. */
  lies(path: string): boolean {
    return this.#options.liesAboutSync?.(path) === true;
  }

  #change(change: NameChange): void {
    this.#changes.push(change);
    applyName(this.#names, change);
    if (change.from !== undefined) this.#unlink(change.from);
    if (change.inode === undefined) this.#unlink(change.path);
    else this.#link(change.path);
  }

  #unlink(path: string): void {
    const parent = parentOf(path);
    this.#children.get(parent)?.delete(path.slice(parent.length + 1));
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError("ENOENT", path);
    return inode;
  }
}

class SimulatedFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimulatedDisk;
  readonly #inode: Inode;

  constructor(disk: SimulatedDisk, path: string, inode: Inode) {
    this.#disk = disk;
    this.path = path;
    this.#inode = inode;
  }

  size(): number {
    return this.#inode.size;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#disk.check("write", this.path);
    this.#disk.write(this.#inode, bytes, position);
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    return this.readNow(target, position);
  }

  readNow(target: Uint8Array, position: number): number {
    this.#disk.check("read", this.path);
    const end = Math.min(position + target.length, this.#inode.size);
    if (end <= position) return 0;
    target.set(this.#inode.content.view().subarray(position, end));
    return end - position;
  }

  truncate(size: number): void {
    this.#disk.check("truncate", this.path);
    this.#inode.truncate(size);
  }

  async sync(): Promise<void> {
    const count = this.#inode.pending.length;
    await nextTurn();
    this.#disk.check("sync", this.path);
    if (!this.#disk.lies(this.path)) this.#inode.settle(count);
  }

  close(): void {
    // Nothing is held: an inode lives as long as somebody knows it.
  }
}

function applyName(names: Map<string, Inode>, change: NameChange): void {
  if (change.from !== undefined) names.delete(change.from);
  if (change.inode === undefined) names.delete(change.path);
  else names.set(change.path, change.inode);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${path}`), { code });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
