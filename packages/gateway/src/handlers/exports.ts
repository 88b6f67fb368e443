import { Readable } from "node:stream";

import { LEFT_OUT_HEADER } from "@kaelix/contract";

import type { PlacedMemory } from "../application.ts";
import type { HandlersOf } from "../http/exchange.ts";
import { memoryJson } from "../http/wire.ts";

const CHUNK_LENGTH_MIN = 32_768;

/** Taking everything along: a JSON object a line, read only as fast as the caller takes it. */
export const exportHandlers: HandlersOf<"exports.memories"> = {
  "exports.memories": async ({ application, principal }) => ({
    type: "stream",
    headers: { [LEFT_OUT_HEADER]: String(await application.memories.leftOut(principal)) },
    stream: Readable.from(linesOf(application.memories.exportAll(principal)), { objectMode: false }),
    contentType: "application/x-ndjson; charset=utf-8",
    fileName: "kaelix-memories.ndjson",
  }),
};

async function* linesOf(memories: AsyncIterable<PlacedMemory>): AsyncGenerator<Buffer, void, undefined> {
  let lines = "";
  for await (const placed of memories) {
    lines += `${JSON.stringify(memoryJson(placed))}\n`;
    if (lines.length >= CHUNK_LENGTH_MIN) {
      yield Buffer.from(lines);
      lines = "";
    }
  }
  if (lines !== "") yield Buffer.from(lines);
}
