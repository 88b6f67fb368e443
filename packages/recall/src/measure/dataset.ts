/**
 * A data set that somebody brings → conversations with questions: a file of the LoCoMo shape, or JSON lines.
 *
 * JSON lines: a memory `{"id", "text", "at"?, "speaker"?, "session"?, "caption"?, "conversation"?}` or a question
 * `{"question", "evidence"?: [ids], "answer"?, "category"?, "conversation"?}` a line. `at` is an ISO 8601 time. Lines that name no conversation
 * belong to one.
 *
 * Guarantees: everything wrong is told of with its line, and nothing is measured on half a file.
 */
import { type Conversation, parseLocomo, type Question, type Turn } from "./locomo.ts";

/** Something wrong with a data set. */
export interface DatasetProblem {
  /** Counted from 1; 0 where the file as a whole is meant. */
  readonly line: number;
  /** "text: current value is a number, must be a string". */
  readonly text: string;
}

/** A data set as it was read: conversations, or what is wrong with it. */
export type DatasetResult =
  | { readonly type: "read"; readonly conversations: readonly Conversation[] }
  | { readonly type: "bad"; readonly problems: readonly DatasetProblem[] };

/** Problems that are told of; the rest of a file of another kind would be the same again. */
const PROBLEMS_MAX = 20;

type Fields = ReadonlyMap<string, unknown>;

/** Reads a data set of either kind. */
export function readDataset(text: string): DatasetResult {
  const start = text.trimStart();
  if (start === "") return bad(0, "the file is empty, must hold memories and questions");
  // One document over several lines, or one in a single line that holds conversations.
  const isWhole = start.startsWith("[") || !isJson(start.slice(0, lineEnd(start)));
  if (!isWhole && !/"conversation"\s*:\s*\{/.test(start.slice(0, lineEnd(start)))) return readLines(text);
  // Lines of which the first is broken are lines all the same.
  if (isWhole && !start.startsWith("[") && /^\s*\{.*\}?\s*\r?\n\s*\{/.test(start)) return readLines(text);
  return readDocument(text);
}

function lineEnd(text: string): number {
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function bad(line: number, text: string): DatasetResult {
  return { type: "bad", problems: [{ line, text }] };
}

function readDocument(text: string): DatasetResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (failure) {
    const said = failure instanceof Error ? failure.message : String(failure);
    return bad(lineOfFailure(text, said), `not JSON: ${said.replace(/\s+/g, " ")}`);
  }
  const conversations = parseLocomo(parsed);
  const problems = conversations.flatMap(({ id, turns, questions }, at): DatasetProblem[] => {
    const name = `conversation ${at + 1} (${id})`;
    if (turns.length === 0)
      return [{ line: 0, text: `${name}: has no turns, must have lists session_1, session_2, …` }];
    return questions.length === 0 ? [{ line: 0, text: `${name}: has no questions, must have a list qa` }] : [];
  });
  if (conversations.length === 0) return bad(0, "holds no conversation, must hold one or more");
  return problems.length > 0
    ? { type: "bad", problems: problems.slice(0, PROBLEMS_MAX) }
    : { type: "read", conversations };
}

/** Where parsing failed: the engine names a line, a position, or quotes what stands there. */
function lineOfFailure(text: string, said: string): number {
  const line = /\(line (\d+) column/.exec(said)?.[1];
  if (line !== undefined) return Number(line);
  const quoted = /, (?:\.\.\.)?"([\s\S]*?)"(?:\.\.\.)? is not valid JSON$/.exec(said)?.[1];
  const at = quoted === undefined ? text.trimEnd().length : text.indexOf(quoted) + Math.floor(quoted.length / 2);
  return text.slice(0, at).split("\n").length;
}

interface Group {
  readonly turns: Turn[];
  readonly questions: Question[];
}

function readLines(text: string): DatasetResult {
  const groups = new Map<string, Group>();
  const problems: DatasetProblem[] = [];
  const ids = new Map<string, number>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const said = readLine(line, { groups, ids, line: at + 1 });
    if (said !== undefined) problems.push({ line: at + 1, text: said });
  }
  const conversations = Array.from(groups, ([id, { turns, questions }]) => ({ id, turns, questions }));
  if (problems.length === 0 && !conversations.some(({ questions }) => questions.length > 0))
    problems.push({ line: 0, text: "holds no question, must hold one or more lines with question" });
  for (const { id, turns, questions } of conversations)
    if (questions.length > 0 && turns.length === 0 && problems.length === 0)
      problems.push({ line: 0, text: `conversation ${id}: has questions and no memories` });
  return problems.length > 0
    ? { type: "bad", problems: problems.slice(0, PROBLEMS_MAX) }
    : { type: "read", conversations };
}

interface Place {
  readonly groups: Map<string, Group>;
  readonly ids: Map<string, number>;
  readonly line: number;
}

/** Adds what a line holds; says what is wrong with it. */
function readLine(line: string, { groups, ids, line: number }: Place): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON, must be a JSON object";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be a JSON object";
  const fields: Fields = new Map(Object.entries(value));
  const wrong = wrongField(fields);
  if (wrong !== undefined) return wrong;
  const name = stringOf(fields, "conversation") ?? "all";
  const group = groups.get(name) ?? { turns: [], questions: [] };
  groups.set(name, group);
  if (fields.has("question")) {
    group.questions.push(questionOf(fields));
    return undefined;
  }
  const turn = turnOf(fields, number);
  const before = ids.get(`${name} ${turn.id}`);
  if (before !== undefined) return `id: current value is ${turn.id}, which line ${before} has already`;
  ids.set(`${name} ${turn.id}`, number);
  group.turns.push(turn);
  return undefined;
}

function wrongField(fields: Fields): string | undefined {
  for (const name of ["question", "text", "at", "speaker", "session", "caption", "answer", "conversation"]) {
    const value = fields.get(name);
    if (value === undefined || value === null || typeof value === "string") continue;
    if (typeof value === "number" && (name === "answer" || name === "session" || name === "conversation")) continue;
    return `${name}: current value is ${kindOf(value)}, must be a string`;
  }
  if (!fields.has("question") && typeof fields.get("text") !== "string") return "must have text (a memory) or question";
  if (fields.has("question")) {
    const evidence = fields.get("evidence") ?? [];
    if (!Array.isArray(evidence) || !evidence.every((id) => typeof id === "string" || typeof id === "number"))
      return `evidence: current value is ${kindOf(evidence)}, must be a list of ids`;
    return undefined;
  }
  const at = stringOf(fields, "at");
  return at !== undefined && Number.isNaN(Date.parse(at))
    ? `at: current value is "${at.slice(0, 40)}", must be a time such as 2026-11-20T14:03:00Z`
    : undefined;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
}

function stringOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function questionOf(fields: Fields): Question {
  const evidence = fields.get("evidence");
  return {
    text: stringOf(fields, "question") ?? "",
    category: stringOf(fields, "category") ?? "all",
    answer: stringOf(fields, "answer") ?? "",
    evidence: Array.isArray(evidence) ? evidence.map(String) : [],
  };
}

function turnOf(fields: Fields, line: number): Turn {
  const speaker = stringOf(fields, "speaker");
  const caption = stringOf(fields, "caption");
  const at = stringOf(fields, "at");
  return {
    id: stringOf(fields, "id") ?? String(line),
    session: stringOf(fields, "session") ?? "all",
    ...(speaker === undefined ? {} : { speaker }),
    text: stringOf(fields, "text") ?? "",
    ...(caption === undefined ? {} : { caption }),
    occurredAtMs: at === undefined ? line * 1_000 : Date.parse(at),
  };
}
