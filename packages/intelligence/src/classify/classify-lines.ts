/** Classification of JSON lines, for the command line: one answer per line, bad lines reported, nothing thrown. */
import { type Classification, type Level, levelName, type LevelName } from "@kaelix/model";
import { classifyByRules } from "./classify-by-rules.ts";

/** The answer for one good line. */
export interface ClassifiedLine {
  readonly type: "classified";
  /** The line's `id`, when it has one. */
  readonly id?: string | number;
  readonly level: Level;
  readonly name: LevelName;
  readonly confidence: number;
  readonly reasons: readonly { readonly rule: string; readonly level: Level; readonly text: string }[];
}

/** A line that is no JSON object with a string `text`. Says where, never what. */
export interface BadLine {
  readonly type: "bad";
  /** Counted from 1. */
  readonly line: number;
  readonly problem: "not-json" | "no-text" | "too-long";
}

/** What one line becomes. */
export type LineResult = ClassifiedLine | BadLine;

/** Longer lines are not parsed. */
const LINE_LENGTH_MAX = 4 * 1024 * 1024;

interface LineInput {
  readonly id?: string | number;
  readonly text: string;
}

function parseLine(line: string): LineInput | BadLine["problem"] {
  if (line.length > LINE_LENGTH_MAX) return "too-long";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not-json";
  }
  if (typeof value !== "object" || value === null || !("text" in value) || typeof value.text !== "string")
    return "no-text";
  const id = "id" in value ? value.id : undefined;
  return typeof id === "string" || typeof id === "number" ? { id, text: value.text } : { text: value.text };
}

/** Who judges texts, in order, and how many are handed over at once. */
export interface LineJudge {
  readonly judge: (
    texts: readonly string[],
  ) => Promise<readonly Pick<Classification, "level" | "confidence" | "reasons">[]>;
  readonly atOnce: number;
}

const BY_RULES: LineJudge = { judge: async (texts) => texts.map((text) => classifyByRules(text)), atOnce: 1 };

type ReadLine = LineInput | BadLine;

async function judged(lines: readonly ReadLine[], { judge }: LineJudge): Promise<readonly LineResult[]> {
  const texts = lines.flatMap((line) => ("text" in line ? [line.text] : []));
  const answers = texts.length === 0 ? [] : await judge(texts);
  let next = 0;
  return lines.map((line): LineResult => {
    if (!("text" in line)) return line;
    const answer = answers[next++];
    if (answer === undefined) throw new Error("Every text is judged");
    const { confidence, level, reasons } = answer;
    const result = { type: "classified", level, name: levelName(level), confidence, reasons } as const;
    return line.id === undefined ? result : { ...result, id: line.id };
  });
}

/**
 * Classifies lines of JSON (`{id?, text}`) as they come; empty lines are passed over. A bad line becomes a `bad` result
 * with its number and never ends the run.
 */
export async function* classifyLines(
  input: AsyncIterable<string>,
  by: LineJudge = BY_RULES,
): AsyncGenerator<LineResult> {
  let lineNumber = 0;
  let read: ReadLine[] = [];
  for await (const line of input) {
    lineNumber += 1;
    if (line.trim() === "") continue;
    const parsed = parseLine(line);
    read.push(typeof parsed === "string" ? { type: "bad", line: lineNumber, problem: parsed } : parsed);
    if (read.length < by.atOnce) continue;
    yield* await judged(read, by);
    read = [];
  }
  yield* await judged(read, by);
}
