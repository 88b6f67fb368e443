import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { type ImportId, parseId } from "@kaelix/model";

import type { ImportView } from "../application.ts";
import { gatewayErrors } from "../errors.ts";
import { type Answer, type Exchange, type HandlersOf, withoutUndefined } from "../http/exchange.ts";
import { importJson } from "../http/wire.ts";
import { writerOf } from "../http/writer.ts";

const FILE_NAME_LENGTH_MAX = 255;

type ImportRoutes =
  | "imports.upload"
  | "imports.list"
  | "imports.read"
  | "imports.start"
  | "imports.cancel"
  | "imports.undo";

/** Uploading export files and importing them. */
export const importHandlers: HandlersOf<ImportRoutes> = {
  "imports.upload": upload,
  "imports.list": async ({ application, principal }) => ({
    type: "json",
    body: { data: (await application.imports.list(principal)).map(importJson) },
  }),
  "imports.read": async ({ application, principal, params }) =>
    importAnswer(await application.imports.read(principal, importIdOf(params.id))),
  "imports.start": async ({ application, principal, params, body, request }) => {
    const client = await writerOf(application.access, request.subject, principal);
    const { me, date_order: dateOrder, zone, level } = body;
    const answers = withoutUndefined({ me, dateOrder, zone, level, client });
    return importAnswer(await application.imports.start(principal, importIdOf(params.id), answers));
  },
  "imports.cancel": async ({ application, principal, params }) =>
    importAnswer(await application.imports.cancel(principal, importIdOf(params.id))),
  "imports.undo": async ({ application, principal, params }) =>
    importAnswer(await application.imports.undo(principal, importIdOf(params.id))),
};

/**
 * Streams the file of a form to the disk. It never lies in memory as a whole; on disk it has a name of ours, for names of others
 * can be paths. An upload that ends early or grows too large leaves nothing behind.
 */
async function upload(exchange: Exchange<"imports.upload">): Promise<Answer> {
  const { application, principal, query, request } = exchange;
  const part = await request.file().catch((error: unknown) => {
    throw uploadError(error);
  });
  if (part === undefined || part.fieldname !== "file") {
    part?.file.resume();
    throw gatewayErrors("upload-missing");
  }
  const spool = await application.imports.makeSpool(principal);
  const path = join(spool.folder, "upload");
  await writeUpload(part.file, path, spool.folder);
  const view = await application.imports.accept(
    principal,
    withoutUndefined({ importId: spool.importId, path, fileName: shownName(part.filename), zone: query.zone }),
  );
  return { type: "json", body: importJson(view) };
}

async function writeUpload(
  file: Readable & { readonly truncated: boolean },
  path: string,
  folder: string,
): Promise<void> {
  try {
    await pipeline(file, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    if (file.truncated) throw gatewayErrors("body-too-large");
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw uploadError(error);
  }
}

/** What the streams and the parser of forms throw, as an error of ours where it is one of the caller's or the disk's. */
function uploadError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return gatewayErrors("storage-full", { cause: error });
  if (error.message.startsWith("Multipart: ")) return gatewayErrors("upload-missing", { cause: error });
  // The parser has no codes for its errors, only this sentence.
  const isCut = error.message.toLowerCase().includes("unexpected end of multipart data");
  const isEarlyEnd = isCut || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET";
  return isEarlyEnd ? gatewayErrors("upload-aborted", { cause: error }) : error;
}

/** The last part of the name as sent, without letters that no list can show. */
function shownName(name: string): string {
  const last = basename(name.replaceAll("\\", "/")).replaceAll(/\p{Cc}/gu, "");
  return last.slice(0, FILE_NAME_LENGTH_MAX) || "upload";
}

function importIdOf(text: string): ImportId {
  const id = parseId("imp", text);
  if (id === undefined) throw gatewayErrors("not-found");
  return id;
}

function importAnswer(view: ImportView | undefined): Answer {
  if (view === undefined) throw gatewayErrors("not-found");
  return { type: "json", body: importJson(view) };
}
