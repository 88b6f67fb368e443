import { Readable } from "node:stream";

import { OPEN_UP_TO_HEADER } from "@kaelix/contract";
import { isKaelixError, systemRandom } from "@kaelix/base";
import { type KeptFile, levelName, type Memory, type UserPrincipal } from "@kaelix/model";
import { sealAge } from "@kaelix/security";

import type { Application, PlacedMemory } from "../application.ts";
import type { Answer, HandlersOf } from "../http/exchange.ts";
import { memoryJson, timeText } from "../http/wire.ts";
import { type ZipEntry, zipped } from "../http/zip.ts";

/** What stands for words that nobody here can read: the JSON Lines have them as they were sealed. */
const SEALED_WORDS = "(Sealed by you; it can be read in your browser alone)";

const CHUNK_LENGTH_MIN = 32_768;

/** Taking everything along, read only as fast as the caller takes it. */
export const exportHandlers: HandlersOf<
  "exports.memories" | "exports.markdown" | "exports.archive" | "exports.sealed"
> = {
  "exports.memories": ({ application, principal }) => {
    const lines = linesOf(application.memories.exportAll(principal));
    return takeout(principal, lines, { contentType: "application/x-ndjson; charset=utf-8", ending: "ndjson" });
  },
  "exports.markdown": ({ application, principal }) => {
    const parts = markdownOf(application.memories.exportAll(principal));
    return takeout(principal, parts, { contentType: "text/markdown; charset=utf-8", ending: "md" });
  },
  "exports.archive": ({ application, principal }) => {
    return answerOf(principal, archiveOf(application, principal), { contentType: "application/zip", ending: "zip" });
  },
  "exports.sealed": async ({ application, principal, body }) => {
    const { ending, parts } = partsOf(application, principal, body.format);
    const sealed = sealAge(parts, body.passphrase, { random: systemRandom });
    // The passphrase is stretched before anything is answered: when too many wait for that, it can still be said.
    const head = await sealed.next();
    const stream = Readable.from(following(head.done === true ? undefined : head.value, sealed), { objectMode: false });
    return answerOf(principal, stream, { contentType: "application/octet-stream", ending: `${ending}.age` });
  },
};

/** What a sealed file holds, and how such a file is called. */
function partsOf(
  application: Application,
  principal: UserPrincipal,
  format: "jsonl" | "markdown" | "archive",
): { readonly ending: string; readonly parts: AsyncIterable<Uint8Array> } {
  if (format === "archive") return { ending: "zip", parts: archiveOf(application, principal) };
  const memories = application.memories.exportAll(principal);
  if (format === "jsonl") return { ending: "jsonl", parts: gathered(linesOf(memories)) };
  return { ending: "md", parts: gathered(markdownOf(memories)) };
}

/** Everything in one archive: the memories as lines, the same for reading, and the files, each under its id. */
function archiveOf({ files, memories }: Application, principal: UserPrincipal): Readable {
  async function* entries(): AsyncGenerator<ZipEntry, void, undefined> {
    const kept: { readonly memory: Memory; readonly file: KeptFile }[] = [];
    const noted = noting(memories.exportAll(principal), ({ memory }) => {
      for (const file of memory.files ?? []) kept.push({ memory, file });
    });
    yield { name: "memories.jsonl", parts: gathered(linesOf(noted)), compress: true };
    yield { name: "memories.md", parts: gathered(markdownOf(memories.exportAll(principal))), compress: true };
    const damaged: string[] = [];
    for (const { file, memory } of kept) {
      const parts = untilDamaged(files.read(principal, memory, file), () => damaged.push(file.id));
      yield { name: `attachments/${file.id}-${portable(file.name)}`, parts, compress: false };
    }
    if (damaged.length === 0) return;
    const words = `These files are cut off where the log is damaged:\n${damaged.join("\n")}\n`;
    yield { name: "problems.txt", parts: gathered(only(words)), compress: true };
  }
  return zipped(entries());
}

/** A name that every file system takes; in `memories.jsonl` it stands as it was. */
function portable(name: string): string {
  return name.replaceAll(/[<>:"|?*]/g, "_").replace(/(?<![. ])[. ]+$/, "_");
}

async function* noting(
  memories: AsyncIterable<PlacedMemory>,
  note: (placed: PlacedMemory) => void,
): AsyncGenerator<PlacedMemory, void, undefined> {
  for await (const placed of memories) {
    note(placed);
    yield placed;
  }
}

/** One damaged file must not keep everything else from being taken along. */
async function* untilDamaged(
  bytes: AsyncIterable<Uint8Array>,
  onDamage: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    if (!isKaelixError(error, "file-damaged")) throw error;
    onDamage();
  }
}

async function* only(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}

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
    const names = [...(memory.attachments ?? []), ...(memory.files ?? []).map(({ name }) => name)];
    const attached = names.map((name) => `\n- ${oneLine(name)}`).join("");
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
