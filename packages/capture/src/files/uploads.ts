/**
 * Files that were uploaded and wait for the memory they are told with.
 *
 * Guarantees: they lie in the spool under names of ours, are seen by their owner alone, and are gone when their memory is stored, an hour
 * after they came, when their owner's account is erased, and when the house starts. That an upload was told is known for the rest of its hour,
 * so that a request whose answer was lost can be sent again.
 */
import { createReadStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import type { Clock, RandomSource } from "@kaelix/base";
import { makeFolder } from "@kaelix/coordinator";
import { type FileDraft, type FileFacts, type FileId, fileNameOf, makeId, type UserId } from "@kaelix/model";

import { captureErrors } from "../errors.ts";
import type { Owner } from "../remember.ts";
import { MEDIA_TYPE_HEAD_BYTES, mediaTypeOf } from "./media-type.ts";

/** What uploads need of the house. */
export interface FileUploadsParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Folder for uploaded files, mode 0700; what is in it is cleared away when the house starts. */
  readonly spoolFolder: string;
}

interface Upload {
  readonly user: UserId;
  readonly path: string;
  readonly facts: FileFacts;
  readonly timer: NodeJS.Timeout;
}

const WAITING_MS_MAX = 3_600_000;
const WAITING_MAX = 100;
const READ_BYTES = 256 * 1_024;

/** Uploads that wait. One instance per process. */
export class FileUploads {
  readonly #parts: FileUploadsParts;
  readonly #uploads = new Map<FileId, Upload>();

  constructor(parts: FileUploadsParts) {
    this.#parts = parts;
  }

  /** An empty folder for an upload, and the file it will be. @throws `file-uploads-too-many` */
  async makeSpool(owner: Owner): Promise<{ readonly fileId: FileId; readonly folder: string }> {
    const waiting = [...this.#uploads.values()].filter(({ user }) => user === owner.user);
    if (waiting.length >= WAITING_MAX) throw captureErrors("file-uploads-too-many");
    const fileId = makeId("fil", this.#parts.clock.nowMs(), this.#parts.random);
    const folder = this.#folderOf(fileId);
    await makeFolder(folder);
    return { fileId, folder };
  }

  /** Takes an upload over: it waits for its memory from now on. */
  async accept(
    owner: Owner,
    { fileId, fileName, path }: { readonly fileId: FileId; readonly fileName: string; readonly path: string },
  ): Promise<FileFacts> {
    const { size } = await stat(path);
    const facts = { id: fileId, name: fileNameOf(fileName), type: mediaTypeOf(await headOf(path)), bytes: size };
    const timer = setTimeout(() => void this.#remove(fileId), WAITING_MS_MAX).unref();
    this.#uploads.set(fileId, { user: owner.user, path, facts, timer });
    return facts;
  }

  /**
   * The files of uploads, to be told with a memory. One that was told before can be named again, as long as it is not read again.
   * @throws `file-missing` when there is no such upload of this person
   */
  drafts(owner: Owner, ids: readonly FileId[]): readonly FileDraft[] {
    return [...new Set(ids)].map((id) => {
      const upload = this.#uploads.get(id);
      if (upload?.user !== owner.user) throw captureErrors("file-missing", { details: { file: id } });
      return { ...upload.facts, open: () => this.#open(upload) };
    });
  }

  async *#open({ path }: Upload): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      // Chunks of a stream without an encoding are buffers.
      for await (const part of createReadStream(path, { highWaterMark: READ_BYTES })) yield part as Buffer;
    } catch (cause) {
      throw captureErrors("file-missing", { cause });
    }
  }

  /** Their memory is stored: the bytes go from the spool. */
  async told(ids: readonly FileId[]): Promise<void> {
    for (const id of ids) await rm(this.#folderOf(id), { recursive: true, force: true });
  }

  /** Removes what waits of a person who goes. */
  async leave(user: UserId): Promise<void> {
    for (const [id, upload] of this.#uploads) if (upload.user === user) await this.#remove(id);
  }

  async #remove(id: FileId): Promise<void> {
    clearTimeout(this.#uploads.get(id)?.timer);
    this.#uploads.delete(id);
    await rm(this.#folderOf(id), { recursive: true, force: true }).catch(() => undefined);
  }

  #folderOf(id: FileId): string {
    return join(this.#parts.spoolFolder, id);
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MEDIA_TYPE_HEAD_BYTES), 0, MEDIA_TYPE_HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
