/** A WhatsApp chat export as a source: profile, questions, messages as drafts. */
import type { ZoneConverter } from "@kaelix/base";
import { fileNameOf, MEMORY_LABEL_LENGTH_MAX, type MemoryDraft } from "@kaelix/model";
import { askDateOrder, type DateReading } from "../date-order.ts";
import { hashParts, OrdinalCounter } from "../external-id.ts";
import { readLines } from "../text-lines.ts";
import type { TextSource } from "../container.ts";
import type { PreparedSource, PrepareOptions, ReadOptions, SourceItem } from "../types.ts";
import { zoneConverter } from "../zone.ts";
import { nameChat, normaliseChatName } from "./chat-key.ts";
import { type ChatMessage, MessageAssembler } from "./messages.ts";
import { type ChatProfile, profileChat } from "./profile.ts";

const MINUTE_MS = 60_000;
const NAMES_KEPT_MAX = 10_000;
/** WhatsApp silently keeps only the last 40,000 messages, 10,000 with media; a few may be notices that count for it alone. */
const CUTS: readonly (readonly [number, number])[] = [
  [9_990, 10_000],
  [39_990, 40_000],
];

/** True when a number of messages is so near a limit of the app that older ones are likely missing. */
export function looksCut(messages: number): boolean {
  return CUTS.some(([least, most]) => messages >= least && messages <= most);
}

/** Looks through a chat; undefined when it is not one. */
export async function prepareChat(source: TextSource, options: PrepareOptions): Promise<PreparedSource | undefined> {
  const profile = await profileChat(source.open(), { signal: options.signal });
  if (profile === undefined) return undefined;
  const { decision } = profile;
  const { reading, isOpen } = profile.dates.choose(options.answers.dateOrder);
  return {
    format: "whatsapp",
    bytes: source.bytes,
    dateQuestion: isOpen ? askDateOrder(decision, profile.dates.first, profile.firstWritten) : undefined,
    isBlocked: isOpen,
    title: profile.title ?? (profile.names.length === 2 ? nameOf(source, options, profile) : undefined),
    items: (read) => readChat(source, { profile, reading, prepare: options }, read),
  };
}

function nameOf(source: TextSource, options: PrepareOptions, profile: ChatProfile): string {
  const { me } = options.answers;
  const { fileName } = options;
  return nameChat({ entryName: source.name, fileName, title: profile.title, people: profile.names, me }).title;
}

interface ChatRead {
  readonly profile: ChatProfile;
  readonly reading: DateReading;
  readonly prepare: PrepareOptions;
}

async function* readChat(source: TextSource, chat: ChatRead, read: ReadOptions): AsyncIterable<SourceItem> {
  const { profile } = chat;
  const builder = new DraftBuilder(source, chat);
  const assembler = new MessageAssembler(profile, chat.reading);
  if (profile.unknownWord !== undefined) {
    const { line, text } = profile.unknownWord;
    yield {
      type: "problem",
      line,
      text,
      why: "A word beside the time is not known; times were read as a 24-hour clock",
    };
  }
  for await (const batch of readLines(source.open(), read.signal)) {
    for (const item of assembler.push(batch.lines)) yield item.type === "problem" ? item : builder.build(item);
    read.onProgress?.({ bytesRead: batch.bytesRead, bytesTotal: source.bytes });
  }
  for (const item of assembler.finish()) yield item.type === "problem" ? item : builder.build(item);
}

const SKIPPED_SYSTEM: SourceItem = { type: "skipped", what: "system" };
const SKIPPED_DELETED: SourceItem = { type: "skipped", what: "deleted" };
const SKIPPED_EMPTY: SourceItem = { type: "skipped", what: "empty" };

class DraftBuilder {
  readonly #conversation: { readonly key: string; readonly title: string };
  readonly #zone: ZoneConverter;
  readonly #ordinals = new OrdinalCounter();
  readonly #names = new Map<string, string>();
  readonly #options: PrepareOptions;
  /** What lies beside the chat, by the names that it calls them by. */
  readonly #beside: ReadonlyMap<string, TextSource>;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(source: TextSource, { profile, prepare }: ChatRead) {
    const { me } = prepare.answers;
    const naming = {
      entryName: source.name,
      fileName: prepare.fileName,
      title: profile.title,
      people: profile.names,
      me,
    };
    this.#conversation = nameChat(naming);
    this.#zone = zoneConverter(prepare.answers.zone ?? prepare.zone);
    this.#options = prepare;
    const folder = folderOf(source.name);
    const beside = (prepare.files ?? []).filter(({ name }) => folderOf(name) === folder);
    this.#beside = new Map(beside.map((file) => [fileNameOf(file.name).normalize(), file]));
  }

  build(message: ChatMessage): SourceItem {
    const { notice, speaker } = message;
    if (notice.type === "system" || speaker === undefined) return SKIPPED_SYSTEM;
    if (notice.type === "deleted") return SKIPPED_DELETED;
    if (notice.text === "") return SKIPPED_EMPTY;
    const atMs = this.#zone.toInstant(message.localMs, this.#lastAtMs);
    this.#lastAtMs = atMs;
    const { me, level } = this.#options.answers;
    const media = notice.type === "media" ? notice : undefined;
    const caption = media?.caption;
    const draft: MemoryDraft = {
      text: notice.text,
      source: "whatsapp",
      conversation: this.#conversation,
      externalId: this.#externalId(message, speaker, notice.text),
      occurredAtMs: atMs,
      ...(speaker === me ? {} : { speaker }),
      // A longer caption is the text alone.
      ...(isLabel(caption) ? { caption } : {}),
      ...(media === undefined ? {} : this.#attached(media.fileName ?? notice.text)),
      ...(level === undefined ? {} : { level }),
    };
    const precision = message.hasSeconds ? "second" : "minute";
    return {
      type: "record",
      line: message.line,
      time: { type: "local", localMs: message.localMs, precision },
      from: speaker,
      hasMedia: media !== undefined,
      draft,
    };
  }

  /** The file that a message names, where the export has it; else the name. */
  #attached(name: string): Pick<MemoryDraft, "attachments" | "files"> {
    const file = this.#beside.get(fileNameOf(name).normalize());
    if (file === undefined) return { attachments: [name] };
    return { files: [{ name, bytes: file.bytes, open: file.open }] };
  }

  /** Seconds are left out, so that an export with them and one without have the same ids. */
  #externalId(message: ChatMessage, speaker: string, text: string): string {
    const minute = Math.floor(message.localMs / MINUTE_MS);
    let name = this.#names.get(speaker);
    if (name === undefined) {
      name = normaliseChatName(speaker);
      if (this.#names.size < NAMES_KEPT_MAX) this.#names.set(speaker, name);
    }
    const id = hashParts("whatsapp", this.#conversation.key, String(minute), name, text);
    return this.#ordinals.next(`wa:${id}`);
  }
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}

function isLabel(text: string | undefined): text is string {
  return text !== undefined && text.length <= MEMORY_LABEL_LENGTH_MAX;
}
