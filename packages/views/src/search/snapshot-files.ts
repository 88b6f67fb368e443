/**
 * Sealed snapshots on disk: `<folder>/<user>.snapshot`, and `<folder>/offsets.json` with where to go on.
 *
 * Guarantees: a file is there as a whole or not at all, also after a power cut (written beside, synced, renamed, directory synced).
 * It does not: look into the bytes.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder, syncDirectory, writeFileDurably } from "@kaelix/coordinator";
import type { UserId } from "@kaelix/model";

const OFFSETS_FILE = "offsets.json";
const SNAPSHOT_SUFFIX = ".snapshot";

/** Snapshots of one view in one folder. */
export class SnapshotFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The sealed snapshot of a user; undefined when there is none. */
  async read(userId: UserId): Promise<Uint8Array | undefined> {
    return await readOrNothing(this.#pathOf(userId));
  }

  /** Puts a sealed snapshot in the place of the one before. */
  async write(userId: UserId, sealed: Uint8Array): Promise<void> {
    await this.#write(this.#pathOf(userId), sealed);
  }

  /** Removes the snapshot of a user, if there is one. */
  async remove(userId: UserId): Promise<void> {
    // A folder in which nothing was ever written is not there, and what is not there cannot be synced.
    await makeFolder(this.#folder);
    const path = this.#pathOf(userId);
    const own = (await this.#names()).filter((name) => join(this.#folder, name).startsWith(path));
    for (const name of own) await rm(join(this.#folder, name), { force: true });
    await syncDirectory(this.#folder);
  }

  /** Removes everything this view wrote. */
  async clear(): Promise<void> {
    for (const name of await this.#names()) await rm(join(this.#folder, name), { force: true });
  }

  /** Next offset by partition, as last written; empty when nothing readable is there. */
  async readOffsets(logId: string): Promise<Map<number, number>> {
    const bytes = await readOrNothing(join(this.#folder, OFFSETS_FILE));
    if (bytes === undefined) return new Map();
    try {
      const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
      const fields = new Map(typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : []);
      const offsets: unknown = fields.get("offsets");
      if (fields.get("logId") !== logId || typeof offsets !== "object" || offsets === null) return new Map();
      const pairs = Object.entries(offsets).map(([partition, offset]) => [Number(partition), Number(offset)] as const);
      return new Map(pairs.filter((pair) => pair.every((value) => Number.isSafeInteger(value) && value >= 0)));
    } catch {
      return new Map();
    }
  }

  /** Keeps where to go on. */
  async writeOffsets(logId: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    const text = JSON.stringify({ logId, offsets: Object.fromEntries(offsets) });
    await this.#write(join(this.#folder, OFFSETS_FILE), new TextEncoder().encode(text));
  }

  #pathOf(userId: UserId): string {
    return join(this.#folder, `${userId}${SNAPSHOT_SUFFIX}`);
  }

  async #names(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.includes(SNAPSHOT_SUFFIX) || name.startsWith(OFFSETS_FILE));
    } catch {
      return [];
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    await makeFolder(this.#folder);
    await writeFileDurably(path, bytes);
  }
}

async function readOrNothing(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch {
    // Missing or unreadable: a snapshot only saves time.
    return undefined;
  }
}
