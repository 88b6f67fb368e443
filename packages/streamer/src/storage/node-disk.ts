import {
  close,
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  open,
  openSync,
  read,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";

import { assert } from "@kaelix/base";

import { lockDirectory } from "./directory-lock.ts";
import type { DirectoryLock, Disk, DiskFile, OpenMode } from "./disk.ts";

const FLAGS: Readonly<Record<OpenMode, string>> = { create: "wx+", write: "r+", read: "r" };

/**
 * The machine's disk.
 *
 * Writes go straight to the page cache on the calling thread (1–3 µs); syncs and reads go through libuv's pool.
 * A file that is closed while reads or syncs are under way is closed after the last of them, so that a descriptor is never
 * handed to another file under their feet.
 */
export const nodeDisk: Disk = {
  open: (path, mode) => new NodeFile(path, openSync(path, FLAGS[mode], 0o600)),
  makeDirectory: (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  list: (path) => (existsSync(path) ? readdirSync(path) : []),
  size: (path) => statSync(path, { throwIfNoEntry: false })?.size,
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
  removeDirectory: (path) => {
    if (existsSync(path)) rmdirSync(path);
  },
  syncDirectory,
  lock: (directory): DirectoryLock => lockDirectory(directory),
};

/** Makes names in a directory durable. Windows has no such call and needs none on NTFS. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const descriptor = await new Promise<number>((resolve, reject) => {
    open(path, "r", (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
  try {
    await settle((done) => fsync(descriptor, done));
  } finally {
    await settle((done) => close(descriptor, done));
  }
}

function settle(start: (done: (error: NodeJS.ErrnoException | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

/** Lets a few syncs run at a time, so that they never fill libuv's pool (4 threads by default) and reads still find a thread. */
class SyncRoom {
  #free = 3;
  readonly #waiting: (() => void)[] = [];

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

const syncRoom = new SyncRoom();

class NodeFile implements DiskFile {
  readonly path: string;
  readonly #descriptor: number;
  #underWay = 0;
  #closing = false;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  size(): number {
    return fstatSync(this.#descriptor).size;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#checkOpen();
    let done = writeSync(this.#descriptor, bytes, 0, bytes.length, position);
    while (done < bytes.length) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
    }
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    this.#checkOpen();
    this.#underWay += 1;
    try {
      let done = 0;
      while (done < target.length) {
        const bytes = await this.#readPart(target, done, position + done);
        if (bytes === 0) break;
        done += bytes;
      }
      return done;
    } finally {
      this.#leave();
    }
  }

  #readPart(target: Uint8Array, start: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#descriptor, target, start, target.length - start, position, (error, bytes) =>
        error === null ? resolve(bytes) : reject(error),
      );
    });
  }

  readNow(target: Uint8Array, position: number): number {
    this.#checkOpen();
    let done = 0;
    while (done < target.length) {
      const bytes = readSync(this.#descriptor, target, done, target.length - done, position + done);
      if (bytes === 0) break;
      done += bytes;
    }
    return done;
  }

  truncate(size: number): void {
    ftruncateSync(this.#descriptor, size);
  }

  async sync(): Promise<void> {
    this.#checkOpen();
    this.#underWay += 1;
    try {
      await syncRoom.enter();
      try {
        await settle((done) => fdatasync(this.#descriptor, done));
      } finally {
        syncRoom.leave();
      }
    } finally {
      this.#leave();
    }
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#underWay === 0) closeSync(this.#descriptor);
  }

  #checkOpen(): void {
    // The number of a closed descriptor may belong to another file by now.
    assert(!this.#closing, "A closed file is not used");
  }

  #leave(): void {
    this.#underWay -= 1;
    if (this.#closing && this.#underWay === 0) closeSync(this.#descriptor);
  }
}
