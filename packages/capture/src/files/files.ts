/**
 * Files of memories: into the log piece by piece, and out of it.
 *
 *     FileDraft ──(pieces of 512 KiB, each sealed)──► topic files ──► KeptFile in the memory's sealed content
 *
 * Guarantees: a file is wholly on the disk before the memory that names it is appended; no more than one piece of it is held in memory;
 * what is read back is what was told, byte for byte, or an error. Pieces whose memory was never stored, or is erased, have a key that stands
 * nowhere any more; they go with the next purge, by the names in their records' keys: `<user>/<memory>/<file>/<number>`. It does not: authorise.
 */
import { type Clock, encodeText, isKaelixError, type RandomSource } from "@kaelix/base";
import { type Log, partitionForKey } from "@kaelix/log";
import {
  FILE_PIECE_BYTES,
  type FileDraft,
  type FileFacts,
  fileNameOf,
  type KeptFile,
  makeId,
  type MemoryId,
  parseId,
  TOPICS,
  type UserId,
} from "@kaelix/model";
import { type FilePlace, makeFileKey, openPiece, sealPiece } from "@kaelix/security";

import { captureErrors } from "../errors.ts";
import type { Owner } from "../remember.ts";
import { mediaTypeOf } from "./media-type.ts";

/** How much is kept. */
export interface FileLimits {
  /** Largest file, bytes. */
  readonly fileBytesMax: number;
  /** Most files of one memory. */
  readonly memoryFilesMax: number;
}

/** What keeping files needs of the house. */
export interface FilesParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly limits: FileLimits;
}

/** What became of the files that were told with a memory. */
export interface KeptFiles {
  readonly files: readonly KeptFile[];
  /** Names of those that could not be kept. */
  readonly lost: readonly string[];
}

/** Bytes `[from, to)` of a file. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const TOPIC = TOPICS.files;
const TOO_LARGE = "The file is larger than is kept: its name alone is remembered";
const TOO_MANY = "The message has more files than are kept: the name of this one alone is remembered";
const UNREADABLE = "The file could not be read: its name alone is remembered";

/** Keeps and reads files. One instance per process. */
export class Files {
  readonly #parts: FilesParts;
  /** How often a memory is being told. */
  readonly #telling = new Map<MemoryId, number>();

  constructor(parts: FilesParts) {
    this.#parts = parts;
  }

  get limits(): FileLimits {
    return this.#parts.limits;
  }

  /** Memories that are being told with files: pieces of theirs may be on the log before they are. */
  get telling(): ReadonlySet<MemoryId> {
    return new Set(this.#telling.keys());
  }

  /** Tells that memories are being told with files; returns what ends it. */
  beginTelling(memories: readonly MemoryId[]): () => void {
    for (const memory of memories) this.#telling.set(memory, (this.#telling.get(memory) ?? 0) + 1);
    return () => {
      for (const memory of memories) {
        const left = (this.#telling.get(memory) ?? 1) - 1;
        if (left > 0) this.#telling.set(memory, left);
        else this.#telling.delete(memory);
      }
    };
  }

  /**
   * Writes the files of a memory that is about to be stored, durably.
   * @throws `file-too-large`, `memory-files-too-many`, `file-unreadable`, those of the file's source and of the log; never for a file that
   * has `onLost`, but for what the log throws
   */
  async keep(owner: Owner, memory: MemoryId, drafts: readonly FileDraft[]): Promise<KeptFiles> {
    const files: KeptFile[] = [];
    const lost: string[] = [];
    for (const draft of drafts) {
      const why = this.#refusal(draft, files.length) ?? (await this.#keepOne({ owner, memory, draft, files }));
      if (why === undefined) continue;
      draft.onLost?.(why);
      lost.push(fileNameOf(draft.name));
    }
    return { files, lost };
  }

  /** Why a file is not even begun; thrown where nobody is told. */
  #refusal({ bytes, onLost }: FileDraft, kept: number): string | undefined {
    const { fileBytesMax, memoryFilesMax } = this.#parts.limits;
    if (kept >= memoryFilesMax) {
      if (onLost !== undefined) return TOO_MANY;
      throw captureErrors("memory-files-too-many", {
        message: `Cannot keep the files: a memory may have ${memoryFilesMax} at most`,
      });
    }
    if (bytes <= fileBytesMax) return undefined;
    if (onLost !== undefined) return TOO_LARGE;
    throw captureErrors("file-too-large", {
      message: `Cannot keep the file: current size is ${bytes} bytes, must be ${fileBytesMax} at most`,
    });
  }

  async #keepOne(work: {
    readonly owner: Owner;
    readonly memory: MemoryId;
    readonly draft: FileDraft;
    readonly files: KeptFile[];
  }): Promise<string | undefined> {
    try {
      work.files.push(await this.#write(work.owner, work.memory, work.draft));
      return undefined;
    } catch (failure) {
      // What the log refuses is no fault of the file: it would refuse the memory, too.
      const isLog = isKaelixError(failure) && failure.code.startsWith("log-");
      if (work.draft.onLost === undefined || isLog) throw failure;
      return UNREADABLE;
    }
  }

  async #write(owner: Owner, memory: MemoryId, draft: FileDraft): Promise<KeptFile> {
    const { clock, random } = this.#parts;
    const id = draft.id ?? makeId("fil", clock.nowMs(), random);
    const key = makeFileKey(random);
    const place = { ...owner, memory, file: id, pieces: piecesOf(draft.bytes) };
    const offsets: number[] = [];
    let type = mediaTypeOf(new Uint8Array(0));
    for await (const piece of inPieces(draft)) {
      if (offsets.length === 0) type = mediaTypeOf(piece);
      const sources = { nowMs: clock.nowMs(), random };
      const sealed = sealPiece(key, { ...place, number: offsets.length }, piece, sources);
      offsets.push(await this.#append(owner.user, `${owner.user}/${memory}/${id}/${offsets.length}`, sealed));
    }
    return { id, name: fileNameOf(draft.name), type, bytes: draft.bytes, key, offsets };
  }

  async #append(user: UserId, name: string, sealed: Uint8Array): Promise<number> {
    const record = { key: encodeText(name), value: sealed, timestampMs: this.#parts.clock.nowMs() };
    const options = { acknowledge: "durable" } as const;
    return (await this.#parts.log.append(TOPIC.name, partitionOf(user), [record], options)).baseOffset;
  }

  /**
   * Reads a file, or a part of it.
   * @throws `file-damaged` when a piece is not on the log or is not what was sealed there: what came before it was right
   */
  async *read(
    owner: Owner,
    memory: MemoryId,
    file: KeptFile,
    range: ByteRange = { from: 0, to: file.bytes },
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const place = { ...owner, memory, file: file.id, pieces: file.offsets.length };
    for (let number = Math.floor(range.from / FILE_PIECE_BYTES); number < file.offsets.length; number++) {
      const start = number * FILE_PIECE_BYTES;
      if (start >= range.to) return;
      const bytes = await this.#readPiece(file, { ...place, number });
      yield bytes.subarray(Math.max(0, range.from - start), range.to - start);
    }
  }

  async #readPiece(file: KeptFile, place: FilePlace & { readonly number: number }): Promise<Uint8Array> {
    const offset = file.offsets[place.number] ?? 0;
    const partition = partitionOf(place.user);
    const { endOffset, startOffset } = await this.#parts.log.bounds(TOPIC.name, partition);
    if (offset < startOffset || offset >= endOffset) throw damaged(file);
    const batch = await this.#parts.log.read(TOPIC.name, partition, offset, { bytesMax: 1 });
    const sealed = batch.records.find((record) => record.offset === offset)?.value;
    const opened = sealed === undefined || sealed === null ? undefined : openPiece(file.key, place, sealed);
    if (opened?.type !== "opened" || opened.bytes.length !== pieceBytes(file, place.number)) throw damaged(file);
    return opened.bytes;
  }
}

/** Whose piece a record of topic `files` holds; undefined when its key does not say: those of before purges name the file alone. */
export function parsePieceKey(
  key: string,
): { readonly user: UserId; readonly memory: MemoryId; readonly file: string } | undefined {
  const [userText = "", memoryText = "", file] = key.split("/");
  const user = parseId("usr", userText);
  const memory = parseId("mem", memoryText);
  return user === undefined || memory === undefined || file === undefined ? undefined : { user, memory, file };
}

function damaged({ id }: FileFacts): Error {
  return captureErrors("file-damaged", { details: { file: id } });
}

function partitionOf(user: UserId): number {
  return partitionForKey(encodeText(user), TOPIC.partitions);
}

function piecesOf(bytes: number): number {
  return Math.ceil(bytes / FILE_PIECE_BYTES);
}

function pieceBytes({ bytes }: FileFacts, number: number): number {
  return Math.min(FILE_PIECE_BYTES, bytes - number * FILE_PIECE_BYTES);
}

/** The file's bytes, gathered into pieces. @throws `file-unreadable` when there are more or fewer than were said */
async function* inPieces({ bytes, open }: FileDraft): AsyncGenerator<Uint8Array, void, undefined> {
  const piece = Buffer.allocUnsafe(Math.min(FILE_PIECE_BYTES, bytes));
  let filled = 0;
  let left = bytes;
  for await (const part of open()) {
    left -= part.length;
    if (left < 0) throw captureErrors("file-unreadable");
    for (let at = 0; at < part.length;) {
      const some = part.subarray(at, at + piece.length - filled);
      piece.set(some, filled);
      filled += some.length;
      at += some.length;
      if (filled < piece.length) continue;
      yield piece;
      filled = 0;
    }
  }
  if (left !== 0) throw captureErrors("file-unreadable");
  if (filled > 0) yield piece.subarray(0, filled);
}
