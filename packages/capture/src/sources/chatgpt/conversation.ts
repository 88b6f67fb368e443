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

type JsonObject = Readonly<Record<string, unknown>>;

/** A picture, a sound or a file that a message came with. */
export interface Asset {
  /** As its file in the export begins: `file-…` or `file_…`. */
  readonly id: string;
  /** As the person called it; absent where the export does not say. */
  readonly name: string | undefined;
}

/** One message on the way that the person sees. */
export interface SaidMessage {
  readonly type: "said";
  readonly id: string;
  readonly text: string;
  readonly assets: readonly Asset[];
  readonly time: RecordTime | undefined;
}

/** A message on the way: the person's words, nobody's, or one that cannot be read. */
export type ConversationMessage =
  | SaidMessage
  | { readonly type: "not-theirs" }
  | { readonly type: "empty" }
  | { readonly type: "unreadable"; readonly why: string };

/** A conversation. */
export interface Conversation {
  readonly id: string;
  /** undefined: it has none. */
  readonly title: string | undefined;
  /** Oldest first. */
  readonly messages: readonly ConversationMessage[];
  /** True when the tree leads in a circle: only what stands before it was read. */
  readonly isCircular: boolean;
}

interface TreeNode {
  readonly id: string;
  readonly parent: string | undefined;
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
export function parseConversation(value: unknown): Conversation | string {
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
export function titleOf(value: unknown): string | undefined {
  return isObject(value) ? textOf(value["title"]) : undefined;
}

/** The id by which an asset or its file in the export is known; undefined when it is neither. */
export function assetIdOf(pointer: string): string | undefined {
  return ASSET_ID.exec(pointer)?.[1];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim().toWellFormed() : undefined;
}

function timeOf(value: unknown): RecordTime | undefined {
  return typeof value === "number" && value > 0 ? parseEpoch(value) : undefined;
}

function parseNode(id: string, value: unknown): TreeNode {
  if (!isObject(value)) return { id, parent: undefined, message: undefined };
  const { message, parent } = value;
  return { id, parent: textOf(parent), message: isObject(message) ? message : undefined };
}

/** The nodes from the root to the current one. */
function wayTo(
  nodes: ReadonlyMap<string, TreeNode>,
  current: string | undefined,
): { readonly way: readonly TreeNode[]; readonly isCircular: boolean } {
  const way: TreeNode[] = [];
  const passed = new Set<string>();
  let node = nodes.get(current ?? "") ?? newestLeaf(nodes);
  while (node !== undefined && !passed.has(node.id)) {
    passed.add(node.id);
    way.push(node);
    node = nodes.get(node.parent ?? "");
  }
  return { way: way.reverse(), isCircular: node !== undefined };
}

/** Where the export does not say what was seen last: the newest message that nothing answers; in a circle the newest of all. */
function newestLeaf(nodes: ReadonlyMap<string, TreeNode>): TreeNode | undefined {
  const answered = new Set(Array.from(nodes.values(), ({ parent }) => parent));
  const leaves = [...nodes.values()].filter(({ id }) => !answered.has(id));
  const [first, ...others] = leaves.length > 0 ? leaves : nodes.values();
  let newest = first;
  for (const node of others) if (newest === undefined || atOf(node) >= atOf(newest)) newest = node;
  return newest;
}

function atOf({ message }: TreeNode): number {
  const time = timeOf(message?.["create_time"]);
  return time?.type === "instant" ? time.atMs : Number.NEGATIVE_INFINITY;
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
