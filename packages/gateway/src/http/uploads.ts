/** The one file of a form, streamed to the disk. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { fileNameOf } from "@kaelix/model";
import type { FastifyRequest } from "fastify";

import { gatewayErrors } from "../errors.ts";

/** What was received, in the folder that was made for it. */
interface Received<Spool> {
  readonly spool: Spool;
  readonly path: string;
  /** The last part of the name as sent; never part of a path. */
  readonly fileName: string;
}

/**
 * Streams the file of a form to the disk. It never lies in memory as a whole; on disk it has a name of ours, for names of others
 * can be paths. An upload that ends early or grows too large leaves nothing behind.
 * @param makeSpool makes an empty folder for it; called when there is a file
 * @param bytesMax absent: as much as the gateway takes at all
 */
export async function receiveFile<Spool extends { readonly folder: string }>(
  request: FastifyRequest,
  makeSpool: () => Promise<Spool>,
  bytesMax?: number,
): Promise<Received<Spool>> {
  const limits = bytesMax === undefined ? {} : { limits: { fileSize: bytesMax } };
  try {
    const part = await request.file(limits);
    if (part?.fieldname !== "file") throw gatewayErrors("upload-missing");
    const spool = await makeSpool();
    const path = join(spool.folder, "upload");
    await writeUpload(part.file, path, spool.folder);
    return { spool, path, fileName: fileNameOf(part.filename) };
  } catch (error) {
    // What is still sent is read past: else the parser of forms holds the connection, and nobody is answered over it.
    request.raw.unpipe();
    request.raw.resume();
    throw uploadError(error);
  }
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
    throw error;
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
