/** How an import stands, as its owner sees it. */
import { type ApiKeyId, type ImportId, type MemoryClient, parseId, type UserId } from "@kaelix/model";
import type { Keystore } from "@kaelix/security";

import type { RegisteredImport } from "./import-register.ts";
import type { ImportFormat, ImportPreview, ImportProblem } from "./sources/sources.ts";

/** Where an import stands. `sealed`: not looked at before its passphrase is given; `waiting`: looked at, not started. */
export type ImportState = "sealed" | "waiting" | "running" | "done" | "cancelled" | "failed" | "undone";

/** An import as its owner sees it. Bytes are of the text that is read. */
export interface ImportStatus {
  readonly id: ImportId;
  readonly file: string;
  /** null: sealed, and never opened. */
  readonly format: ImportFormat | null;
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
  /** The program that brought it; null: the person, or it is from before that was kept. */
  readonly namespace: ApiKeyId | null;
}

/** One that was not looked at. */
export function emptyStatus(id: ImportId, file: string, format: ImportFormat | null): ImportStatus {
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
    namespace: null,
  };
}

/** True while nobody has said that it shall begin. */
export function isNotBegun({ state }: ImportStatus): boolean {
  return state === "waiting" || state === "sealed";
}

/** One that waits for its passphrase. */
export function sealedStatus(id: ImportId, file: string): ImportStatus {
  return { ...emptyStatus(id, file, null), state: "sealed" };
}

/** One that waits for `start`. */
export function waitingStatus(id: ImportId, file: string, preview: ImportPreview): ImportStatus {
  return { ...emptyStatus(id, file, preview.format), bytesTotal: preview.bytes, total: preview.total, preview };
}

/** One as the log tells it, with what of it can be opened. */
export async function describeImport(
  keystore: Pick<Keystore, "openForUser">,
  user: UserId,
  row: RegisteredImport,
): Promise<ImportStatus> {
  const opened = await keystore.openForUser({ user, purpose: "import", subject: row.importId }, row.sealed);
  return toldStatus(row, opened.type === "opened" ? opened.bytes : undefined);
}

/** One as the log tells it. `said`: what was sealed of it, where it can be opened. */
function toldStatus(row: RegisteredImport, said: Uint8Array | undefined): ImportStatus {
  const { file, namespace } = said === undefined ? { file: "(sealed)", namespace: null } : saidOf(said);
  return {
    ...emptyStatus(row.importId, file, row.format),
    namespace,
    state: row.state === "started" ? "running" : row.state,
    startedAtMs: row.startedAtMs,
    finishedAtMs: row.finishedAtMs,
    total: row.added + row.known,
    added: row.added,
    known: row.known,
    failed: row.failed,
  };
}

/** A finished import of this process keeps its problems; an undo that the log tells wins. */
export function mergeFinished(status: ImportStatus, told: ImportStatus | undefined): ImportStatus {
  return told?.state === "undone" ? { ...status, state: "undone" } : status;
}

/** What is sealed of an import. */
export interface ImportSaid extends Pick<ImportStatus, "file" | "namespace"> {
  /** Which speaker the person said they are. Absent: they did not say, a program said it, or an earlier version did not keep it. */
  readonly me?: string;
}

/** Writes what `saidOf` reads. A program may not say who its person is. */
export function sealedOf(
  file: string,
  { client, me }: { readonly client: MemoryClient | undefined; readonly me: string | undefined },
): Buffer {
  const who = client === undefined ? { me } : { program: client.key };
  return Buffer.from(JSON.stringify({ file, ...who }));
}

/** The name of the file, the program that brought it, and who the person is, as they were sealed. */
export function saidOf(bytes: Uint8Array): ImportSaid {
  const parsed: unknown = JSON.parse(Buffer.from(bytes).toString());
  const fields = new Map<string, unknown>(typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : []);
  const [file, program, me] = [fields.get("file"), fields.get("program"), fields.get("me")];
  const namespace = typeof program === "string" ? (parseId("key", program) ?? null) : null;
  return { file: typeof file === "string" ? file : "(unknown)", namespace, ...(typeof me === "string" ? { me } : {}) };
}
