import { Readable } from "node:stream";

import { OPEN_UP_TO_HEADER } from "@kaelix/contract";
import { systemRandom } from "@kaelix/base";
import { levelName, type UserPrincipal } from "@kaelix/model";
import { sealAge } from "@kaelix/security";

import type { PlacedMemory } from "../application.ts";
import type { Answer, HandlersOf } from "../http/exchange.ts";
import { memoryJson, timeText } from "../http/wire.ts";

/** What stands for words that nobody here can read: the JSON Lines have them as they were sealed. */
const SEALED_WORDS = "(Sealed by you; it can be read in your browser alone)";

const CHUNK_LENGTH_MIN = 32_768;

/** Taking everything along, read only as fast as the caller takes it. */
export const exportHandlers: HandlersOf<"exports.memories" | "exports.markdown" | "exports.sealed"> = {
  "exports.memories": ({ application, principal }) => {
    const lines = linesOf(application.memories.exportAll(principal));
    return takeout(principal, lines, { contentType: "application/x-ndjson; charset=utf-8", ending: "ndjson" });
  },
  "exports.markdown": ({ application, principal }) => {
    const parts = markdownOf(application.memories.exportAll(principal));
    return takeout(principal, parts, { contentType: "text/markdown; charset=utf-8", ending: "md" });
  },
  "exports.sealed": async ({ application, principal, body }) => {
    const memories = application.memories.exportAll(principal);
    const isLines = body.format === "jsonl";
    const parts = gathered(isLines ? linesOf(memories) : markdownOf(memories));
    const sealed = sealAge(parts, body.passphrase, { random: systemRandom });
    // The passphrase is stretched before anything is answered: when too many wait for that, it can still be said.
    const head = await sealed.next();
    const stream = Readable.from(following(head.done === true ? undefined : head.value, sealed), { objectMode: false });
    const ending = isLines ? "jsonl.age" : "md.age";
    return answerOf(principal, stream, { contentType: "application/octet-stream", ending });
  },
};

function takeout(
  principal: UserPrincipal,
  parts: AsyncGenerator<string, void, undefined>,
  kind: { readonly contentType: string; readonly ending: string },
): Answer {
  return answerOf(principal, Readable.from(gathered(parts), { objectMode: false }), kind);
}

function answerOf(
  principal: UserPrincipal,
  stream: Readable,
  { contentType, ending }: { readonly contentType: string; readonly ending: string },
): Answer {
  return {
    type: "stream",
    headers: { [OPEN_UP_TO_HEADER]: levelName(principal.ceiling) },
    stream,
    contentType,
    fileName: `kaelix-memories.${ending}`,
  };
}

async function* linesOf(memories: AsyncIterable<PlacedMemory>): AsyncGenerator<string, void, undefined> {
  for await (const placed of memories) yield `${JSON.stringify(memoryJson(placed))}\n`;
}

/** In the order of telling; every line of a memory is quoted, so that nothing in it becomes a heading of ours. */
async function* markdownOf(memories: AsyncIterable<PlacedMemory>): AsyncGenerator<string, void, undefined> {
  yield "# Memories\n";
  for await (const { memory } of memories) {
    const { conversationTitle, level, occurredAtMs, source, speaker } = memory;
    const facts = [speaker ?? "me", conversationTitle, source, levelName(level)].filter((fact) => fact !== undefined);
    const said = [memory.clientSealed === undefined ? memory.text : SEALED_WORDS, memory.caption ?? ""]
      .filter((text) => text !== "")
      .join("\n\n");
    const attached = (memory.attachments ?? []).map((name) => `\n- ${oneLine(name)}`).join("");
    const quoted = said.replaceAll(/\r\n?|\u2028|\u2029/g, "\n").replaceAll("\n", "\n> ");
    yield `\n## ${timeText(occurredAtMs)} · ${facts.map(oneLine).join(" · ")}\n\n> ${quoted}\n${attached === "" ? "" : `${attached}\n`}`;
  }
}

async function* following(
  first: Buffer | undefined,
  rest: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  if (first !== undefined) yield first;
  yield* rest;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

async function* gathered(parts: AsyncIterable<string>): AsyncGenerator<Buffer, void, undefined> {
  let text = "";
  for await (const part of parts) {
    text += part;
    if (text.length >= CHUNK_LENGTH_MIN) {
      yield Buffer.from(text);
      text = "";
    }
  }
  if (text !== "") yield Buffer.from(text);
}
