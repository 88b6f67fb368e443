/** Files that are kept with memories: what is told of them, what is shown of them, and where their sealed pieces stand. Pure. */
import type { FileId } from "./ids.ts";

/** Longest name of a file, in UTF-16 units. */
const FILE_NAME_LENGTH_MAX = 255;

/** Bytes of a file in one sealed piece; the last is shorter. One piece is one record of topic `files`. */
export const FILE_PIECE_BYTES = 512 * 1_024;

/** A kept file as whoever may see its memory sees it. */
export interface FileFacts {
  readonly id: FileId;
  readonly name: string;
  /** Media type, read from its first bytes; `application/octet-stream` when they say nothing. */
  readonly type: string;
  /** Size in bytes. */
  readonly bytes: number;
}

/** A kept file as it stands inside a memory's sealed content, and nowhere else. */
export interface KeptFile extends FileFacts {
  /** The key of its pieces, 32 bytes (base64url). It goes with the memory's key: who cannot open the memory cannot open the file. */
  readonly key: string;
  /** Where its pieces stand, in order: offsets in its owner's partition of topic `files`. */
  readonly offsets: readonly number[];
}

/** A file that is told with a memory. Read once, piece by piece, when the memory is stored; never when it was known. */
export interface FileDraft {
  /** The id it gets; absent: a new one. */
  readonly id?: FileId;
  readonly name: string;
  /** Size in bytes; a file that turns out to be of another size is refused. */
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  /** What cannot be kept then costs the file alone: its name stays, and this is told why. Absent: nothing of the memory is stored. */
  readonly onLost?: (why: string) => void;
}

/** What of a name goes: controls, and marks that turn the direction of writing (`gpj.exe` shown as `exe.jpg`). */
const HIDDEN = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The last part of a name as it was given, without letters that hide or turn what they stand in; "file" when nothing is left. */
export function fileNameOf(given: string): string {
  const last = given.toWellFormed().replaceAll("\\", "/").split("/").at(-1) ?? "";
  const shown = last.replaceAll(HIDDEN, "").trim();
  const cut = shown.length > FILE_NAME_LENGTH_MAX ? shorten(shown) : shown;
  return /^\.*$/u.test(cut) ? "file" : cut;
}

/** Shorter, with its ending kept. */
function shorten(name: string): string {
  const ending = /\.[A-Za-z0-9]{1,10}$/u.exec(name)?.[0] ?? "";
  // A pair that is cut through would leave half a letter.
  return name.slice(0, FILE_NAME_LENGTH_MAX - ending.length).replace(/[\ud800-\udbff]$/u, "") + ending;
}
