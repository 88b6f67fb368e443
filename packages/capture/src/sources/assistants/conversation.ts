/** What every assistant's conversation comes to: the shapes, and the way through the tree that an edited conversation is. Pure. */
import type { RecordTime } from "../types.ts";

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A picture, a sound or a file that a message came with. */
export interface Asset {
  /** By which it is found among the files of the export. */
  readonly id: string;
  /** As the person called it; absent where the export does not say. */
  readonly name: string | undefined;
  /** What it says, where the export holds that alone. */
  readonly text?: string;
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

/** One place in the tree of a conversation. */
export interface TreeNode {
  readonly id: string;
  readonly parent: string | undefined;
  /** Epoch ms; undefined: it has no time, and is older than those that have. */
  readonly atMs: number | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that says something, trimmed; undefined when it is none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim().toWellFormed() : undefined;
}

/** The nodes from the root to the current one; where the export does not name one, to the newest message that nothing answers. */
export function wayTo<Node extends TreeNode>(
  nodes: ReadonlyMap<string, Node>,
  current: string | undefined,
): { readonly way: readonly Node[]; readonly isCircular: boolean } {
  const way: Node[] = [];
  const passed = new Set<string>();
  let node = nodes.get(current ?? "") ?? newestLeaf(nodes);
  while (node !== undefined && !passed.has(node.id)) {
    passed.add(node.id);
    way.push(node);
    node = nodes.get(node.parent ?? "");
  }
  return { way: way.reverse(), isCircular: node !== undefined };
}

/** The newest message that nothing answers; in a circle the newest of all. */
function newestLeaf<Node extends TreeNode>(nodes: ReadonlyMap<string, Node>): Node | undefined {
  const answered = new Set(Array.from(nodes.values(), ({ parent }) => parent));
  const leaves = [...nodes.values()].filter(({ id }) => !answered.has(id));
  const [first, ...others] = leaves.length > 0 ? leaves : nodes.values();
  let newest = first;
  for (const node of others) if (newest === undefined || atOf(node) >= atOf(newest)) newest = node;
  return newest;
}

function atOf({ atMs = Number.NEGATIVE_INFINITY }: TreeNode): number {
  return atMs;
}
