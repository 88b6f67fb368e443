/** Conversations as ChatGPT exports them, for tests. */

/** One node of a conversation's tree, shortly. */
export interface NodeSketch {
  readonly id: string;
  readonly parent?: string | null;
  /** Absent: nobody said it. */
  readonly role?: unknown;
  readonly text?: string;
  /** Epoch seconds; absent: 1,700,000,000. */
  readonly at?: unknown;
  /** Over what the sketch makes of a message. */
  readonly message?: Readonly<Record<string, unknown>>;
}

/** A conversation with these nodes; what `fields` say stands over it. */
export function conversation(
  nodes: readonly NodeSketch[],
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const mapping = Object.fromEntries(nodes.map((node) => [node.id, { id: node.id, ...sketched(node), children: [] }]));
  const id = "66a1c0de-0000-8000-a000-000000000001";
  const current = nodes.at(-1)?.id;
  return { title: "Trip to Lisbon", create_time: 1_700_000_000.5, mapping, current_node: current, id, ...fields };
}

function sketched({ at = 1_700_000_000, id, message, parent = null, role, text = "" }: NodeSketch) {
  if (role === undefined) return { parent, message: null };
  const content = { content_type: "text", parts: [text] };
  return { parent, message: { id, author: { role, name: null }, create_time: at, content, metadata: {}, ...message } };
}
