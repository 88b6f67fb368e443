/**
 * JSON Lines: one object per line, ours or anybody's.
 *
 * Read are the usual names of a text, a time, a speaker, a conversation, an id and a level; and every line of Kaelix's own export.
 * A line that cannot be read is a problem; the others are not touched by it. A level that is not known is left to the classifier,
 * with a note.
 */
import {
  type Classification,
  type ClassificationReason,
  type FileDraft,
  fileNameOf,
  type Level,
  type MemoryDraft,
  parseLevel,
  SOURCE_KINDS,
} from "@kaelix/model";
import type { TextSource } from "./container.ts";
import { parseEpoch, parseIsoTime } from "./local-time.ts";
import { fitContext, RecordBuilder, type RecordFields } from "./records.ts";
import { excerpt, lineTrouble, readLines, type TextLine } from "./text-lines.ts";
import type { PreparedSource, PrepareOptions, ReadOptions, RecordTime, SourceItem } from "./types.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const TEXT_NAMES = ["text", "content", "message", "body", "memory", "note"] as const;
const TIME_NAMES = [
  "occurred_at",
  "at",
  "date",
  "timestamp",
  "created_at",
  "createdAt",
  "time",
  "ts",
  "datetime",
] as const;
const SPEAKER_NAMES = "speaker from author sender user name".split(" ");
const CONVERSATION_NAMES = ["conversation", "chat", "thread", "channel", "conversation_id", "chat_id"] as const;
const ID_NAMES = ["external_id", "externalId", "id", "uuid", "_id"] as const;

/** Of a line whose words a browser sealed: they open in the account and at the id they were sealed for, and nowhere else. */
const SEALED_PROBLEM = "Cannot read the text: its owner's browser sealed it, and opens it only where it was sealed";

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a line that should hold an object holds. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True for an object a memory could be made of. */
export function looksLikeRecord(record: JsonObject): boolean {
  return TEXT_NAMES.some((name) => typeof record[name] === "string");
}

function firstOf(record: JsonObject, names: readonly string[]): unknown {
  for (const name of names) {
    const value = record[name];
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return undefined;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function readTime(record: JsonObject): RecordTime | undefined | string {
  const value = firstOf(record, TIME_NAMES);
  if (value === undefined) return undefined;
  if (typeof value === "number") return parseEpoch(value) ?? "Cannot read the time: the number is no moment in time";
  if (typeof value !== "string")
    return `Cannot read the time: current value is ${typeName(value)}, must be a string or a number`;
  const text = value.trim();
  if (/^-?\d{9,17}(?:\.\d+)?$/u.test(text))
    return parseEpoch(Number(text)) ?? "Cannot read the time: the number is no moment in time";
  return (
    parseIsoTime(text) ??
    "Cannot read the time: must be ISO 8601 with a day that exists, or seconds or milliseconds since 1970"
  );
}

/** Reads a name that may be a string, a number, or an object with one. */
function readName(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value === "number") return String(value);
  if (!isObject(value)) return undefined;
  return readName(value["name"] ?? value["title"] ?? value["id"]);
}

function readConversation(record: JsonObject): MemoryDraft["conversation"] {
  const value = firstOf(record, CONVERSATION_NAMES);
  const title = readName(value);
  if (title === undefined) return undefined;
  const key = isObject(value) ? (readName(value["id"]) ?? readName(value["key"]) ?? title) : title;
  return { key, title };
}

function readStrings(value: unknown): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [value.trim()];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function readContext(record: JsonObject): MemoryDraft["context"] {
  const own = record["context"];
  if (typeof own === "string" && own !== "") return fitContext({ context: own }) === undefined ? undefined : own;
  const tags = readStrings(record["tags"]);
  return fitContext({ ...(isObject(own) ? own : {}), ...(tags.length > 0 ? { tags } : {}) });
}

function readSourceKind(record: JsonObject): MemoryDraft["source"] {
  // Only our own export says through which door a memory first came; anybody else's "source" means something else.
  if (record["recorded_at"] === undefined) return "jsonl";
  return SOURCE_KINDS.find((kind) => kind === record["source"]) ?? "jsonl";
}

/**
 * How our own export says that a memory was judged: kept, so that what comes back stands where it stood and a rule of a newer version does
 * not move it. A level that a person chose is the person's here too.
 */
function readJudged(record: JsonObject, level: Level | undefined): Classification | undefined {
  const { confidence, level_decided_by: decidedBy, reasons, recorded_at: recordedAt } = record;
  if (level === undefined || recordedAt === undefined) return undefined;
  if (decidedBy !== "rule" && decidedBy !== "model") return undefined;
  if (typeof confidence !== "number" || !(confidence >= 0 && confidence <= 1)) return undefined;
  return { level, confidence, decidedBy, reasons: Array.isArray(reasons) ? reasons.flatMap(readReason) : [] };
}

function readReason(value: unknown): ClassificationReason[] {
  if (!isObject(value)) return [];
  const { level: told, rule, text } = value;
  const level = parseLevel(told);
  return level === undefined || typeof rule !== "string" || typeof text !== "string" ? [] : [{ rule, level, text }];
}

interface ParsedLine {
  readonly fields: RecordFields | undefined;
  readonly notes: readonly string[];
}

/** Files of an exported archive by their ids there: `attachments/fil_…-photo.jpg`. */
type ExportedFiles = ReadonlyMap<string, TextSource>;

function exportedFiles(files: readonly TextSource[]): ExportedFiles {
  return new Map(
    files.flatMap((file) => {
      const [, id] = /^attachments\/(fil_[0-9A-Z]{26})-/.exec(file.name) ?? [];
      return id === undefined ? [] : [[id, file]];
    }),
  );
}

/** Files that come along are told with the record; of those that do not, the names are. */
function readFiles(record: JsonObject, exported: ExportedFiles): Pick<RecordFields["extra"], "attachments" | "files"> {
  const attachments = readStrings(record["attachments"]);
  const files: FileDraft[] = [];
  const told = Array.isArray(record["files"]) ? record["files"].filter(isObject) : [];
  for (const { bytes, id, name: given } of told) {
    if (typeof given !== "string") continue;
    const name = fileNameOf(given);
    const file = typeof id === "string" ? exported.get(id) : undefined;
    if (file === undefined || file.bytes !== bytes) attachments.push(name);
    else files.push({ name, bytes: file.bytes, open: file.open });
  }
  return { ...(attachments.length > 0 ? { attachments } : {}), ...(files.length > 0 ? { files } : {}) };
}

function parseRecord(record: JsonObject, line: number, exported: ExportedFiles): ParsedLine {
  const value = firstOf(record, TEXT_NAMES);
  if (value === undefined && typeof record["sealed"] === "string")
    return { fields: undefined, notes: [SEALED_PROBLEM] };
  if (value === undefined)
    return { fields: undefined, notes: ["Cannot read the text: there is no field text or content, or it is empty"] };
  if (typeof value !== "string") {
    return {
      fields: undefined,
      notes: [`Cannot read the text: current value is ${typeName(value)}, must be a string`],
    };
  }
  if (value.trim() === "") return { fields: undefined, notes: ["Cannot read the text: it is empty"] };
  const time = readTime(record);
  if (typeof time === "string") return { fields: undefined, notes: [time] };
  const notes: string[] = [];
  const told = record["level"];
  const level = parseLevel(typeof told === "string" ? told.toLowerCase() : told);
  if (level === undefined && told !== undefined && told !== null && told !== "auto" && told !== "") {
    notes.push(
      "The level is not known and is left to the classifier, must be general, confidential, secret or ultra-secret",
    );
  }
  const judged = readJudged(record, level);
  const conversation = readConversation(record);
  const context = readContext(record);
  const caption = record["caption"];
  const fields: RecordFields = {
    line,
    text: value.toWellFormed(),
    source: readSourceKind(record),
    time,
    from: readName(firstOf(record, SPEAKER_NAMES)),
    id: readName(firstOf(record, ID_NAMES)),
    extra: {
      ...(judged === undefined ? (level === undefined ? {} : { level }) : { judged }),
      // Our own export says what its owner never wants recalled: brought in, it is found by nothing from the first moment.
      ...(record["never_recalled"] === true && record["recorded_at"] !== undefined ? { neverRecalled: true } : {}),
      ...(conversation === undefined ? {} : { conversation }),
      ...(context === undefined ? {} : { context }),
      ...(typeof caption === "string" && caption !== "" ? { caption } : {}),
      ...readFiles(record, exported),
    },
  };
  return { fields, notes };
}

function* readLine(line: TextLine, builder: RecordBuilder, exported: ExportedFiles): Iterable<SourceItem> {
  const problem = (why: string): SourceItem => ({ type: "problem", line: line.number, text: excerpt(line.text), why });
  const trouble = lineTrouble(line);
  if (trouble !== undefined) yield problem(trouble);
  if (line.trouble === "long" || line.text.trim() === "") return;
  const record = parseJsonObject(line.text);
  if (record === undefined) {
    const isCut = line.text.trimStart().startsWith("{") && !line.text.trimEnd().endsWith("}");
    yield problem(isCut ? "Cannot read the line: it is cut off" : "Cannot read the line: it is not one JSON object");
    return;
  }
  const { fields, notes } = parseRecord(record, line.number, exported);
  for (const note of notes) yield problem(note);
  if (fields === undefined) return;
  const built = builder.build(fields);
  yield typeof built === "string" ? problem(built) : built;
}

async function* readJsonl(source: TextSource, options: PrepareOptions, read: ReadOptions): AsyncIterable<SourceItem> {
  const builder = new RecordBuilder("jsonl", options);
  const exported = exportedFiles(options.files ?? []);
  for await (const batch of readLines(source.open(), read.signal)) {
    for (const line of batch.lines) yield* readLine(line, builder, exported);
    read.onProgress?.({ bytesRead: batch.bytesRead, bytesTotal: source.bytes });
  }
}

/** A JSON Lines file as a source. */
export function prepareJsonl(source: TextSource, options: PrepareOptions): PreparedSource {
  return {
    format: "jsonl",
    bytes: source.bytes,
    dateQuestion: undefined,
    isBlocked: false,
    title: undefined,
    items: (read) => readJsonl(source, options, read),
  };
}
