/**
 * A ChatGPT export as a source: the zip, or its `conversations.json` alone.
 *
 * Every message of the person's becomes a memory in the conversation it was said in. What the assistant answered does not: those are the words of
 * a program, mostly longer than what they answer, and would stand before what the person told wherever something is looked for. Neither does
 * what was edited away, nor what ChatGPT was told not to remember. One conversation is held at a time.
 */
import {
  type FileDraft,
  fileNameOf,
  MEMORY_LABEL_LENGTH_MAX,
  MEMORY_TEXT_LENGTH_MAX,
  type MemoryDraft,
} from "@kaelix/model";
import type { TextSource } from "../container.ts";
import { excerpt } from "../text-lines.ts";
import type { ImportDetection, PreparedSource, PrepareOptions, ReadOptions, SourceItem } from "../types.ts";
import {
  type Asset,
  assetIdOf,
  type Conversation,
  parseConversation,
  type SaidMessage,
  titleOf,
} from "./conversation.ts";
import { type ArrayElement, readArray } from "./json-array.ts";

/** Longest conversation that is read, in bytes of JSON. It lies in memory as a whole: made of empty messages this much takes some 400 MiB. */
const CONVERSATION_BYTES_MAX = 16 * 1_048_576;

/** How much of a file is looked at to tell what it is. */
const SNIFF_BYTES = 256 * 1_024;

const WHY = "It is a list of conversations as ChatGPT exports them; your own messages come, its answers do not";

/** Says whether a file holds conversations as ChatGPT exports them. */
export async function sniffChatGpt(source: TextSource, signal?: AbortSignal): Promise<ImportDetection | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.open()) {
    signal?.throwIfAborted();
    chunks.push(Uint8Array.from(chunk));
    size += chunk.length;
    if (size >= SNIFF_BYTES) break;
  }
  const head = Buffer.concat(chunks)
    .toString("utf8", 0, SNIFF_BYTES)
    .replace(/^\ufeff/u, "");
  if (!/^\s*\[\s*\{/u.test(head) || !/"mapping"\s*:\s*\{/u.test(head)) return undefined;
  return { format: "chatgpt", confidence: 0.98, why: WHY };
}

/** The files of an export as a source, in the order of their numbers. */
export function prepareChatGpt(sources: readonly TextSource[], options: PrepareOptions): PreparedSource {
  const parts = sources.toSorted((left, right) => left.name.localeCompare(right.name, "en", { numeric: true }));
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return {
    format: "chatgpt",
    bytes,
    dateQuestion: undefined,
    isBlocked: false,
    title: undefined,
    items: (read) => readExport(parts, { bytes, options }, read),
  };
}

async function* readExport(
  parts: readonly TextSource[],
  { bytes, options }: { readonly bytes: number; readonly options: PrepareOptions },
  read: ReadOptions,
): AsyncIterable<SourceItem> {
  const builder = new MessageBuilder(options);
  let bytesBefore = 0;
  let place = 0;
  for (const part of parts) {
    for await (const batch of readArray(part.open(), CONVERSATION_BYTES_MAX, read.signal)) {
      for (const element of batch.elements) yield* itemsOf(element, ++place, builder);
      read.onProgress?.({ bytesRead: bytesBefore + batch.bytesRead, bytesTotal: bytes });
    }
    bytesBefore += part.bytes;
  }
}

/** What one element of an export's array comes to; `place` is 1 for the first, and goes on from file to file. */
function* itemsOf({ text, trouble }: ArrayElement, place: number, builder: MessageBuilder): Iterable<SourceItem> {
  const problem = (why: string, of = text): SourceItem => ({ type: "problem", line: place, text: excerpt(of), why });
  if (trouble === "cut") return yield problem("Cannot read on: the file is cut off here");
  if (trouble === "long") {
    return yield problem(`Cannot read the conversation: it is longer than ${CONVERSATION_BYTES_MAX} bytes`);
  }
  if (trouble === "broken") yield problem("Some bytes are not UTF-8 and were replaced");
  const value = parseJson(text);
  if (value === undefined) return yield problem("Cannot read the conversation: it is not JSON");
  const named = titleOf(value) ?? text;
  const conversation = parseConversation(value);
  if (typeof conversation === "string") return yield problem(conversation, named);
  if (conversation.isCircular) {
    yield problem("Its messages lead in a circle; those on the way to where it closes were read", named);
  }
  for (const message of conversation.messages) {
    if (message.type === "unreadable") yield problem(message.why, named);
    else if (message.type === "empty") yield { type: "skipped", what: "empty" };
    else if (message.type === "not-theirs") yield { type: "skipped", what: "system" };
    else {
      const built = builder.build(conversation, message, place);
      yield typeof built === "string" ? problem(built, `${named}: ${message.text}`) : built;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

class MessageBuilder {
  readonly #options: PrepareOptions;
  /** Files of the archive by the ids with which their names begin. */
  readonly #files: ReadonlyMap<string, TextSource>;

  constructor(options: PrepareOptions) {
    this.#options = options;
    this.#files = new Map(
      (options.files ?? []).flatMap((file) => {
        const id = assetIdOf(file.name.slice(file.name.lastIndexOf("/") + 1));
        return id === undefined ? [] : [[id, file]];
      }),
    );
  }

  /** The draft, or why there can be none. */
  build(conversation: Conversation, message: SaidMessage, line: number): SourceItem | string {
    const { attachments, files } = this.#attached(message.assets);
    const text = message.text === "" ? [...files.map(({ name }) => name), ...attachments].join(", ") : message.text;
    if (text.length > MEMORY_TEXT_LENGTH_MAX) {
      return `Cannot keep the message: it is longer than ${MEMORY_TEXT_LENGTH_MAX} letters`;
    }
    const externalId = `chatgpt:${conversation.id}/${message.id}`;
    if (externalId.length > MEMORY_LABEL_LENGTH_MAX) {
      return `Cannot keep the message: its id is longer than ${MEMORY_LABEL_LENGTH_MAX} letters`;
    }
    const { level } = this.#options.answers;
    const { time } = message;
    const title = (conversation.title ?? "ChatGPT").slice(0, MEMORY_LABEL_LENGTH_MAX).toWellFormed();
    const draft: MemoryDraft = {
      text,
      source: "chatgpt",
      conversation: { key: conversation.id, title },
      externalId,
      ...(time?.type === "instant" ? { occurredAtMs: time.atMs } : {}),
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(files.length === 0 ? {} : { files }),
      ...(level === undefined ? {} : { level }),
    };
    return { type: "record", line, time, from: undefined, hasMedia: message.assets.length > 0, draft };
  }

  /** Files that the archive holds; of the others, the names. */
  #attached(assets: readonly Asset[]): {
    readonly attachments: readonly string[];
    readonly files: readonly FileDraft[];
  } {
    const attachments: string[] = [];
    const files: FileDraft[] = [];
    for (const { id, name } of assets) {
      const file = this.#files.get(id);
      if (file === undefined) attachments.push(fileNameOf(name ?? id));
      else files.push({ name: fileNameOf(name ?? file.name), bytes: file.bytes, open: file.open });
    }
    return { attachments, files };
  }
}
