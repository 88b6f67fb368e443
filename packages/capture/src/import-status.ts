/** How an import stands, as its owner sees it. */
import type { ImportId } from "@kaelix/model";

import type { ImportFormat, ImportPreview, ImportProblem } from "./sources/sources.ts";

/** Where an import stands. `waiting`: looked at, not started. */
export type ImportState = "waiting" | "running" | "done" | "cancelled" | "failed" | "undone";

/** An import as its owner sees it. Bytes are of the text that is read. */
export interface ImportStatus {
  readonly id: ImportId;
  readonly file: string;
  readonly format: ImportFormat;
  readonly state: ImportState;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly bytesTotal: number;
  readonly bytesDone: number;
  readonly total: number | null;
  readonly added: number;
  readonly known: number;
  readonly failed: number;
  /** The first 200. */
  readonly problems: readonly ImportProblem[];
  readonly preview: ImportPreview | null;
  readonly error: string | null;
}

/** One that was not looked at. */
export function emptyStatus(id: ImportId, file: string, format: ImportFormat): ImportStatus {
  return {
    id,
    file,
    format,
    state: "waiting",
    startedAtMs: null,
    finishedAtMs: null,
    bytesTotal: 0,
    bytesDone: 0,
    total: null,
    added: 0,
    known: 0,
    failed: 0,
    problems: [],
    preview: null,
    error: null,
  };
}

/** One that waits for `start`. */
export function waitingStatus(id: ImportId, file: string, preview: ImportPreview): ImportStatus {
  return { ...emptyStatus(id, file, preview.format), bytesTotal: preview.bytes, total: preview.total, preview };
}

/** A finished import of this process keeps its problems; an undo that the log tells wins. */
export function mergeFinished(status: ImportStatus, told: ImportStatus | undefined): ImportStatus {
  return told?.state === "undone" ? { ...status, state: "undone" } : status;
}

/** The name of the file, as it was sealed. */
export function fileOf(bytes: Uint8Array): string {
  const parsed: unknown = JSON.parse(Buffer.from(bytes).toString());
  return typeof parsed === "object" && parsed !== null && "file" in parsed && typeof parsed.file === "string"
    ? parsed.file
    : "(unknown)";
}
