/** Which format a file, a folder or an archive is: by what it holds first, by its name second. */
import path from "node:path";

import { CHATGPT } from "./assistants/chatgpt.ts";
import { CLAUDE } from "./assistants/claude.ts";
import { prepareConversations, sniffConversations } from "./assistants/export.ts";
import { type Container, isConversationsName, openContainer, type TextSource } from "./container.ts";
import { findTable, prepareCsv, readFirstLines, separatorOfName } from "./csv.ts";
import { sourceErrors } from "./errors.ts";
import { looksLikeRecord, parseJsonObject, prepareJsonl } from "./jsonl.ts";
import { isNoteName, prepareMarkdown } from "./markdown.ts";
import type { ImportDetection, ImportInput, ImportLimits, PreparedSource, PrepareOptions } from "./types.ts";
import { prepareChat } from "./whatsapp/chat.ts";
import { chatNameOfFile } from "./whatsapp/chat-key.ts";
import { profileChat } from "./whatsapp/profile.ts";

/** Whose exports are read. */
const ASSISTANTS = [CHATGPT, CLAUDE];

const SNIFF_BYTES = 256 * 1024;
/** Text files in an archive that are looked into for a chat: an export's attachments may be text files too. */
const SNIFF_FILES_MAX = 20;

/** The file of an exported archive that holds its memories. */
const EXPORTED_LINES = "memories.jsonl";

/** A container whose format is known, with the files that count. */
export interface Recognised {
  readonly detection: ImportDetection;
  readonly sources: readonly [TextSource, ...TextSource[]];
}

/**
 * Says which format something is.
 * @returns undefined when it is none we know
 * @throws KaelixError for what cannot be opened at all; codes as in `openContainer`
 */
export async function detect(input: ImportInput, limits: ImportLimits = {}): Promise<ImportDetection | undefined> {
  const container = await openContainer(input, limits);
  try {
    return (await recognise(container))?.detection;
  } finally {
    await container.close();
  }
}

/** Finds the format and the files that count. */
export async function recognise(container: Container, signal?: AbortSignal): Promise<Recognised | undefined> {
  const [first] = container.sources;
  if (first === undefined) return undefined;
  return container.kind === "file" ? recogniseFile(first, signal) : recogniseMany(container, signal);
}

async function recogniseFile(source: TextSource, signal?: AbortSignal): Promise<Recognised | undefined> {
  const conversations = await sniffConversations(source, ASSISTANTS, signal);
  if (conversations !== undefined) return { detection: conversations, sources: [source] };
  const lines = await readFirstLines(source, signal);
  if (lines.every((line) => line.trim() === "") && source.bytes < SNIFF_BYTES) throw sourceErrors("import-empty");
  const found = sniffJsonl(source.name, lines);
  if (found !== undefined) return { detection: found, sources: [source] };
  if (isNoteName(source.name)) {
    return {
      detection: { format: "markdown", confidence: 0.9, why: "The file is called a Markdown note" },
      sources: [source],
    };
  }
  const isTableName = separatorOfName(source.name) !== undefined;
  const table = sniffTable(source.name, lines);
  if (isTableName && table !== undefined) return { detection: table, sources: [source] };
  const chat = await sniffChat(source, signal);
  const best = (chat?.confidence ?? 0) >= (table?.confidence ?? 0) ? chat : table;
  return best === undefined ? undefined : { detection: best, sources: [source] };
}

function sniffJsonl(name: string, lines: readonly string[]): ImportDetection | undefined {
  const filled = lines.filter((line) => line.trim() !== "").slice(0, 20);
  if (filled.length === 0) return undefined;
  const records = filled.map(parseJsonObject).filter((record) => record !== undefined);
  const isNamed = /\.(?:jsonl|ndjson)$/iu.test(name);
  if (records.some(looksLikeRecord) && (isNamed || records.length * 2 >= filled.length)) {
    return { format: "jsonl", confidence: 0.99, why: "Every line is a JSON object with a text" };
  }
  if (isNamed || (records.length > 0 && records.length * 2 >= filled.length)) {
    return {
      format: "jsonl",
      confidence: isNamed ? 0.7 : 0.5,
      why: "The lines are JSON objects, or the file is called so",
    };
  }
  return undefined;
}

function sniffTable(name: string, lines: readonly string[]): ImportDetection | undefined {
  const named = separatorOfName(name);
  const table = findTable(lines, named);
  if (table === undefined) return undefined;
  const separator = table.separator === "\t" ? "a tab" : `"${table.separator}"`;
  const { length } = table.columns.roles;
  const why = `The lines have ${length} ${length === 1 ? "column" : "columns"} separated by ${separator}`;
  if (named !== undefined) return { format: "csv", confidence: table.columns.hasHead ? 0.97 : 0.85, why };
  const isLikely = table.columns.hasHead && length >= 2;
  return isLikely ? { format: "csv", confidence: 0.7, why } : undefined;
}

async function sniffChat(source: TextSource, signal?: AbortSignal): Promise<ImportDetection | undefined> {
  const profile = await profileChat(source.open(), { signal, bytesMax: SNIFF_BYTES });
  if (profile === undefined) return undefined;
  const share = profile.headers / Math.max(1, profile.lines);
  const hasName = profile.names.length > 0 || profile.title !== undefined;
  if (!profile.startsWithHeader && share < 0.2) return undefined;
  const isCertain = profile.startsWithHeader && hasName;
  const confidence = isCertain ? Math.min(99, 90 + profile.headers) / 100 : profile.startsWithHeader ? 0.6 : 0.5;
  const why = `${profile.headers} lines begin like WhatsApp messages, the first is written "${profile.firstWritten}"`;
  return { format: "whatsapp", confidence, why };
}

async function recogniseMany(container: Container, signal?: AbortSignal): Promise<Recognised | undefined> {
  const { sources } = container;
  // An archive that Kaelix exported: the lines are all of it, whatever else lies beside them.
  const own = sources.find(({ name }) => name === EXPORTED_LINES);
  if (own !== undefined) return recogniseFile(own, signal);
  const conversations = await findConversations(sources, signal);
  if (conversations !== undefined) return conversations;
  const notes = sources.filter((source) => isNoteName(source.name));
  const chat = await findChat(sources, notes.length > 0, signal);
  if (chat !== undefined) return chat;
  const [note, ...others] = notes;
  if (note !== undefined) {
    const why = `The ${container.kind === "zip" ? "archive" : "folder"} holds ${notes.length} Markdown notes`;
    return { detection: { format: "markdown", confidence: 0.95, why }, sources: [note, ...others] };
  }
  const tables = sources.filter(({ name }) => !name.toLowerCase().endsWith(".txt") && !isConversationsName(name));
  const [only] = tables;
  return only !== undefined && tables.length === 1 ? recogniseFile(only, signal) : undefined;
}

/** The parts of an assistant's export, which lie in one folder; one that is not known may call its file the same. */
async function findConversations(
  sources: readonly TextSource[],
  signal?: AbortSignal,
): Promise<Recognised | undefined> {
  const named = sources.filter(({ name }) => isConversationsName(name));
  for (const source of named.slice(0, SNIFF_FILES_MAX)) {
    const detection = await sniffConversations(source, ASSISTANTS, signal);
    if (detection === undefined) continue;
    const folder = path.posix.dirname(source.name);
    const others = named.filter((other) => other !== source && path.posix.dirname(other.name) === folder);
    return { detection, sources: [source, ...others] };
  }
  return undefined;
}

async function findChat(
  sources: readonly TextSource[],
  hasNotes: boolean,
  signal?: AbortSignal,
): Promise<Recognised | undefined> {
  const texts = sources.filter((source) => /\.txt$/iu.test(source.name));
  const named = texts.filter((source) => isChatName(source.name));
  // Beside notes only a name that a phone gives counts: a vault may hold any text file.
  const candidates = named.length > 0 || hasNotes ? named : texts;
  for (const source of candidates.slice(0, SNIFF_FILES_MAX)) {
    const detection = await sniffChat(source, signal);
    if (detection !== undefined && detection.confidence > 0.5) {
      const others = named.filter((other) => other !== source);
      return { detection, sources: [source, ...others] };
    }
  }
  return undefined;
}

function isChatName(name: string): boolean {
  return /(?:^|\/)_chat[^/]*\.txt$/iu.test(name) || chatNameOfFile(name) !== undefined;
}

/**
 * Looks through what was recognised.
 * @throws KaelixError `import-unknown-format` when it is not what it seemed, `import-zone-unknown`
 */
export async function prepareSource(recognised: Recognised, options: PrepareOptions): Promise<PreparedSource> {
  const [source] = recognised.sources;
  const { format } = recognised.detection;
  const assistant = ASSISTANTS.find((one) => one.format === format);
  if (assistant !== undefined) return prepareConversations(assistant, recognised.sources, options);
  if (format === "markdown") return prepareMarkdown(recognised.sources, options);
  if (format === "jsonl") return prepareJsonl(source, options);
  const prepared = format === "csv" ? await prepareCsv(source, options) : await prepareChat(source, options);
  if (prepared === undefined) throw sourceErrors("import-unknown-format");
  return prepared;
}
