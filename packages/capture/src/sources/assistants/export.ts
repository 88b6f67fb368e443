/**
 * Conversations with an assistant as a source: the zip of its export, or the `conversations.json` alone.
 *
 * Every message of the person's becomes a memory in the conversation it was said in. What the assistant answered does not: those are the words of
 * a program, mostly longer than what they answer, and would stand before what the person told wherever something is looked for. Neither does
 * what was edited away, nor what the assistant was told not to remember. One conversation is held at a time.
 */
import { Readable } from "node:stream";

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
import type { Asset, Conversation, SaidMessage } from "./conversation.ts";
import { type ArrayElement, readArray } from "./json-array.ts";

/** Longest conversation that is read, in bytes of JSON. It lies in memory as a whole: made of empty messages this much takes some 400 MiB. */
const CONVERSATION_BYTES_MAX = 16 * 1_048_576;

/** How much of a file is looked at to tell what it is. */
const SNIFF_BYTES = 256 * 1_024;

/** One assistant's export. Each is a JSON array of conversations. */
export interface Assistant {
  readonly format: "chatgpt" | "claude";
  /** What people call it. */
  readonly name: string;
  /** Stands in the text of its conversations and of no other's. */
  readonly mark: RegExp;
  /** One element of the array; why it cannot be read, or must not be, as a sentence. */
  readonly parseConversation: (value: unknown) => Conversation | string;
  /** The title of what should be a conversation; undefined when it has none. */
  readonly titleOf: (value: unknown) => string | undefined;
  /** The id that a file of the archive is known by, from its name; undefined when it is none. */
  readonly assetIdOf: (name: string) => string | undefined;
}

/** Says whether a file holds conversations as one of these assistants exports them. */
export async function sniffConversations(
  source: TextSource,
  assistants: readonly Assistant[],
  signal?: AbortSignal,
): Promise<ImportDetection | undefined> {
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
  const assistant = /^\s*\[\s*\{/u.test(head) ? assistants.find(({ mark }) => mark.test(head)) : undefined;
  if (assistant === undefined) return undefined;
  const why = `It is a list of conversations as ${assistant.name} exports them; your own messages come, its answers do not`;
  return { format: assistant.format, confidence: 0.98, why };
}

/** The files of an export as a source, in the order of their numbers. */
export function prepareConversations(
  assistant: Assistant,
  sources: readonly TextSource[],
  options: PrepareOptions,
): PreparedSource {
  const parts = sources.toSorted((left, right) => left.name.localeCompare(right.name, "en", { numeric: true }));
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return {
    format: assistant.format,
    bytes,
    dateQuestion: undefined,
    isBlocked: false,
    title: undefined,
    items: (read) => readExport(parts, { assistant, bytes, options }, read),
  };
}

async function* readExport(
  parts: readonly TextSource[],
  {
    assistant,
    bytes,
    options,
  }: { readonly assistant: Assistant; readonly bytes: number; readonly options: PrepareOptions },
  read: ReadOptions,
): AsyncIterable<SourceItem> {
  const builder = new MessageBuilder(assistant, options);
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
  const { assistant } = builder;
  const named = assistant.titleOf(value) ?? text;
  const conversation = assistant.parseConversation(value);
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
  readonly assistant: Assistant;
  readonly #options: PrepareOptions;
  /** Files of the archive by the ids with which their names begin. */
  readonly #files: ReadonlyMap<string, TextSource>;

  constructor(assistant: Assistant, options: PrepareOptions) {
    this.assistant = assistant;
    this.#options = options;
    this.#files = new Map(
      (options.files ?? []).flatMap((file) => {
        const id = assistant.assetIdOf(file.name.slice(file.name.lastIndexOf("/") + 1));
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
    const { format, name } = this.assistant;
    const externalId = `${format}:${conversation.id}/${message.id}`;
    if (externalId.length > MEMORY_LABEL_LENGTH_MAX) {
      return `Cannot keep the message: its id is longer than ${MEMORY_LABEL_LENGTH_MAX} letters`;
    }
    const { level } = this.#options.answers;
    const { time } = message;
    const title = (conversation.title ?? name).slice(0, MEMORY_LABEL_LENGTH_MAX).toWellFormed();
    const draft: MemoryDraft = {
      text,
      source: format,
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
    for (const { id, name, text } of assets) {
      const file = text === undefined ? this.#files.get(id) : fileOfText(id, text);
      if (file === undefined) attachments.push(fileNameOf(name ?? id));
      else files.push({ name: fileNameOf(name ?? file.name), bytes: file.bytes, open: file.open });
    }
    return { attachments, files };
  }
}

/** What a file said, as a file of its own. */
function fileOfText(name: string, text: string): Pick<TextSource, "name" | "bytes" | "open"> {
  const bytes = Buffer.from(text.toWellFormed(), "utf8");
  return { name, bytes: bytes.length, open: () => Readable.from([bytes]) };
}
