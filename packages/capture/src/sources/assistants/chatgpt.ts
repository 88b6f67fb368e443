/**
 * One conversation of a ChatGPT export, parsed. Pure.
 *
 * A conversation is a tree: what was edited or answered anew hangs beside what it replaced. The person sees the way from its last
 * message (`current_node`) up to the root, and that way is what was said:
 *
 *     root ── question ─┬─ answer
 *                       └─ answer anew ── question ◄ current_node
 */
import { parseEpoch } from "../local-time.ts";
import type { RecordTime } from "../types.ts";
import {
  type Asset,
  type Conversation,
  type ConversationMessage,
  isObject,
  type JsonObject,
  textOf,
  type TreeNode,
  wayTo,
} from "./conversation.ts";
import type { Assistant } from "./export.ts";

/** ChatGPT's export: files of the archive are known by the ids with which their names begin. */
export const CHATGPT: Assistant = {
  format: "chatgpt",
  name: "ChatGPT",
  mark: /"mapping"\s*:\s*\{/u,
  parseConversation,
  titleOf,
  assetIdOf,
};

interface MessageNode extends TreeNode {
  /** undefined for the root, which nobody said. */
  readonly message: JsonObject | undefined;
}

/** Contents that hold words of whoever sent them. */
const WORDS = new Set(["text", "multimodal_text", "code"]);
/** Contents that the person's side sends without anybody having said them. */
const SILENT = new Set(["user_editable_context", "model_editable_context"]);
const ASSET_ID = /^(?:[a-z-]+:\/\/)?(file[-_][\dA-Za-z]{1,200})/u;

/**
 * Parses a conversation.
 * @param value one element of the export's array, as JSON gave it
 * @returns why it cannot be read, or must not be, as a sentence
 */
function parseConversation(value: unknown): Conversation | string {
  if (!isObject(value)) return "Cannot read the conversation: it is not a JSON object";
  if (value["is_do_not_remember"] === true) return "Left out: you told ChatGPT not to remember this conversation";
  const id = textOf(value["conversation_id"]) ?? textOf(value["id"]);
  if (id === undefined) return "Cannot read the conversation: it has no id";
  const mapping = value["mapping"];
  if (!isObject(mapping)) return "Cannot read the conversation: its messages are missing";
  const nodes = new Map(Object.entries(mapping).map(([key, node]) => [key, parseNode(key, node)]));
  const { isCircular, way } = wayTo(nodes, textOf(value["current_node"]));
  let time = timeOf(value["create_time"]);
  const messages: ConversationMessage[] = [];
  for (const { id: nodeId, message } of way) {
    if (message === undefined) continue;
    // A message without a time was said after the one before it.
    time = timeOf(message["create_time"]) ?? time;
    messages.push(parseMessage(nodeId, message, time));
  }
  return { id, title: titleOf(value), messages, isCircular };
}

/** The title of what should be a conversation; undefined when it has none. */
function titleOf(value: unknown): string | undefined {
  return isObject(value) ? textOf(value["title"]) : undefined;
}

/** The id by which an asset or its file in the export is known; undefined when it is neither. */
function assetIdOf(pointer: string): string | undefined {
  return ASSET_ID.exec(pointer)?.[1];
}

function timeOf(value: unknown): RecordTime | undefined {
  return typeof value === "number" && value > 0 ? parseEpoch(value) : undefined;
}

function parseNode(id: string, value: unknown): MessageNode {
  if (!isObject(value)) return { id, parent: undefined, atMs: undefined, message: undefined };
  const message = isObject(value["message"]) ? value["message"] : undefined;
  const time = timeOf(message?.["create_time"]);
  return { id, parent: textOf(value["parent"]), atMs: time?.type === "instant" ? time.atMs : undefined, message };
}

function parseMessage(nodeId: string, message: JsonObject, time: RecordTime | undefined): ConversationMessage {
  const { author, content, metadata } = message;
  const beside: JsonObject = isObject(metadata) ? metadata : {};
  const isHidden = beside["is_visually_hidden_from_conversation"] === true || beside["is_user_system_message"] === true;
  if (!isObject(author)) return { type: "unreadable", why: "Cannot read the message: it does not say who wrote it" };
  if (author["role"] !== "user" || isHidden) return { type: "not-theirs" };
  if (!isObject(content)) return { type: "unreadable", why: "Cannot read the message: it has no content" };
  const kind = textOf(content["content_type"]) ?? "";
  if (SILENT.has(kind)) return { type: "not-theirs" };
  if (!WORDS.has(kind)) return { type: "unreadable", why: "Cannot read the message: its kind of content is not known" };
  const parts = Array.isArray(content["parts"]) ? content["parts"] : [content["text"]];
  const assets = assetsOf(parts, beside["attachments"]);
  const text = parts.flatMap(wordsOf).join("\n\n").trim().toWellFormed();
  if (text === "" && assets.length === 0) return { type: "empty" };
  return { type: "said", id: textOf(message["id"]) ?? nodeId, text, assets, time };
}

/** The words of a part: written, or spoken and written down. */
function wordsOf(part: unknown): string[] {
  const text = isObject(part) ? part["text"] : part;
  return typeof text === "string" && text.trim() !== "" ? [text] : [];
}

/** What the parts point to and what was attached, each once; a name is told by what was attached. */
function assetsOf(parts: readonly unknown[], attachments: unknown): readonly Asset[] {
  const assets = new Map<string, Asset>();
  for (const part of parts) {
    if (!isObject(part)) continue;
    const { asset_pointer: pointer, audio_asset_pointer: audio } = part;
    const spoken = isObject(audio) ? audio["asset_pointer"] : undefined;
    for (const told of [pointer, spoken]) {
      const id = typeof told === "string" ? assetIdOf(told) : undefined;
      if (id !== undefined) assets.set(id, { id, name: undefined });
    }
  }
  for (const attached of Array.isArray(attachments) ? attachments : []) {
    if (!isObject(attached)) continue;
    const id = assetIdOf(textOf(attached["id"]) ?? "");
    if (id !== undefined) assets.set(id, { id, name: textOf(attached["name"]) });
  }
  return [...assets.values()];
}
