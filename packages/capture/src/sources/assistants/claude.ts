/**
 * One conversation of a Claude export, parsed. Pure.
 *
 * `chat_messages` lists all of it, oldest first. Exports of today say of each message which one it follows; what was edited or answered anew
 * follows the same one as what it replaced, and the person sees the way from the newest message up to the first:
 *
 *     (nil) ── question ─┬─ answer
 *                        └─ answer anew ── question ◄ newest
 *
 * Older ones do not say: then every message counts. Of files the export holds no bytes, but the text of what was pasted or could be read as text.
 */
import { parseIsoTime } from "../local-time.ts";
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

/** Claude's export. */
export const CLAUDE: Assistant = {
  format: "claude",
  name: "Claude",
  mark: /"chat_messages"\s*:\s*\[/u,
  parseConversation,
  titleOf: (value) => (isObject(value) ? textOf(value["name"]) : undefined),
  assetIdOf: () => undefined,
};

function parseConversation(value: unknown): Conversation | string {
  if (!isObject(value)) return "Cannot read the conversation: it is not a JSON object";
  const id = textOf(value["uuid"]);
  if (id === undefined) return "Cannot read the conversation: it has no id";
  const listed = value["chat_messages"];
  if (!Array.isArray(listed)) return "Cannot read the conversation: its messages are missing";
  const { isCircular, messages: seen } = seenOf(listed, textOf(value["current_leaf_message_uuid"]));
  let time = timeOf(value["created_at"]);
  const messages: ConversationMessage[] = [];
  for (const message of seen) {
    // A message without a time was said after the one before it.
    time = (isObject(message) ? timeOf(message["created_at"]) : undefined) ?? time;
    messages.push(parseMessage(message, time));
  }
  return { id, title: CLAUDE.titleOf(value), messages, isCircular };
}

/** Times of the export are UTC, whether it says so or not. */
function timeOf(value: unknown): RecordTime | undefined {
  const time = typeof value === "string" ? parseIsoTime(value) : undefined;
  if (time === undefined || time.type === "instant") return time;
  return { type: "instant", atMs: time.localMs, text: new Date(time.localMs).toISOString() };
}

/** The messages without those that were replaced. What hangs together with the way by nothing is kept: its link is lost, it was said all the same. */
function seenOf(
  listed: readonly unknown[],
  current: string | undefined,
): { readonly messages: readonly unknown[]; readonly isCircular: boolean } {
  const nodes = new Map(listed.flatMap((message) => nodeOf(message).map((node) => [node.id, node] as const)));
  if (![...nodes.values()].some(({ parent }) => parent !== undefined)) return { messages: listed, isCircular: false };
  const { isCircular, way } = wayTo(nodes, current);
  const [first] = way;
  const onWay = new Set(way.map(({ id }) => id));
  const roots = new Map<string, string>();
  const isReplaced = (message: unknown): boolean =>
    first !== undefined &&
    nodeOf(message).some(({ id }) => !onWay.has(id) && rootOf(nodes, id, roots) === rootOf(nodes, first.id, roots));
  return { messages: listed.filter((message) => !isReplaced(message)), isCircular };
}

function nodeOf(message: unknown): TreeNode[] {
  const id = isObject(message) ? textOf(message["uuid"]) : undefined;
  if (!isObject(message) || id === undefined) return [];
  const time = timeOf(message["created_at"]);
  const atMs = time?.type === "instant" ? time.atMs : undefined;
  return [{ id, parent: textOf(message["parent_message_uuid"]), atMs }];
}

/** What the first message above one follows, which is no message; the same for all that hang together. `known` grows with what was walked. */
function rootOf(nodes: ReadonlyMap<string, TreeNode>, id: string, known: Map<string, string>): string {
  const walked: string[] = [];
  const passed = new Set<string>();
  let at: string | undefined = id;
  let root: string | undefined;
  while (root === undefined) {
    const node: TreeNode | undefined = at === undefined ? undefined : nodes.get(at);
    if (node === undefined || passed.has(node.id)) root = at ?? "";
    else {
      root = known.get(node.id);
      passed.add(node.id);
      walked.push(node.id);
      at = node.parent;
    }
  }
  for (const one of walked) known.set(one, root);
  return root;
}

function parseMessage(message: unknown, time: RecordTime | undefined): ConversationMessage {
  if (!isObject(message)) return { type: "unreadable", why: "Cannot read the message: it is not a JSON object" };
  const sender = textOf(message["sender"]);
  if (sender === undefined) return { type: "unreadable", why: "Cannot read the message: it does not say who wrote it" };
  if (sender !== "human") return { type: "not-theirs" };
  const id = textOf(message["uuid"]);
  if (id === undefined) return { type: "unreadable", why: "Cannot read the message: it has no id" };
  const text = wordsOf(message);
  const assets = assetsOf(message);
  if (text === "" && assets.length === 0) return { type: "empty" };
  return { type: "said", id, text, assets, time };
}

/** The blocks of text, or else the text beside them: older exports have that alone. */
function wordsOf({ content, text }: JsonObject): string {
  const blocks = (Array.isArray(content) ? content : []).filter(isObject).filter(({ type }) => type === "text");
  const said = blocks.flatMap((block) => textOf(block["text"]) ?? []).join("\n\n");
  return said === "" ? (textOf(text) ?? "") : said;
}

/** What was attached, with what it says; then files, of which there is the name alone. */
function assetsOf({ attachments, files }: JsonObject): readonly Asset[] {
  const listed = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  const attached = listed(attachments).map((one): Asset => {
    const name = textOf(one["file_name"]) ?? "pasted.txt";
    const text = textOf(one["extracted_content"]);
    if (text === undefined) return { id: name, name };
    // What was read out of a document is no document.
    const isText = /\.(?:txt|md|markdown|csv|json|log|ya?ml|xml|html?)$/iu.test(name);
    return { id: name, name: isText ? name : `${name}.txt`, text };
  });
  const held = new Set(listed(attachments).map((one) => textOf(one["file_name"])));
  const named = listed(files).flatMap((one): Asset[] => {
    const name = textOf(one["file_name"]);
    return name === undefined || held.has(name) ? [] : [{ id: name, name }];
  });
  return [...attached, ...named];
}
