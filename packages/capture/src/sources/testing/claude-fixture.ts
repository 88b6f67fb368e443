/** Conversations as Claude exports them, for tests. */

/** One message, shortly. */
export interface MessageSketch {
  readonly id: string;
  readonly sender?: unknown;
  readonly text?: string;
  /** What it follows; absent: the export does not say. */
  readonly parent?: string;
  readonly at?: unknown;
  /** Over what the sketch makes of a message. */
  readonly message?: Readonly<Record<string, unknown>>;
}

/** What the first message of an export of today follows. */
export const NOBODY = "00000000-0000-4000-8000-000000000000";

/** A conversation with these messages; what `fields` say stands over it. */
export function claudeConversation(
  messages: readonly MessageSketch[],
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const listed = messages.map(
    ({ at = "2025-05-01T12:00:00.123456Z", id, message, parent, sender = "human", text = "" }) => ({
      uuid: id,
      text,
      content: [{ start_timestamp: null, stop_timestamp: null, type: "text", text, citations: [] }],
      sender,
      created_at: at,
      updated_at: at,
      attachments: [],
      files: [],
      ...(parent === undefined ? {} : { parent_message_uuid: parent }),
      ...message,
    }),
  );
  const times = { created_at: "2025-05-01T11:59:00.000000Z", updated_at: "2025-05-02T08:00:00.000000Z" };
  const account = { uuid: "acc-1" };
  return {
    uuid: "c1a0de00-0000-4000-8000-000000000001",
    name: "Trip to Lisbon",
    summary: "",
    ...times,
    account,
    chat_messages: listed,
    ...fields,
  };
}
