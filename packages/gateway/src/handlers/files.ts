import { Readable } from "node:stream";

import { parseId } from "@kaelix/model";

import { gatewayErrors } from "../errors.ts";
import type { Answer, Exchange, HandlersOf } from "../http/exchange.ts";
import { parseRange } from "../http/range.ts";
import { receiveFile } from "../http/uploads.ts";
import { fileJson } from "../http/wire.ts";
import { reachOf } from "./reach.ts";

/** Uploading files for memories, and handing them out. */
export const fileHandlers: HandlersOf<"files.upload" | "files.read"> = {
  "files.upload": async ({ application: { files }, principal, request }) => {
    const received = await receiveFile(request, async () => files.makeSpool(principal), files.fileBytesMax);
    const { fileName, path, spool } = received;
    return { type: "json", body: fileJson(await files.accept(principal, { fileId: spool.fileId, path, fileName })) };
  },
  "files.read": read,
};

/** Always to be saved, never shown: what a file holds must not run in this origin, whatever a browser takes it for. */
async function read({ application, params, principal, request }: Exchange<"files.read">): Promise<Answer> {
  const memoryId = parseId("mem", params.id);
  const placed =
    memoryId === undefined
      ? undefined
      : await application.memories.read(principal, memoryId, reachOf(request, undefined));
  const file = placed?.memory.files?.find(({ id }) => id === params.file);
  if (placed === undefined || file === undefined) throw gatewayErrors("not-found");
  const range = parseRange(request.headers.range, file.bytes);
  const { from, to } = range ?? { from: 0, to: file.bytes };
  const bytes = application.files.read(principal, placed.memory, file, { from, to })[Symbol.asyncIterator]();
  // A file whose first piece is damaged can still be answered with an error.
  const first = await bytes.next();
  const headers: Record<string, string> = { "accept-ranges": "bytes", "content-length": String(to - from) };
  if (range !== undefined) headers["content-range"] = `bytes ${from}-${to - 1}/${file.bytes}`;
  return {
    type: "stream",
    ...(range === undefined ? {} : { status: 206 }),
    headers,
    stream: Readable.from(following(first, bytes), { objectMode: false }),
    contentType: file.type,
    fileName: file.name,
  };
}

async function* following(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
