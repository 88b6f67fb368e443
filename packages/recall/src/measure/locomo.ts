/**
 * Reads a data set of the LoCoMo shape: conversations of dated sessions, questions with the ids of the turns that answer them.
 * Ids stay as they are in the data, malformed ones included: they can never be found, which the metric counts.
 */
/** What the numbers of the data set's categories mean. */
const CATEGORIES: Readonly<Record<number, string>> = {
  1: "multi-hop",
  2: "temporal",
  3: "open-domain",
  4: "single-hop",
  5: "adversarial",
};

/** One turn of a conversation. */
export interface Turn {
  readonly id: string;
  /** `session_3` */
  readonly session: string;
  /** Absent: the owner. */
  readonly speaker?: string;
  readonly text: string;
  readonly caption?: string;
  readonly occurredAtMs: number;
}

/** One question about a conversation. */
export interface Question {
  readonly text: string;
  readonly category: string;
  /** As the annotator worded it; empty when there is none. */
  readonly answer: string;
  readonly evidence: readonly string[];
}

/** One conversation with its questions. */
export interface Conversation {
  readonly id: string;
  readonly turns: readonly Turn[];
  readonly questions: readonly Question[];
}

/** Turns of a session follow each other so many milliseconds apart; the data set dates sessions alone. */
const TURN_STEP_MS = 20_000;

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Reads a data set: a list of conversations, or one. What is missing is empty. */
export function parseLocomo(parsed: unknown): readonly Conversation[] {
  return listOf(Array.isArray(parsed) ? parsed : [parsed]).map((item, index) => readConversation(item, index));
}

function readConversation(item: unknown, index: number): Conversation {
  const fields = fieldsOf(item);
  const conversation = fieldsOf(fields.get("conversation"));
  const sessions = [...conversation.keys()]
    .filter((key) => /^session_\d+$/.test(key))
    .sort((left, right) => Number(left.slice(8)) - Number(right.slice(8)));
  const turns = sessions.flatMap((session, at) => {
    const startMs = parseSessionDate(textOf(conversation.get(`${session}_date_time`))) ?? at * 86_400_000;
    return listOf(conversation.get(session)).map((turn, place) =>
      readTurn(turn, session, startMs + place * TURN_STEP_MS),
    );
  });
  const questions = listOf(fields.get("qa")).map((question) => {
    const parts = fieldsOf(question);
    return {
      text: textOf(parts.get("question")),
      category: CATEGORIES[Number(parts.get("category"))] ?? "other",
      answer: textOf(parts.get("answer")),
      evidence: listOf(parts.get("evidence")).map(textOf),
    };
  });
  return { id: textOf(fields.get("sample_id")) || `conversation-${index}`, turns, questions };
}

function readTurn(turn: unknown, session: string, occurredAtMs: number): Turn {
  const fields = fieldsOf(turn);
  const caption = textOf(fields.get("blip_caption"));
  const speaker = textOf(fields.get("speaker"));
  return {
    id: textOf(fields.get("dia_id")),
    session,
    ...(speaker === "" ? {} : { speaker }),
    text: textOf(fields.get("text")),
    ...(caption === "" ? {} : { caption }),
    occurredAtMs,
  };
}

/** "1:56 pm on 8 May, 2023" as epoch ms, read as UTC; undefined when it is no such date. */
export function parseSessionDate(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})\s*(am|pm)\s+on\s+(\d{1,2})\s+([A-Za-z]+),?\s+(\d{4})$/i.exec(text.trim());
  if (match === null) {
    const anyMs = Date.parse(text);
    return Number.isNaN(anyMs) ? undefined : anyMs;
  }
  const [, hour, minute, half, day, month, year] = match;
  const dayMs = Date.parse(`${day} ${month} ${year} UTC`);
  if (Number.isNaN(dayMs)) return undefined;
  const hours = (Number(hour) % 12) + (half?.toLowerCase() === "pm" ? 12 : 0);
  return dayMs + (hours * 60 + Number(minute)) * 60_000;
}
